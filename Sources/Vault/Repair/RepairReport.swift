/// What a repair has done.
public struct RepairReport: Sendable {
    /// Where there was nothing to do.
    public static let nothing = RepairReport()

    /// Index segments that could not be read and were removed, once everything that is there was in the index without them.
    public internal(set) var segmentsRemoved = 0
    /// Packs that no segment named and that were put into the index again.
    public internal(set) var indexed = PrunePlan.Amount()
    /// Packs that are not in the vault any more, and that the index names no more.
    public internal(set) var lost = PrunePlan.Amount()
    /// Damaged packs that were put aside: no backup relies on them, and the next prune deletes them.
    public internal(set) var putAside = PrunePlan.Amount()
    /// Packs into which good chunks of damaged ones were copied.
    public internal(set) var copied = PrunePlan.Amount()
    /// Packs that were lost or damaged and came back whole by parity.
    public internal(set) var recovered = PrunePlan.Amount()
    /// Lost or damaged packs that were protected, and of whose group more than two objects are gone.
    public internal(set) var beyondParity: [String] = []
    /// Good chunks that were saved from damaged packs, and those that could not be.
    public internal(set) var chunksSaved = 0
    public internal(set) var chunksLost = 0
    /// Chunks that were lost here and came from another copy of the vault.
    public internal(set) var chunksFetched = 0
    /// Snapshots and records that could not be read here, or were gone, and came from another copy.
    public internal(set) var objectsFetched = 0
    /// Objects that cannot be read and were given up.
    public internal(set) var givenUp: [String] = []
    /// Copies that could not be asked, and why.
    public internal(set) var unasked: [(location: String, reason: VaultError)] = []
    /// Damaged packs of which this key cannot open everything; the index names them still.
    public internal(set) var unopened: [String] = []
    /// Damaged packs that the index names still, because a prune has put aside meanwhile what was saved of them.
    public internal(set) var leftForLater: [String] = []
    /// Objects that were found damaged and read well a moment later.
    public internal(set) var unsteady: [String] = []
    /// Lists for keepers that were written again.
    public internal(set) var listsRewritten = 0
    /// Objects of which an older version of the bucket was put in their places again.
    public internal(set) var broughtBack = 0
    /// Entries of logs that are gone, of which word was left; later checks do not name them.
    public internal(set) var vanishedNoted = 0
    /// What of the vault is protected by parity now; nil where it has none.
    public internal(set) var parity: ParityReport?
    /// Chunks that snapshots use and that are in no pack.
    public internal(set) var chunksMissing = 0
}
