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
    public var problems: [Problem] = []
    /// Where the next check of a share goes on.
    public var cursor: String?

    public struct Problem: Sendable {
        /// The object, as it is named in the store.
        public let object: String
        public let message: Phrase
        /// The snapshots that it touches, where that is known.
        public let snapshots: [SnapshotID]
    }
}
