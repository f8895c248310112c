import Foundation
import Language

/// Files that only their owner may read.
enum PrivateFile {
    /// Writes a new file with mode 0600, durably, in a folder that is made with mode 0700 and hidden from git when it is missing.
    /// Never replaces a file.
    static func create(_ path: String, _ text: String) throws(CommandError) {
        let folder = Paths.folder(of: path)
        var isFolder: ObjCBool = false
        if !FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder) {
            do {
                try FileManager.default.createDirectory(
                    atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            } catch {
                throw CommandError(.fileNotWritten, "The folder \(folder) cannot be made.", cause: error)
            }
            // Keys beside a plan must not wander into its repository.
            _ = try? SmallFile.create(folder + "/.gitignore", "*\n")
        }
        let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw failure(path) }
        defer { close(file) }
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                let error = failure(path)
                unlink(path)
                throw error
            }
            rest = rest.dropFirst(count)
        }
        guard fsync(file) == 0 else {
            let error = failure(path)
            unlink(path)
            throw error
        }
        syncFolder(of: path)
    }

    /// Makes a name durable, as far as the file system lets that be asked.
    private static func syncFolder(of path: String) {
        let folder = open(Paths.folder(of: path), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { return }
        fsync(folder)
        close(folder)
    }

    /// Writes new files, all of them or none.
    static func create(_ files: [(path: String, text: String)]) throws(CommandError) {
        for (number, file) in files.enumerated() {
            do throws(CommandError) {
                try create(file.path, file.text)
            } catch {
                for made in files[..<number] { unlink(made.path) }
                throw error
            }
        }
    }

    /// Fails where a new file could not be made at `path`, as far as that can be seen without making one.
    static func requirePlace(_ path: String) throws(CommandError) {
        var folder = Paths.folder(of: path)
        while access(folder, F_OK) != 0, errno == ENOENT, folder != "/" { folder = Paths.folder(of: folder) }
        var status = stat()
        guard stat(folder, &status) == 0 else { throw failure(path) }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            errno = ENOTDIR
            throw failure(path)
        }
        guard access(folder, W_OK | X_OK) == 0 else { throw failure(path) }
    }

    /// Puts other bytes into a file that is there, whole or not at all: they are written beside it, made durable, and take its
    /// name.
    static func replace(_ path: String, _ bytes: [UInt8]) throws(CommandError) {
        // Through a link to where the file is, so that the link stays one.
        let target = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
        let draft = target + ".\(getpid())-\(UInt32.random(in: 0 ... .max)).new"
        try create(draft, String(decoding: bytes, as: UTF8.self))
        guard rename(draft, target) == 0 else {
            let error = failure(path)
            unlink(draft)
            throw error
        }
        syncFolder(of: target)
    }

    private static func failure(_ path: String) -> CommandError {
        let reason = String(cString: strerror(errno))
        return CommandError(.fileNotWritten, "The file \(path) cannot be written.", cause: SystemMessage(description: reason))
    }
}
