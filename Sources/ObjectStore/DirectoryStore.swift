import Dispatch
import Glibc
import Language

/// A store in a directory, local or mounted. Keys are paths below it.
///
/// A put writes an unnamed file (or one under `tmp/` where the file system has no unnamed files), forces it to the disk, and only then gives it its name;
/// the directory is forced too. So a crash leaves the old state or the new one, and at worst a file under `tmp/`.
public struct DirectoryStore: ObjectStore {
    private let folder: String
    private let queue = DispatchQueue(label: "reprise.directory-store", attributes: .concurrent)

    /// - Parameter folder: an absolute path. It is created by `prepare`, not here.
    public init(_ folder: String) {
        self.folder = folder.count > 1 && folder.hasSuffix("/") ? String(folder.dropLast()) : folder
    }

    public var location: String { folder }

    /// Makes the directory with its parents, readable by its owner alone. Fails where it exists and holds anything.
    public func prepare() async throws(StoreError) {
        try await blocking { () throws(StoreError) in
            try makeFolders(folder)
            guard try names(in: folder).isEmpty else {
                throw StoreError(
                    .exists, "The directory \(folder) is not empty.",
                    hint: "Name an empty or new directory for the vault.")
            }
        }
    }

    /// Fails with `.unreachable` where the directory is not there: an unmounted disk must not look like an empty vault.
    public func requireFolder() async throws(StoreError) {
        try await blocking { () throws(StoreError) in
            var facts = stat()
            guard stat(folder, &facts) == 0, facts.st_mode & S_IFMT == S_IFDIR else {
                throw missingFolder
            }
        }
    }

    private var missingFolder: StoreError {
        StoreError(.unreachable, "The directory \(folder) is not there.", hint: "Is the disk mounted, and the vault's url right?")
    }

    public func put(_ key: ObjectKey, _ bytes: [UInt8], ifAbsent: Bool) async throws(StoreError) {
        try await blocking { () throws(StoreError) in try write(key, bytes, ifAbsent: ifAbsent) }
    }

    public func get(_ key: ObjectKey, range: Range<Int>?) async throws(StoreError) -> [UInt8] {
        try await blocking { () throws(StoreError) in try read(key, range) }
    }

    public func list(_ prefix: String, after: ObjectKey?, limit: Int) async throws(StoreError) -> [ObjectFacts] {
        try await blocking { () throws(StoreError) in
            var found: [ObjectFacts] = []
            try walk("", prefix: prefix, after: after?.text ?? "", limit: limit, into: &found)
            return found
        }
    }

    public func head(_ key: ObjectKey) async throws(StoreError) -> ObjectFacts? {
        try await blocking { () throws(StoreError) in
            var facts = stat()
            guard stat(path(of: key), &facts) == 0 else {
                if errno == ENOENT { return nil }
                throw failure("look at", key.text)
            }
            return ObjectFacts(key: key, size: Int(facts.st_size))
        }
    }

    public func delete(_ key: ObjectKey) async throws(StoreError) {
        try await blocking { () throws(StoreError) in
            guard unlink(path(of: key)) == 0 || errno == ENOENT else { throw failure("delete", key.text) }
            try syncFolder(of: path(of: key))
        }
    }

    // MARK: - Blocking work, on the queue's threads

    private func blocking<Value: Sendable>(
        _ work: @escaping @Sendable () throws(StoreError) -> Value
    ) async throws(StoreError) -> Value {
        let result: Result<Value, StoreError> = await withCheckedContinuation { continuation in
            queue.async {
                continuation.resume(returning: Result { () throws(StoreError) in try work() })
            }
        }
        return try result.get()
    }

    private func path(of key: ObjectKey) -> String { folder + "/" + key.text }

    private func write(_ key: ObjectKey, _ bytes: [UInt8], ifAbsent: Bool) throws(StoreError) {
        let target = path(of: key)
        if let parent = target.lastIndex(of: "/") { try makeFolders(String(target[..<parent]), below: folder) }
        // Only an unnamed file can be linked without ever having had another name, and linking never replaces.
        let unnamed = ifAbsent ? open(folder, O_WRONLY | O_CLOEXEC | Self.temporaryFile, 0o600) : -1
        if unnamed >= 0 {
            defer { close(unnamed) }
            try fill(unnamed, bytes, key)
            guard linkat(AT_FDCWD, "/proc/self/fd/\(unnamed)", AT_FDCWD, target, AT_SYMLINK_FOLLOW) == 0 else {
                throw failure("write", key.text)
            }
        } else {
            try writeNamed(key, bytes, target: target, ifAbsent: ifAbsent)
        }
        try syncFolder(of: target)
    }

