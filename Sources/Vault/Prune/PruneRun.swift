import Foundation
import Language
import ObjectStore

extension OpenVault {
    /// What `prune` would do now. Changes nothing. Needs the keeper role.
    public func prunePlan(_ order: PruneOrder) async throws(VaultError) -> PrunePlan {
        try require(.keeper)
        var run = PruneRun(vault: self, order: order)
        return try await run.plan()
    }

    /// Lets snapshots go, and deletes what no snapshot uses. Any number of backups, checks, restores and other prunes may run
    /// meanwhile; docs/decisions/0003 says why nothing is lost. Cut off anywhere it leaves work for the next one, and no damage.
    ///
    /// Needs the keeper role; snapshots without a list for keepers need the reader role too. Fails with `.damaged`, before
    /// anything is deleted, where something that a snapshot uses is not to be found.
    ///
    /// - Parameter progress: called with bytes copied and deleted, and with what is expected of both.
    public func prune(
        _ order: PruneOrder, progress: @escaping @Sendable (Int64, Int64) -> Void = { _, _ in }
    ) async throws(VaultError) -> PruneReport {
        try require(.keeper)
        if order.probesStore {
            try await probeStore()
        }
        return try await underSession(.prune, host: order.host, renewedEvery: order.renewalPause) { session throws(VaultError) in
            var run = PruneRun(vault: self, order: order, session: session, progress: progress)
            return try await run.perform()
        }
    }
}

/// One run of a prune.
struct PruneRun {
    let vault: OpenVault
    let order: PruneOrder
    /// Nil for a run that only plans.
    var session: ULID?
    var progress: @Sendable (Int64, Int64) -> Void = { _, _ in }

    private var live: LiveChunks?
    /// What copies brought again of snapshots that were let go.
    private var stale: [ListedSnapshot] = []
    /// Chunks that a repair found to be lost.
    private var knownLost: Set<ChunkID> = []
    private var doneBytes: Int64 = 0
    private var expectedBytes: Int64 = 0

    init(
        vault: OpenVault, order: PruneOrder, session: ULID? = nil,
        progress: @escaping @Sendable (Int64, Int64) -> Void = { _, _ in }
    ) {
        self.vault = vault
        self.order = order
        self.session = session
        self.progress = progress
    }

    private var others: OtherSessions { OtherSessions(vault: vault, own: session, staleAfter: order.staleAfter) }

    // MARK: - Deciding

    mutating func plan() async throws(VaultError) -> PrunePlan {
        var plan = PrunePlan()
        // In this order: a pack that is listed here, while nobody is at work afterwards, and that the index then does not name,
        // is nobody's.
        var sizes: [PackID: Int] = [:]
        for facts in try await vault.listPacks() {
            if let pack = PackLayout.pack(of: facts.key.text) { sizes[pack] = facts.size }
        }
        let before = try await vault.condemned().reduce(into: Set<PackID>()) { $0.formUnion($1.packs) }
        let sessions = try await vault.listedSessions()
        let seen = vault.snapshotWitness.seen
        let snapshots = try await vault.snapshotObjects()
        try await vault.index.refresh(from: vault.store)
        // What it uses nobody can tell.
        if let problem = snapshots.problems.first { throw problem.withWayOut }
        try await requireAll(seen, in: snapshots)
        stale = snapshots.stale

        let wanted = Dictionary(order.forget.map { ($0.id, $0.rule) }, uniquingKeysWith: { first, _ in first })
        for envelope in snapshots.found {
            if let rule = wanted[envelope.record.id] {
                plan.forget.append(
                    .init(
                        snapshot: envelope.record, rule: rule, digest: envelope.object.digest,
                        object: envelope.isCopied ? envelope.object.id : nil))
            }
        }
        let known = Set(snapshots.found.map(\.record.id))
        // What another prune has let go meanwhile is gone, as was wished.
        if let stranger = order.forget.first(where: { !known.contains($0.id) && !snapshots.forgotten.contains($0.id) }) {
            throw VaultError(.notFound, "There is no snapshot \(stranger.id).", hint: "«reprise snapshots» lists them.")
        }
        try await mark(snapshots.found.filter { wanted[$0.record.id] == nil })
        let busy = sessions.filter { $0.id != session && !snapshots.ended.contains($0.id) && !others.isDead($0) }.map(\.id)
        let inUse = try await packsBeingWritten(by: busy)
        let gaps = try choose(&plan, sizes: sizes, before: before, inUse: inUse, isQuiet: busy.isEmpty)
        try await requireNowhere(gaps, outside: before)
        return plan
    }

