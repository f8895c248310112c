internal import Glibc
internal import Vault

/// A file in a target while something is restored into it. Whoever does that holds it locked; one that nobody holds says that a
/// restore was cut off, and may be gone on with.
///
/// Its calls block.
final class RestoreMark: Sendable {
    enum Failure: Error {
        /// The system's number of the error.
        case failed(Int32)
        /// Another process is at work in the same target.
        case busy
    }

    static let prefix = Array(".reprise-restore-".utf8)

    /// Of which snapshot a file is the mark, as text; nil of other files.
    static func snapshot(_ name: [UInt8]) -> String? {
        guard name.starts(with: prefix) else { return nil }
        return String(decoding: RawText.escaped(Array(name.dropFirst(prefix.count))), as: UTF8.self)
    }

    static func name(_ snapshot: SnapshotID) -> [UInt8] { prefix + Array(snapshot.text.utf8) }

    /// Whether one was there before: that restore may have left files that are not complete.
    let hasLeftovers: Bool
    /// Of the target, when it was changed last.
    let timeBefore: FileFacts.Time
    private let root: OpenFolder
    /// The marks, open and locked.
    private let names: [[UInt8]]
    private let files: [Int32]

    /// - Parameter made: called when the mark is made and not locked yet: another process may lock it first.
    init(_ snapshot: SnapshotID, in root: OpenFolder, made: () -> Void = {}) throws(Failure) {
        guard let status = FileStatus.of(root.descriptor), let all = root.names() else { throw .failed(errno) }
        timeBefore = status.modified
        self.root = root
        let there = all.map(\.name).filter { $0.starts(with: Self.prefix) }
        hasLeftovers = !there.isEmpty
        let own = Self.name(snapshot)
        var names: [[UInt8]] = []
        var files: [Int32] = []
        var failure: Failure?
        var isNew = false
        var isOurs = false
        for name in there.filter({ $0 != own }) + [own] {
            let flags = O_RDWR | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK
            var file = withPath(name) { openat(root.descriptor, $0, flags, 0o600) }
            if file < 0, errno == ENOENT, name == own {
                file = withPath(name) { openat(root.descriptor, $0, flags | O_CREAT | O_EXCL, 0o600) }
                isNew = file >= 0
                if isNew { made() }
                // Another process was faster: it is its mark, and locked.
                if file < 0, errno == EEXIST { file = withPath(name) { openat(root.descriptor, $0, flags, 0o600) } }
            }
            guard file >= 0 else {
                // Another one may have ended meanwhile; ours must be there.
                if name == own { failure = .failed(errno) }
                continue
            }
            files.append(file)
            names.append(name)
            if flock(file, LOCK_EX | LOCK_NB) == 0 {
                isOurs = name == own
            } else if errno == EWOULDBLOCK {
                failure = .busy
            }
        }
        self.names = names
        self.files = files
        guard let failure else { return }
        // Nothing was begun: a mark that says so would keep others from beginning. Where another process was faster to lock it,
        // it is at work under it.
        if isNew, isOurs { _ = withPath(own) { unlinkat(root.descriptor, $0, 0) } }
        throw failure
    }

    deinit { for file in files { close(file) } }

    /// The restore is complete, or nothing of it was begun.
    func remove() {
        for name in names { _ = withPath(name) { unlinkat(root.descriptor, $0, 0) } }
    }
}
