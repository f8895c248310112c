public import Assets
import Foundation
import Language
public import Ledger
public import Postgres
public import Vault

/// A restore with its proof: what was put back is read again and compared with what was recorded, and the outcome is kept as
/// evidence.
public struct ProvenRestore: Sendable {
    private let restore: PostgresRestore
    private let plan: RestorePlan
    private let reader: SnapshotReader
    private let target: ConnectionString
    private let options: RestoreOptions
    private let verifies: Bool

    public struct Outcome: Sendable {
        public let report: RestoreReport
        /// Nil where nobody wanted to compare.
        public let comparison: ManifestComparison.Result?
        public let evidence: EvidenceLog.Item
    }

    /// - Parameter verifies: whether rows are compared afterwards.
    public init(
        restore: PostgresRestore, plan: RestorePlan, reader: SnapshotReader, target: ConnectionString, options: RestoreOptions,
        verifies: Bool
    ) {
        self.restore = restore
        self.plan = plan
        self.reader = reader
        self.target = target
        self.options = options
        self.verifies = verifies && options.contents != .definitions
    }

    /// Does what the plan says. A difference is in the outcome; what keeps the restore from finishing is thrown.
    public func run(
        asset: String, host: String, log: EvidenceLog, progress: @escaping @Sendable (RestoreProgress) -> Void
    ) async throws -> Outcome {
        let started = Date()
        let report = try await restore.run(plan, progress: progress)
        let restored = Date()
        var comparison: ManifestComparison.Result?
        if verifies {
            let manifest = try await PostgresManifest.read(from: reader)
            comparison = try await ManifestComparison(
                manifest, with: target, tables: plan.loaded, largeObjects: options.only.isEmpty, jobs: options.jobs
            ).run(progress: progress)
        }
        let finished = Date()
        var phases = [Evidence.Phase(name: "restore", seconds: restored.timeIntervalSince(started), bytes: report.bytes)]
        if let comparison {
            phases.append(.init(name: "compare", seconds: finished.timeIntervalSince(restored), bytes: comparison.bytes))
        }
        let isEqual = comparison?.isEqual ?? true
        let evidence = Evidence(
            act: .restore, asset: asset, snapshot: reader.record.id, point: reader.record.instant, started: started,
            finished: finished,
            host: host, outcome: !isEqual ? .failed : comparison == nil || !report.leftOut.isEmpty ? .partly : .passed,
            phases: phases,
            checks: comparison?.differences.map(\.check) ?? [], unproven: report.leftOut.map(\.message),
            facts: ["database": plan.target.database])
        return Outcome(report: report, comparison: comparison, evidence: try await log.add(evidence))
    }
}
