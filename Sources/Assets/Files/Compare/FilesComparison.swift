internal import Foundation
internal import Language
internal import Synchronization
public import Vault

/// Reads a restored tree and compares it with its snapshot: names, kinds, sizes, rights, times, links, attributes, and every
/// byte. Nothing of the files' contents is fetched from the vault: a chunk's name tells whether bytes are its own.
public struct FilesComparison: Sendable {
    private let snapshot: SnapshotReader
    private let folder: String
    private let jobs: Int

    public struct Difference: Sendable, Hashable, Encodable {
        public enum What: String, Sendable, Encodable {
            case missing, kind, size, contents, mode, owner, time, target, attributes, link
        }
        /// From the tree's root on.
        public let path: String
        public let what: What
    }

    public struct Result: Sendable {
        public var entries = 0
        public var files = 0
        /// That were read and compared.
        public var bytes: Int64 = 0
        /// At most `most` of them.
        public var differences: [Difference] = []
        public var differenceCount = 0
        /// Files and folders whose set-id bits were left out, because the owner or group that they had could not be given.
        public var withoutSetID = 0

        public var isEqual: Bool { differenceCount == 0 }

        static let most = 1000

        mutating func add(_ path: String, _ what: Difference.What) {
            differenceCount += 1
            if differences.count < Self.most { differences.append(.init(path: path, what: what)) }
        }
    }

    /// - Parameter folder: an absolute path.
    public init(_ snapshot: SnapshotReader, with folder: String, jobs: Int = 2) {
        self.snapshot = snapshot
        self.folder = folder
        self.jobs = jobs
    }

    /// Throws `AssetError` or `VaultError` where the comparison cannot be made.
    public func run(progress: @escaping @Sendable (Int64) -> Void = { _ in }) async throws -> Result {
        guard let root = OpenFolder.root(folder) else {
            throw AssetError(
                .sourceUnreadable, "The folder \(folder) cannot be read: \(systemMessage(errno)).")
        }
        let look = FilesLook(TargetTree(root), progress)
        let isThere: ScatteredRead.IsThere = { target, proof in look.compare(target, proof) }
        let reading = ScatteredRead(snapshot, jobs: jobs, isThere: isThere, deliver: nil)
        let stream = snapshot.entryStream()
        try await reading.run { turns in
            var number = 0
            while let entries = try await stream.next() {
                try Task.checkCancellation()
                let first = number
                let files = try await onOwnThread {
                    Swift.Result { try entries.enumerated().compactMap { try look.look($0.element, number: first + $0.offset) } }
                }.get()
                try await reading.add(files, &turns)
                number += entries.count
            }
        }
        return look.result
    }
}

/// What is found on the way.
private final class FilesLook: Sendable {
    private let tree: TargetTree
    private let progress: @Sendable (Int64) -> Void
    private let everything = FilesSelection([])

    private struct State {
        var result = FilesComparison.Result()
        /// Files of which not all bytes were compared yet.
        var open: [Int: OpenFile] = [:]
    }
    private struct OpenFile {
        let path: [UInt8]
        let shown: String
        /// Bytes that are still to be compared.
        var left: Int64
        var isWrong = false
    }
    private let state = Mutex(State())

    init(_ tree: TargetTree, _ progress: @escaping @Sendable (Int64) -> Void) {
        self.tree = tree
        self.progress = progress
    }

    var result: FilesComparison.Result { state.withLock { $0.result } }

    func look(_ entry: Entry, number: Int) throws -> (Entry, Int)? {
        guard let (raw, facts) = try FilesRestore.file(entry, everything) else { return nil }
        let shown = String(entry.path.dropFirst(FilesManifest.root.count + 1))
        state.withLock { $0.result.entries += 1 }
        let (above, name) = TargetTree.split(raw[...])
        let folder = raw.isEmpty ? tree.root : try? tree.folder(above)
        let status = folder.flatMap { raw.isEmpty ? FileStatus.of($0.descriptor) : FileStatus.at($0.descriptor, Array(name)) }
        guard let folder, let status else {
            state.withLock { $0.result.add(shown, .missing) }
            return nil
        }
        var wrong: [FilesComparison.Difference.What] = []
        if status.kind != facts.kind { wrong.append(.kind) }
        if status.modified != facts.modified { wrong.append(.time) }
        let applying = FactsApplying.shared
        if facts.kind != .symlink, status.mode != facts.mode {
            if status.mode == applying.mode(facts) {
                state.withLock { $0.result.withoutSetID += 1 }
            } else {
                wrong.append(.mode)
            }
        }
        if applying.isRoot {
            let owner = applying.owner(facts)
            if status.uid != owner.uid || status.gid != owner.gid { wrong.append(.owner) }
        }
        if facts.kind == .symlink, folder.target(of: Array(name)) != facts.target { wrong.append(.target) }
        if let same = facts.same, let first = RawText.name(same.utf8.dropFirst(FilesManifest.root.utf8.count + 1)) {
            let (above, name) = TargetTree.split(first[...])
            let there = (try? tree.folder(above)).flatMap { FileStatus.at($0.descriptor, Array(name)) }
            if there?.isSameFile(as: status) != true { wrong.append(.link) }
        } else if facts.kind == .file, status.kind == .file {
            if status.size != entry.size { wrong.append(.size) }
            let file = folder.file(Array(name))
            if file >= 0 {
                if ExtendedAttributes.of(file) != facts.attributes { wrong.append(.attributes) }
                close(file)
            }
        } else if status.kind == facts.kind {
            let there = raw.isEmpty ? ExtendedAttributes.of(folder.descriptor) : ExtendedAttributes.of(Array(name), in: folder)
            if there != facts.attributes { wrong.append(.attributes) }
        }
        let isToBeRead = facts.kind == .file && facts.same == nil && !wrong.contains(.kind) && !wrong.contains(.size)
        state.withLock { state in
            for what in wrong { state.result.add(shown, what) }
            if facts.kind == .file { state.result.files += 1 }
            if isToBeRead, entry.size > 0 {
                state.open[number] = OpenFile(path: raw, shown: shown, left: entry.size)
            }
        }
        return isToBeRead && entry.size > 0 ? (entry, number) : nil
    }

    func compare(_ target: ScatteredRead.Target, _ proof: ScatteredRead.Proof) -> Bool {
        guard let file = state.withLock({ $0.open[target.entry] }) else { return false }
        let (above, name) = TargetTree.split(file.path[...])
        let descriptor = (try? tree.folder(above))?.file(Array(name)) ?? -1
        var isEqual = false
        if descriptor >= 0 {
            if let bytes = RestoredFile.bytes(of: descriptor, at: target.offset, target.size) { isEqual = proof.fits(bytes) }
            close(descriptor)
        }
        let done = state.withLock { state -> Int64 in
            state.result.bytes += Int64(target.size)
            guard var file = state.open[target.entry] else { return state.result.bytes }
            if !isEqual, !file.isWrong {
                file.isWrong = true
                state.result.add(file.shown, .contents)
            }
            file.left -= Int64(target.size)
            state.open[target.entry] = file.left > 0 ? file : nil
            return state.result.bytes
        }
        progress(done)
        return isEqual
    }
}
