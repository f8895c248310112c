internal import Glibc
internal import Vault

/// What `lstat` says of a file.
struct FileStatus: Equatable, Sendable {
    let kind: FileFacts.Kind
    let mode: UInt16
    let uid: UInt32
    let gid: UInt32
    let size: Int64
    /// What it takes on the disk, bytes.
    let allocated: Int64
    let inode: UInt64
    let device: UInt64
    let links: UInt64
    let modified: FileFacts.Time
    let changed: FileFacts.Time
    private let special: UInt64

    init(_ facts: stat) {
        switch facts.st_mode & S_IFMT {
        case S_IFDIR: kind = .directory
        case S_IFLNK: kind = .symlink
        case S_IFIFO: kind = .fifo
        case S_IFSOCK: kind = .socket
        case S_IFCHR: kind = .character
        case S_IFBLK: kind = .block
        default: kind = .file
        }
        mode = UInt16(facts.st_mode & 0o7777)
        uid = facts.st_uid
        gid = facts.st_gid
        size = Int64(facts.st_size)
        allocated = Int64(facts.st_blocks) * 512
        inode = UInt64(facts.st_ino)
        device = UInt64(facts.st_dev)
        links = UInt64(facts.st_nlink)
        modified = .init(seconds: Int64(facts.st_mtim.tv_sec), nanoseconds: Int32(facts.st_mtim.tv_nsec))
        changed = .init(seconds: Int64(facts.st_ctim.tv_sec), nanoseconds: Int32(facts.st_ctim.tv_nsec))
        special = UInt64(facts.st_rdev)
    }

    /// Of what stands at `name` in an open folder, without following a link. Nil: see `errno`.
    static func at(_ folder: Int32, _ name: [UInt8]) -> FileStatus? {
        var facts = stat()
        let status = withPath(name) { fstatat(folder, $0, &facts, AT_SYMLINK_NOFOLLOW) }
        return status == 0 ? FileStatus(facts) : nil
    }

    /// Of what stands at these absolute paths, and of what a link there leads to.
    static func at(_ paths: [String]) -> [FileStatus] {
        paths.reduce(into: []) { found, path in
            for flags in [AT_SYMLINK_NOFOLLOW, 0] {
                var facts = stat()
                guard fstatat(AT_FDCWD, path, &facts, flags) == 0 else { continue }
                let status = FileStatus(facts)
                if !found.contains(where: status.isSameFile) { found.append(status) }
            }
        }
    }

    static func of(_ file: Int32) -> FileStatus? {
        var facts = stat()
        return fstat(file, &facts) == 0 ? FileStatus(facts) : nil
    }

    /// Whether both are the same file, and nobody has written to it or changed its facts in between.
    func isUntouched(since earlier: FileStatus) -> Bool {
        isSameFile(as: earlier) && size == earlier.size && modified == earlier.modified && changed == earlier.changed
    }

    func isSameFile(as other: FileStatus) -> Bool {
        inode == other.inode && device == other.device && kind == other.kind
    }

    /// Small files may rest where no block is counted.
    var isSparse: Bool { kind == .file && size > 4096 && allocated < size }

    /// As a C library splits a device's number.
    var deviceNumber: FileFacts.Device? {
        guard kind == .character || kind == .block else { return nil }
        return .init(
            major: UInt32(truncatingIfNeeded: (special >> 8 & 0xfff) | (special >> 32 & 0xffff_f000)),
            minor: UInt32(truncatingIfNeeded: (special & 0xff) | (special >> 12 & 0xffff_ff00)))
    }

    func facts(_ accounts: Accounts) -> FileFacts {
        var facts = FileFacts(kind: kind, mode: mode, uid: uid, gid: gid, modified: modified)
        facts.user = accounts.user(uid)
        facts.group = accounts.group(gid)
        facts.device = deviceNumber
        facts.isSparse = isSparse
        return facts
    }
}

/// Calls `body` with a path of any bytes as the system takes it. No path of ours holds a zero byte.
func withPath<Value>(_ path: [UInt8], _ body: (UnsafePointer<CChar>) -> Value) -> Value {
    (path + [0]).withUnsafeBufferPointer { bytes in
        bytes.withMemoryRebound(to: CChar.self) { body($0.baseAddress!) }
    }
}

/// The system's words for an error number.
func systemMessage(_ number: Int32) -> String { String(cString: strerror(number)) }