    /// What a snapshot uses that somebody took away would look like garbage: nothing is deleted while one is missing, as far as
    /// this host or the bucket's versions can tell.
    private func requireAll(_ seen: [ULID: Witness.Sight], in snapshots: OpenVault.SnapshotObjects) async throws(VaultError) {
        let there = snapshots.undisturbed
        // What another copy of the vault gave back has another name.
        let digests = Set(snapshots.found.map(\.object.digest))
        let gone = seen.values.filter { !there.contains($0.id) && !digests.contains($0.digest) }
        let noted = gone.isEmpty ? [] : try await vault.vanishedEntries()
        let hidden =
            try await HiddenObjects(vault)?.find().certain.filter { $0.key.text.hasPrefix(SnapshotEnvelope.prefix) } ?? []
        let missing = Set(gone.filter { !noted.contains($0.digest) }.map { SnapshotEnvelope.objectName($0.id) })
            .union(hidden.map(\.key.text))
        guard missing.isEmpty else {
            throw VaultError(
                .damaged,
                "\(count: missing.count) {snapshot that was here is|snapshots that were here are} gone, and no keeper has let {it|them} go. Nothing was deleted.",
                hint: "Run «reprise check --repair», which brings back what it can and notes the rest.", object: missing.min())
        }
    }

    /// What a repair found to be lost may have come back, in packs that no segment names: those must not be taken for garbage.
    private func requireNowhere(_ chunks: Set<ChunkID>, outside condemned: Set<PackID>) async throws(VaultError) {
        guard !chunks.isEmpty else { return }
        try await vault.index.recover(from: vault.store)
        let named = vault.index.packs
        let back = chunks.count { chunk in
            vault.index.places(of: chunk).contains { named[$0.pack] == nil && !condemned.contains($0.pack) }
        }
        guard back == 0 else {
            throw VaultError(
                .damaged,
                "\(count: back) {chunk that snapshots use is|chunks that snapshots use are} in packs that the index does not name. Nothing was deleted.",
                hint: "Run «reprise check --repair», which puts them into the index again.")
        }
    }

    /// Marks what snapshots use that were not marked before.
    private mutating func mark(_ snapshots: [ListedSnapshot]) async throws(VaultError) {
        var marks = live ?? LiveChunks(vault)
        live = nil
        var unreadable: [SnapshotID] = []
        var lists: [(record: SnapshotRecord, reach: Content)] = []
        for envelope in snapshots where !marks.snapshots.contains(envelope.record.id) {
            if let reach = envelope.reach {
                lists.append((envelope.record, reach))
            } else if vault.keys.roles.contains(.reader) {
                try await marks.mark(tree: vault.read(envelope.record, index: .everything))
            } else {
                unreadable.append(envelope.record.id)
            }
        }
        guard unreadable.isEmpty else {
            throw VaultError(
                .wrongKey,
                "What these snapshots use can be told with a reader key only: \(unreadable.map(\.text).joined(separator: ", ")).",
                hint:
                    "They were written before Reprise wrote lists for keepers. Prune once with a key file that is a reader's too, or with the recovery key."
            )
        }
        do throws(VaultError) {
            try await marks.mark(lists.map { ($0.record.id, $0.reach) })
        } catch {
            guard error.exitStatus == .damagedData, vault.keys.roles.contains(.reader) else { throw error }
            try await markOneByOne(lists, in: &marks)
        }
        knownLost = try await vault.lostChunks()
        var lost = marks.others.filter { !knownLost.contains($0) && vault.index.find($0) == nil }
        if !lost.isEmpty {
            // A snapshot that is newer than what is known of the index.
            try await vault.index.refresh(from: vault.store)
            lost = lost.filter { vault.index.find($0) == nil }
        }
        guard lost.isEmpty else { throw Self.incomplete(lost.count) }
        live = marks
    }

