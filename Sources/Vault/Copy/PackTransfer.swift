import Language
import ObjectStore

/// Moves what snapshots use from one copy of a vault into another, sealed as it is. Packs of which nearly everything is wanted
/// go whole, a few at a time; of the others the wanted chunks go into new packs.
///
/// Every pack gets a list of chunks sealed anew, and with it a name that was never there before: a keeper that fell asleep while
/// it deleted a pack would otherwise delete the same bytes that came back (0007). Memory is a few packs.
struct PackTransfer {
    private let source: OpenVault
    private let target: OpenVault
    private let condemned: Set<PackID>
    private var copier: PackCopier
    /// Packs of the source from which nothing can be taken, and what is wrong with them; nil: they are gone.
    private var bad: [PackID: VaultError?] = [:]
    private(set) var read = PrunePlan.Amount()
    /// Packs of the target, where it locks objects, in which lies what the snapshots use.
    private(set) var reliedOn: Set<PackID> = []
    private var moved = PrunePlan.Amount()
    private var doneBytes: Int64 = 0

    var written: PrunePlan.Amount {
        var all = moved
        all.add(copier.written)
        return all
    }

    /// Packs of the source that are not what was written.
    var damaged: [String] { bad.filter { $0.value != nil }.keys.sorted().map(PackLayout.objectName) }

    /// Bytes of packs that are under way at once.
    private static let bytesAtOnce = 64 << 20
    /// Packs behind which the index is written: what a copy that is cut off sends again at most, where not even the packs' own
    /// lists tell.
    private static let packsBetweenSegments = 32
    /// How often what was moved or harmed at the source is looked for elsewhere.
    private static let rounds = 5

    /// - Parameters:
    ///   - session: under which it is written.
    ///   - condemned: packs of the target on which nobody relies any more.
    init(from source: OpenVault, to target: OpenVault, session: ULID, avoiding condemned: Set<PackID>) {
        self.source = source
        self.target = target
        self.condemned = condemned
        copier = PackCopier(target, session: session, readsBack: false)
    }

    /// Brings everything that the snapshots use and the target lacks; when this returns it is in the target and its index.
    /// Returns why some of them cannot be copied whole.
    mutating func bring(
        _ snapshots: [ListedSnapshot], progress: @Sendable (Int64, Int64) -> Void
    ) async throws(VaultError) -> [SnapshotID: VaultError] {
        var lacking = try await LackingChunks.find(of: snapshots, from: source, in: target, avoiding: condemned)
        for _ in 0..<Self.rounds {
            // A prune of the source may have moved what was there since its index was read.
            let gaps = lacking.gaps
            guard !lacking.packs.isEmpty || !gaps.isEmpty else { break }
            let (before, known) = (doneBytes, bad.count)
            let total = before + lacking.packs.reduce(0) { $0 + Int64($1.size) }
            if !lacking.packs.isEmpty { try await move(lacking) { progress(before + $0, total) } }
            if bad.count > known || !gaps.isEmpty {
                lacking = try await LackingChunks.find(
                    of: snapshots, from: source, in: target, avoiding: condemned, without: Set(bad.keys))
                if lacking.packs.isEmpty, lacking.gaps == gaps { break }
            } else {
                try lacking.update(source, target, avoiding: condemned, without: Set(bad.keys))
            }
        }
        if target.lock != nil { reliedOn = try lacking.packs(in: target, avoiding: condemned) }
        var failures = lacking.unreadable
        for snapshot in try await lacking.touched(snapshots, of: source) { failures[snapshot] = reason }
        // Somebody prunes the source faster than it is read, or its packs are not what their lists say.
        if !lacking.packs.isEmpty {
            for snapshot in snapshots { failures[snapshot.record.id] = failures[snapshot.record.id] ?? reason }
        }
        return failures
    }

    private var reason: VaultError {
        if let first = bad.sorted(by: { $0.key < $1.key }).compactMap(\.value).first { return first }
        return VaultError(
            .missing, "Some of what it uses is in no pack that can be read.",
            hint: "Run «reprise check» to see which snapshots that touches.")
    }

