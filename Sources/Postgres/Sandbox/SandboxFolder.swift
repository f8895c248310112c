internal import Foundation
internal import Language
internal import Synchronization
internal import SystemPackage

/// The folder of one sandbox and the lock that says whether its owner lives.
///
/// Beside the folder `reprise-sandbox-XXXXXXXX` lies the file `reprise-sandbox-XXXXXXXX.lock`, locked (`flock`) by the owner for
/// as long as it lives: made before the folder, removed after it. Whoever gets the lock of a sandbox may remove it.
struct SandboxFolder: Sendable {
    static let prefix = "reprise-sandbox-"

    let path: FilePath
    private let lockPath: FilePath
    private let lock: Lock

    var data: FilePath { path.appending("data") }
    var passwordFile: FilePath { path.appending("password") }
    /// Names the socket folder where `path` is too long for one.
    private var socketNote: FilePath { path.appending("socket-folder") }

    /// Makes a new folder under `parent`, for `user` alone.
    static func create(under parent: FilePath, for user: ServiceUser?) throws(PostgresError) -> SandboxFolder {
        do {
            if access(parent.string, F_OK) != 0 {
                try FileManager.default.createDirectory(
                    atPath: parent.string, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o711])
            }
            try refuseForeignParent(parent)
            if let user, let obstacle = user.obstacle(to: parent) {
                throw PostgresError(
                    .sandboxFailed,
                    "A sandbox cannot be made in \(parent.string): its server runs as \(user.name), who may not enter \(obstacle.string).",
                    hint: "Choose a folder that every user can enter, such as one in /var/tmp (TMPDIR names it).")
            }
            while true {
                let name = prefix + String(format: "%08x", UInt32.random(in: 0...UInt32.max))
                guard let lock = Lock.take(parent.appending(name + ".lock"), creating: true) else { continue }
                let folder = SandboxFolder(path: parent.appending(name), lockPath: parent.appending(name + ".lock"), lock: lock)
                guard mkdir(folder.path.string, 0o700) == 0 else { throw Errno(rawValue: errno) }
                if let user, chown(folder.path.string, user.id, user.group) != 0 { throw Errno(rawValue: errno) }
                return folder
            }
        } catch let error as PostgresError {
            throw error
        } catch {
            throw PostgresError(.sandboxFailed, "No sandbox can be made in \(parent.string).", cause: error)
        }
    }

    /// Whoever may rename what is in a folder could put something else in the place of ours.
    private static func refuseForeignParent(_ parent: FilePath) throws(PostgresError) {
        var status = stat()
        let isOurs = stat(parent.string, &status) == 0 && (status.st_uid == geteuid() || status.st_uid == 0)
        guard isOurs, status.st_mode & (S_IWGRP | S_IWOTH) == 0 || status.st_mode & S_ISVTX != 0 else {
            throw PostgresError(
                .sandboxFailed, "A sandbox is not made in \(parent.string): other users may change what is in that folder.",
                hint: "Choose a folder of your own.")
        }
    }

    /// Every sandbox under `parent` whose owner is gone, now ours.
    static func abandoned(under parent: FilePath) -> [SandboxFolder] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: parent.string)) ?? []
        return names.filter { $0.hasPrefix(prefix) && $0.hasSuffix(".lock") }.compactMap { name in
            guard let lock = Lock.take(parent.appending(name), creating: false) else { return nil }
            return SandboxFolder(path: parent.appending(String(name.dropLast(5))), lockPath: parent.appending(name), lock: lock)
        }
    }

    /// A folder for the server's socket, short enough for a socket's address (107 bytes; macOS 103).
    func makeSocketFolder(port: Int, for user: ServiceUser?) throws(PostgresError) -> FilePath {
        let inside = path.appending("s")
        let isShort = inside.string.utf8.count + "/.s.PGSQL.\(port)".utf8.count <= 103
        let folder =
            isShort ? inside : FilePath("/tmp/" + Self.prefix + String(format: "%08x", UInt32.random(in: 0...UInt32.max)))
        do {
            // Noted before it exists, so that a sweep finds it whenever we are stopped.
            if !isShort { try Data(folder.string.utf8).write(to: URL(fileURLWithPath: socketNote.string)) }
            guard mkdir(folder.string, 0o700) == 0 else { throw Errno(rawValue: errno) }
            if let user, chown(folder.string, user.id, user.group) != 0 { throw Errno(rawValue: errno) }
            return folder
        } catch {
            throw PostgresError(.sandboxFailed, "No folder for the sandbox's socket can be made: \(folder.string).", cause: error)
        }
    }

    /// Removes everything, the lock last. The server must have ended. Blocks.
    func remove() {
        if let note = try? String(contentsOfFile: socketNote.string, encoding: .utf8), note.hasPrefix("/tmp/" + Self.prefix),
            !note.dropFirst(5).contains("/")
        {
            Tree.delete(note)
        }
        Tree.delete(path.string)
        // A folder that could not be removed keeps its lock file, and the next sweep tries again.
        if access(path.string, F_OK) != 0 { unlink(lockPath.string) }
        lock.release()
    }
}

/// A file locked for as long as its descriptor is open; the system lets go of it however the process ends.
private final class Lock: Sendable {
    private let file: Mutex<Int32?>

    private init(_ file: Int32) { self.file = Mutex(file) }

    deinit { release() }

    /// Nil when another process holds the lock, or the file is gone, or is not ours.
    static func take(_ path: FilePath, creating: Bool) -> Lock? {
        let file = open(path.string, O_RDWR | O_CLOEXEC | O_NOFOLLOW | (creating ? O_CREAT | O_EXCL : 0), 0o600)
        guard file >= 0 else { return nil }
        var held = stat()
        var named = stat()
        // The file may have been removed, by a sweep, between opening and locking it.
        guard fstat(file, &held) == 0, held.st_uid == geteuid(), flock(file, LOCK_EX | LOCK_NB) == 0,
            lstat(path.string, &named) == 0, held.st_ino == named.st_ino, held.st_dev == named.st_dev
        else {
            close(file)
            return nil
        }
        return Lock(file)
    }

    func release() {
        file.withLock {
            if let file = $0 { close(file) }
            $0 = nil
        }
    }
}
