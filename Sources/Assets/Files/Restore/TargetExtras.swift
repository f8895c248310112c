internal import Foundation
internal import Vault

/// What a target holds and the snapshot does not, found by going through both in the same order.
///
/// What the snapshot's or the plan's patterns leave out is not looked at, nor is a folder on the way to it deleted, nor the vault
/// and our own files. Its calls block.
///
/// `@unchecked Sendable`: one task uses it, one call at a time.
final class TargetExtras: @unchecked Sendable {
    /// What is to be deleted.
    struct Scope {
        /// Everything that was asked for and the snapshot has not.
        var extras = false
        /// What a restore that was cut off has left.
        var drafts = false
        /// Of the extras only those in folders where the snapshot has something else than a folder.
        var onlyInTheWay = false
    }

    /// The number of files and the like, and of folders.
    private(set) var count = 0
    /// The first of them, as text, from the tree's root on.
    private(set) var examples: [String] = []
    private(set) var problems: [(path: String, message: String)] = []

    private let tree: TargetTree
    private let scope: Scope
    private let isDry: Bool
    private let selection: FilesSelection
    private let avoided: [FileStatus]
    private var walk: TreeWalk
    private var current: TreeWalk.Step?
    private var isBegun = false
    /// Folders that the snapshot has not, raw, in the order of the walk.
    private var folders: [[UInt8]] = []
    /// Paths where the snapshot has no folder and the target has one.
    private var inTheWay: [[UInt8]] = []
    /// Folders that hold something that stays.
    private let kept = Kept()

    private final class Kept {
        var paths: Set<[UInt8]> = []

        /// With every folder above it.
        func insert(_ path: [UInt8]) {
            var path = path[...]
            while paths.insert(Array(path)).inserted, !path.isEmpty { path = TargetTree.split(path).folder }
        }
    }

    /// - Parameter isDry: only counts.
    init(
        _ tree: TargetTree, _ scope: Scope, isDry: Bool, selection: FilesSelection, rules: IgnoreRules, avoided: [FileStatus]
    ) {
        self.tree = tree
        self.scope = scope
        self.isDry = isDry
        self.selection = selection
        self.avoided = avoided
        walk = TreeWalk(root: tree.root, rules: rules, avoided: avoided, descriptors: OpenFolder.roomForDescriptors())
        let kept = kept
        walk.leavesOut = { kept.insert($0) }
    }

    /// The next entries of the snapshot, in its order.
    func take(_ entries: [Entry]) {
        for entry in entries {
            let path = Array(entry.path.utf8)
            while let step = peek(), Self.entry(step).lexicographicallyPrecedes(path) {
                judge(step)
                current = nil
            }
            guard let step = peek(), Self.entry(step) == path else { continue }
            if case .visit(let visit) = step, visit.status.kind == .directory, entry.file?.kind != .directory {
                inTheWay.append(visit.path)
            }
            current = nil
        }
    }

    /// There are no more entries.
    func finish() {
        while let step = peek() {
            judge(step)
            current = nil
        }
        // From the deepest up: what lies in a folder comes behind it.
        for folder in folders.reversed() where !kept.paths.contains(folder) { remove(folder: folder) }
    }

    private func peek() -> TreeWalk.Step? {
        if current == nil { current = walk.next() }
        return current
    }

    private static func entry(_ step: TreeWalk.Step) -> [UInt8] {
        switch step {
        case .visit(let visit): visit.entry
        case .problem(let entry, _): entry
        }
    }

    private func judge(_ step: TreeWalk.Step) {
        guard case .visit(let visit) = step else {
            // What cannot be looked at stays, with every folder above it.
            if let raw = RawText.name(Self.entry(step).dropFirst(FilesManifest.root.utf8.count + 1)) { kept.insert(raw) }
            return
        }
        let text = Array(visit.entry.dropFirst(FilesManifest.root.utf8.count + 1))
        let isFolder = visit.status.kind == .directory
        let isDraft = scope.drafts && !isFolder && Self.isDraft(visit.name)
        let isWanted = scope.extras && selection.has(text, isFolder: isFolder) && (!scope.onlyInTheWay || isInTheWay(visit.path))
        let isOurs = visit.path == visit.name && visit.name.starts(with: RestoreMark.prefix)
        guard isDraft || (isWanted && !isOurs), !avoided.contains(where: visit.status.isSameFile) else {
            return kept.insert(isFolder ? visit.path : Array(TargetTree.split(visit.path[...]).folder))
        }
        if isFolder {
            folders.append(visit.path)
        } else {
            remove(visit, text)
        }
    }

    private func isInTheWay(_ path: [UInt8]) -> Bool {
        inTheWay.contains { path.starts(with: $0) && path.count > $0.count && path[$0.count] == UInt8(ascii: "/") }
    }

    /// Whether a name is one under which a restore writes what is not complete yet.
    private static func isDraft(_ name: [UInt8]) -> Bool {
        let prefix = RestoredFile.draftPrefix
        return name.starts(with: prefix) && name.count > prefix.count
            && name.dropFirst(prefix.count).allSatisfy { (0x30...0x39).contains($0) || (0x61...0x7a).contains($0) }
    }

    private func remove(_ visit: TreeWalk.Visit, _ text: [UInt8]) {
        let shown = String(decoding: text, as: UTF8.self)
        if !isDry, withPath(visit.name, { unlinkat(visit.folder.descriptor, $0, 0) }) != 0, errno != ENOENT {
            problems.append((shown, systemMessage(errno)))
            return kept.insert(Array(TargetTree.split(visit.path[...]).folder))
        }
        note(shown)
    }

    private func remove(folder path: [UInt8]) {
        let (above, name) = TargetTree.split(path[...])
        let shown = String(decoding: RawText.escaped(path), as: UTF8.self) + "/"
        if !isDry {
            guard let folder = try? tree.folder(above) else { return }
            guard withPath(Array(name), { unlinkat(folder.descriptor, $0, AT_REMOVEDIR) }) == 0 else {
                // Somebody has put something into it meanwhile: it stays.
                if errno != ENOTEMPTY, errno != EEXIST, errno != ENOENT { problems.append((shown, systemMessage(errno))) }
                return
            }
        }
        note(shown)
    }

    private func note(_ shown: String) {
        count += 1
        if examples.count < FilesRestorePlan.mostExamples { examples.append(shown) }
    }
}
