import Crypto
import Foundation
import Language
import ObjectStore

extension OpenVault {
    /// Puts right what a check found, as far as the vault itself allows: names packs in the index again, saves what is good of
    /// damaged ones, and sees to it that no backup relies on what is lost, so that the next one stores it again.
    ///
    /// It deletes nothing but index segments that cannot be read; what it puts aside a later prune deletes, by the rules of
    /// prunes. Backups, restores, prunes and other repairs may run meanwhile, and cut off anywhere it is finished by the next
    /// one: docs/decisions/0005 says why. Everything that the check found is looked at again first, and what answers by then is
    /// left alone. Without damage nothing is written.
    ///
    /// Needs the keeper role, and the reader role too for what lies in damaged packs and for lists for keepers.
    ///
    /// - Parameters:
    ///   - copies: other copies of this vault, from which comes what is lost here.
    ///   - givenUp: names of objects that cannot be read and without which the vault is to go on; see `UnreadableObjects`.
    ///   - asksEveryCopy: whether `copies` are all that there are. Else nothing is noted as vanished: one of the others may have
    /// it.
    ///   - probesStore: tries first that the store honours what a repair relies on.
    ///   - progress: called with bytes of damaged packs looked into, and with what is expected of them.
    public func repair(
        _ found: CheckReport, host: String, from copies: [OpenVault] = [], givingUp givenUp: Set<String> = [],
        asksEveryCopy: Bool = true, probesStore: Bool = true,
        progress: @escaping @Sendable (Int64, Int64) -> Void = { _, _ in }
    ) async throws(VaultError) -> RepairReport {
        try require(.keeper)
        let copies = copies.filter { $0.id == id && $0.copy != copy }
        let isFetching = found.lacksObjects || (!copies.isEmpty && found.lacksChunks)
        guard found.canBeRepaired || isFetching || !givenUp.isEmpty else { return .nothing }
        try requireInForce(try await refreshKeyring())
        try await loadGrants()
        if probesStore {
            do throws(StoreError) {
                _ = try await StoreProbe.run(on: store)
            } catch { throw VaultError(error) }
        }
        return try await underSession(.repair, host: host) { session throws(VaultError) in
            let objects = UnreadableObjects(vault: self, session: session, host: host)
            var run = VaultRepair(
                vault: self, session: session, copies: copies, objects: objects, asksEveryCopy: asksEveryCopy, progress: progress)
            return try await run.perform(found.damage, givingUp: givenUp)
        }
    }
}

/// One run of a repair. Everything is added first and taken out of the index last, so that every step leaves the vault at least
/// as readable as it was.
private struct VaultRepair {
    let vault: OpenVault
    let session: ULID
    /// Other copies of the vault.
    let copies: [OpenVault]
    let objects: UnreadableObjects
    /// Whether `copies` are all that there are.
    let asksEveryCopy: Bool
    let progress: @Sendable (Int64, Int64) -> Void
    private var report = RepairReport()
    /// Packs that keepers have condemned, as of the beginning and by this run.
    private var condemned: Set<PackID> = []
    /// Damaged packs of which everything good is elsewhere.
    private var emptied: Set<PackID> = []
    /// What is good of damaged packs: they stay in the index until all of it is for certain in others.
    private var good: [PackID: Set<ChunkID>] = [:]
    /// Packs that came back whole by parity.
    private var recovered: Set<PackID> = []
    /// Damaged packs, those too of which something could not be opened.
    private var damaged: [PackID: Int] = [:]

    /// Chunks of damaged packs that do not open and are in no other.
    private var spoilt: Set<ChunkID> = []

    init(
        vault: OpenVault, session: ULID, copies: [OpenVault], objects: UnreadableObjects, asksEveryCopy: Bool,
        progress: @escaping @Sendable (Int64, Int64) -> Void
    ) {
        self.vault = vault
        self.session = session
        self.copies = copies
        self.objects = objects
        self.asksEveryCopy = asksEveryCopy
        self.progress = progress
    }

