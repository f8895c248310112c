internal import Foundation
internal import Language
internal import Postgres
internal import Vault

/// One attempt at a capture, in one snapshot of the database.
struct CaptureAttempt {
    let target: ConnectionString
    let options: CaptureOptions
    let writer: SnapshotWriter
    let meter: CaptureMeter
    /// No further attempt follows: a warning is better than nothing.
    let isLast: Bool

    func run() async throws -> PostgresManifest {
        try await withConnection(target) { keeper in
            guard keeper.serverVersion.major >= 13 else {
                throw AssetError(
                    .unsupportedServer,
                    "The server runs PostgreSQL \(keeper.serverVersion); 13 is the oldest that can be backed up.")
            }
            let tools = ArchiveTools(installation: try Installation.forDump(server: keeper.serverVersion.major))
            let snapshot = try await ExportedSnapshot.take(on: keeper)
            try await options.hooks.snapshotTaken()
            return try await withThrowingTaskGroup(of: PostgresManifest?.self) { group in
                group.addTask {
                    try await options.heartbeat.beat(on: keeper)
                    return nil
                }
                group.addTask { try await capture(snapshot, server: keeper.serverVersion, tools: tools) }
                defer { group.cancelAll() }
                while let result = try await group.next() {
                    guard let manifest = result else { continue }
                    // What was read is of one snapshot only if that lasted until now.
                    _ = try await keeper.rows("SELECT 1")
                    return manifest
                }
                throw CancellationError()
            }
        }
    }

    private func capture(_ snapshot: ExportedSnapshot, server: ServerVersion, tools: ArchiveTools) async throws
        -> PostgresManifest
    {
        let survey = try await withConnection(target) { connection in
            try await CaptureSurvey(connection: connection, snapshot: snapshot, options: options).run()
        }
        meter.change {
            $0.tables = survey.tables.count
            $0.expectedBytes = survey.expectedBytes
        }
        let queue = WorkQueue(survey.work)
        let definitions = DefinitionsCapture(
            target: target, snapshot: snapshot, options: options, catalog: survey.catalog, tools: tools, writer: writer)
        let copier = RowCopier(target: target, snapshot: snapshot, options: options, writer: writer, queue: queue, meter: meter)
        var warnings: [PostgresManifest.Warning] = []
        var results: [WorkResult] = []
        var archive: Archive?
        enum Outcome {
            case rows([WorkResult])
            case definitions(Archive, fitTogether: Bool)
        }
        try await withThrowingTaskGroup(of: Outcome.self) { group in
            group.addTask {
                let archive = try await definitions.run()
                return .definitions(archive, fitTogether: try await isUnchanged(since: survey.stamp))
            }
            for _ in 0..<min(options.jobs, max(1, survey.work.count)) { group.addTask { .rows(try await copier.run()) } }
            while let outcome = try await group.next() {
                switch outcome {
                case .rows(let more): results += more
                case .definitions(let contents, let fitTogether):
                    archive = contents
                    if !fitTogether {
                        guard isLast else { throw ChangedDuringBackup(table: nil, what: "was altered") }
                        warnings.append(.init(code: .definitionsChanged, subject: survey.catalog.database.name))
                    }
                }
            }
        }
        guard let archive else { throw CancellationError() }
        let manifest = ManifestBuilder(
            snapshot: snapshot, server: server, dumpedBy: tools.installation.version, survey: survey, archive: archive,
            results: results,
            warnings: warnings
        ).manifest
        try await ScriptsCapture(target: target, snapshot: snapshot, catalog: survey.catalog, manifest: manifest, writer: writer)
            .run()
        return manifest
    }

    private func isUnchanged(since stamp: [[String?]]) async throws -> Bool {
        try await withConnection(target) { try await DefinitionsStamp.read(on: $0) } == stamp
    }
}
