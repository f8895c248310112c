import Foundation
import Postgres
import SystemPackage

/// The PostgreSQL that `scripts/setup` installs into `.tools/venv` of the checkout, from a Python wheel.
enum WheelInstallation {
    /// The folders of programs there, where every user can run them.
    static func bins() -> [FilePath] {
        let packages = FilePath(#filePath).removingLastComponent().removingLastComponent().removingLastComponent()
            .appending(".tools/venv/lib")
        guard let files = FileManager.default.enumerator(atPath: packages.string) else { return [] }
        var found: [FilePath] = []
        for case let file as String in files where file.hasSuffix("/bin/postgres") && file.hasPrefix("python") {
            found.append(reachable(packages.appending(file).removingLastComponent()))
        }
        return found
    }

    /// `bin` itself, or, where the server's user may not enter the checkout, the same folder in a copy of the installation.
    private static func reachable(_ bin: FilePath) -> FilePath {
        guard let user = try? ServiceUser.forThisProcess(), user.obstacle(to: bin) != nil else { return bin }
        let root = bin.removingLastComponent()
        var status = stat()
        let stamp = stat(bin.appending("postgres").string, &status) == 0 ? "\(status.st_ino)-\(status.st_mtim.tv_sec)" : "0"
        let copy = TestServers.folder.appending("postgres-\(stamp)")
        if access(copy.string, F_OK) != 0 {
            let draft = TestServers.folder.appending("draft-\(UUID().uuidString)")
            try? FileManager.default.createDirectory(
                atPath: TestServers.folder.string, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o711])
            try? FileManager.default.copyItem(atPath: root.string, toPath: draft.string)
            chmod(draft.string, 0o755)
            // Another process may have been quicker, with the same result.
            if rename(draft.string, copy.string) != 0 { try? FileManager.default.removeItem(atPath: draft.string) }
        }
        return copy.appending("bin")
    }
}
