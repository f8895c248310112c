internal import Glibc
internal import Synchronization
internal import Vault

/// The folder that a tree is restored into. Every step down from it is opened by itself and no link is followed, so that nothing
/// is ever written anywhere else. Recently used folders are kept open.
///
/// Its calls block.
final class TargetTree: Sendable {
    /// Where something cannot be made or opened.
    struct Failure: Error {
        let number: Int32
        init() { number = errno }
        init(_ number: Int32) { self.number = number }
    }

    let root: OpenFolder
    private let open = Mutex<[[UInt8]: OpenFolder]>([:])
    private static let most = 128

    init(_ root: OpenFolder) { self.root = root }

    /// The folder at `path`, raw, from the root on; empty for the root itself.
    func folder(_ path: ArraySlice<UInt8>) throws(Failure) -> OpenFolder {
        if path.isEmpty { return root }
        let key = Array(path)
        if let known = open.withLock({ $0[key] }) { return known }
        let (above, name) = Self.split(path)
        guard let found = try folder(above).folder(Array(name)) else { throw Failure() }
        remember(found, key)
        return found
    }

    /// The same, made where it is missing.
    ///
    /// - Parameter replaces: whether what stands there and is no folder is taken away.
    func makeFolder(_ path: ArraySlice<UInt8>, replaces: Bool) throws(Failure) -> (folder: OpenFolder, isNew: Bool) {
        if path.isEmpty { return (root, false) }
        let (above, name) = Self.split(path)
        let parent = try folder(above)
        let raw = Array(name)
        if let there = parent.folder(raw) {
            // Its rights are set again at the end.
            if let status = FileStatus.of(there.descriptor), status.mode & 0o700 != 0o700 {
                fchmod(there.descriptor, mode_t(status.mode | 0o700))
            }
            return (there, false)
        }
        var isMade = withPath(raw) { mkdirat(parent.descriptor, $0, 0o700) } == 0
        if !isMade, errno == EEXIST {
            guard let status = FileStatus.at(parent.descriptor, raw) else { throw Failure() }
            if status.kind == .directory {
                // One of our own that may not be entered: its rights are set again at the end.
                guard withPath(raw, { fchmodat(parent.descriptor, $0, 0o700, 0) }) == 0 else { throw Failure() }
            } else {
                guard replaces else { throw Failure(EEXIST) }
                guard withPath(raw, { unlinkat(parent.descriptor, $0, 0) }) == 0 else { throw Failure() }
                isMade = withPath(raw) { mkdirat(parent.descriptor, $0, 0o700) } == 0
                guard isMade else { throw Failure() }
            }
        }
        guard let folder = parent.folder(raw) else { throw Failure() }
        remember(folder, Array(path))
        return (folder, isMade)
    }

    /// What stands, and is no folder, where a folder on the way to `path` or it itself is to be; raw, from the root on.
    func obstacle(_ path: ArraySlice<UInt8>) -> [UInt8]? {
        if path.isEmpty { return nil }
        let (above, name) = Self.split(path)
        guard let parent = try? folder(above) else { return obstacle(above) }
        guard let status = FileStatus.at(parent.descriptor, Array(name)), status.kind != .directory else { return nil }
        return Array(path)
    }

    private func remember(_ folder: OpenFolder, _ path: [UInt8]) {
        open.withLock { open in
            if open.count >= Self.most { open.removeAll() }
            open[path] = folder
        }
    }

    /// The folder of a path, and its last name.
    static func split(_ path: ArraySlice<UInt8>) -> (folder: ArraySlice<UInt8>, name: ArraySlice<UInt8>) {
        guard let slash = path.lastIndex(of: UInt8(ascii: "/")) else { return (path.prefix(0), path) }
        return (path[..<slash], path[(slash + 1)...])
    }
}
