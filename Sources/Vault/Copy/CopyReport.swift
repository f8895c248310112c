import Language

/// What a copy would bring, as far as can be known before.
public struct CopyPlan: Sendable {
    /// Snapshots to bring, in the order in which they come.
    public internal(set) var snapshots: [SnapshotRecord] = []
    /// Packs of the source that are read.
    public internal(set) var packs = PrunePlan.Amount()
    /// Sealed bytes that the copy lacks.
    public internal(set) var bytes: Int64 = 0
    /// Whether the copy has other keys: then nobody can say what it lacks before the snapshots are opened, `packs` is empty and
    /// `bytes` are all their bytes.
    public internal(set) var isSealedAnew = false
}

/// What a copy has done.
public struct CopyReport: Sendable {
    /// A snapshot that stayed where it is, and why.
    public struct Skipped: Sendable {
        public let snapshot: SnapshotRecord
        public let reason: VaultError
    }

    /// Snapshots that are now in the copy, in the order in which they came.
    public internal(set) var copied: [SnapshotRecord] = []
    public internal(set) var skipped: [Skipped] = []
    /// Packs of the source that were read; for a copy with other keys no packs, and the plain bytes that were opened.
    public internal(set) var read = PrunePlan.Amount()
    /// Packs that were written into the copy.
    public internal(set) var written = PrunePlan.Amount()
    /// Packs that an earlier copy had brought before it was cut off.
    public internal(set) var found = PrunePlan.Amount()
    /// Records (evidence, pins) and objects about keys that were brought along.
    public internal(set) var records = 0
    public internal(set) var keys = 0
    /// Changes of keys that the copy knows and the source does not.
    public internal(set) var keysUnknownToSource = 0
    /// Objects of the source that are not what was written: they were not copied.
    public internal(set) var damaged: [String] = []

    public init() {}
}