    /// Where a list for keepers cannot be read, what its snapshot itself lists tells the same.
    private func markOneByOne(
        _ lists: [(record: SnapshotRecord, reach: Content)], in marks: inout LiveChunks
    ) async throws(VaultError) {
        for (record, reach) in lists {
            do throws(VaultError) {
                try await marks.mark([(record.id, reach)])
            } catch {
                guard error.exitStatus == .damagedData else { throw error }
                try await marks.mark(tree: vault.read(record, index: .everything))
            }
        }
    }

    static func incomplete(_ count: Int) -> VaultError {
        VaultError(
            .damaged,
            "\(count: count) {chunk that snapshots use is|chunks that snapshots use are} in no pack that the index names. Nothing was deleted.",
            hint: "Run «reprise check» to see which snapshots that touches.")
    }

    /// Packs that the segments of these sessions name.
    private func packsBeingWritten(by sessions: [ULID]) async throws(VaultError) -> Set<PackID> {
        guard !sessions.isEmpty else { return [] }
        var found: Set<PackID> = []
        for facts in try await vault.list(IndexSegment.prefix) {
            guard let segment = ULID(facts.key.text.dropFirst(IndexSegment.prefix.count)),
                sessions.contains(where: { segment.isOfFamily($0) })
            else { continue }
            do throws(VaultError) {
                let bytes = try await vault.get(facts.key.text)
                let table = IndexSegment.open(bytes, segment: segment, vault: vault.id, indexKey: vault.keys.indexKey)
                for pack in table.flatMap(IndexSegment.packs) ?? [] { found.insert(pack.id) }
            } catch {
                guard error.storeCode == .missing else { throw error }
            }
        }
        return found
    }

    private struct Use {
        /// Sealed bytes of all its chunks, of those that are live, and of those for which this is the best place.
        var total = 0
        var live = 0
        var kept = 0
    }

    /// Returns the chunks that are in use and in no pack, as a repair has found before.
    private func choose(
        _ plan: inout PrunePlan, sizes: [PackID: Int], before: Set<PackID>, inUse: Set<PackID>, isQuiet: Bool
    ) throws(VaultError) -> Set<ChunkID> {
        guard let live else { preconditionFailure("what is live was marked") }
        let present = vault.index.present
        var uses: [PackID: Use] = [:]
        try live.eachChunk { _, isLive, places in
            for place in places {
                uses[place.pack, default: Use()].total += place.storedSize
                if isLive { uses[place.pack, default: Use()].live += place.storedSize }
            }
        }
        var lost = 0
        var gaps = live.others.filter { vault.index.find($0) == nil }
        try live.eachChunk { id, isLive, places in
            guard isLive else { return }
            let here = places.filter { present.contains($0.pack) }
            if here.isEmpty {
                if knownLost.contains(id) { gaps.insert(id) } else { lost += 1 }
            }
            // Of several places the one in the fullest pack: the others are of no use.
            let best = here.filter { !before.contains($0.pack) }.max {
                (uses[$0.pack]?.live ?? 0, $0.pack) < (uses[$1.pack]?.live ?? 0, $1.pack)
            }
            if let best { uses[best.pack, default: Use()].kept += best.storedSize }
        }
        guard lost == 0 else { throw Self.incomplete(lost) }

        let packs = vault.index.packs
        var small: [ChunkKind: [IndexSegment.Pack]] = [:]
        for pack in packs.values where present.contains(pack.id) && !before.contains(pack.id) && !inUse.contains(pack.id) {
            let use = uses[pack.id] ?? Use()
            if use.kept == 0 {
                plan.unused.add(pack.size)
                plan.condemned.insert(pack.id)
            } else if (use.total - use.kept) * 100 >= use.total * max(1, order.unusedShare) {
                plan.rewrite(pack, keeping: use.kept)
            } else if pack.size < vault.config.packBytes / 4 {
                small[pack.kind, default: []].append(pack)
            }
        }
        for group in small.values where group.count >= 8 {
            let bytes = group.reduce(0) { $0 + $1.size }
            guard bytes / vault.config.packBytes + 1 <= group.count / 2 else { continue }
            for pack in group { plan.rewrite(pack, keeping: uses[pack.id]?.kept ?? 0) }
        }
        for (pack, size) in sizes {
            plan.packBytes += Int64(size)
            if before.contains(pack) {
                plan.condemnedBefore.add(size)
                plan.doomed.insert(pack)
            } else if isQuiet, packs[pack] == nil, vault.index.damage == nil {
                plan.unlisted.add(size)
                plan.condemned.insert(pack)
            }
        }
        return gaps
    }

