import Foundation
import Postgres
import TestServers

/// The databases under `Tests/Fixtures`, and what stock tools say of them.
enum Fixture {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().path + "/Fixtures"

    /// Loads a script with psql; one at a time, because the roles that scripts create belong to the whole server.
    static func load(_ file: String, into target: ConnectionString, variables: [String] = []) async throws {
        await turn.take()
        defer { Task { await turn.pass() } }
        try await psql(target, ["-f", folder + "/" + file] + variables.flatMap { ["-v", $0] })
    }

    private static let turn = Turn()

    static func run(_ sql: String, on target: ConnectionString) async throws {
        let connection = try await Connection.open(target)
        try await connection.execute(sql)
        await connection.close()
    }

    static func rows(_ sql: String, on target: ConnectionString) async throws -> [[String?]] {
        let connection = try await Connection.open(target)
        let rows = try await connection.rows(sql)
        await connection.close()
        return rows
    }

    static func psql(_ target: ConnectionString, _ arguments: [String], environment: [String: String] = [:]) async throws {
        let result = try await Program.run(
            TestServers.installation(TestServers.newest).program("psql"),
            arguments: ["-X", "-q", "-v", "ON_ERROR_STOP=1"] + arguments,
            environment: target.environment.merging(environment) { $1 })
        try result.checked()
    }

    /// A database of the target's major, filled by `pg_dump` and `pg_restore`.
    static func copyByStockTools(_ source: ConnectionString, _ route: Route) async throws -> ConnectionString {
        let copy = try await TestServers.freshDatabase(route.target)
        let file = FileManager.default.temporaryDirectory.path + "/reprise-stock-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: file) }
        try await Program.run(
            TestServers.installation(route.source).program("pg_dump"), arguments: ["-Fc", "-E", "UTF8", "-f", file],
            environment: source.environment.merging(["PGOPTIONS": options]) { $1 }
        ).checked()
        try await Program.run(
            TestServers.installation(route.target).program("pg_restore"), arguments: ["-e", "-d", copy.database ?? "", file],
            environment: copy.environment
        ).checked()
        return copy
    }

    private static let options =
        "-c timezone=UTC -c bytea_output=hex -c extra_float_digits=3 -c standard_conforming_strings=on -c quote_all_identifiers=off -c xmloption=content"

    /// The whole database as `pg_dump` writes it, rows too.
    static func dump(_ target: ConnectionString, with major: Int, arguments: [String] = []) async throws -> String {
        let collected = Collected()
        let result = try await Program.run(
            TestServers.installation(major).program("pg_dump"), arguments: ["--restrict-key=test", "-E", "UTF8"] + arguments,
            environment: target.environment.merging(["PGOPTIONS": options]) { $1 }
        ) { collected.append($0) }
        try result.checked()
        return collected.text
    }
}

/// Lets one task through at a time, in the order in which they come.
actor Turn {
    private var isTaken = false
    private var waiting: [CheckedContinuation<Void, Never>] = []

    func take() async {
        guard isTaken else { return isTaken = true }
        await withCheckedContinuation { waiting.append($0) }
    }

    func pass() {
        guard !waiting.isEmpty else { return isTaken = false }
        waiting.removeFirst().resume()
    }
}

final class Collected: @unchecked Sendable {
    // Only ever touched by the one thread that hands the program's output on.
    private var bytes: [UInt8] = []
    func append(_ piece: UnsafeRawBufferPointer) { bytes.append(contentsOf: piece) }
    var text: String { String(decoding: bytes, as: UTF8.self) }
}
