import Foundation
import Postgres
import TestServers
import Testing

private let python = ProcessInfo.processInfo.environment["REPRISE_PYTHON"]

@Suite(
    "A snapshot is read without Reprise", .endToEnd,
    .enabled(if: python != nil, "needs the Python of scripts/setup test: run it as scripts/with-tools swift test"))
struct StockToolsTests {
    private static let tools =
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path + "/tools"

    @Test("Python unpacks it, psql loads it", arguments: TestServers.majors)
    func loads(major: Int) async throws {
        let shop = try await Shop.make(major)
        let host = try Host(databaseURL: shop.database.url)
        try await host.run("init").succeeded()
        try await host.run("backup").succeeded()
        let target = try await Database.empty(major)
        let child = try ChildProcess(
            try #require(python),
            [Self.tools + "/read_vault.py", "--key", ".reprise/local.key", "vault", "unpack", "latest", "unpacked"],
            environment: host.environment, workingFolder: host.project)
        let end = await child.end()
        #expect(end.status == 0, "\(end)")
        try await target.psql("-f", "load.sql", folder: host.path("unpacked"))
        #expect(try await target.dump() == shop.database.dump())
    }

    /// What the kit tells somebody to type who has nothing but the kit, the vault and Python.
    @Test func theKitsOwnCommandsWork() async throws {
        let (host, shop) = try await Host.withShop()
        try await host.run("backup").succeeded()
        let kit = try host.read(".reprise/local-kit.txt")
        let id = try #require(try await host.snapshots()[0]["id"].text)
        let lines = kit.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
        let commands = lines.filter {
            $0.contains("read_vault.py VAULT") || $0.contains("psql -d") || ($0.contains("read_vault.py") && $0.contains("VAULT"))
        }
        #expect(commands.count == 3, "\(commands)")
        try host.write(NewcomerTests.recoveryKey(in: kit), to: "recovery.key")
        let target = try await Database.empty()
        var script = commands.joined(separator: "\n")
        for (word, value) in [
            ("python3 read_vault.py", "\(try #require(python)) \(Self.tools)/read_vault.py"), (" VAULT", " vault"),
            ("SNAPSHOT", id), ("FOLDER", "unpacked"),
            ("NEW_DATABASE", target.name),
        ] { script = script.replacing(word, with: value) }
        let environment = host.environment.merging(target.connection.environment) { $1 }
        let child = try ChildProcess("/bin/bash", ["-e", "-c", script], environment: environment, workingFolder: host.project)
        let end = await child.end()
        #expect(end.status == 0, "\(script)\n\(end)")
        #expect(try await target.dump() == shop.database.dump())
    }
}