    // MARK: - Acting

    mutating func perform() async throws(VaultError) -> PruneReport {
        guard let session else { preconditionFailure("only a run with a session acts") }
        let ended = try await endDead()
        var plan = try await plan()
        try await vault.letGo(plan.forget, broughtAgain: stale)
        var report = PruneReport(plan: plan)
        report.ended = ended
        expectedBytes =
            plan.copiedBytes + plan.condemnedBefore.bytes + plan.unused.bytes + plan.unlisted.bytes + plan.rewritten.bytes

        // What is used is copied before its pack is condemned, so that backups go on finding it.
        var copier = PackCopier(vault, session: session)
        for pack in plan.sources.sorted() {
            guard let live else { preconditionFailure("what is live was marked") }
            let before = copier.written.bytes
            do throws(VaultError) {
                try await vault.copy(pack, of: live, leaving: plan.condemned.union(plan.doomed), with: &copier)
                advance(copier.written.bytes - before)
            } catch {
                // Another prune has deleted it, or its bytes have changed.
                guard error.code == .damaged || error.storeCode == .missing else { throw error }
                if error.code == .damaged { report.damaged.append(PackLayout.objectName(pack)) }
                plan.condemned.remove(pack)
            }
        }
        try await copier.finish()
        if !plan.condemned.isEmpty {
            let id = ULID(at: Date())
            let bytes = SealedNote.condemned.seal(
                Condemned.encode(plan.condemned), id: id, vault: vault.id, keys: vault.keys)
            try await vault.putNew(Condemned.objectName(id), bytes)
        }
        try await keepParity()
        report.locksExtended = try await vault.extendLocks(except: plan.condemned.union(plan.doomed))
        try await sweep(&report, with: &copier)
        report.bundles = await BundleUpkeep(vault: vault).run()
        try await clearAway(&report)
        report.copied = copier.written
        return report
    }

    /// Ends the sessions that are taken for dead; returns how many.
    private func endDead() async throws(VaultError) -> Int {
        let sessions = try await vault.listedSessions()
        let seen = vault.snapshotWitness.seen
        let snapshots = try await vault.snapshotObjects()
        let dead = others.dead(among: sessions, ended: snapshots.ended)
        guard !dead.isEmpty else { return 0 }
        // A tombstone in the place of a snapshot that somebody took away would hide that it is missing.
        try await requireAll(seen, in: snapshots)
        return try await others.end(dead)
    }

    /// What stays is protected by groups without the condemned packs before those go.
    private func keepParity() async throws(VaultError) {
        let groups = try await vault.parityGroups()
        if order.addsParity || !groups.groups.isEmpty { try await vault.protect() }
    }

    private mutating func advance(_ bytes: Int64) {
        doneBytes += bytes
        progress(doneBytes, max(doneBytes, expectedBytes))
    }

