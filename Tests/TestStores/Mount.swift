import Foundation
import Glibc

/// Small file systems of a test's own.
public enum Mount {
    /// Whether this process may mount: tried once.
    public static let isPermitted: Bool = {
        let folder = makeFolder()
        defer { rmdir(folder) }
        guard mount("tmpfs", folder, "tmpfs", 0, "size=65536") == 0 else { return false }
        return umount(folder) == 0
    }()

    public struct Failure: Error {
        public let what: String
    }

    /// Gives `work` an empty file system of this size, and a way to mount it again as `ro` or `rw`.
    public static func withTmpfs(
        bytes: Int, _ work: (_ folder: String, _ remount: @escaping @Sendable (String) throws -> Void) async throws -> Void
    ) async throws {
        let folder = makeFolder()
        guard mount("tmpfs", folder, "tmpfs", 0, "size=\(bytes)") == 0 else { throw failure("mount") }
        defer {
            // Lazily: a failed test may still hold a file open.
            umount2(folder, Int32(MNT_DETACH))
            rmdir(folder)
        }
        try await work(folder) { how in
            let flags = how == "ro" ? UInt(MS_REMOUNT | MS_RDONLY) : UInt(MS_REMOUNT)
            guard mount("tmpfs", folder, "tmpfs", flags, "size=\(bytes)") == 0 else { throw failure("remount") }
        }
    }

    private static func failure(_ verb: String) -> Failure { Failure(what: "\(verb): \(String(cString: strerror(errno)))") }

    private static func makeFolder() -> String {
        let folder = FileManager.default.temporaryDirectory.path + "/reprise-mount-" + UUID().uuidString
        mkdir(folder, 0o700)
        return folder
    }
}
