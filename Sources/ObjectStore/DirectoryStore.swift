import Dispatch
import Glibc
import Language

/// A store in a directory, local or mounted. Keys are paths below it; a key and a folder of another key cannot share a name.
///
/// A put writes an unnamed file (or one under `tmp/` where the file system has no unnamed files), forces it to the disk, and only
/// then gives it its name; the directory is forced too. So a crash leaves the old state or the new one, and at worst a file under
/// `tmp/`.
public struct DirectoryStore: ObjectStore {
    let folder: String
    private let naming: Naming
    /// Serial queues, because each of those has a thread as soon as it needs one. The concurrent ones share the processors'
    /// threads with every task of the program, where blocking is not allowed.
    private let queues = (0..<8).map { DispatchQueue(label: "reprise.directory-store.\($0)") }

    /// How a finished file gets a name that must be free. Each way falls back on the ones after it where the file system refuses.
    enum Naming: CaseIterable {
        /// A file without a name is linked: nothing is left behind by a crash.
        case unnamedFile
        /// A file under `tmp/` is linked and unlinked there.
        case link
        /// A file under `tmp/` is renamed unless the name is taken: for file systems without links, such as exFAT on a memory
        /// stick.
        case rename
    }

    /// What may stand in a directory that is to become a vault: what file systems put into their root, and what an `init` that
    /// was cut off leaves.
    private static let harmless: Set<String> = ["lost+found", "tmp"]

    /// - Parameter folder: an absolute path. It is created by `prepare`, not here.
    public init(_ folder: String) {
        self.init(folder, naming: .unnamedFile)
    }

    init(_ folder: String, naming: Naming) {
        self.folder = folder.count > 1 && folder.hasSuffix("/") ? String(folder.dropLast()) : folder
        self.naming = naming
    }

    public var location: String { folder }

    /// Makes the directory with its parents, readable by its owner alone. Fails where it exists and holds anything.
    public func prepare() async throws(StoreError) {
        try await blocking { () throws(StoreError) in
            try makeFolders(folder)
            let found = try names(in: folder).map(\.name)
            guard found.allSatisfy({ Self.harmless.contains($0) || $0.hasPrefix(StoreProbe.prefix) }) else {
                throw StoreError(
                    .exists, "The directory \(folder) is not empty.",
                    hint: "Name an empty or new directory for the vault.")
            }
        }
    }

    /// Fails with `.unreachable` where the directory is not there: an unmounted disk must not look like an empty vault.
    public func requirePlace() async throws(StoreError) {
        try await blocking { () throws(StoreError) in
            guard isFolder(folder) else { throw missingFolder }
        }
    }

    var missingFolder: StoreError {
        StoreError(
            .unreachable, "The directory \(folder) is not there.", hint: "Is the disk mounted, and the vault's url right?")
    }

    public func put(_ key: ObjectKey, _ bytes: [UInt8], ifAbsent: Bool) async throws(StoreError) {
        try await blocking { () throws(StoreError) in try write(key, bytes, ifAbsent: ifAbsent) }
    }

    /// Nil where there are no unnamed files: one under `tmp/` would be taken for a leftover while its bytes are still to come.
    public func beginPut(_ prefix: String) throws(StoreError) -> (any StreamedPut)? {
        guard naming == .unnamedFile, let file = openUnnamed() else { return nil }
        return DirectoryPut(self, file: file, prefix: prefix)
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

    /// A folder is read whole for each page, so pages are large: some 10 MB of names.
    public var pageSize: Int { 65_536 }

    public func head(_ key: ObjectKey) async throws(StoreError) -> ObjectFacts? {
        try await blocking { () throws(StoreError) in
            guard let size = try size(of: key) else {
                guard isFolder(folder) else { throw missingFolder }
                return nil
            }
            return ObjectFacts(key: key, size: size)
        }
    }

    public func delete(_ key: ObjectKey) async throws(StoreError) {
        try await blocking { () throws(StoreError) in
            guard unlink(path(of: key)) == 0 else {
                // What is not there is gone; a folder of that name is no object.
                if errno != ENOENT, errno != ENOTDIR, errno != EISDIR { throw failure("delete", key.text) }
                guard isFolder(folder) else { throw missingFolder }
                return
            }
            try syncFolder(of: path(of: key))
        }
    }

    // MARK: - Blocking work, on the queues' threads

    func blocking<Value: Sendable>(
        _ work: @escaping @Sendable () throws(StoreError) -> Value
    ) async throws(StoreError) -> Value {
        let result: Result<Value, StoreError> = await withCheckedContinuation { continuation in
            queues[Int.random(in: queues.indices)].async {
                continuation.resume(returning: Result { () throws(StoreError) in try work() })
            }
        }
        return try result.get()
    }

    private func path(of key: ObjectKey) -> String { folder + "/" + key.text }

    private func isFolder(_ path: String) -> Bool {
        var facts = stat()
        return stat(path, &facts) == 0 && facts.st_mode & S_IFMT == S_IFDIR
    }

    /// Bytes of the object; nil where there is none.
    func size(of key: ObjectKey) throws(StoreError) -> Int? {
        var facts = stat()
        guard stat(path(of: key), &facts) == 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw failure("look at", key.text)
        }
        return facts.st_mode & S_IFMT == S_IFREG ? Int(facts.st_size) : nil
    }

