public import Foundation
internal import Language
public import Postgres
public import Vault

/// Takes a snapshot of a database: everything `pg_dump` would dump, as it stood at one instant, straight into the vault.
///
/// Nothing is written on the source and nothing touches the disk here. A table is locked (against being dropped or altered, not
/// against work) only while its own rows are read. The snapshot is complete or there is none: what cannot be read is an error
/// that names it.
public struct PostgresCapture: Sendable {
    public static let kind = "postgres"

    private let target: ConnectionString
    private let options: CaptureOptions

    public init(_ target: ConnectionString, options: CaptureOptions = CaptureOptions()) {
        self.target = target
        self.options = options
    }

    /// Captures into a new snapshot and commits it.
    ///
    /// - Parameters:
    ///   - writer: starts a snapshot; called once per attempt. A table that is truncated, rewritten or altered meanwhile makes an
    /// attempt
    ///     void; what it stored is found again by the next one.
    ///   - instant: when the data stood as they are, where the database is only a copy; nil: now.
    ///   - facts: added to those of the manifest.
    ///   - progress: called often, from any thread.
    /// - Throws: `AssetError` `unreadable`, `tableLocked`, `changedDuringBackup`, `unsupportedServer`, `programFailed`;
    ///   `PostgresError`; `VaultError`; `CancellationError`.
    public func run(
        tags: [String] = [], instant: Date? = nil, facts: [String: String] = [:],
        into writer: @Sendable () async throws -> SnapshotWriter,
        progress: @escaping @Sendable (CaptureProgress) -> Void = { _ in }
    ) async throws -> (SnapshotRecord, PostgresManifest) {
        var attempt = 1
        while true {
            let snapshot = try await writer()
            do {
                let run = CaptureAttempt(
                    target: target, options: options, writer: snapshot, meter: CaptureMeter(attempt: attempt, report: progress),
                    isLast: attempt == options.attempts)
                let manifest = try await run.run()
                let record = try await snapshot.commit(
                    instant: instant ?? manifest.instant, tags: tags, facts: manifest.facts.merging(facts) { $1 })
                return (record, manifest)
            } catch let change as ChangedDuringBackup {
                await snapshot.abandon()
                guard attempt < options.attempts else { throw Self.error(change, attempts: attempt) }
                attempt += 1
            } catch {
                await snapshot.abandon()
                throw error
            }
        }
    }

    private static func error(_ change: ChangedDuringBackup, attempts: Int) -> AssetError {
        let name: Phrase = change.table.map { "Table \($0)" } ?? "Something"
        return AssetError(
            .changedDuringBackup,
            "\(name) \(change.what) during the backup, in each of \(attempts) attempts: its rows as of one instant could not be read.",
            hint: "Nothing was saved. Run the backup again when no migration or bulk reload is under way.", cause: change.cause)
    }
}

extension PostgresManifest {
    /// What may be known of a snapshot without a reader key.
    var facts: [String: String] {
        [
            "server": server.version, "lsn": lsn.description, "tables": String(tables.count),
            "rows": String(tables.reduce(0) { $0 + $1.rows }), "bytes": String(tables.reduce(0) { $0 + $1.bytes }),
        ]
    }
}
