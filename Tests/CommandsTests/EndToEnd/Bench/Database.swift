import Foundation
import Postgres
import TestServers
import Testing

/// A database of a test, by the names it goes by.
struct Database: Sendable {
    let name: String
    let connection: ConnectionString
    /// With a password in it.
    let url: String
    let major: Int

    /// An empty one on the shared server of `major`.
    static func empty(_ major: Int = TestServers.newest) async throws -> Database {
        try await empty(on: try await TestServers.server(major))
    }

    static func empty(on server: Sandbox) async throws -> Database {
        let connection = try await server.createDatabase()
        let name = try #require(connection.database)
        return Database(name: name, connection: connection, url: try server.url(name), major: server.installation.major)
    }

    func execute(_ sql: String) async throws {
        let session = try await Connection.open(connection)
        do { try await session.execute(sql) } catch {
            await session.close()
            throw error
        }
        await session.close()
    }

    func rows(_ sql: String) async throws -> [[String?]] {
        let session = try await Connection.open(connection)
        do {
            let rows = try await session.rows(sql)
            await session.close()
            return rows
        } catch {
            await session.close()
            throw error
        }
    }

    func value(_ sql: String) async throws -> String? { try await rows(sql).first?.first ?? nil }

    /// How many wait for a lock in it.
    func waiting() async throws -> Int {
        let count = try await value(
            "SELECT count(*) FROM pg_locks WHERE NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        )
        return Int(count ?? "") ?? -1
    }

    /// For programs that connect to it.
    var environment: [String: String] { connection.environment }

    func drop() async throws {
        try await connection.with(database: "postgres").executeOnce(
            "DROP DATABASE IF EXISTS \(SQL.identifier(name)) WITH (FORCE)")
    }

    /// Everything in it as `pg_dump` writes it, rows too: two databases with the same text are the same.
    func dump(_ arguments: String...) async throws -> String {
        let collected = Collected()
        // Of the same major: a newer one shows what an older server keeps to itself.
        let result = try await Program.run(
            TestServers.installation(major).program("pg_dump"), arguments: ["--restrict-key=test"] + arguments,
            environment: connection.environment
        ) { collected.append($0) }
        try result.checked()
        return collected.text
    }

    func psql(_ arguments: String..., folder: String = "/") async throws {
        let program = TestServers.installation(TestServers.newest).program("psql")
        let environment = ["PATH": "/usr/bin:/bin"].merging(connection.environment) { $1 }
        let end = try await ChildProcess(
            "\(program)", ["-X", "-q", "-v", "ON_ERROR_STOP=1"] + arguments, environment: environment, workingFolder: folder
        ).end()
        try #require(end.status == 0, "psql \(arguments): \(end.errors)")
    }
}

extension ConnectionString {
    func executeOnce(_ sql: String) async throws {
        let session = try await Connection.open(self)
        do { try await session.execute(sql) } catch {
            await session.close()
            throw error
        }
        await session.close()
    }
}

final class Collected: @unchecked Sendable {
    // Only ever touched by the one thread that hands the program's output on.
    private var bytes: [UInt8] = []
    func append(_ piece: UnsafeRawBufferPointer) { bytes.append(contentsOf: piece) }
    var text: String { String(decoding: bytes, as: UTF8.self) }
}
