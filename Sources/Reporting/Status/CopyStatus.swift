public import Foundation
public import Language
public import Ledger
public import Plan
public import Vault

/// What is known of one vault of a plan as a copy of what is protected.
public struct CopyStatus: Sendable {
    public enum Presence: String, Sendable, Codable {
        case here
        /// A removable one that is not plugged in: what it holds is as it was noted when it was last written to.
        case away
        case unreachable
    }

    public let vault: VaultPlan
    public let presence: Presence
    /// Why it is unreachable, or what of it cannot be read.
    public let problem: Phrase?
    /// The newest snapshot of each asset in it.
    public let newest: [String: SnapshotRecord]
    /// Of one that is away: when that was so. Nil where it was never noted.
    public let knownSince: Date?
    /// When it was last shown that it can be restored from: a drill of its newest snapshots, or a check that read all of it.
    public let proven: Date?
    public let lastCheck: Evidence?
    public let lastRepair: Evidence?
    /// The disk that it lies on, where that can be told: vaults with the same one go with it.
    public let device: String?

    /// Whether it withstood the attempts to take data away from it.
    public let immutability: Immutability

    /// Whether nobody who takes over this machine, and no bug on it, can destroy it: it is unplugged most of the time, or a test
    /// has shown that what is stored there stays.
    public var isOfflineOrImmutable: Bool { vault.removable || immutability.since != nil }

    /// - Parameters:
    ///   - copy: the vault's own mark (`OpenVault.copy`): evidence that was gathered in other copies proves nothing of this one.
    ///   - evidence: all, oldest first.
    ///   - problem: what of it cannot be read.
    public init(
        here vault: VaultPlan, copy: ULID?, snapshots: [SnapshotRecord], evidence: [Evidence], device: String?,
        problem: Phrase? = nil
    ) {
        self.vault = vault
        self.device = device
        presence = .here
        self.problem = problem
        knownSince = nil
        newest = Dictionary(snapshots.map { ($0.asset, $0) }, uniquingKeysWith: { $0.instant < $1.instant ? $1 : $0 })
        let own = evidence.filter { $0.copy == copy }
        lastCheck = own.last { $0.act == .check }
        lastRepair = own.last { $0.facts["problemsBeforeRepair"] != nil }
        proven = CopyMemory.proof(in: own)
        immutability = Immutability(own)
    }

    /// One that is not plugged in.
    ///
    /// - Parameters:
    ///   - evidence: of the vault that it was copied from.
    ///   - known: snapshots that are known from elsewhere.
    public init(away vault: VaultPlan, evidence: [Evidence], known: [SnapshotRecord]) {
        self.vault = vault
        presence = .away
        problem = nil
        device = nil
        lastCheck = nil
        lastRepair = nil
        immutability = .unknown
        let memory = CopyMemory.recall(vault.name, from: evidence)
        knownSince = memory?.since
        proven = memory?.proven
        let records = Dictionary(known.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        newest = (memory?.newest ?? [:]).compactMapValues { records[$0] }
    }

    public init(unreachable vault: VaultPlan, _ problem: Phrase) {
        self.vault = vault
        self.problem = problem
        presence = .unreachable
        newest = [:]
        knownSince = nil
        proven = nil
        lastCheck = nil
        lastRepair = nil
        immutability = .unknown
        device = nil
    }

    /// How far it is behind the newest snapshots that there are, seconds: by the asset that is furthest. Nil where it lacks one
    /// altogether.
    public func lagSeconds(behind latest: [String: Date]) -> Double? {
        var most = 0.0
        for (asset, instant) in latest {
            guard let own = newest[asset] else { return nil }
            most = max(most, instant.timeIntervalSince(own.instant))
        }
        return most
    }
}
