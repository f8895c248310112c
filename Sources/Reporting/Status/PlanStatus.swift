public import Foundation
public import Ledger
public import Plan
public import Vault

/// Where the whole plan stands, from one vault.
public struct PlanStatus: Sendable {
    public let assets: [AssetStatus]
    /// Bytes of all objects of the vault.
    public let storedBytes: Int64
    /// Bytes that all snapshots together stand for.
    public let sourceBytes: Int64
    public let snapshotCount: Int
    /// What the snapshots stand for, over what the vault takes; nil for an empty one.
    public var ratio: Double? { storedBytes > 0 && sourceBytes > 0 ? Double(sourceBytes) / Double(storedBytes) : nil }
    public let lastCheck: Evidence?
    /// When the printed recovery key last proved that it opens the vault.
    public let lastKitTest: Evidence?
    /// Whether the vault withstands its own writers.
    public let immutability: Immutability

    /// Whether everything that was promised is known to hold.
    public var isKept: Bool { assets.allSatisfy(\.isKept) }

    public init(of plan: Plan, snapshots: [SnapshotRecord], evidence: [Evidence], storedBytes: Int64, now: Date) {
        assets = plan.assets.map { AssetStatus(of: $0, snapshots: snapshots, evidence: evidence, now: now) }
        self.storedBytes = storedBytes
        sourceBytes = snapshots.reduce(0) { $0 + $1.sourceBytes }
        snapshotCount = snapshots.count
        lastCheck = evidence.last { $0.act == .check }
        lastKitTest = evidence.last { $0.act == .kit && $0.outcome == .passed }
        immutability = Immutability(evidence)
    }
}
