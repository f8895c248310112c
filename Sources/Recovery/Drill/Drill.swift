public import Assets
import Foundation
public import Language
public import Ledger
public import Plan
import Postgres
public import Vault

/// A rehearsed recovery: the snapshot is restored into a throw-away database, compared with what was recorded when it was taken,
/// and questioned. What it finds is evidence, good or bad.
public struct Drill: Sendable {
    private let asset: AssetPlan
    private let vault: OpenVault
    private let place: SandboxPlace
    private let host: String

    /// The phases of a drill, in order, as evidence names them.
    public enum Phase: String, Sendable, CaseIterable {
        case sandbox, restore, compare, structure, constraints, sequences, amcheck, assertions

        public var title: Phrase {
            switch self {
            case .sandbox: "start a sandbox"
            case .restore: "restore"
            case .compare: "compare every row"
            case .structure: "compare the structure"
            case .constraints: "try out the constraints"
            case .sequences: "check the sequences"
            case .amcheck: "check indexes and pages"
            case .assertions: "ask the plan's questions"
            }
        }
    }

    /// - Parameter host: the name of this host, for the evidence.
    public init(asset: AssetPlan, vault: OpenVault, place: SandboxPlace, host: String) {
        self.asset = asset
        self.vault = vault
        self.place = place
        self.host = host
    }

    /// Rehearses and adds the evidence to the vault, where that takes it. A recovery that fails is evidence too: this throws only
    /// where nothing could be tried at all, such as no sandbox, a key without the reader role, or a vault that cannot be reached.
    public func run(
        _ snapshot: SnapshotRecord, progress: @escaping @Sendable (Phase, RestoreProgress?) -> Void = { _, _ in }
    ) async throws -> KeptEvidence {
        let started = Date()
        let reader = try await vault.read(snapshot)
        let manifest = try await PostgresManifest.read(from: reader)
        var record = DrillRecord(progress: progress)
        let server = try await record.time(.sandbox) { _ in try await place.host(atLeast: manifest.server.number / 10_000) }
        do {
            try await rehearse(reader, manifest, on: server, &record)
        } catch is CancellationError {
            await server.stop()
            throw CancellationError()
        } catch  where Task.isCancelled {
            // Each part has its own word for it, and an interrupted rehearsal proves nothing, good or bad.
            await server.stop()
            throw CancellationError()
        } catch let error as any ExplainedError {
            let phase = Phrase(stringLiteral: record.phase.rawValue)
            record.checks.append(.init(name: phase, outcome: .failed, expected: "no error", found: error.message))
        } catch {
            await server.stop()
            throw error
        }
        await server.stop()
        let evidence = Evidence(
            act: .drill, asset: asset.name, snapshot: snapshot.id, point: snapshot.instant, started: started, finished: Date(),
            host: host,
            outcome: record.outcome, phases: record.phases, checks: record.checks, unproven: record.unproven,
            facts: ["source": manifest.server.version, "rows": String(manifest.tables.reduce(0) { $0 + $1.rows })])
        return try await EvidenceLog(vault).keep(evidence)
    }

    private func rehearse(
        _ reader: SnapshotReader, _ manifest: PostgresManifest, on server: any DatabaseHost, _ record: inout DrillRecord
    ) async throws {
        let (target, isOtherLocale) = try await server.createDatabase(like: manifest.database)
        if isOtherLocale {
            record.unproven.append(
                "The database's own sort order (\(manifest.database.collation)) is not on this machine: indexes were proven in another one."
            )
        }
        let restore = PostgresRestore(reader, into: target, options: RestoreOptions(jobs: asset.jobs, isSandbox: true))
        let report = try await record.time(.restore, bytes: { $0.bytes }) { progress in
            try await restore.run(try await restore.plan(), progress: progress)
        }
        for item in report.leftOut { record.unproven.append(item.message) }
        let comparison = try await record.time(.compare, bytes: { $0.bytes }) { progress in
            try await ManifestComparison(manifest, with: target, tables: report.plan.loaded, jobs: asset.jobs).run(
                progress: progress)
        }
        record.add(comparison, of: manifest)
        let structure = try await record.time(.structure) { _ in try await restore.compareStructure(report) }
        record.add(structure, tolerated: Set(report.leftOut.map(\.subject)))
        let connection = try await Connection.open(target)
        let questions = RestoredChecks(connection: connection)
        record.checks += try await record.time(.constraints) { _ in try await questions.constraints() }
        record.checks += try await record.time(.sequences) { _ in try await questions.sequences() }
        if let found = try await record.time(.amcheck, { _ in try await questions.indexes() }) {
            record.checks += found
        } else {
            record.unproven.append("The sandbox has no amcheck: indexes were built anew from the rows and not checked further.")
        }
        record.checks += try await record.time(.assertions) { _ in await questions.assertions(asset.checks) }
        await connection.close()
    }
}
