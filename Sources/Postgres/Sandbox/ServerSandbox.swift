internal import Foundation
internal import Language

/// Throw-away databases on a server that somebody lends us: made as `reprise_sandbox_…`, dropped at `stop`.
///
/// For as long as it lives, the owner of a database holds a session advisory lock whose key is the database's random number,
/// taken before the database is made. The server shows advisory locks of all its databases to everybody (`pg_locks`), and lets go
/// of them however the owner ends: a sandbox database without its lock is abandoned, and the next `open` or `sweep` drops it. The
/// connection must reach the server itself or a session pooler; a transaction pooler would lend the lock to others.
public actor ServerSandbox: DatabaseHost {
    public static let prefix = "reprise_sandbox_"

    private nonisolated let server: ConnectionString
    /// Holds the locks.
    private let keeper: Connection
    private var databases: [String] = []
    public nonisolated let serverVersion: ServerVersion

    /// Connects to `server`, whose login needs the right to create databases; first drops what dead owners left there.
    /// Throws what `Connection.open` throws.
    public static func open(on server: ConnectionString) async throws(PostgresError) -> ServerSandbox {
        let keeper = try await Connection.open(server, applicationName: "reprise sandbox")
        await sweep(server, keeper)
        return ServerSandbox(server, keeper)
    }

    private init(_ server: ConnectionString, _ keeper: Connection) {
        self.server = server
        self.keeper = keeper
        serverVersion = keeper.serverVersion
    }

    public nonisolated func connection(database: String) -> ConnectionString { server.with(database: database) }

    public func createDatabase(options: String) async throws(PostgresError) -> ConnectionString {
        let number = UInt64.random(in: 0...UInt64.max)
        let name = Self.prefix + String(format: "%016lx", number)
        _ = try await keeper.rows("SELECT pg_catalog.pg_advisory_lock($1::bigint)::text", [String(Int64(bitPattern: number))])
        databases.append(name)
        try await keeper.execute("CREATE DATABASE \(SQL.identifier(name)) \(options)")
        return connection(database: name)
    }

    /// Drops the databases made here, also when the calling task has been cancelled. What cannot be dropped now, a later sweep
    /// drops.
    public func stop() async {
        let made = databases
        databases = []
        await Task { [server, keeper] in
            for name in made { await Self.drop(name, server, keeper) }
            await keeper.close()
        }.value
    }

    /// Drops the sandbox databases on `server` whose owners are gone, as far as its login may. Throws what `Connection.open`
    /// throws.
    public static func sweep(on server: ConnectionString) async throws(PostgresError) {
        let connection = try await Connection.open(server, applicationName: "reprise sandbox")
        await sweep(server, connection)
        await connection.close()
    }

    private static func sweep(_ server: ConnectionString, _ connection: Connection) async {
        // The two halves of the lock's key are the two halves of the number in the name.
        let abandoned = """
            SELECT datname FROM pg_catalog.pg_database d
            WHERE datname ~ '^\(prefix)[0-9a-f]{16}$' AND pg_catalog.pg_has_role(d.datdba, 'USAGE')
              AND NOT EXISTS (
                SELECT FROM pg_catalog.pg_locks l
                WHERE l.locktype = 'advisory' AND l.objsubid = 1 AND l.granted
                  AND pg_catalog.lpad(pg_catalog.to_hex(l.classid::bigint), 8, '0')
                    || pg_catalog.lpad(pg_catalog.to_hex(l.objid::bigint), 8, '0') = pg_catalog.right(d.datname::text, 16))
            """
        for row in (try? await connection.rows(abandoned)) ?? [] {
            if let name = row[0] { await drop(name, server, connection) }
        }
    }

    /// Subscriptions go first, without their slots: a database with one cannot be dropped, and the slot belongs to somebody else.
    ///
    /// A server drops no database while any of its sessions, in whatever database, waits for a client that does not read: that
    /// must not hold us up for ever.
    private static func drop(_ name: String, _ server: ConnectionString, _ connection: Connection) async {
        if let inside = try? await Connection.open(server.with(database: name), applicationName: "reprise sandbox") {
            let subscriptions = try? await inside.rows(
                "SELECT subname FROM pg_catalog.pg_subscription s JOIN pg_catalog.pg_database d ON d.oid = s.subdbid WHERE d.datname = $1",
                [name])
            for row in subscriptions ?? [] {
                let subscription = SQL.identifier(row[0] ?? "")
                for step in [
                    "ALTER SUBSCRIPTION \(subscription) DISABLE", "ALTER SUBSCRIPTION \(subscription) SET (slot_name = NONE)",
                    "DROP SUBSCRIPTION \(subscription)",
                ] { try? await inside.execute(step) }
            }
            await inside.close()
        }
        try? await connection.execute("SET statement_timeout = '30s'")
        try? await connection.execute("DROP DATABASE IF EXISTS \(SQL.identifier(name)) WITH (FORCE)")
        try? await connection.execute("SET statement_timeout = 0")
    }
}