    private func write(_ key: ObjectKey, _ bytes: [UInt8], ifAbsent: Bool) throws(StoreError) {
        if ifAbsent, naming == .unnamedFile, let file = openUnnamed() {
            defer { close(file) }
            try fill(file, bytes, key)
            return try nameUnnamed(file, key)
        }
        let target = try makeFolder(of: key)
        try writeNamed(key) { file throws(StoreError) in
            try fill(file, bytes, key)
        } name: { temporary in
            ifAbsent ? nameNew(temporary, target) : rename(temporary, target) == 0
        }
        try syncFolder(of: target)
    }

    /// The path of an object in a folder that is there.
    private func makeFolder(of key: ObjectKey) throws(StoreError) -> String {
        let target = path(of: key)
        if let parent = target.lastIndex(of: "/") { try makeFolders(String(target[..<parent]), below: folder) }
        return target
    }

    /// A new file without a name; nil where this file system has none, or says that nothing can be written.
    private func openUnnamed() -> Int32? {
        let file = open(folder, O_RDWR | O_CLOEXEC | Self.temporaryFile, 0o600)
        return file >= 0 ? file : nil
    }

    /// Forces a file without a name to the disk and makes it the object, which must be new.
    func nameUnnamed(_ file: Int32, _ key: ObjectKey) throws(StoreError) {
        guard fdatasync(file) == 0 else { throw failure("write", key.text) }
        let target = try makeFolder(of: key)
        if try !linkUnnamed(file, key, target) {
            try writeNamed(key) { copy throws(StoreError) in
                try fill(copy, from: file, key)
            } name: { temporary in
                nameNew(temporary, target)
            }
        }
        try syncFolder(of: target)
    }

    /// Links a file without a name to `target`. False where this file system or system cannot do that.
    private func linkUnnamed(_ file: Int32, _ key: ObjectKey, _ target: String) throws(StoreError) -> Bool {
        guard naming == .unnamedFile else { return false }
        if linkat(AT_FDCWD, "/proc/self/fd/\(file)", AT_FDCWD, target, AT_SYMLINK_FOLLOW) == 0 { return true }
        if errno == EEXIST || errno == ENOSPC || errno == EDQUOT || errno == EROFS || errno == EIO {
            throw failure("write", key.text)
        }
        return false
    }

