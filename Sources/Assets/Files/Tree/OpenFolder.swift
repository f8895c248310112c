internal import Glibc

/// A folder held open, so that nothing that happens to its path can lead anywhere else.
final class OpenFolder: Sendable {
    let descriptor: Int32

    /// What a listing says of one name.
    struct Item: Sendable {
        let name: [UInt8]
        /// As far as the listing tells: a file system may not say.
        let isFolder: Bool?
    }

    private static let flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK

    private init(_ descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }

    /// How many files may be open at once; raised as far as the system lets.
    static func roomForDescriptors() -> Int {
        var limit = rlimit()
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        guard getrlimit(resource, &limit) == 0 else { return 256 }
        let wanted = min(limit.rlim_max, 65_536)
        if limit.rlim_cur < wanted {
            limit.rlim_cur = wanted
            if setrlimit(resource, &limit) != 0 { getrlimit(resource, &limit) }
        }
        return Int(min(limit.rlim_cur, 65_536))
    }

    /// The folder at an absolute path, links followed. Nil: see `errno`.
    static func root(_ path: String) -> OpenFolder? {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NONBLOCK)
        return descriptor >= 0 ? OpenFolder(descriptor) : nil
    }

    /// The folder `name` in this one; a link is no folder. Nil: see `errno`.
    func folder(_ name: [UInt8]) -> OpenFolder? {
        let descriptor = withPath(name) { openat(self.descriptor, $0, Self.flags) }
        return descriptor >= 0 ? OpenFolder(descriptor) : nil
    }

    /// A file for reading; a link is none, and a pipe is not waited for. Negative: see `errno`.
    func file(_ name: [UInt8]) -> Int32 {
        let flags = O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY
        // Reading must not change when a file was last read, where that may be avoided.
        let quiet = withPath(name) { openat(descriptor, $0, flags | Self.noAccessTime) }
        if quiet >= 0 || errno != EPERM { return quiet }
        return withPath(name) { openat(descriptor, $0, flags) }
    }

    /// O_NOATIME, which the C library does not show to Swift.
    private static let noAccessTime: Int32 = 0o1_000_000

    /// Every name but `.` and `..`, in no order; by one thread at a time. Nil: see `errno`.
    func names() -> [Item]? {
        guard let getdents64 = Self.getdents64 else {
            errno = ENOSYS
            return nil
        }
        guard lseek(descriptor, 0, SEEK_SET) == 0 else { return nil }
        return withUnsafeTemporaryAllocation(byteCount: 32 << 10, alignment: 8) { buffer in
            var items: [Item] = []
            while true {
                let count = getdents64(descriptor, buffer.baseAddress!, buffer.count)
                guard count >= 0 else { return nil }
                if count == 0 { return items }
                Self.read(UnsafeRawBufferPointer(rebasing: buffer[..<count]), into: &items)
            }
        }
    }

    /// Reads entries as the system gives them: number (8), where the next one is (8), size of the entry (2), type (1), and the
    /// name with a zero behind it.
    private static func read(_ entries: UnsafeRawBufferPointer, into items: inout [Item]) {
        var start = 0
        while start < entries.count {
            let size = Int(entries.loadUnaligned(fromByteOffset: start + 16, as: UInt16.self))
            let type = Int(entries[start + 18])
            let name = Array(entries[(start + 19)..<(start + size)].prefix { $0 != 0 })
            start += size
            if name == [0x2e] || name == [0x2e, 0x2e] { continue }
            items.append(Item(name: name, isFolder: type == Int(DT_UNKNOWN) ? nil : type == Int(DT_DIR)))
        }
    }

    /// The C library has it and does not show it to Swift. By itself it needs neither a second descriptor nor memory of its own.
    private static let getdents64 = dlsym(nil, "getdents64").map {
        unsafeBitCast($0, to: (@convention(c) (Int32, UnsafeMutableRawPointer, Int) -> Int).self)
    }

    /// Where a symbolic link points to. Nil: see `errno`.
    func target(of name: [UInt8]) -> [UInt8]? {
        var room = 256
        while room <= 1 << 20 {
            var bytes = [UInt8](repeating: 0, count: room)
            let count = bytes.withUnsafeMutableBytes { buffer in
                withPath(name) { readlinkat(descriptor, $0, buffer.baseAddress!.assumingMemoryBound(to: CChar.self), room) }
            }
            guard count >= 0 else { return nil }
            if count < room { return Array(bytes[..<count]) }
            room *= 4
        }
        errno = ENAMETOOLONG
        return nil
    }
}
