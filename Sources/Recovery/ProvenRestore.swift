public import Assets
import Foundation
import Language
public import Ledger
public import Vault

/// A restore with its proof: what was put back is read again and compared with what was recorded, and the outcome is kept as
/// evidence.
public struct ProvenRestore: Sendable {
    private let restore: PostgresRestore
    private let plan: RestorePlan
    private let reader: SnapshotReader

    public struct Outcome: Sendable {
        public let report: RestoreReport
        /// Nil where nobody wanted to compare.
        public let comparison: ManifestComparison.Result?
        public let evidence: KeptEvidence
    }

    public init(restore: PostgresRestore, plan: RestorePlan, reader: SnapshotReader) {
        self.restore = restore
        self.plan = plan
        self.reader = reader
    }

    /// Does what the plan says. A difference is in the outcome; what keeps the restore from finishing is thrown.
    public func run(
        asset: String, host: String, log: EvidenceLog, progress: @escaping @Sendable (RestoreProgress) -> Void
    ) async throws -> Outcome {
        let started = Date()
        let report = try await restore.run(plan, progress: progress)
        let comparison = report.comparison
        let finished = Date()
        // Each table is read back as soon as it is loaded: the two have one duration.
        let phases = [
            Evidence.Phase(
                name: "restore", seconds: finished.timeIntervalSince(started), bytes: report.bytes)
        ]
        let isEqual = comparison?.isEqual ?? true
        let evidence = Evidence(
            act: .restore, asset: asset, snapshot: reader.record.id, point: reader.record.instant, started: started,
            finished: finished,
            host: host, outcome: !isEqual ? .failed : comparison == nil || !report.leftOut.isEmpty ? .partly : .passed,
            phases: phases,
            checks: comparison?.differences.map(\.check) ?? [], unproven: report.leftOut.map(\.message),
            facts: ["database": plan.target.database])
        return Outcome(report: report, comparison: comparison, evidence: try await log.keep(evidence))
    }
}
