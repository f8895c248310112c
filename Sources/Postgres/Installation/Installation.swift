public import Foundation
internal import Language
public import SystemPackage

/// A folder of PostgreSQL programs on this machine.
public struct Installation: Sendable, Hashable, CustomStringConvertible {
    /// Of its `pg_dump`.
    public let major: Int
    /// As its `pg_dump` tells it: "15.20", "18beta1".
    public let version: String
    public let bin: FilePath

    public func program(_ name: String) -> FilePath { bin.appending(name) }

    public func has(_ name: String) -> Bool { access(program(name).string, X_OK) == 0 }

    public var description: String { "PostgreSQL \(version) (\(bin))" }

    /// Every installation, newest major first; of one major, the one found first comes first: the folders of
    /// `$REPRISE_POSTGRES_BIN` (separated by colons), then `/usr/lib/postgresql/*/bin`, `/usr/pgsql-*/bin`, then PATH. A folder
    /// counts when its `pg_dump` tells its version.
    public static func all(environment: [String: String] = ProcessInfo.processInfo.environment) -> [Installation] {
        search(environment) { _ in false }.enumerated().sorted {
            ($1.element.major, $0.offset) < ($0.element.major, $1.offset)
        }.map(\.element)
    }

    /// Installations in the order of their folders, up to and with the first that `isWanted`: each is a program to be run, and
    /// what lies in PATH may be a script that takes ten times as long as what it stands for.
    private static func search(_ environment: [String: String], until isWanted: (Installation) -> Bool) -> [Installation] {
        var seen: Set<String> = []
        var found: [Installation] = []
        for folder in folders(environment) {
            guard let path = realpath(folder, nil) else { continue }
            defer { free(path) }
            guard seen.insert(String(cString: path)).inserted, let version = ProgramVersion.of(folder + "/pg_dump") else {
                continue
            }
            let installation = Installation(major: version.major, version: version.text, bin: FilePath(folder))
            found.append(installation)
            if isWanted(installation) { break }
        }
        return found
    }

    /// The programs to dump a server of `major` with: the same major, else the next newer (an older `pg_dump` refuses).
    /// Throws `noInstallation`.
    public static func forDump(
        server major: Int, environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(PostgresError) -> Installation {
        try nearest(major, needs: ["pg_dump", "pg_restore"], environment, for: "dump a PostgreSQL \(major) server")
    }

    /// The programs to start a sandbox with for data of `major`: the same major, else the next newer. Throws `noInstallation`.
    public static func forSandbox(
        atLeast major: Int, environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(PostgresError) -> Installation {
        try nearest(major, needs: ["initdb", "postgres"], environment, for: "start a PostgreSQL \(major) server")
    }

    private static func nearest(
        _ major: Int, needs programs: [String], _ environment: [String: String], for purpose: Phrase
    ) throws(PostgresError) -> Installation {
        func isUsable(_ installation: Installation) -> Bool {
            installation.major >= major && programs.allSatisfy { installation.has($0) }
        }
        // Of the very major there is none better than the first.
        let usable = search(environment) { $0.major == major && isUsable($0) }.filter(isUsable)
        if let nearest = usable.map(\.major).min(), let best = usable.first(where: { $0.major == nearest }) { return best }
        let all = all(environment: environment)
        let found: Phrase = all.isEmpty ? "none was found" : "found: \(all.map(\.version).joined(separator: ", "))"
        throw PostgresError(
            .noInstallation,
            "No PostgreSQL programs on this machine can \(purpose): \(programs.joined(separator: ", ")) of version \(major) or newer are needed; \(found).",
            hint: "Install PostgreSQL \(major) or newer, or name the folder of its programs in REPRISE_POSTGRES_BIN.")
    }

    private static func folders(_ environment: [String: String]) -> [String] {
        let named = (environment["REPRISE_POSTGRES_BIN"] ?? "").split(separator: ":").map(String.init)
        let debian = children("/usr/lib/postgresql").map { "/usr/lib/postgresql/\($0)/bin" }
        let redHat = children("/usr").filter { $0.hasPrefix("pgsql-") }.map { "/usr/\($0)/bin" }
        let path = (environment["PATH"] ?? "").split(separator: ":").map(String.init)
        return (named + debian + redHat + path).filter { $0.hasPrefix("/") }
    }

    private static func children(_ folder: String) -> [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: folder))?.sorted() ?? []
    }
}