    mutating func perform(_ damage: VaultDamage, givingUp: Set<String>) async throws(VaultError) -> RepairReport {
        let fetched = try await fetchObjects(damage.objects.union(givingUp))
        for name in givingUp.sorted() where !fetched.contains(name) {
            if let copy = report.unasked.first { throw Self.mayHave(name, copy.location) }
            try await objects.giveUp(name)
            report.givenUp.append(name)
        }
        // First what is condemned, then what is there: what is listed then and not condemned stays until whoever condemns it has
        // seen what is written here.
        condemned = try await vault.condemned().reduce(into: []) { $0.formUnion($1.packs) }
        try await vault.index.refresh(from: vault.store)
        if damage.isHidden { try await bringBack() }
        let elsewhere = try await bringVanished(damage.vanished)
        if !damage.segments.isEmpty || damage.isUnindexed {
            report.indexed = try await vault.indexUnnamed(except: condemned, under: session)
        }
        try await recover(damage)
        try await save(damage.changed.subtracting(recovered))
        try await fetch(damage)
        try await condemn()
        try await confirmEmptied()
        let lost = try await stillMissing(damage.lost.subtracting(recovered))
        let gone = lost.union(emptied)
        if !gone.isEmpty {
            _ = try await SegmentMerge(
                vault: vault, session: session, dropped: gone, busy: [], mergesSmall: false
            ).run()
        }
        for segment in damage.segments.sorted() { try await removeUnreadable(segment) }
        try await vault.index.refresh(from: vault.store)
        for snapshot in damage.reach.sorted() { try await rewriteReach(snapshot) }
        try await renewParity(damage)
        try await recordLost()
        // As long as a copy may have them they are not gone.
        if asksEveryCopy, report.unasked.isEmpty { try await noteVanished(damage.vanished.subtracting(elsewhere)) }
        return report
    }

    /// Puts older versions of what was hidden or overwritten in their places again.
    private mutating func bringBack() async throws(VaultError) {
        guard let hidden = try await HiddenObjects(vault) else { return }
        let found = try await hidden.find()
        for object in found.certain where try await hidden.bringBack(object) { report.broughtBack += 1 }
        try await vault.index.refresh(from: vault.store)
        guard try await lacksChunks() else { return }
        // The index does not tell which of these were needed: what is garbage after all a prune takes away again.
        for object in found.candidates where try await hidden.bringBack(object) { report.broughtBack += 1 }
        try await vault.index.refresh(from: vault.store)
    }

    /// Whether something that snapshots use is in no pack that the index names.
    private func lacksChunks() async throws(VaultError) -> Bool {
        var marks = LiveChunks(vault)
        let lists = try await vault.listedSnapshots().found.compactMap { listed in
            listed.reach.map { (snapshot: listed.record.id, reach: $0) }
        }
        do throws(VaultError) {
            try await marks.mark(lists)
        } catch {
            guard error.exitStatus == .damagedData else { throw error }
            return true
        }
        let present = vault.index.present
        var isLacking = marks.others.contains { vault.index.find($0) == nil }
        try marks.eachChunk { _, isLive, places in
            if isLive, !places.contains(where: { present.contains($0.pack) }) { isLacking = true }
        }
        return isLacking
    }

    /// Leaves word of entries of logs that are gone, so that they are told once and not with every check.
    private mutating func noteVanished(_ digests: Set<Digest>) async throws(VaultError) {
        let new = digests.subtracting(try await vault.vanishedEntries()).subtracting(try await entriesThere())
        guard !new.isEmpty else { return }
        try await vault.append(kind: VanishedEntries.kind, body: VanishedEntries.body(new))
        report.vanishedNoted = new.count
    }

    /// SHA-256 of the entries of logs that can be read.
    private func entriesThere() async throws(VaultError) -> Set<Digest> {
        let snapshots = try await vault.snapshotObjects().found.map(\.object.digest)
        return Set(snapshots).union(try await vault.recordObjects().found.map(\.digest))
    }

    /// Fetches small objects that cannot be read: what a copy has brought again stands here under another name, the rest in other
    /// copies. Returns what came.
    private mutating func fetchObjects(_ names: Set<String>) async throws(VaultError) -> Set<String> {
        let unread = try await objects.unreadable(among: names)
        guard !unread.isEmpty else { return [] }
        var fetched = try await objects.restoreArrivals(unread)
        for copy in copies {
            let found = try await objects.fetch(unread.subtracting(fetched), from: copy)
            fetched.formUnion(found.fetched)
            if let reason = found.unasked { report.unasked.append((copy.location, reason)) }
        }
        report.objectsFetched += fetched.count
        return fetched
    }

    /// Brings entries of logs that are gone from other copies. Returns those that a copy lists.
    private mutating func bringVanished(_ digests: Set<Digest>) async throws(VaultError) -> Set<Digest> {
        var gone = digests.isEmpty || copies.isEmpty ? [] : digests.subtracting(try await entriesThere())
        guard !gone.isEmpty else { return [] }
        var elsewhere: Set<Digest> = []
        for copy in copies where !gone.isEmpty {
            let found = try await objects.bring(gone, from: copy)
            elsewhere.formUnion(found.listed)
            if let reason = found.unasked { report.unasked.append((copy.location, reason)) }
            let left = gone.subtracting(try await entriesThere())
            report.objectsFetched += gone.count - left.count
            gone = left
        }
        try await vault.index.refresh(from: vault.store)
        return elsewhere
    }

