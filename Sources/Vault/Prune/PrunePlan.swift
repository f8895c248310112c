public import Foundation

/// What to prune by.
public struct PruneOrder: Sendable {
    /// A snapshot to let go, and the rule that lets it, for people.
    public struct Forget: Sendable {
        public let id: SnapshotID
        public let rule: String

        public init(id: SnapshotID, rule: String) {
            self.id = id
            self.rule = rule
        }
    }

    public var forget: [Forget]
    /// A pack is written anew when at least this share of it is of no use, in percent.
    public var unusedShare: Int
    /// After how long without a sign of life a session of another machine is taken for dead, seconds. That costs a living one
    /// some work at its end and nothing else.
    public var staleAfter: TimeInterval
    public var host: String
    /// Whether packs that no parity protects are put under it; where there is parity it is kept up in any case.
    public var addsParity: Bool

    public init(
        forget: [Forget] = [], unusedShare: Int = 20, staleAfter: TimeInterval = 86_400, host: String, addsParity: Bool = false
    ) {
        self.addsParity = addsParity
        self.forget = forget
        self.unusedShare = unusedShare
        self.staleAfter = staleAfter
        self.host = host
    }

    /// Not when tests count operations: tries first that the store honours what a prune relies on.
    var probesStore = true
    /// How often its session says that it is alive.
    var renewalPause = LivingSession.usualPause
}

/// What a prune will do, as far as can be known before; nothing of it is done yet.
public struct PrunePlan: Sendable {
    public struct Amount: Sendable, Hashable {
        public internal(set) var packs = 0
        /// Bytes of those packs.
        public internal(set) var bytes: Int64 = 0

        mutating func add(_ size: Int) {
            packs += 1
            bytes += Int64(size)
        }

        mutating func add(_ other: Amount) {
            packs += other.packs
            bytes += other.bytes
        }
    }

    public struct Forgetting: Sendable {
        public let snapshot: SnapshotRecord
        public let rule: String
        /// Of its object, as it was verified.
        let digest: Digest
        /// The name of the object in which a copy brought it.
        let object: ULID?
    }

    /// Snapshots that are let go.
    public internal(set) var forget: [Forgetting] = []
    /// Packs of which nothing is used any more.
    public internal(set) var unused = Amount()
    /// Packs that no index segment names: left by backups that were cut off.
    public internal(set) var unlisted = Amount()
    /// Packs that are written anew without what is not used in them, or together because they are small.
    public internal(set) var rewritten = Amount()
    /// What of those is copied, bytes.
    public internal(set) var copiedBytes: Int64 = 0
    /// Packs that an earlier prune has condemned and not deleted yet.
    public internal(set) var condemnedBefore = Amount()
    /// Bytes of all packs.
    public internal(set) var packBytes: Int64 = 0

    /// Bytes that the vault will have less.
    public var freedBytes: Int64 {
        unused.bytes + unlisted.bytes + rewritten.bytes + condemnedBefore.bytes - copiedBytes
    }

    /// Condemned by this plan.
    var condemned: Set<PackID> = []
    /// Of those, the packs from which something is copied.
    var sources: Set<PackID> = []
    /// Condemned before.
    var doomed: Set<PackID> = []
}

/// What a prune has done.
public struct PruneReport: Sendable {
    /// A session that may rely on condemned packs and has not ended: they are deleted by a later prune.
    public struct Waiting: Sendable {
        public let session: String
        public let host: String?
        public let asset: String?
        public let work: Session.Work?
        public let lastSeen: Date
    }

    public let plan: PrunePlan
    public internal(set) var copied = PrunePlan.Amount()
    public internal(set) var deleted = PrunePlan.Amount()
    public internal(set) var segmentsReplaced = 0
    /// Sessions that were taken for dead and ended.
    public internal(set) var ended = 0
    public internal(set) var waitingFor: [Waiting] = []
    /// Packs that are condemned and still there.
    public internal(set) var leftForLater = 0
    /// Packs that are condemned and that a lock keeps: a later prune deletes them.
    public internal(set) var locked = PrunePlan.Amount()
    /// Objects whose locks were made longer, because what stays needs them.
    public internal(set) var locksExtended = 0
    /// What became of the versions of what was deleted; nil where the store keeps none.
    public internal(set) var versions: HiddenVersions?
    /// What became of the bundles that make listing quick.
    public internal(set) var bundles = BundleReport()
    /// Packs that cannot be written anew because their bytes have changed; they stay.
    public internal(set) var damaged: [String] = []
}
