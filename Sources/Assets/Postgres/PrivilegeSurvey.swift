internal import Foundation
public import Postgres

/// What a login sees of a database, before any backup: for `doctor`.
public struct PrivilegeSurvey: Sendable {
    public struct Extension: Sendable, Equatable {
        public let name: String
        public let version: String
        public let schema: String
    }

    public let database: String
    public let server: ServerVersion
    public let login: String
    public let isSuperuser: Bool
    public let isSupabase: Bool
    public let isStandby: Bool
    /// Whether the connection is encrypted; false over a Unix socket too.
    public let usesTLS: Bool
    public let encoding: String
    /// How far the server's clock is ahead of ours.
    public let clockSkewSeconds: Double
    public let extensions: [Extension]
    /// Everything whose rows belong into a backup.
    public let tables: Int
    public let bytes: Int64
    public let sequences: Int
    public let largeObjects: Int
    /// Tables that the login may not read, or not all rows of; sequences; the first hundred large objects.
    public let unreadableTables: [TableName]
    public let tablesWithHiddenRows: [TableName]
    public let unreadableSequences: [TableName]
    public let unreadableLargeObjects: [UInt32]

    /// What a backup would fail with; nil when it can read everything.
    public let problem: AssetError?

    /// Connects and asks. Throws `PostgresError`.
    public static func of(_ target: ConnectionString) async throws -> PrivilegeSurvey {
        try await withConnection(target) { connection in
            try await connection.execute("BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            let started = Date()
            let session = try await connection.rows(sessionQuery)[0]
            let middle = started.addingTimeInterval(Date().timeIntervalSince(started) / 2)
            let catalog = try await CatalogReader(connection: connection).read()
            let copied = catalog.copied
            // Estimates from the catalog: asking for true sizes would wait for tables that are locked.
            let bytes = try await connection.rows(sizeQuery, ["{" + copied.map { String($0.oid) }.joined(separator: ",") + "}"])
                .first?[0]
            try await connection.execute("COMMIT")
            let problems = ReadProblems(catalog)
            return PrivilegeSurvey(
                database: catalog.database.name, server: connection.serverVersion, login: session[0] ?? "",
                isSuperuser: session[1] == "t",
                isSupabase: catalog.isSupabase, isStandby: session[2] == "t", usesTLS: session[3] == "t",
                encoding: catalog.database.encoding,
                clockSkewSeconds: (session[4].flatMap { Double($0) } ?? 0) - middle.timeIntervalSince1970,
                extensions: catalog.extensions.map { .init(name: $0.name, version: $0.version, schema: $0.schema) },
                tables: copied.count,
                bytes: bytes.flatMap { Int64($0) } ?? 0, sequences: catalog.sequences.count,
                largeObjects: catalog.largeObjects.count,
                unreadableTables: problems.tables, tablesWithHiddenRows: problems.hidden, unreadableSequences: problems.sequences,
                unreadableLargeObjects: problems.largeObjects, problem: problems.error)
        }
    }

    private static let sessionQuery = """
        SELECT current_user, (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user), pg_catalog.pg_is_in_recovery(),
               coalesce((SELECT ssl FROM pg_catalog.pg_stat_ssl WHERE pid = pg_catalog.pg_backend_pid()), false),
               extract(epoch FROM pg_catalog.clock_timestamp())
        """

    private static let sizeQuery = """
        SELECT coalesce(pg_catalog.sum((c.relpages::bigint + coalesce(t.relpages, 0)) * pg_catalog.current_setting('block_size')::bigint), 0)::bigint
        FROM pg_catalog.pg_class c LEFT JOIN pg_catalog.pg_class t ON t.oid = c.reltoastrelid
        WHERE c.oid = ANY ($1::pg_catalog.oid[])
        """
}
