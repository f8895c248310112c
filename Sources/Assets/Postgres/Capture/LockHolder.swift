internal import Language
internal import Postgres

/// Who keeps a table from being read.
struct LockHolder {
    let table: TableName
    let holder: Phrase

    /// Everyone who holds, or waits for, the one lock that keeps a reader out. A transaction that waits for it keeps readers out
    /// too, so the one it waits for is the one to name.
    private static let query = """
        SELECT n.nspname, c.relname, coalesce(blocker.pid, waiter.pid), coalesce(blocker.application_name, waiter.application_name),
               coalesce(blocker.state, waiter.state), coalesce(blocker.query_start, waiter.query_start)::pg_catalog.timestamptz(0),
               pg_catalog.left(pg_catalog.regexp_replace(coalesce(blocker.query, waiter.query), '\\s+', ' ', 'g'), 60)
        FROM pg_catalog.pg_locks l
        JOIN pg_catalog.pg_class c ON c.oid = l.relation
        JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        LEFT JOIN pg_catalog.pg_stat_activity waiter ON waiter.pid = l.pid
        LEFT JOIN pg_catalog.pg_stat_activity blocker
          ON NOT l.granted AND blocker.pid = (pg_catalog.pg_blocking_pids(l.pid))[1]
        WHERE l.locktype = 'relation' AND l.mode = 'AccessExclusiveLock' AND l.relation = ANY ($1::pg_catalog.oid[])
          AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())
        ORDER BY l.granted DESC, l.pid LIMIT 1
        """

    static func find(for tables: [UInt32], on connection: Connection) async throws -> LockHolder? {
        let list = "{" + tables.map(String.init).joined(separator: ",") + "}"
        guard let row = try await connection.rows(query, [list]).first else { return nil }
        let table = TableName(schema: row[0] ?? "", name: row[1] ?? "")
        guard let process = row[2] else { return LockHolder(table: table, holder: "a prepared transaction") }
        var holder: Phrase = "process \(process)"
        if let application = row[3], !application.isEmpty { holder = "\(holder) (\(application))" }
        if let state = row[4], let start = row[5] { holder = "\(holder), \(state) since \(start)" }
        if let query = row[6], !query.isEmpty { holder = "\(holder): \(query)" }
        return LockHolder(table: table, holder: holder)
    }

    static func error(_ table: TableName?, _ holder: LockHolder?, waited: Duration, cause: any Error) -> AssetError {
        let name: Phrase = (table ?? holder?.table).map { "Table \($0)" } ?? "A table"
        let hint: Phrase =
            "Nothing was blocked and nothing was saved. Try again later, or wait longer with lock_timeout in the plan."
        guard let holder else {
            return AssetError(
                .tableLocked, "\(name) was locked for longer than \(waited.formattedSeconds).", hint: hint, cause: cause)
        }
        return AssetError(
            .tableLocked, "\(name) was locked for longer than \(waited.formattedSeconds), by \(holder.holder).", hint: hint,
            cause: cause)
    }
}

extension Duration {
    /// "10 s", "0.5 s"
    var formattedSeconds: String {
        let (seconds, attoseconds) = components
        let milliseconds = attoseconds / 1_000_000_000_000_000
        guard milliseconds > 0 else { return "\(seconds) s" }
        let digits = String(1000 + milliseconds).dropFirst()
        return "\(seconds).\(digits.prefix(digits.count - digits.reversed().prefix { $0 == "0" }.count)) s"
    }
}
