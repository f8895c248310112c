internal import Language
public import Postgres
internal import Synchronization
public import Vault

/// Brings a snapshot of a database back into a database: everything into an empty one, or tables, or definitions, or rows.
///
/// First `plan`, which only looks; then `run`, which does what the plan says and nothing else. A run that fails leaves a target
/// that is not complete and says so by failing; run again with `overwrite`.
public struct PostgresRestore: Sendable {
    let snapshot: SnapshotReader
    let target: ConnectionString
    let options: RestoreOptions
    private let opened = OpenedArchives()

    public init(_ snapshot: SnapshotReader, into target: ConnectionString, options: RestoreOptions = RestoreOptions()) {
        self.snapshot = snapshot
        self.target = target
        self.options = options
    }

    /// Looks at the target and decides. Throws `AssetError` (`unsuitableTarget`, `noSuchTable`, `damagedSnapshot`,
    /// `newerFormat`), `PostgresError`, `VaultError`.
    public func plan() async throws -> RestorePlan {
        let manifest = try await PostgresManifest.read(from: snapshot)
        let (survey, filled) = try await survey(manifest)
        let (archive, _, _) = try await open(RestorePlanner.archivePath(manifest, survey), manifest, survey)
        return try RestorePlanner(
            snapshot: snapshot.record.id.description, manifest: manifest, archive: archive, target: survey, options: options,
            filled: filled
        ).plan()
    }

    /// Does what `plan` says. Throws `targetNotEmpty` unless `options.overwrite` where something would be destroyed,
    /// `missingRoles`, `definitionsRefused`, `rowsRefused`, and as `plan` does.
    public func run(
        _ plan: RestorePlan, progress: @escaping @Sendable (RestoreProgress) -> Void = { _ in }
    ) async throws -> RestoreReport {
        guard !plan.destroys || options.overwrite else { throw Self.notEmpty(plan) }
        let missing = plan.roles.filter { $0.action == .missing }.map(\.name)
        guard missing.isEmpty else {
            throw AssetError(
                .missingRoles,
                "The target lacks the roles \(missing.joined(separator: ", ")), and this login may not create them.",
                hint: "Create them there first, or restore with --no-owner: everything then belongs to this login.")
        }
        let (manifest, survey) = try await facts()
        let (archive, bytes, tools) = try await open(plan.definitions.archive, manifest, survey)
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let file = try folder.write(bytes, as: "archive")
        let loader = DefinitionsLoader(
            target: target, tools: tools, archive: archive, file: file, folder: folder, options: options,
            keepsTablespaces: survey.tablespaces.isSuperset(of: manifest.tablespaces))
        let run = RestoreRun(
            snapshot: snapshot, target: target, options: options, plan: plan, manifest: manifest, survey: survey,
            definitions: loader,
            meter: RestoreMeter(report: progress))
        return try await options.heartbeat.watch(target) { try await run.run() }
    }

    private static func notEmpty(_ plan: RestorePlan) -> AssetError {
        let held = plan.clears ? plan.target.contents : plan.replaced.map { "rows in \($0)" }
        let shown = held.prefix(5).joined(separator: ", ")
        let more: Phrase = held.count > 5 ? " and \(held.count - 5) more" : ""
        return AssetError(
            .targetNotEmpty, "Database \(plan.target.database) is not empty: it holds \(shown)\(more).",
            hint: "Restore into an empty database, or replace what is there with --overwrite and the database's name.")
    }

    private func survey(_ manifest: PostgresManifest) async throws -> (TargetSurvey, Set<TableName>) {
        try await withConnection(target) { connection in
            let survey = try await TargetSurvey.read(on: connection)
            let intoPlatform = manifest.platform == .supabase && survey.isSupabase
            guard !options.only.isEmpty || options.contents == .rows || intoPlatform else { return (survey, []) }
            // What the login may not read is left alone, whatever it holds.
            let there = manifest.tables.map(\.tableName).filter { survey.tables[$0]?.rights.selects ?? false }
            return (survey, try await TargetSurvey.filled(there, on: connection))
        }
    }

    func facts() async throws -> (PostgresManifest, TargetSurvey) {
        (
            try await PostgresManifest.read(from: snapshot),
            try await withConnection(target) { try await TargetSurvey.read(on: $0) }
        )
    }

    /// The programs of the target's major where they can read the archive, else of the archive's.
    func open(
        _ path: String, _ manifest: PostgresManifest, _ survey: TargetSurvey
    ) async throws -> (Archive, [UInt8], ArchiveTools) {
        let written = Int(manifest.server.dumpedBy.prefix { $0.isNumber }) ?? manifest.server.number / 10_000
        let installation =
            try (try? Installation.forDump(server: max(written, survey.server.major))) ?? Installation.forDump(server: written)
        let tools = ArchiveTools(installation: installation)
        if let known = opened[path, installation] { return (known.archive, known.bytes, tools) }
        guard let entry = try await snapshot.entry(path) else {
            throw AssetError(.damagedSnapshot, "The snapshot lacks its definitions (\(path)).")
        }
        var bytes: [UInt8] = []
        for try await piece in snapshot.bytes(of: entry) { bytes += piece }
        let archive = try await tools.contents(of: bytes)
        opened[path, installation] = .init(archive: archive, bytes: bytes)
        return (archive, bytes, tools)
    }
}

/// Archives that were read for the plan, so that the run need not read them again: their lists are made by a program.
private final class OpenedArchives: Sendable {
    struct Opened {
        let archive: Archive
        let bytes: [UInt8]
    }

    private struct Key: Hashable {
        let path: String
        let installation: Installation
    }

    private let known = Mutex<[Key: Opened]>([:])

    subscript(path: String, installation: Installation) -> Opened? {
        get { known.withLock { $0[Key(path: path, installation: installation)] } }
        set { known.withLock { $0[Key(path: path, installation: installation)] = newValue } }
    }
}
