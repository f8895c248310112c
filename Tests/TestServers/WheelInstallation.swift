import Foundation
import SystemPackage

/// The PostgreSQL that `scripts/setup` gets for the tests, from a Python wheel.
enum WheelInstallation {
    /// Folders of programs of more majors, in `.tools/servers`, by their major.
    static func others() -> [Int: FilePath] {
        let folder = FilePath(#filePath).removingLastComponent().removingLastComponent().removingLastComponent().appending(
            ".tools/servers")
        let path = URL(fileURLWithPath: folder.string).resolvingSymlinksInPath().path
        var found: [Int: FilePath] = [:]
        for name in (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [] {
            let bin = FilePath(path).appending(name).appending("bin")
            if let major = Int(name), access(bin.appending("postgres").string, X_OK) == 0 { found[major] = bin }
        }
        return found
    }

    /// Folders of programs: the one that `scripts/setup` places where every user can run it, then those inside `.tools/venv`.
    static func bins() -> [FilePath] {
        let tools = FilePath(#filePath).removingLastComponent().removingLastComponent().removingLastComponent().appending(
            ".tools")
        let placed = URL(fileURLWithPath: tools.appending("postgresql-18").string).resolvingSymlinksInPath().path + "/bin"
        if access(placed + "/postgres", X_OK) == 0 { return [FilePath(placed)] }
        let packages = tools.appending("venv/lib")
        guard let files = FileManager.default.enumerator(atPath: packages.string) else { return [] }
        return files.compactMap { $0 as? String }.filter { $0.hasPrefix("python") && $0.hasSuffix("/bin/postgres") }.sorted()
            .map { packages.appending($0).removingLastComponent() }
    }
}