    /// Deletes what is condemned, by this run or an earlier one, as far as every session that may rely on it has ended.
    private mutating func sweep(_ report: inout PruneReport, with copier: inout PackCopier) async throws(VaultError) {
        guard let session else { preconditionFailure("only a run with a session acts") }
        let condemned = try await vault.condemned()
        var ready: [Condemned] = []
        // Listed once more, after everything that is in `condemned` was put.
        let sessions = try await vault.listedSessions().filter { $0.id != session }
        let before = try await vault.snapshotObjects()
        var ended = before.ended
        let backups = sessions.filter { !($0.session?.work.isKeepers ?? false) }
        var waiting: Set<ULID> = []
        for item in condemned {
            var open: [ULID] = []
            for id in try await others.awaited(item.id, now: backups.map(\.id)) where !ended.contains(id) {
                if sessions.contains(where: { $0.id == id }) {
                    open.append(id)
                } else {
                    // A backup's object goes after its end. This was a prune's that went while it was read, or somebody removed
                    // it: nothing may be committed under it.
                    try await vault.end(id, .fenced)
                    ended.insert(id)
                }
            }
            waiting.formUnion(open)
            if open.isEmpty { ready.append(item) } else { report.leftForLater += item.packs.count }
        }
        // Two prunes at once do not hurt each other, and see each other's half-done work: the deleting is left to a third. So it
        // is with repairs.
        let prunes = sessions.filter { $0.session?.work.isKeepers ?? false }
        if !prunes.isEmpty {
            report.leftForLater += ready.reduce(0) { $0 + $1.packs.count }
            ready = []
        }
        report.waitingFor = (sessions.filter { waiting.contains($0.id) } + prunes).map {
            .init(
                session: $0.id.text, host: $0.session?.host, asset: $0.session?.asset, work: $0.session?.work,
                lastSeen: $0.lastSeen)
        }
        for listed in backups where ended.contains(listed.id) {
            for name in listed.names { try await vault.remove(name) }
        }
        try await others.removeStrays(condemned)
        guard prunes.isEmpty else { return }
        // What a prune that was cut off has left in the index, or a store has lost.
        let missing = try await namedAndMissing(Set(vault.index.packs.keys).subtracting(vault.index.present))
        let packs = ready.reduce(into: missing) { $0.formUnion($1.packs) }
        guard !packs.isEmpty else { return }

        // Every session that may rely on these packs has ended: what they need is known now, and for ever.
        let snapshots = try await vault.snapshotObjects()
        if let problem = (before.problems + snapshots.problems).first { throw problem.withWayOut }
        try await mark(before.found + snapshots.found)
        guard let live else { preconditionFailure("what is live was marked") }
        let written = copier.written.bytes
        let rescue = Rescue(vault: vault, live: live, knownLost: knownLost, packs: packs)
        let isRescued = try await rescue.run(&report, with: &copier)
        advance(copier.written.bytes - written)
        guard isRescued else {
            report.leftForLater += packs.count
            return
        }
        report.segmentsReplaced = try await SegmentMerge(
            vault: vault, session: session, dropped: packs, busy: backups.map(\.id).filter { !ended.contains($0) }
        ).run()
        for item in ready {
            var isLocked = false
            for pack in item.packs.sorted() {
                let name = PackLayout.objectName(pack)
                if let size = try await vault.size(name) {
                    guard try await vault.remove(name) else {
                        report.locked.add(size)
                        isLocked = true
                        continue
                    }
                    report.deleted.add(size)
                    advance(Int64(size))
                }
            }
            if isLocked { continue }
            // Only now: as long as one of its packs is there, it is condemned.
            try await vault.remove(Condemned.objectName(item.id))
            try await vault.remove(Awaited.objectName(item.id))
        }
        try await vault.index.refresh(from: vault.store)
    }

    /// Deletes old decoys, and the versions of what was deleted.
    private func clearAway(_ report: inout PruneReport) async throws(VaultError) {
        try await vault.removeOldDecoys()
        let condemned = try await vault.condemned().reduce(into: Set<PackID>()) { $0.formUnion($1.packs) }
        report.versions = try await VersionPurge(
            vault: vault, letGo: try await vault.letGoObjects(),
            kept: condemned.union(vault.index.packs.keys), isLossy: !knownLost.isEmpty
        ).run()
    }

    /// Of packs that the index names, those that are not there at all (not only with another size).
    private func namedAndMissing(_ candidates: Set<PackID>) async throws(VaultError) -> Set<PackID> {
        var missing: Set<PackID> = []
        for pack in candidates where try await vault.size(PackLayout.objectName(pack)) == nil { missing.insert(pack) }
        return missing
    }
}

extension PrunePlan {
    fileprivate mutating func rewrite(_ pack: IndexSegment.Pack, keeping bytes: Int) {
        rewritten.add(pack.size)
        copiedBytes += Int64(bytes)
        condemned.insert(pack.id)
        sources.insert(pack.id)
    }
}

extension OpenVault {
    /// Bytes of an object, or nil where there is none.
    func size(_ name: String) async throws(VaultError) -> Int? {
        guard let key = ObjectKey(name) else { preconditionFailure("the vault names its objects with valid keys") }
        do throws(StoreError) {
            return try await store.head(key)?.size
        } catch { throw VaultError(error) }
    }
}
