internal import Language
internal import Postgres
internal import Vault

/// One worker: copies tables, or parts of them, over a connection of its own until there is nothing left to do.
///
/// Each piece of work is its own transaction in the exported snapshot, so that no table stays locked longer than its rows take.
struct RowCopier {
    let target: ConnectionString
    let snapshot: ExportedSnapshot
    let options: CaptureOptions
    let writer: SnapshotWriter
    let queue: WorkQueue
    let meter: CaptureMeter

    func run() async throws -> [WorkResult] {
        var results: [WorkResult] = []
        guard let first = await queue.next() else { return results }
        try await withConnection(target) { connection in
            var next: Work? = first
            while let work = next {
                try Task.checkCancellation()
                results.append(try await copy(work, over: connection))
                next = await queue.next()
            }
        }
        return results
    }

    private func copy(_ work: Work, over connection: Connection) async throws -> WorkResult {
        let totals: CopyTotals
        switch work.source {
        case .table(let table, let part):
            try await options.hooks.beforeTable(table.name)
            try await lock(table, over: connection)
            try await options.hooks.beforeCopy(table.name)
            let query = RowQuery(
                table: table.name, columns: table.columns, configuration: table.configuration?.condition, part: part)
            do {
                totals = try await store(query.copyOut, as: work, over: connection)
            } catch let error as PostgresError where Self.tellsOfChange(error) {
                throw ChangedDuringBackup(table: table.name, what: "was altered", cause: error)
            }
        case .largeObjects:
            try await connection.execute(snapshot.adoption)
            totals = try await store(LargeObjectsScript.query, as: work, over: connection)
        }
        try await connection.execute("COMMIT")
        meter.change {
            if work.isLastOfTable { $0.tablesDone += 1 }
        }
        return WorkResult(table: work.tableIndex, part: work.part, totals: totals)
    }

    private func store(_ query: String, as work: Work, over connection: Connection) async throws -> CopyTotals {
        let entry = try writer.entry(work.path, content: .rows, part: work.part)
        let meter = meter
        let totals = try await connection.copyOut(query) { piece in
            try entry.write(piece)
            meter.change { $0.bytes += Int64(piece.count) }
        }
        try await entry.finish()
        meter.change { $0.rows += totals.rows }
        return totals
    }

    /// Locks the table and proves that it still is the one that the snapshot sees. Functions that look a relation up see the
    /// newest catalog, rows of the catalog are the snapshot's: where they differ, the rows that the snapshot promises are gone.
    private func lock(_ table: Catalog.Relation, over connection: Connection) async throws {
        do {
            try await connection.execute(
                "\(snapshot.adoption); SET LOCAL lock_timeout = \(options.lockTimeoutMilliseconds); LOCK TABLE ONLY \(table.name.sql) IN ACCESS SHARE MODE"
            )
            let row = try await connection.rows(
                Self.proof, [String(table.oid), table.name.schema, table.name.name, String(table.fileNode)]
            ).first
            guard row?[0] == "t" else { throw ChangedDuringBackup(table: table.name, what: "was dropped or replaced") }
            guard row?[1] == "t" else { throw ChangedDuringBackup(table: table.name, what: "was truncated or rewritten") }
            guard row?[2] == "t" else { throw ChangedDuringBackup(table: table.name, what: "was altered") }
        } catch let error as PostgresError {
            if error.code == .lockTimeout {
                try await connection.execute("ROLLBACK")
                let holder = try? await LockHolder.find(for: [table.oid], on: connection)
                throw LockHolder.error(table.name, holder, waited: options.lockTimeout, cause: error)
            }
            if try await snapshotIsGone(connection) {
                throw PostgresError(
                    .connectionLost, "The connection that kept the snapshot of \(target.description) has ended.",
                    hint: "Run the backup again.",
                    cause: error)
            }
            if Self.tellsOfLookup(error) {
                throw ChangedDuringBackup(table: table.name, what: "was dropped or altered", cause: error)
            }
            throw error
        }
    }

    /// A snapshot ends with the transaction that exported it.
    private func snapshotIsGone(_ connection: Connection) async throws -> Bool {
        try await connection.execute("ROLLBACK")
        do {
            try await connection.execute("\(snapshot.adoption); ROLLBACK")
            return false
        } catch {
            guard error.code == .sqlError else { throw error }
            return true
        }
    }

    private static let proof = """
        SELECT pg_catalog.to_regclass(pg_catalog.format('%I.%I', $2::text, $3::text))::pg_catalog.oid = $1::pg_catalog.oid,
               pg_catalog.pg_relation_filenode($1::pg_catalog.oid) = $4::pg_catalog.oid,
               coalesce((SELECT pg_catalog.bool_and(
                   coalesce((pg_catalog.pg_identify_object('pg_catalog.pg_class'::pg_catalog.regclass, a.attrelid, a.attnum)).identity
                     = pg_catalog.format('%I.%I.%I', $2::text, $3::text, a.attname), false))
                 FROM pg_catalog.pg_attribute a
                 WHERE a.attrelid = $1::pg_catalog.oid AND a.attnum > 0 AND NOT a.attisdropped), true)
        """

    /// SQLSTATEs of a relation, schema, column, type or function that is not there any more.
    static func tellsOfChange(_ error: PostgresError) -> Bool {
        guard let state = error.sqlState else { return false }
        return ["42P01", "3F000", "42703", "42704", "42883"].contains(state)
    }

    /// As above, and of a row of the catalog that vanished while a function looked for it.
    private static func tellsOfLookup(_ error: PostgresError) -> Bool { tellsOfChange(error) || error.sqlState == "XX000" }
}