    private func writeNamed(_ key: ObjectKey, _ bytes: [UInt8], target: String, ifAbsent: Bool) throws(StoreError) {
        try makeFolders(folder + "/tmp", below: folder)
        let temporary = folder + "/tmp/" + String(UInt64.random(in: .min ... .max), radix: 16)
        let file = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw failure("write", key.text) }
        defer { close(file) }
        do throws(StoreError) {
            try fill(file, bytes, key)
            guard (ifAbsent ? link(temporary, target) : rename(temporary, target)) == 0 else { throw failure("write", key.text) }
        } catch {
            unlink(temporary)
            throw error
        }
        if ifAbsent { unlink(temporary) }
    }

    /// O_TMPFILE, which the C library defines in a form that is not imported.
    private static let temporaryFile = O_DIRECTORY | 0o20_000_000

    private func fill(_ file: Int32, _ bytes: [UInt8], _ key: ObjectKey) throws(StoreError) {
        var offset = 0
        while offset < bytes.count {
            let written = bytes.withUnsafeBytes { Glibc.write(file, $0.baseAddress! + offset, $0.count - offset) }
            if written < 0 {
                if errno == EINTR { continue }
                throw failure("write", key.text)
            }
            offset += written
        }
        guard fdatasync(file) == 0 else { throw failure("write", key.text) }
    }

    private func read(_ key: ObjectKey, _ range: Range<Int>?) throws(StoreError) -> [UInt8] {
        let file = open(path(of: key), O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw failure("read", key.text) }
        defer { close(file) }
        var facts = stat()
        guard fstat(file, &facts) == 0 else { throw failure("read", key.text) }
        let size = Int(facts.st_size)
        let wanted = range ?? 0..<size
        guard wanted.upperBound <= size else {
            throw StoreError(.short, "The object \(key) in \(folder) ends at byte \(size), before byte \(wanted.upperBound).")
        }
        var offset = 0
        var problem: StoreError?
        let bytes = [UInt8](unsafeUninitializedCapacity: wanted.count) { buffer, count in
            while offset < wanted.count {
                let got = pread(file, buffer.baseAddress! + offset, wanted.count - offset, off_t(wanted.lowerBound + offset))
                if got < 0, errno == EINTR { continue }
                guard got > 0 else {
                    problem =
                        got < 0
                        ? failure("read", key.text)
                        : StoreError(.short, "The object \(key) in \(folder) ended while it was read.")
                    break
                }
                offset += got
            }
            count = offset
        }
        if let problem { throw problem }
        return bytes
    }

    /// Depth first in bytewise order of whole keys; skips what lies at or before `after` without looking into it.
    private func walk(
        _ relative: String, prefix: String, after: String, limit: Int, into found: inout [ObjectFacts]
    ) throws(StoreError) {
        let here = relative.isEmpty ? folder : folder + "/" + relative
        var children: [(key: String, isFolder: Bool, size: Int)] = []
        for name in try names(in: here) {
            let key = relative.isEmpty ? name : relative + "/" + name
            if relative.isEmpty, name == "tmp" { continue }
            guard key.hasPrefix(prefix) || prefix.hasPrefix(key + "/") else { continue }
            var facts = stat()
            guard stat(folder + "/" + key, &facts) == 0 else { continue }  // deleted since the folder was read
            let isFolder = facts.st_mode & S_IFMT == S_IFDIR
            children.append((isFolder ? key + "/" : key, isFolder, Int(facts.st_size)))
        }
        children.sort { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
        for child in children where found.count < limit {
            if child.isFolder {
                let isPassed = child.key.utf8.lexicographicallyPrecedes(after.utf8) && !after.hasPrefix(child.key)
                if !isPassed { try walk(String(child.key.dropLast()), prefix: prefix, after: after, limit: limit, into: &found) }
            } else if after.utf8.lexicographicallyPrecedes(child.key.utf8), let key = ObjectKey(child.key) {
                found.append(ObjectFacts(key: key, size: child.size))
            }
        }
    }

    private func names(in path: String) throws(StoreError) -> [String] {
        guard let folder = opendir(path) else {
            if errno == ENOENT, path != self.folder { return [] }
            if errno == ENOENT { throw missingFolder }
            throw failure("list", path)
        }
        defer { closedir(folder) }
        var found: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { found.append(name) }
        }
        return found
    }

    private func makeFolders(_ path: String, below root: String = "") throws(StoreError) {
        if mkdir(path, 0o700) == 0 { return try syncFolder(of: path) }
        if errno == EEXIST { return }
        // The vault's own directory is never made again: if it is gone, the disk is not there.
        guard errno == ENOENT, path != root, let parent = path.lastIndex(of: "/"), parent != path.startIndex else {
            throw failure("write", path)
        }
        try makeFolders(String(path[..<parent]), below: root)
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw failure("write", path) }
        try syncFolder(of: path)
    }

    private func syncFolder(of path: String) throws(StoreError) {
        guard let slash = path.lastIndex(of: "/") else { return }
        let parent = slash == path.startIndex ? "/" : String(path[..<slash])
        let file = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard file >= 0 else { throw failure("write", parent) }
        defer { close(file) }
        // Some network file systems cannot force a directory and say so; they write names through.
        guard fsync(file) == 0 || errno == EINVAL || errno == ENOTSUP else { throw failure("write", parent) }
    }

    /// The error of the system call that just failed.
    private func failure(_ verb: Phrase, _ name: String) -> StoreError {
        let number = errno
        let reason = String(cString: strerror(number))
        switch number {
        case ENOENT: return StoreError(.missing, "There is no \(name) in \(folder).")
        case EEXIST: return StoreError(.exists, "\(name) is already in \(folder).")
        case ENOSPC, EDQUOT, EFBIG:
            return StoreError(
                .full, "No space is left to write \(name) in \(folder).",
                hint: "Nothing that was stored before is touched. Free some space and run the same command again.")
        case EACCES, EPERM, EROFS:
            return StoreError(
                .denied, "May not \(verb) \(name) in \(folder): \(reason).",
                hint: "Check the owner, the permissions and the mount options of the vault's directory.")
        case EIO, ESTALE, ENXIO, ENODEV, ENOTCONN, EHOSTDOWN:
            return StoreError(.unreachable, "Cannot \(verb) \(name) in \(folder): \(reason).", hint: "Check the disk.")
        default: return StoreError(.failed, "Cannot \(verb) \(name) in \(folder): \(reason).")
        }
    }
}
