internal import Synchronization
internal import Vault

/// A plan while the target is looked at: what a restore would do with each entry. Where contents are compared, the files that
/// are there are read as the restore would read them, and nothing is fetched.
///
/// Its calls block; `compare` is called by several threads at once.
final class FilesForesight: Sendable {
    private let tree: TargetTree?
    private let selection: FilesSelection
    private let options: FilesRestoreOptions

    private struct State {
        var plan: FilesRestorePlan
        /// The first of what would be replaced, by the number of the entry: contents are compared in no order.
        var examples: [(number: Int, path: String)] = []
        /// What stands where a folder is to be, raw: it gives way once, whatever lies below.
        var inTheWay: Set<[UInt8]> = []
        /// Files with several names that would be written anew: those names would be made names of the new one.
        var renewed: Set<FileKey> = []
        /// Names of files whose first name was not asked for.
        var orphans: [(link: Entry, same: String)] = []
        /// Files of which not all bytes were compared yet.
        var open: [Int: OpenFile] = [:]
    }
    private struct OpenFile {
        let file: RestoredFile
        let raw: [UInt8]
        /// Bytes that are still to be compared.
        var left: Int64
    }
    private struct FileKey: Hashable {
        let device: UInt64
        let inode: UInt64
    }
    private let state: Mutex<State>

    /// - Parameter tree: nil where there is no target yet.
    init(_ plan: FilesRestorePlan, _ tree: TargetTree?, _ selection: FilesSelection, _ options: FilesRestoreOptions) {
        self.tree = tree
        self.selection = selection
        self.options = options
        state = Mutex(State(plan: plan))
    }

    /// What was found, once everything was compared.
    var plan: FilesRestorePlan {
        state.withLock { state in
            var plan = state.plan
            plan.examples = state.examples.map(\.path)
            return plan
        }
    }

    var orphans: [(link: Entry, same: String)] { state.withLock { $0.orphans } }

    /// Decides about the next entries, the first of which has this number. Gives those whose contents are to be compared.
    func take(_ entries: [Entry], from first: Int) throws -> [(Entry, Int)] {
        var wanted: [(Entry, Int)] = []
        for (position, entry) in entries.enumerated() {
            guard let (raw, facts) = try FilesRestore.file(entry, selection) else { continue }
            state.withLock { $0.plan.entries += 1 }
            if decide(entry, facts, raw, first + position) { wanted.append((entry, first + position)) }
        }
        return wanted
    }

    /// Decides about a name that gets its bytes from a first name that was not asked for; as `take`.
    func take(orphan whole: Entry, number: Int) throws -> [(Entry, Int)] {
        guard let (raw, facts) = try FilesRestore.file(whole, selection), decide(whole, facts, raw, number) else { return [] }
        return [(whole, number)]
    }

    /// Notes whether a piece of a file is there; as the restore itself does.
    func compare(_ target: ScatteredRead.Target, _ proof: ScatteredRead.Proof) -> Bool {
        guard let open = state.withLock({ $0.open[target.entry] }) else { return false }
        guard open.file.has(target, proof) else {
            differs(target.entry)
            return false
        }
        state.withLock { state in
            guard var open = state.open[target.entry] else { return }
            open.left -= Int64(target.size)
            state.open[target.entry] = open.left > 0 ? open : nil
            if open.left <= 0 { state.plan.equal += 1 }
        }
        return true
    }

    /// A file that is not what it is to be, or of which nobody can tell.
    func differs(_ number: Int) {
        state.withLock { state in
            guard let open = state.open.removeValue(forKey: number) else { return }
            state.plan.bytes += open.file.size
            Self.replace(open.raw, number, in: &state)
        }
    }

    /// Whether the contents are to be compared.
    private func decide(_ entry: Entry, _ facts: FileFacts, _ raw: [UInt8], _ number: Int) -> Bool {
        guard !raw.isEmpty else { return false }
        let (above, name) = TargetTree.split(raw[...])
        let folder = try? tree?.folder(above)
        // Of everything the folders are entries themselves; above what was asked for nobody else looks.
        if folder == nil, !selection.isEverything, let path = tree?.obstacle(above) { giveWay(path, number) }
        let status = folder.flatMap { FileStatus.at($0.descriptor, Array(name)) }
        if facts.kind == .directory {
            if let status, status.kind != .directory { giveWay(raw, number) }
            return false
        }
        if let same = facts.same, !selection.has(Self.below(same), isFolder: false) {
            state.withLock { $0.orphans.append((entry, same)) }
            return false
        }
        guard let target = tree, let folder, let status else {
            state.withLock { state in
                state.plan.created += 1
                state.plan.bytes += entry.size
            }
            return false
        }
        if let same = facts.same {
            // Made a name of its first name's file, where it is none or that one is another by then.
            if isName(status, of: same, in: target) { equal() } else { replace(raw, number) }
            return false
        }
        if status.isTaken(for: facts, size: entry.size), !options.comparesContents || facts.kind != .file || entry.size == 0,
            facts.target == nil || folder.target(of: Array(name)) == facts.target
        {
            equal()
            return false
        }
        let isComparable = options.comparesContents && facts.kind == .file && status.kind == .file
        if isComparable, status.links == 1, status.size == entry.size, entry.size > 0 {
            let file = RestoredFile(entry, facts, raw: raw, number: number, isInPlace: true, in: target)
            state.withLock { $0.open[number] = OpenFile(file: file, raw: raw, left: entry.size) }
            return true
        }
        state.withLock { state in
            state.plan.bytes += entry.size
            if status.kind == .file, status.links > 1 {
                state.renewed.insert(FileKey(device: status.device, inode: status.inode))
            }
        }
        replace(raw, number)
        return false
    }

    /// Whether a file is one that the entry `same` will still be a name of.
    private func isName(_ status: FileStatus, of same: String, in tree: TargetTree) -> Bool {
        guard let first = RawText.name(Self.below(same)) else { return false }
        let (above, name) = TargetTree.split(first[...])
        guard let folder = try? tree.folder(above), let there = FileStatus.at(folder.descriptor, Array(name)) else {
            return false
        }
        let key = FileKey(device: status.device, inode: status.inode)
        return there.kind == .file && there.isSameFile(as: status) && !state.withLock { $0.renewed.contains(key) }
    }

    /// An entry's path from the tree's root on, as text.
    private static func below(_ path: String) -> [UInt8] { Array(path.utf8.dropFirst(FilesManifest.root.utf8.count + 1)) }

    private func equal() { state.withLock { $0.plan.equal += 1 } }

    private func giveWay(_ path: [UInt8], _ number: Int) {
        state.withLock { state in
            if state.inTheWay.insert(path).inserted { Self.replace(path, number, in: &state) }
        }
    }

    private func replace(_ path: [UInt8], _ number: Int) {
        state.withLock { Self.replace(path, number, in: &$0) }
    }

    private static func replace(_ path: [UInt8], _ number: Int, in state: inout State) {
        state.plan.replaced += 1
        let place = state.examples.firstIndex { $0.number > number } ?? state.examples.count
        guard place < FilesRestorePlan.mostExamples else { return }
        state.examples.insert((number, String(decoding: RawText.escaped(path), as: UTF8.self)), at: place)
        if state.examples.count > FilesRestorePlan.mostExamples { state.examples.removeLast() }
    }
}
