internal import Foundation
internal import Language
internal import Postgres

/// The instant that a capture stands at: one transaction, kept open, whose snapshot every other connection takes over.
///
/// It reads no table and so holds no lock that anybody could wait for.
struct ExportedSnapshot {
    let name: String
    let lsn: LSN
    let instant: Date

    static func take(on connection: Connection) async throws -> ExportedSnapshot {
        try await connection.execute("BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        let row = try await connection.rows(
            """
            SELECT pg_catalog.pg_export_snapshot(),
                   CASE WHEN pg_catalog.pg_is_in_recovery() THEN pg_catalog.pg_last_wal_replay_lsn() ELSE pg_catalog.pg_current_wal_insert_lsn() END,
                   (extract(epoch FROM pg_catalog.clock_timestamp()) * 1000)::bigint
            """)[0]
        guard let name = row[0], let lsn = row[1].flatMap({ LSN($0) }), let milliseconds = row[2].flatMap({ Double($0) }) else {
            throw AssetError(.unsupportedServer, "The server gave no snapshot that other connections can use.")
        }
        return ExportedSnapshot(name: name, lsn: lsn, instant: Date(timeIntervalSince1970: milliseconds / 1000))
    }

    /// Statements that put another connection into this snapshot.
    var adoption: String {
        "BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY; SET TRANSACTION SNAPSHOT \(SQL.literal(name))"
    }
}