    /// Lets `fill` write a file under `tmp/` and `name` give it its name.
    private func writeNamed(
        _ key: ObjectKey, fill: (Int32) throws(StoreError) -> Void, name: (String) -> Bool
    ) throws(StoreError) {
        try makeFolders(folder + "/tmp", below: folder)
        let temporary = folder + "/tmp/" + String(UInt64.random(in: .min ... .max), radix: 16)
        let file = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw failure("write", key.text) }
        defer {
            close(file)
            unlink(temporary)  // gone already where it was renamed
        }
        try fill(file)
        guard name(temporary) else {
            let problem = failure("write", key.text)
            // The answer of a network file system may have been lost after the link was made.
            var facts = stat()
            if fstat(file, &facts) == 0, facts.st_nlink == 2 { return }
            throw problem
        }
    }

    /// Gives the file a second name, or a new one, unless that is taken. The error of the link is the one that is told where
    /// neither can be done.
    private func nameNew(_ temporary: String, _ target: String) -> Bool {
        if naming != .rename {
            if link(temporary, target) == 0 { return true }
            if errno == EEXIST || errno == ENOSPC || errno == EDQUOT || errno == EROFS { return false }
        }
        let before = naming == .rename ? EPERM : errno
        guard let renameat2 = Self.renameat2 else {
            errno = before
            return false
        }
        if renameat2(AT_FDCWD, temporary, AT_FDCWD, target, 1) == 0 { return true }  // 1: RENAME_NOREPLACE
        if errno == EINVAL || errno == ENOSYS { errno = before }
        return false
    }

    /// The C library has it and does not show it to Swift.
    private static let renameat2 = dlsym(nil, "renameat2").map {
        unsafeBitCast(
            $0, to: (@convention(c) (Int32, UnsafePointer<CChar>, Int32, UnsafePointer<CChar>, UInt32) -> Int32).self)
    }

    /// O_TMPFILE, which the C library defines in a form that is not imported.
    private static let temporaryFile = O_DIRECTORY | 0o20_000_000

    private func fill(_ file: Int32, _ bytes: [UInt8], _ key: ObjectKey) throws(StoreError) {
        try bytes.withUnsafeBufferPointer { bytes throws(StoreError) in try write(file, UnsafeRawBufferPointer(bytes), key.text) }
        guard fdatasync(file) == 0 else { throw failure("write", key.text) }
    }

    /// Copies all of another file.
    private func fill(_ file: Int32, from other: Int32, _ key: ObjectKey) throws(StoreError) {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 4096)
        defer { buffer.deallocate() }
        var offset = 0
        while true {
            let got = pread(other, buffer.baseAddress!, buffer.count, off_t(offset))
            if got < 0, errno == EINTR { continue }
            guard got >= 0 else { throw failure("write", key.text) }
            if got == 0 { break }
            try write(file, UnsafeRawBufferPointer(rebasing: buffer[..<got]), key.text)
            offset += got
        }
        guard fdatasync(file) == 0 else { throw failure("write", key.text) }
    }

    /// Writes all of `bytes` behind what was written before.
    ///
    /// - Parameter name: what is written, for messages.
    func write(_ file: Int32, _ bytes: UnsafeRawBufferPointer, _ name: String) throws(StoreError) {
        var offset = 0
        while offset < bytes.count {
            let written = Glibc.write(file, bytes.baseAddress! + offset, bytes.count - offset)
            if written < 0 {
                if errno == EINTR { continue }
                throw failure("write", name)
            }
            offset += written
        }
    }

    private func read(_ key: ObjectKey, _ range: Range<Int>?) throws(StoreError) -> [UInt8] {
        let file = open(path(of: key), O_RDONLY | O_CLOEXEC)
        guard file >= 0 else {
            if errno == ENOENT || errno == ENOTDIR, !isFolder(folder) { throw missingFolder }
            throw failure("read", key.text)
        }
        defer { close(file) }
        var facts = stat()
        guard fstat(file, &facts) == 0 else { throw failure("read", key.text) }
        guard facts.st_mode & S_IFMT == S_IFREG else { throw missing(key.text) }
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

    private func makeFolders(_ path: String, below root: String = "") throws(StoreError) {
        // The vault's own directory is never made again by a put: if it is gone, the disk is not there.
        if path == root {
            guard isFolder(path) else { throw missingFolder }
            return
        }
        if mkdir(path, 0o700) == 0 { return try syncFolder(of: path) }
        if errno == EEXIST { return }
        guard errno == ENOENT, let parent = path.lastIndex(of: "/"), parent != path.startIndex else {
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

    private func missing(_ name: String) -> StoreError { StoreError(.missing, "There is no \(name) in \(folder).") }

    /// The error of the system call that just failed.
    func failure(_ verb: Phrase, _ name: String) -> StoreError {
        let number = errno
        let reason = String(cString: strerror(number))
        switch number {
        case ENOENT, ENOTDIR: return missing(name)
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