    private static func mayHave(_ name: String, _ location: String) -> VaultError {
        VaultError(
            .overtaken, "The copy at \(location) could not be asked, and may have \(name). It was not given up.",
            hint: "Run the same command again when the copy can be reached, or take it out of the plan if it is gone for good.")
    }

    // MARK: - The index

    /// Everything that is there is in the index by now: a segment that cannot be read adds nothing.
    private mutating func removeUnreadable(_ segment: ULID) async throws(VaultError) {
        let name = IndexSegment.objectName(segment)
        guard let bytes = try await vault.getUnlessGone(name) else { return }
        let table = IndexSegment.open(bytes, segment: segment, vault: vault.id, indexKey: vault.keys.indexKey)
        if table.flatMap(IndexSegment.packs) != nil {
            report.unsteady.append(name)
        } else {
            try await vault.remove(name)
            report.segmentsRemoved += 1
        }
    }

    /// Of packs that a check missed, those that are still named and still not there.
    private mutating func stillMissing(_ packs: Set<PackID>) async throws(VaultError) -> Set<PackID> {
        let (named, present) = (vault.index.packs, vault.index.present)
        var missing: Set<PackID> = []
        for pack in packs.sorted() {
            guard let known = named[pack] else { continue }
            let name = PackLayout.objectName(pack)
            if present.contains(pack) {
                report.unsteady.append(name)
            } else if try await vault.size(name) == nil {
                missing.insert(pack)
                report.lost.add(known.size)
            }
        }
        return missing
    }

    // MARK: - Parity

    /// Brings back what is lost or damaged from the groups of parity that hold it. A pack that the index names no more, or that
    /// is condemned, stays away.
    private mutating func recover(_ damage: VaultDamage) async throws(VaultError) {
        let (named, present) = (vault.index.packs, vault.index.present)
        var pending = damage.changed
        for pack in damage.lost where named[pack] != nil && !present.contains(pack) && !condemned.contains(pack) {
            pending.insert(pack)
        }
        guard !pending.isEmpty else { return }
        let groups = try await vault.parityGroups().groups.sorted { $0.id > $1.id }
        var copier = PackCopier(vault, session: session)
        for group in groups where !group.packs.isDisjoint(with: pending) {
            guard let found = try await vault.recover(pending, in: group) else { continue }
            for (pack, bytes) in found.sorted(by: { $0.key < $1.key }) where pending.contains(pack) {
                let name = PackLayout.objectName(pack)
                if let there = try await vault.getUnlessGone(name) {
                    guard PackID(sha256: there) != pack else { continue }  // it reads well now
                    damaged[pack] = there.count
                    good[pack] = Set(PackFooter(pack: bytes, layout: vault.layout)?.chunks.map(\.id) ?? [])
                    try await copier.copy(pack, bytes) { [condemned, vault, pending] chunk in
                        vault.index.find(chunk, avoiding: condemned.union(pending)) == nil
                    }
                    emptied.insert(pack)
                } else {
                    do throws(StoreError) {
                        try await vault.store.putSurely(name, bytes, isNamedByItsBytes: true)
                    } catch { throw VaultError(error) }
                }
                report.recovered.add(bytes.count)
                recovered.insert(pack)
                pending.remove(pack)
            }
        }
        let protected = groups.reduce(into: Set<PackID>()) { $0.formUnion($1.packs) }
        report.beyondParity = pending.intersection(protected).sorted().map(PackLayout.objectName)
        try await copier.finish()
        report.copied.add(copier.written)
        try await vault.index.refresh(from: vault.store)
    }

    /// Removes sums that are not what was written, and puts what they protected into new groups.
    private mutating func renewParity(_ damage: VaultDamage) async throws(VaultError) {
        let groups = try await vault.parityGroups()
        guard !groups.groups.isEmpty || !groups.problems.isEmpty else { return }
        for group in groups.groups {
            for (number, sum) in group.sums.enumerated() {
                let name = ParityGroup.sumName(group.id, number)
                guard damage.sums.contains(name), let bytes = try await vault.getUnlessGone(name), Digest(sha256: bytes) != sum
                else { continue }
                try await vault.remove(name)
            }
        }
        report.parity = try await vault.protect()
    }

    // MARK: - Damaged packs

