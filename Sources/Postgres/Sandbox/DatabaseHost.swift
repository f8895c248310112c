internal import Foundation

/// Where throw-away databases can be made: a sandbox of our own, or a server that somebody lends us.
public protocol DatabaseHost: Sendable {
    /// The place of an existing database on this server.
    func connection(database: String) -> ConnectionString
    /// Makes an empty database and gives its place. `options` are those of CREATE DATABASE, in SQL: encoding, locale.
    /// Throws `sqlError` and what a connection throws.
    func createDatabase(options: String) async throws(PostgresError) -> ConnectionString
    /// Removes every database made here, and the server where it is our own.
    func stop() async
}

extension DatabaseHost {
    /// An empty database without any of the additions of `template1`.
    public func createDatabase() async throws(PostgresError) -> ConnectionString {
        try await createDatabase(options: "TEMPLATE template0")
    }
}

extension Sandbox {
    public func createDatabase(options: String) async throws(PostgresError) -> ConnectionString {
        let name = "reprise_" + String(format: "%016lx", UInt64.random(in: 0...UInt64.max))
        let connection = try await Connection.open(connection())
        try await connection.execute("CREATE DATABASE \(SQL.identifier(name)) \(options)")
        await connection.close()
        return self.connection(database: name)
    }
}