    private mutating func move(_ lacking: LackingChunks, progress: (Int64) -> Void) async throws(VaultError) {
        let atOnce = max(2, min(8, Self.bytesAtOnce / target.config.packBytes))
        let whole = lacking.packs.filter(\.isWhole)
        let parts = lacking.packs.filter { !$0.isWhole }
        var done: Int64 = 0
        for start in stride(from: 0, to: whole.count, by: Self.packsBetweenSegments) {
            try checkCancellation()
            let some = Array(whole[start..<min(start + Self.packsBetweenSegments, whole.count)])
            let (source, target) = (source, target)
            let outcomes = try await concurrently(some, atMost: atOnce, areLarge: true) { pack throws(VaultError) in
                try await Self.moveWhole(pack.id, source, target)
            }
            for (pack, outcome) in zip(some, outcomes) {
                note(pack, outcome.isGood ? nil : .some(outcome.problem))
                if let moved = outcome.moved {
                    self.moved.add(moved.pack.size)
                    copier.add(moved.pack, moved.chunks)
                }
                done += Int64(pack.size)
                progress(done)
            }
            try await copier.finish()
        }
        for start in stride(from: 0, to: parts.count, by: atOnce) {
            try checkCancellation()
            let some = Array(parts[start..<min(start + atOnce, parts.count)])
            let source = source
            let outcomes = try await concurrently(some, atMost: atOnce, areLarge: true) { pack throws(VaultError) in
                try await Self.fetch(pack.id, source)
            }
            for (pack, outcome) in zip(some, outcomes) {
                note(pack, outcome.isGood ? nil : .some(outcome.problem))
                if let bytes = outcome.bytes { try await take(from: pack.id, bytes, lacking.live) }
                done += Int64(pack.size)
                progress(done)
            }
        }
        try await copier.finish()
        doneBytes += done
    }

    private mutating func take(from pack: PackID, _ bytes: [UInt8], _ live: LiveChunks) async throws(VaultError) {
        let (index, condemned) = (target.index, condemned)
        do throws(VaultError) {
            try await copier.copy(pack, bytes) { live.contains($0) && index.find($0, avoiding: condemned) == nil }
        } catch {
            // Its bytes are what was written, and that is no pack.
            guard error.code == .damaged else { throw error }
            bad[pack] = .some(error)
        }
    }

    private mutating func note(_ pack: LackingChunks.Pack, _ problem: VaultError??) {
        read.add(pack.size)
        if let problem { bad.updateValue(problem, forKey: pack.id) }
    }

    private func checkCancellation() throws(VaultError) {
        if Task.isCancelled { throw VaultError(.cancelled, "The copy was given up. What was copied counts.") }
    }

    /// What came of a pack.
    private struct Outcome: Sendable {
        var bytes: [UInt8]?
        var moved: (pack: IndexSegment.Pack, chunks: [PackFooter.Chunk])?
        /// Nil also where the pack is gone.
        var problem: VaultError?

        var isGood: Bool { bytes != nil || moved != nil }
    }

    /// The bytes of a pack, where they are what was written. What reads differently the second time is not the pack's damage.
    private static func fetch(_ pack: PackID, _ source: OpenVault) async throws(VaultError) -> Outcome {
        let name = PackLayout.objectName(pack)
        for _ in 0..<2 {
            guard let bytes = try await source.getUnlessGone(name) else { continue }
            if PackID(sha256: bytes) == pack { return Outcome(bytes: bytes) }
        }
        guard try await source.size(name) != nil else { return Outcome() }
        return Outcome(problem: .damaged(name, "its bytes have changed since they were written."))
    }

    private static func moveWhole(_ pack: PackID, _ source: OpenVault, _ target: OpenVault) async throws(VaultError) -> Outcome {
        let fetched = try await fetch(pack, source)
        guard var bytes = fetched.bytes else { return fetched }
        let layout = target.layout
        guard let footer = PackFooter(pack: bytes, layout: layout),
            let header = try? PackLayout.readHeader(bytes, vault: target.id), header.kind == footer.kind,
            let last = footer.chunks.last
        else {
            return Outcome(
                problem: .damaged(PackLayout.objectName(pack), "its list of chunks is not what was written."))
        }
        bytes.removeSubrange((last.offset + last.storedSize)...)
        footer.append(to: &bytes, layout: layout)
        let id = PackID(sha256: bytes)
        do throws(StoreError) {
            try await target.store.putSurely(PackLayout.objectName(id), bytes, isNamedByItsBytes: true)
        } catch { throw VaultError(error) }
        return Outcome(moved: (.init(id: id, size: bytes.count, kind: footer.kind), footer.chunks))
    }
}