    private mutating func save(_ packs: Set<PackID>) async throws(VaultError) {
        let listed = vault.index.chunks(of: packs)
        let named = vault.index.packs
        let expected = packs.reduce(Int64(0)) { $0 + Int64(named[$1]?.size ?? 0) }
        var done: Int64 = 0
        var copier = PackCopier(vault, session: session)
        for pack in packs.sorted() {
            guard let known = named[pack] else { continue }
            let name = PackLayout.objectName(pack)
            // Twice: what reads differently each time is not the pack's damage.
            guard let bytes = try await vault.getUnlessGone(name), let again = try await vault.getUnlessGone(name) else {
                continue
            }
            done += Int64(bytes.count)
            progress(done, max(done, expected))
            let found = await vault.examine(bytes, kind: known.kind, listed: listed[pack] ?? [])
            guard bytes == again, PackID(sha256: bytes) != pack || !found.bad.isEmpty else {
                report.unsteady.append(name)
                continue
            }
            damaged[pack] = bytes.count
            good[pack] = Set(found.good.map(\.id))
            for chunk in found.good where !isElsewhere(chunk.id, than: packs) {
                guard let opened = found.slot(of: chunk) else { preconditionFailure("a good chunk was opened") }
                let slot =
                    known.kind == .reach
                    ? opened.slot : renewed(opened.slot, opened.key)
                try await copier.copy(chunk, found.sealed(chunk), slot, known.kind)
                report.chunksSaved += 1
            }
            spoilt.formUnion(found.bad.map(\.id).filter { !isElsewhere($0, than: packs) })
            if found.unopened.isEmpty { emptied.insert(pack) } else { report.unopened.append(name) }
            renewals = [:]
        }
        try await copier.finish()
        report.copied.add(copier.written)
        report.chunksLost = spoilt.count
    }

    // MARK: - Other copies

    /// Fetches what is in no good pack here: first of the packs that are gone or damaged, then whatever else snapshots use.
    private mutating func fetch(_ damage: VaultDamage) async throws(VaultError) {
        guard !copies.isEmpty else { return }
        let harmed = damage.lost.union(damaged.keys).subtracting(recovered)
        let listed = vault.index.chunks(of: harmed)
        try await fetch(Set(listed.values.joined().map(\.id).filter { !isElsewhere($0, than: harmed) }))
        try await fetch(missing())
        for pack in damaged.keys where (listed[pack] ?? []).allSatisfy({ isElsewhere($0.id, than: harmed) }) {
            if emptied.insert(pack).inserted { good[pack] = Set((listed[pack] ?? []).map(\.id)) }
            report.unopened.removeAll { $0 == PackLayout.objectName(pack) }
        }
        report.chunksLost = spoilt.count { !isElsewhere($0, than: harmed) }
    }

    private mutating func fetch(_ chunks: Set<ChunkID>) async throws(VaultError) {
        var wanted = chunks
        for copy in copies where !wanted.isEmpty {
            var copier = PackCopier(vault, session: session)
            do throws(VaultError) {
                try await copy.index.refresh(from: copy.store)
                var packs: [PackID: Set<ChunkID>] = [:]
                for chunk in wanted {
                    if let place = copy.index.find(chunk) { packs[place.pack, default: []].insert(chunk) }
                }
                for (pack, some) in packs.sorted(by: { $0.key < $1.key }) {
                    // What has rotted there too is of no use.
                    guard let bytes = try await copy.getUnlessGone(PackLayout.objectName(pack)), PackID(sha256: bytes) == pack
                    else { continue }
                    let good = await soundChunks(of: bytes).intersection(some)
                    try await copier.copy(pack, bytes) { good.contains($0) }
                    wanted.subtract(good)
                    report.chunksFetched += good.count
                }
            } catch {
                guard error.code != .cancelled, !Task.isCancelled else { throw error }
                report.unasked.append((copy.location, error))
            }
            try await copier.finish()
            report.copied.add(copier.written)
        }
    }

    /// The chunks of a pack that open and give their names, as far as this key can tell.
    private func soundChunks(of pack: [UInt8]) async -> Set<ChunkID> {
        guard let kind = PackFooter(pack: pack, layout: vault.layout)?.kind else { return [] }
        let found = await vault.examine(pack, kind: kind, listed: [])
        return Set((found.good + found.unopened).map(\.id))
    }

    // MARK: - Slots

    /// Slots of the pack that is looked into, by what they were.
    private var renewals: [[UInt8]: KeySlot] = [:]

