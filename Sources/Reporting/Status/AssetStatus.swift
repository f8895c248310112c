public import Foundation
public import Ledger
public import Plan
public import Vault

/// Where one asset stands against what was promised for it. Every figure is measured, or nil: unknown.
public struct AssetStatus: Sendable {
    /// How an objective stands.
    public enum Standing: String, Sendable, Codable {
        case met
        case missed
        /// Nothing was measured yet, or what was measured does not count any more. An objective that is not known to be met is
        /// not met.
        case unknown
        /// The plan sets no objective.
        case none
    }

    public let asset: String
    /// The newest snapshot.
    public let newest: SnapshotRecord?
    /// The newest snapshot that a drill has restored and found right.
    public let proven: SnapshotRecord?
    /// The drill that proved it.
    public let proof: Evidence?
    /// The newest drill, whatever it found.
    public let lastDrill: Evidence?
    public let snapshotCount: Int
    /// The newest snapshot in which nothing is missing.
    public let complete: SnapshotRecord?
    /// Seconds since the instant of the newest complete snapshot, or of the newest where none is: what would be lost now. Those
    /// of a clock that was ahead are left out: such a one would hide for years that there are no newer ones. Never less than 0.
    public let exposureSeconds: Double?
    /// By how many seconds the newest of those is ahead of now, where that is more than clocks that are kept right differ by.
    public let aheadSeconds: Double?
    /// Seconds.
    public let rpoObjective: Double?
    public let rpo: Standing
    /// What the newest drill took until the data were back and compared, seconds.
    public let recoverySeconds: Double?
    /// Seconds.
    public let rtoObjective: Double?
    public let rto: Standing

    /// Whether everything that was promised is known to hold.
    public var isKept: Bool { rpo != .missed && rpo != .unknown && rto != .missed && rto != .unknown }

    /// - Parameters:
    ///   - snapshots: of every asset, oldest first.
    ///   - evidence: all, oldest first.
    public init(of plan: AssetPlan, snapshots: [SnapshotRecord], evidence: [Evidence], now: Date) {
        let own = snapshots.filter { $0.asset == plan.name }.sorted { $0.instant < $1.instant }
        let drills = evidence.filter { $0.act == .drill && $0.asset == plan.name }
        asset = plan.name
        snapshotCount = own.count
        newest = own.last
        lastDrill = drills.last
        // A snapshot counts as proven by its latest drill, so a later failure takes an earlier proof back.
        let verdicts = Dictionary(drills.compactMap { drill in drill.snapshot.map { ($0, drill) } }, uniquingKeysWith: { $1 })
        proven = own.last { verdicts[$0.id].map { $0.outcome != .failed } ?? false }
        proof = proven.flatMap { verdicts[$0.id] }
        complete = own.last(where: \.isComplete)
        func secondsAhead(_ record: SnapshotRecord) -> Double? {
            let ahead = record.instant.timeIntervalSince(now)
            return ahead > Self.clockTolerance ? ahead : nil
        }
        aheadSeconds = (complete ?? newest).flatMap(secondsAhead)
        let isIncomplete = complete == nil
        let measured = own.last { ($0.isComplete || isIncomplete) && secondsAhead($0) == nil }
        exposureSeconds = measured.map { max(0, now.timeIntervalSince($0.instant)) }
        rpoObjective = plan.objectives.rpo.map(Self.seconds)
        rtoObjective = plan.objectives.rto.map(Self.seconds)
        recoverySeconds = drills.last.flatMap { $0.outcome == .failed ? nil : $0.recoverySeconds }
        // What is missing in every snapshot is lost now, however new they are.
        rpo = Self.standing(
            isIncomplete ? nil : exposureSeconds, rpoObjective, missing: isIncomplete ? .missed : .unknown)
        rto = Self.standing(recoverySeconds, rtoObjective, missing: drills.last?.outcome == .failed ? .missed : .unknown)
    }

    /// Seconds.
    private static let clockTolerance = 60.0

    private static func standing(_ measured: Double?, _ objective: Double?, missing: Standing) -> Standing {
        guard let objective else { return .none }
        guard let measured else { return missing }
        return measured <= objective ? .met : .missed
    }

    private static func seconds(_ duration: Duration) -> Double {
        Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
    }
}
