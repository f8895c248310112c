import Foundation
import Postgres
import TestServers
import Testing

/// One person's machine: a home, a project folder, a place for temporary files, and nothing of this process's environment.
///
/// Every run checks what must hold for all of them: the database's password is in no output, and with `--json` every line of
/// standard output is an object and standard error stays empty.
final class Host: Sendable {
    /// Short, because the sockets of sandboxes lie below it, and open to enter, because their servers are another user's.
    let root: String
    let project: String
    let environment: [String: String]
    private let secrets: [String]
    private let owns: Bool

    /// - Parameter databaseURL: what DATABASE_URL says.
    init(databaseURL: String? = nil, environment extra: [String: String] = [:]) throws {
        owns = true
        root = "/tmp/re2e-" + UUID().uuidString.prefix(8).lowercased()
        project = root + "/project"
        for (folder, mode) in [("", 0o755), ("/project", 0o755), ("/home", 0o700), ("/t", 0o1777)] {
            try FileManager.default.createDirectory(atPath: root + folder, withIntermediateDirectories: false)
            chmod(root + folder, mode_t(mode))
        }
        var environment = [
            "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": root + "/home", "TMPDIR": root + "/t",
            "REPRISE_CACHE": root + "/home/cache", "LANG": "C.UTF-8",
            "REPRISE_POSTGRES_BIN": TestServers.environment["REPRISE_POSTGRES_BIN"] ?? "",
        ]
        environment["DATABASE_URL"] = databaseURL
        self.environment = environment.merging(extra) { $1 }
        secrets = self.environment.values.compactMap(Self.password)
    }

    deinit { if owns { try? FileManager.default.removeItem(atPath: root) } }

    private static func password(in url: String) -> String? {
        guard url.hasPrefix("postgresql://"), let password = URLComponents(string: url)?.password, !password.isEmpty else {
            return nil
        }
        return password
    }

    /// A host whose project is initialised, for a database with a shop in it.
    static func withShop(_ major: Int = TestServers.newest, rows: Int = 300, environment: [String: String] = [:]) async throws
        -> (Host, Shop)
    {
        let shop = try await Shop.make(major, rows: rows)
        let host = try Host(databaseURL: shop.database.url, environment: environment)
        try await host.run("init").succeeded()
        return (host, shop)
    }

    // MARK: - Files

    func path(_ name: String) -> String { name.hasPrefix("/") ? name : project + "/" + name }

    func write(_ text: String, to name: String, mode: mode_t = 0o600) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: path(name)))
        chmod(path(name), mode)
    }

    func read(_ name: String) throws -> String { try String(contentsOfFile: path(name), encoding: .utf8) }

    func mode(of name: String) throws -> Int {
        try #require(try FileManager.default.attributesOfItem(atPath: path(name))[.posixPermissions] as? Int)
    }

    func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: path(name)) }

    /// All regular files below `folder`, by their paths.
    func files(below folder: String) -> [String] {
        let top = path(folder)
        guard let found = FileManager.default.enumerator(atPath: top) else { return [] }
        return found.compactMap { $0 as? String }.map { top + "/" + $0 }.filter {
            var isFolder: ObjCBool = false
            return FileManager.default.fileExists(atPath: $0, isDirectory: &isFolder) && !isFolder.boolValue
        }.sorted()
    }

    /// Puts lines into the plan's asset.
    func changePlan(_ asset: String, sandbox: String? = nil) throws {
        var text = """
            version: 1
            project: { name: shop, timezone: UTC, language: en }
            vaults:
              local: { url: ./vault }
            assets:
              db:
                kind: postgres
                url: env:DATABASE_URL

            """
        for line in asset.split(separator: "\n") { text += "    " + line + "\n" }
        if let sandbox { text += "sandbox: { url: \"\(sandbox)\" }\n" }
        try write(text, to: "reprise.yaml", mode: 0o644)
    }

    // MARK: - Running

    func start(_ arguments: [String], environment extra: [String: String] = [:], input: String? = nil, folder: String? = nil)
        throws
        -> ChildProcess
    {
        try ChildProcess(
            BuiltProgram.path, arguments, environment: environment.merging(extra) { $1 }, input: input,
            workingFolder: folder ?? project)
    }

    @discardableResult
    func run(
        _ arguments: String..., environment extra: [String: String] = [:], input: String? = nil, folder: String? = nil,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> Outcome {
        try await outcome(
            of: start(arguments, environment: extra, input: input, folder: folder), arguments, sourceLocation: sourceLocation)
    }

    func outcome(
        of child: ChildProcess, _ arguments: [String] = [], sourceLocation: SourceLocation = #_sourceLocation
    ) async -> Outcome {
        let outcome = Outcome(await child.end(), arguments)
        for secret in secrets where outcome.output.contains(secret) || outcome.errors.contains(secret) {
            Issue.record(
                "the password is in the output of reprise \(arguments.joined(separator: " "))", sourceLocation: sourceLocation)
        }
        if arguments.contains("--json"), outcome.status < 128 {
            #expect(outcome.errors == "", "with --json standard error stays empty", sourceLocation: sourceLocation)
        }
        return outcome
    }
}

extension Sandbox {
    /// A URL with a password, as a newcomer has one.
    func url(_ database: String) throws -> String {
        let environment = try #require(loopbackConnection(database: database)).environment
        let password = try #require(environment["PGPASSWORD"])
        return "postgresql://postgres:\(password)@127.0.0.1:\(port)/\(database)"
    }
}