    private mutating func renewed(_ slot: KeySlot, _ key: SymmetricKey) -> KeySlot {
        let encoded = slot.encoded
        if let known = renewals[encoded] { return known }
        var trusted = vault.keyring.readers(for: vault.keys)
        if let own = vault.keys.reader?.publicKey, !trusted.contains(own) { trusted.append(own) }
        let renewed = slot.renewed(key, for: trusted, vault: vault.id)
        renewals[encoded] = renewed
        return renewed
    }

    /// Whether a chunk lies in a pack on which backups may rely.
    private func isElsewhere(_ chunk: ChunkID, than packs: Set<PackID>) -> Bool {
        vault.index.find(chunk, avoiding: condemned.union(packs)) != nil
    }

    /// No backup that begins from now on relies on the damaged packs.
    private mutating func condemn() async throws(VaultError) {
        let packs = Set(damaged.keys).subtracting(condemned)
        guard !packs.isEmpty else { return }
        // What was copied may have gone with the session.
        try await vault.requireKeepersSession(session)
        for size in damaged.filter({ packs.contains($0.key) }).values { report.putAside.add(size) }
        let id = ULID(at: Date())
        let bytes = SealedNote.condemned.seal(Condemned.encode(packs), id: id, vault: vault.id, keys: vault.keys)
        try await vault.putNew(Condemned.objectName(id), bytes)
        condemned.formUnion(packs)
    }

    /// Keeps of the emptied packs those of which everything good is in packs that are listed and that nobody has condemned.
    ///
    /// This run may have slept since it copied: a prune that took it for dead has deleted packs that it had not named yet, or
    /// put aside what it relies on. What is listed now and not condemned stays until whoever condemns it has seen that the
    /// damaged packs are (0003, step 6).
    private mutating func confirmEmptied() async throws(VaultError) {
        guard !emptied.isEmpty else { return }
        let doomed = try await vault.condemned().reduce(into: condemned) { $0.formUnion($1.packs) }
        condemned = doomed
        try await vault.index.refresh(from: vault.store)
        let index = vault.index
        let stranded = emptied.filter { pack in
            (good[pack] ?? []).contains { index.find($0, avoiding: doomed) == nil }
        }
        guard !stranded.isEmpty else { return }
        try await vault.requireKeepersSession(session)
        emptied.subtract(stranded)
        report.leftForLater = stranded.sorted().map(PackLayout.objectName)
    }

    // MARK: - What snapshots use

    private mutating func rewriteReach(_ snapshot: SnapshotID) async throws(VaultError) {
        guard vault.keys.roles.contains(.reader),
            let envelope = try await vault.listedSnapshots().found.first(where: { $0.record.id == snapshot }),
            let reach = envelope.reach
        else { return }
        do throws(VaultError) {
            var marks = LiveChunks(vault)
            try await marks.mark([(snapshot, reach)])
            return  // what was copied has brought it back
        } catch {
            guard error.exitStatus == .damagedData else { throw error }
        }
        do throws(VaultError) {
            let base = WritingBase(session: session, condemned: condemned)
            if try await vault.rewriteReach(of: envelope, base: base) { report.listsRewritten += 1 }
        } catch {
            // What the snapshot lists cannot be read itself: the check says so.
            guard error.exitStatus == .damagedData else { throw error }
        }
    }

    /// Leaves word for prunes of what is in no pack.
    private mutating func recordLost() async throws(VaultError) {
        try await vault.index.refresh(from: vault.store)
        let lost = try await missing()
        report.chunksMissing = lost.count
        let new = lost.subtracting(try await vault.lostChunks())
        if !new.isEmpty { try await vault.appendLost(new) }
    }

    /// What snapshots use and no pack holds that is there.
    private func missing() async throws(VaultError) -> Set<ChunkID> {
        var marks = LiveChunks(vault)
        for envelope in try await vault.listedSnapshots().found {
            do throws(VaultError) {
                if let reach = envelope.reach {
                    try await marks.mark([(envelope.record.id, reach)])
                } else if vault.keys.roles.contains(.reader) {
                    try await marks.mark(tree: vault.read(envelope.record, index: .everything))
                }
            } catch {
                // A prune does not go on as long as what this snapshot uses cannot be told.
                guard error.exitStatus == .damagedData else { throw error }
            }
        }
        let (index, present) = (vault.index, vault.index.present)
        var lost = marks.others.filter { chunk in !index.places(of: chunk).contains { present.contains($0.pack) } }
        try marks.eachChunk { id, isLive, places in
            if isLive, !places.contains(where: { present.contains($0.pack) }) { lost.insert(id) }
        }
        return lost
    }
}
