public import Language

/// How deep a check goes. Each depth holds the ones before it.
public enum CheckDepth: Sendable, Hashable {
    /// Every object is listed, chained and signed, and every chunk of every snapshot lies in a pack that is there with its size.
    case structure
    /// That, and this share of the packs (in percent, at least one pack), going on where the last check ended: bytes hashed, and
    /// with a reader key every chunk opened and named again.
    case share(percent: Int)
    /// That, for every pack.
    case everything
}

/// What a check found.
public struct CheckReport: Sendable {
    public var snapshots = 0
    public var records = 0
    /// Snapshots that were signed with a key after it was revoked: they do not count.
    public var revokedSnapshots = 0
    public var packs = 0
    /// Bytes of all packs.
    public var packBytes: Int64 = 0
    public var packsRead = 0
    public var bytesRead: Int64 = 0
    /// Whether chunks were opened, for which a reader key is needed.
    public var chunksWereOpened = false
    /// Packs that no index segment names, left by a backup that was cut off: garbage, no damage.
    public var unlistedPacks = 0
    /// Packs that no index segment names and that a keeper has condemned: the next prune deletes them.
    public var condemnedPacks = 0
    /// Packs that parity protects; nil where the vault has no parity.
    public var protectedPacks: Int?
    public var problems: [Problem] = []
    /// What each key has signed, by its holder.
    public internal(set) var logs: [WriterLog] = []
    /// What of the snapshots cannot be read, oldest first. Only a reader key can tell.
    public internal(set) var touched: [TouchedSnapshot] = []
    /// Packs and snapshots that are sealed for other readers: whether they open, this key cannot tell.
    public internal(set) var notSealed: Set<String> = []
    /// Where the next check of a share goes on.
    public var cursor: String?
    /// What `repair` puts right.
    var damage = VaultDamage()

    /// Whether a repair has something to do.
    public var canBeRepaired: Bool { !damage.isEmpty }
    /// Whether snapshots use what is not here at all, so that only another copy of the vault can help.
    public internal(set) var lacksChunks = false
    /// Whether there are objects that cannot be read: another copy of the vault may have them, or somebody gives them up.
    public var lacksObjects: Bool { !damage.objects.isEmpty }

    public struct Problem: Sendable {
        /// The object, as it is named in the store.
        public let object: String
        public let message: Phrase
        /// The snapshots that rely on it, where that is known.
        public internal(set) var snapshots: [SnapshotID]
    }
}

/// What a check found that a repair can put right.
struct VaultDamage: Sendable {
    /// Index segments that are listed and cannot be read.
    var segments: Set<ULID> = []
    /// Whether something that snapshots use lies in packs that no segment names.
    var isUnindexed = false
    /// Packs that a segment names and the store has not.
    var lost: Set<PackID> = []
    /// Packs that are there and are not what was written.
    var changed: Set<PackID> = []
    /// Snapshots whose list for keepers cannot be read.
    var reach: Set<SnapshotID> = []
    /// Whether something is amiss with parity, and which of its sums are not what was written.
    var isParityHarmed = false
    var sums: Set<String> = []
    /// Whether a bucket that keeps versions has older ones of objects that were hidden or overwritten.
    var isHidden = false
    /// SHA-256 of entries of logs that are gone.
    var vanished: Set<Digest> = []
    /// Names of small objects that are there and cannot be read: with other copies alone a repair can do something about them.
    var objects: Set<String> = []

    var isEmpty: Bool {
        segments.isEmpty && !isUnindexed && lost.isEmpty && changed.isEmpty && reach.isEmpty && !isParityHarmed
            && vanished.isEmpty && !isHidden
    }
}

/// What of a snapshot cannot be read any more.
public struct TouchedSnapshot: Sendable {
    public struct Entry: Sendable {
        public let path: String
        /// Bytes.
        public let size: Int64
        /// Of those, bytes that cannot be read.
        public let lost: Int64
    }

    public let snapshot: SnapshotRecord
    /// The first of the touched entries, by path.
    public internal(set) var entries: [Entry] = []
    /// How many there are.
    public internal(set) var entryCount = 0
    /// Bytes of all of them that cannot be read.
    public internal(set) var lostBytes: Int64 = 0
    /// Part of the list of entries cannot be read itself: more is touched than is named here.
    public internal(set) var isListHarmed = false

    /// Entries that are named; the others are counted.
    static let namedEntries = 1000
}
