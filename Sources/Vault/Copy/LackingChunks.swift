import Language
import ObjectStore

/// What snapshots of one copy of a vault use and another copy lacks, by the packs it is to be taken from.
struct LackingChunks {
    struct Pack: Sendable {
        let id: PackID
        /// Bytes of the pack.
        let size: Int
        /// Sealed bytes in it that are wanted.
        var wanted: Int

        /// Whether nearly all of it is wanted, so that it is taken whole.
        var isWhole: Bool { wanted * 5 >= size * 4 }
    }

    /// What could not be told or found, as it stands after one look.
    struct Gaps: Equatable {
        let chunks: Set<ChunkID>
        let snapshots: Set<SnapshotID>

        var isEmpty: Bool { chunks.isEmpty && snapshots.isEmpty }
    }

    var gaps: Gaps { Gaps(chunks: nowhere, snapshots: Set(unreadable.keys)) }

    /// What the snapshots use.
    let live: LiveChunks
    private(set) var packs: [Pack] = []
    /// Chunks that the source has in no pack that can be read.
    private(set) var nowhere: Set<ChunkID> = []
    /// Why some of the snapshots cannot be copied, whatever their packs hold.
    private(set) var unreadable: [SnapshotID: VaultError] = [:]

    /// Reads the snapshots' lists for keepers; of those that have none, or one that is damaged, the entry lists, where the key
    /// can.
    ///
    /// - Parameters:
    ///   - condemned: packs of the target on which nobody relies any more.
    ///   - bad: packs of the source from which nothing can be taken.
    static func find(
        of snapshots: [ListedSnapshot], from source: OpenVault, in target: OpenVault, avoiding condemned: Set<PackID>,
        without bad: Set<PackID> = []
    ) async throws(VaultError) -> LackingChunks {
        try await source.index.refresh(from: source.store)
        var live = LiveChunks(source)
        var unreadable: [SnapshotID: VaultError] = [:]
        do throws(VaultError) {
            guard snapshots.allSatisfy({ $0.reach != nil }) else { throw VaultError(.missing, "A list for keepers is missing.") }
            try await live.mark(snapshots.compactMap { item in item.reach.map { (item.record.id, $0) } })
        } catch {
            guard error.exitStatus == .damagedData else { throw error }
            for snapshot in snapshots {
                if let problem = try await mark(snapshot, of: source, in: &live) { unreadable[snapshot.record.id] = problem }
            }
        }
        var lacking = LackingChunks(live: live)
        lacking.unreadable = unreadable
        try lacking.update(source, target, avoiding: condemned, without: bad)
        return lacking
    }

    private init(live: LiveChunks) { self.live = live }

    private static func mark(
        _ snapshot: ListedSnapshot, of source: OpenVault, in live: inout LiveChunks
    ) async throws(VaultError) -> VaultError? {
        var problem: VaultError?
        do throws(VaultError) {
            if let reach = snapshot.reach {
                try await live.mark([(snapshot.record.id, reach)])
                return nil
            }
        } catch {
            guard error.exitStatus == .damagedData else { throw error }
            // A copy without its list for keepers could never be pruned.
            return error
        }
        guard source.keys.roles.contains(.reader) else {
            return VaultError(
                .wrongKey, "What the snapshot \(snapshot.record.id) uses can be told with a reader key only.",
                hint:
                    "It was written before Reprise wrote lists for keepers. Copy it once with a key file that is a reader's too.")
        }
        do throws(VaultError) {
            try await live.mark(tree: source.read(snapshot.record, index: .everything))
        } catch {
            guard error.exitStatus == .damagedData || error.code == .letGo else { throw error }
            problem = error
        }
        return problem
    }

    /// Looks anew what the target lacks by now.
    mutating func update(
        _ source: OpenVault, _ target: OpenVault, avoiding condemned: Set<PackID>, without bad: Set<PackID>
    ) throws(VaultError) {
        let present = source.index.present
        let sizes = source.index.packs
        var wanted: [PackID: Int] = [:]
        var nowhere = live.others.filter { target.index.find($0, avoiding: condemned) == nil }
        try live.eachChunk { id, isLive, places in
            guard isLive, target.index.find(id, avoiding: condemned) == nil else { return }
            let usable = places.filter { present.contains($0.pack) && !bad.contains($0.pack) }
            // Of several packs one that is read anyway.
            guard let place = usable.first(where: { wanted[$0.pack] != nil }) ?? usable.first else {
                nowhere.insert(id)
                return
            }
            wanted[place.pack, default: 0] += place.storedSize
        }
        self.nowhere = nowhere
        packs = wanted.sorted { $0.key < $1.key }.map {
            Pack(id: $0.key, size: sizes[$0.key]?.size ?? $0.value, wanted: $0.value)
        }
    }

    /// The packs of the target in which lies what the snapshots use.
    func packs(in target: OpenVault, avoiding condemned: Set<PackID>) throws(VaultError) -> Set<PackID> {
        var found = Set(live.others.compactMap { target.index.find($0, avoiding: condemned)?.pack })
        try live.eachChunk { id, isLive, _ in
            if isLive, let place = target.index.find(id, avoiding: condemned) { found.insert(place.pack) }
        }
        return found
    }

    /// Which of the snapshots use what is nowhere.
    func touched(_ snapshots: [ListedSnapshot], of source: OpenVault) async throws(VaultError) -> Set<SnapshotID> {
        guard !nowhere.isEmpty else { return [] }
        var touched: Set<SnapshotID> = []
        for snapshot in snapshots where unreadable[snapshot.record.id] == nil {
            var own = LiveChunks(source)
            if try await Self.mark(snapshot, of: source, in: &own) != nil || nowhere.contains(where: own.contains) {
                touched.insert(snapshot.record.id)
            }
        }
        return touched
    }
}
