import Foundation
import Language
import ObjectStore

extension OpenVault {
    /// Checks the vault from the bytes of the store, not of the local cache.
    ///
    /// Damage is reported, not thrown; what is thrown is what keeps the check from going on, such as a store that does not
    /// answer.
    ///
    /// - Parameters:
    ///   - cursor: where the last check of a share ended, from its report.
    ///   - suspects: objects that were once found damaged; the packs among them are read at any depth.
    ///   - progress: called with bytes done and bytes to do.
    public func check(
        _ depth: CheckDepth, after cursor: String? = nil, suspects: Set<String> = [],
        progress: @Sendable (Int64, Int64) -> Void = { _, _ in }
    ) async throws(VaultError) -> CheckReport {
        var check = VaultCheck(vault: self)
        try await check.index()
        try await check.versions()
        try await check.packs()
        try await check.snapshots()
        try await check.records()
        try await check.grants()
        check.finishLogs()
        try await check.notes()
        switch depth {
        case .structure: break
        case .share(let percent): try await check.data(share: percent, after: cursor, progress: progress)
        case .everything: try await check.data(share: 100, after: nil, progress: progress)
        }
        try await check.read(suspects)
        try await check.parity(readsSums: depth == .everything)
        return try await check.finished()
    }
}

/// One run of a check; its steps fill the report.
private struct VaultCheck {
    private let vault: OpenVault
    private var report = CheckReport()
    /// Packs that index segments name.
    private var indexed: [PackID: IndexSegment.Pack] = [:]
    /// Packs that are in the store whole, with their sizes.
    private var present: [PackID: Int] = [:]
    /// Packs that are not, with the sizes they have.
    private var wrongSizes: [PackID: Int] = [:]
    /// Packs that keepers will delete.
    private var condemned: Set<PackID> = []
    private var envelopes: [ListedSnapshot] = []
    /// What the snapshots use, where that could be told of all of them.
    private var live: LiveChunks?
    /// Whether every chunk of every snapshot has its place in the index.
    private var isSound = true
    /// Whether the bucket keeps versions of packs and segments that are not there.
    private var hasCandidates = false
    private var packsRead: Set<PackID> = []
    /// Packs that are not what was written, with the chunks of them that do not open.
    private var harmed: [PackID: Set<ChunkID>] = [:]
    private var logs: LogWalk
    /// What keepers have noted as vanished.
    private var noted: Set<Digest> = []
    /// Which problem of the report is that of a pack.
    private var packProblems: [PackID: Int] = [:]

    init(vault: OpenVault) {
        self.vault = vault
        logs = LogWalk(vault)
    }

    private var isReader: Bool { vault.keys.roles.contains(.reader) }

    mutating func index() async throws(VaultError) {
        var rest = try await vault.list(IndexSegment.prefix)[...]
        while !rest.isEmpty {
            var bytes = 0
            let group = rest.prefix { facts in
                defer { bytes += facts.size }
                return bytes < Self.segmentBytes
            }
            rest = rest.dropFirst(group.count)
            let vault = vault
            let packs = try await concurrently(Array(group), atMost: requestsAtOnce) { facts throws(VaultError) in
                try await Self.packs(of: facts.key.text, in: vault)
            }
            for (facts, packs) in zip(group, packs) { note(packs, of: facts.key.text) }
        }
        do throws(VaultError) {
            try await vault.index.refresh(from: vault.store)
        } catch {
            guard error.code == .damaged else { throw error }  // reported above
        }
    }

    /// Bytes of segments that are read at once.
    private static let segmentBytes = 32 << 20

    private enum SegmentPacks: Sendable {
        case packs([IndexSegment.Pack])
        case gone, unreadable
    }

    private static func packs(of name: String, in vault: OpenVault) async throws(VaultError) -> SegmentPacks {
        guard let segment = ULID(name.dropFirst(IndexSegment.prefix.count)) else { return .unreadable }
        guard let bytes = try await vault.getUnlessGone(name) else { return .gone }
        let table = IndexSegment.open(bytes, segment: segment, vault: vault.id, indexKey: vault.keys.indexKey)
        return table.flatMap(IndexSegment.packs).map { .packs($0) } ?? .unreadable
    }

    private mutating func note(_ found: SegmentPacks, of name: String) {
        switch found {
        case .packs(let packs):
            for pack in packs { indexed[pack.id] = pack }
        case .gone: break
        case .unreadable:
            guard let segment = ULID(name.dropFirst(IndexSegment.prefix.count)) else {
                return add(name, "Its name is not that of an index segment.")
            }
            add(name, "Its contents are not what was written.")
            report.damage.segments.insert(segment)
        }
    }

    /// What somebody has hidden or overwritten in a bucket that keeps versions.
    mutating func versions() async throws(VaultError) {
        guard let hidden = try await HiddenObjects(vault) else { return }
        let found = try await hidden.find()
        hasCandidates = !found.candidates.isEmpty
        for object in found.certain {
            report.damage.isHidden = true
            add(
                object.key.text,
                object.isDeleted
                    ? "Somebody has deleted it; the bucket keeps an older version of it."
                    : "Somebody has overwritten it; the bucket keeps an older version of it.")
        }
    }

    mutating func packs() async throws(VaultError) {
        // `notes` reports what cannot be read.
        let doomed = try await vault.listedCondemned()
        condemned = doomed.found.reduce(into: []) { $0.formUnion($1.packs) }
        for problem in doomed.problems { noteUnreadable(problem) }
        for facts in try await vault.listPacks() where !Decoy.isOne(facts.key.text) {
            guard let pack = PackLayout.pack(of: facts.key.text) else {
                add(facts.key.text, "Its name is not that of a pack.")
                continue
            }
            report.packs += 1
            report.packBytes += Int64(facts.size)
            guard let listed = indexed[pack] else {
                if condemned.contains(pack) { report.condemnedPacks += 1 } else { report.unlistedPacks += 1 }
                continue
            }
            present[pack] = facts.size
            if listed.size != facts.size {
                wrongSizes[pack] = facts.size
                present[pack] = nil
            }
        }
    }

    mutating func snapshots() async throws(VaultError) {
        let seen = vault.snapshotWitness.seen
        let all = try await vault.snapshotObjects(fresh: true, counting: false)
        noted = try await vault.vanishedEntries()
        for problem in all.problems {
            add(problem)
            noteUnreadable(problem)
        }
        // Of what stands in the place of a snapshot another copy may have that snapshot itself.
        report.damage.objects.formUnion(all.displaced.map(SnapshotEnvelope.objectName))
        chain(vault.keyring.events.map { VerifiedObject($0.object) }, name: KeyEvent.objectName)
        let counted = all.found.filter { vault.keyring.counts($0.object, .snapshots) }
        report.snapshots = counted.count
        report.revokedSnapshots = all.found.count - counted.count
        envelopes = counted
        logs.walk(.snapshots, found: counted.map(\.object), there: all.undisturbed, seen: seen, noted: noted)
        chain(counted.map(\.object), name: SnapshotEnvelope.objectName, allowing: try await vault.explainedDigests())
        if report.unlistedPacks > 0 { try await vault.index.recover(from: vault.store) }
        try await markLive()
        guard isReader else { return try await findUnindexed() }
        // What snapshots share is walked once. Where anything is amiss `finished` looks at each, to tell what it touches.
        var walk = SnapshotWalk()
        let named = vault.index.packs
        for envelope in counted where isSound {
            let listed = envelope.reach != nil ? live : nil
            var unlisted = 0
            do throws(VaultError) {
                try await walk.walk(vault.read(envelope.record, index: .nothing, isLetGo: { false })) {
                    reference, _ throws(VaultError) in
                    let place = vault.index.places(of: reference.id).first
                    if place.map({ named[$0.pack] == nil }) ?? true { isSound = false }
                    if let listed, !listed.contains(reference.id) { unlisted += 1 }
                }
            } catch {
                if noteNotSealed(error) { continue }
                guard error.exitStatus == .damagedData else { throw error }
                isSound = false
            }
            if unlisted > 0 {
                add(
                    SnapshotEnvelope.objectName(envelope.record.id),
                    "\(count: unlisted) of its chunks {is|are} not in the list that keepers read: a prune would take {it|them} for garbage.",
                    snapshots: [envelope.record.id])
            }
        }
    }

    /// Marks what all snapshots use. What keeps a list for keepers from being read is a problem of its snapshot.
    private mutating func markLive() async throws(VaultError) {
        var marks = LiveChunks(vault)
        let lists = envelopes.compactMap { envelope in envelope.reach.map { (snapshot: envelope.record.id, reach: $0) } }
        do throws(VaultError) {
            try await marks.mark(lists)
            if lists.count == envelopes.count { live = marks }
            return
        } catch {
            guard error.exitStatus == .damagedData else { throw error }
        }
        // Something is amiss: one by one, to tell whom it touches.
        var isComplete = true
        for envelope in envelopes {
            guard let reach = envelope.reach else {
                isComplete = false
                continue
            }
            do throws(VaultError) {
                try await marks.mark([(envelope.record.id, reach)])
            } catch {
                guard error.exitStatus == .damagedData else { throw error }
                isComplete = false
                report.damage.reach.insert(envelope.record.id)
                add(
                    SnapshotEnvelope.objectName(envelope.record.id),
                    "The list that keepers read cannot be read: \(error.message) A restore does not need it, a prune does.",
                    snapshots: [envelope.record.id])
            }
        }
        if isComplete { live = marks }
    }

    /// What the lists for keepers name and the index does not; who can read snapshots learns more from those.
    private mutating func findUnindexed() async throws(VaultError) {
        guard let live else { return }
        var unknown = live.others.filter { vault.index.find($0) == nil }
        if !unknown.isEmpty {
            // A snapshot that is newer than what is known of the index.
            try await vault.index.refresh(from: vault.store)
            if report.unlistedPacks > 0 { try await vault.index.recover(from: vault.store) }
            unknown = unknown.filter { vault.index.find($0) == nil }
        }
        let health = health()
        let states = unknown.map { health.state(of: $0) }
        let unindexed = states.count { $0 == .unindexed }
        let nowhere = states.count { $0 == .nowhere }
        if unindexed > 0 {
            report.damage.isUnindexed = true
            add(
                "index/",
                "\(count: unindexed) {chunk that snapshots use is|chunks that snapshots use are} in no index segment that can be read. A restore finds {it through its pack|them through their packs}, more slowly."
            )
        }
        if nowhere > 0 {
            report.lacksChunks = true
            add(
                "packs/",
                "\(count: nowhere) {chunk that snapshots use is|chunks that snapshots use are} in no pack that the index names.")
        }
    }

    private func health() -> ChunkHealth {
        ChunkHealth(
            index: vault.index, named: Set(vault.index.packs.keys), present: vault.index.present, condemned: condemned,
            harmed: harmed)
    }

    /// What sessions and keepers have left: each is what its writer wrote.
    mutating func notes() async throws(VaultError) {
        for (prefix, note) in [
            (Session.prefix, SealedNote.session), (Condemned.prefix, SealedNote.condemned), (Awaited.prefix, SealedNote.awaited),
        ] {
            for facts in try await vault.list(prefix) {
                let name = facts.key.text
                let text = String(name.dropFirst(prefix.count))
                if prefix == Session.prefix, Session.parse(name)?.renewal != nil { continue }
                guard let id = ULID(text) else {
                    add(name, "Its name is not that of a note.")
                    continue
                }
                guard let bytes = try await vault.getUnlessGone(name) else { continue }
                do throws(VaultError) {
                    _ = try note.open(
                        bytes, name: name, id: id, vault: vault.id, indexKey: vault.keys.indexKey, signers: vault.signers)
                } catch { add(error) }
            }
        }
    }

    mutating func records() async throws(VaultError) {
        let seen = vault.recordWitness.seen
        let all = try await vault.recordObjects(fresh: true)
        for problem in all.problems {
            add(problem)
            noteUnreadable(problem)
        }
        report.records = all.found.count
        logs.walk(.records, found: all.found, there: all.there, seen: seen, noted: noted)
        chain(all.found, name: VaultRecord.objectName)
    }

    /// What was granted to readers that were added later: signed, and opened where it is this reader's.
    mutating func grants() async throws(VaultError) {
        let vault = vault
        let names = try await vault.list(KeyGrant.prefix).map(\.key.text)
        let found = try await concurrently(names, atMost: Self.grantsAtOnce) { name throws(VaultError) -> VaultError? in
            do throws(VaultError) {
                try await vault.checkGrant(name)
                return nil
            } catch {
                guard error.code == .damaged else { throw error }
                return error
            }
        }
        let problems = found.compactMap(\.self)
        let givenUp = problems.isEmpty ? [] : try await vault.objectsGivenUp()
        for problem in problems {
            let isGivenUp = try await vault.isGivenUp(problem.object ?? "", in: givenUp)
            if isGivenUp { continue }
            add(problem)
            noteUnreadable(problem)
        }
    }

    /// Each may be a mebibyte.
    private static let grantsAtOnce = 16

    mutating func finishLogs() { logs.finish() }

    /// Every object that a later one of the same signer follows must be there.
    ///
    /// - Parameter explained: SHA-256 of those that a keeper has let go, or a copy has left where they are.
    private mutating func chain(_ objects: [VerifiedObject], name: (ULID) -> String, allowing explained: Set<Digest> = []) {
        let there = explained.union(objects.map(\.digest))
        for object in objects {
            for previous in object.previous where !there.contains(previous) && !noted.contains(previous) {
                report.damage.vanished.insert(previous)
                add(
                    name(object.id),
                    "It follows an object with the SHA-256 \(previous), which is not in the vault: that one was removed or changed."
                )
            }
        }
    }

    mutating func data(share percent: Int, after cursor: String?, progress: @Sendable (Int64, Int64) -> Void)
        async throws(VaultError)
    {
        let all = present.keys.sorted()
        let next = cursor.flatMap { cursor in all.firstIndex { $0.description > cursor } } ?? 0
        let total = present.values.reduce(Int64(0)) { $0 + Int64($1) }
        let goal = total * Int64(min(max(percent, 1), 100)) / 100
        let chunks = isReader ? try vault.chunkReader() : nil
        report.chunksWereOpened = chunks != nil
        var reading = PackReading(Array(all[next...] + all[..<next]), in: vault)
        while let (pack, bytes) = await reading.next() {
            if report.packsRead > 0, report.bytesRead >= goal { break }
            try await read(pack, bytes.get(), chunks)
            progress(report.bytesRead, max(goal, report.bytesRead))
            report.cursor = pack.description
        }
    }

    /// Reads those of these objects that are packs and were not read yet.
    mutating func read(_ suspects: Set<String>) async throws(VaultError) {
        let packs = Set(suspects.compactMap(PackLayout.pack)).subtracting(packsRead).filter { present[$0] != nil }
        guard !packs.isEmpty else { return }
        let chunks = isReader ? try vault.chunkReader() : nil
        if report.packsRead == 0 { report.chunksWereOpened = chunks != nil }
        var reading = PackReading(packs.sorted(), in: vault)
        while let (pack, bytes) = await reading.next() { try await read(pack, bytes.get(), chunks) }
    }

    /// Whether it is no damage, but what this reader key does not open.
    private mutating func noteNotSealed(_ error: VaultError) -> Bool {
        guard error.code == .notSealed, let object = error.object else { return false }
        report.notSealed.insert(object)
        return true
    }

    /// - Parameter bytes: nil where the pack is gone; `finished` says whether it should be there.
    private mutating func read(_ pack: PackID, _ bytes: [UInt8]?, _ chunks: ChunkReader?) async throws(VaultError) {
        let name = PackLayout.objectName(pack)
        guard let bytes else {
            present[pack] = nil
            return
        }
        packsRead.insert(pack)
        report.packsRead += 1
        report.bytesRead += Int64(bytes.count)
        do throws(VaultError) {
            guard PackID(sha256: bytes) == pack else { throw .damaged(name, "its bytes have changed since they were written.") }
            if let chunks {
                let layout = PackLayout(vault: vault.id, indexKey: vault.keys.indexKey, packBytes: vault.config.packBytes)
                _ = try await chunks.prove(pack, bytes: bytes, layout: layout)
            }
        } catch {
            if noteNotSealed(error) { return }
            guard error.exitStatus == .damagedData else { throw error }
            report.damage.changed.insert(pack)
            packProblems[pack] = report.problems.count
            add(name, error.message)
            await look(into: pack, bytes)
        }
    }

    /// Finds out which chunks of a pack that is not what was written can still be read.
    private mutating func look(into pack: PackID, _ bytes: [UInt8]) async {
        guard isReader, let kind = indexed[pack]?.kind else { return }
        let found = await vault.examine(bytes, kind: kind, listed: vault.index.chunks(of: [pack])[pack] ?? [])
        harmed[pack] = Set((found.bad + found.unopened).map(\.id))
    }

    mutating func finished() async throws(VaultError) -> CheckReport {
        try await reportMissingPacks()
        if isReader, !isSound || !packProblems.isEmpty { try await findTouched() }
        if hasCandidates, report.lacksChunks || !isSound || live == nil { report.damage.isHidden = true }
        for problem in logs.problems { add(problem.object, problem.message) }
        report.damage.vanished.formUnion(logs.vanished)
        report.logs = logs.logs.values.sorted { ($0.holder, $0.key) < ($1.holder, $1.key) }
        try await leaveOutWhatWasLetGo()
        return report
    }

    /// A snapshot that a keeper has let go since it was listed may lack what only it used: that is no damage.
    private mutating func leaveOutWhatWasLetGo() async throws(VaultError) {
        guard !report.problems.isEmpty else { return }
        let gone = Set(try await vault.forgottenItems().map(\.id))
        report.problems.removeAll { !$0.snapshots.isEmpty && $0.snapshots.allSatisfy(gone.contains) }
        report.touched.removeAll { gone.contains($0.snapshot.id) }
        report.damage.reach.subtract(gone)
        if report.problems.isEmpty {
            report.damage = VaultDamage()
            report.lacksChunks = false
        }
    }

    private mutating func reportMissingPacks() async throws(VaultError) {
        let missing = indexed.keys.filter { present[$0] == nil }.sorted()
        if !missing.isEmpty {
            // A prune may have moved what was there and deleted the pack since the index was read.
            try await vault.index.refresh(from: vault.store)
            if report.unlistedPacks > 0 { try await vault.index.recover(from: vault.store) }
        }
        let named = vault.index.packs
        for pack in missing where named[pack] != nil && isNeeded(pack) {
            packProblems[pack] = report.problems.count
            guard let size = wrongSizes[pack] else {
                report.damage.lost.insert(pack)
                add(PackLayout.objectName(pack), "It is not in the vault, and the index names it.")
                continue
            }
            report.damage.changed.insert(pack)
            add(PackLayout.objectName(pack), "It has \(size) bytes instead of \(indexed[pack]?.size ?? 0).")
            if isReader, let bytes = try await vault.getUnlessGone(PackLayout.objectName(pack)) { await look(into: pack, bytes) }
        }
    }

    /// Goes through every snapshot, to tell what of it cannot be read and on which damaged packs it relies.
    private mutating func findTouched() async throws(VaultError) {
        var walk = DamageWalk(health(), damaged: Set(packProblems.keys))
        for envelope in envelopes {
            let record = envelope.record
            let name = SnapshotEnvelope.objectName(record.id)
            do throws(VaultError) {
                let reader = try await vault.read(record, index: .everything, isLetGo: { false })
                walk.health = health()
                let found = try await walk.walk(reader)
                for pack in found.tally.packs {
                    if let number = packProblems[pack] { report.problems[number].snapshots.append(record.id) }
                }
                if found.touched.isListHarmed {
                    add(name, "A part of the list of what it holds cannot be read.", snapshots: [record.id])
                }
                if found.tally.nowhere > 0 {
                    report.lacksChunks = true
                    add(
                        name, "\(count: found.tally.nowhere) of its chunks {is|are} in no pack that the index names.",
                        snapshots: [record.id])
                }
                if found.tally.unindexed > 0 {
                    report.damage.isUnindexed = true
                    add(
                        name,
                        "\(count: found.tally.unindexed) of its chunks {is|are} in no index segment that can be read. A restore finds {it through its pack|them through their packs}, more slowly.",
                        snapshots: [record.id])
                }
                if found.touched.entryCount > 0 || found.touched.isListHarmed { report.touched.append(found.touched) }
            } catch {
                if noteNotSealed(error) { continue }
                guard error.exitStatus == .damagedData else { throw error }
                add(name, error.message, snapshots: [record.id])
            }
        }
        for number in packProblems.values { report.problems[number].snapshots.sort() }
    }

    /// Whether something that a snapshot uses was in that pack and is in no other, as far as that is known. A writer that a prune
    /// took for dead may have written a segment for packs that are gone, and what was lost may have been stored again.
    private func isNeeded(_ pack: PackID) -> Bool {
        guard let live else { return true }
        let whole = vault.index.present
        for table in vault.index.tables {
            guard let ordinal = table.packs.firstIndex(where: { $0.id == pack }) else { continue }
            for position in 0..<table.recordCount {
                guard let id = table.provenID(at: position), table.packOrdinal(at: position) == ordinal, live.contains(id)
                else { continue }
                let isElsewhere = vault.index.places(of: id).contains { place in
                    place.pack != pack && wrongSizes[place.pack] == nil && whole.contains(place.pack)
                }
                if !isElsewhere { return true }
            }
        }
        return false
    }

    /// Groups of parity that should protect something, and do not; with `readsSums` their sums are hashed too.
    mutating func parity(readsSums: Bool) async throws(VaultError) {
        let found = try await vault.parityGroups()
        guard !found.groups.isEmpty || !found.problems.isEmpty else { return }
        let living = vault.index.present.subtracting(condemned)
        for problem in found.problems {
            add(problem.error)
            report.damage.isParityHarmed = true
        }
        let known = Set(indexed.keys)
        var protected: Set<PackID> = []
        for group in found.groups where group.packs.isSubset(of: known) && group.packs.isDisjoint(with: condemned) {
            var harmed = found.missingSums(of: group).map { ParityGroup.sumName(group.id, $0) }
            if readsSums, harmed.isEmpty {
                for (number, sum) in group.sums.enumerated() {
                    let name = ParityGroup.sumName(group.id, number)
                    guard let bytes = try await vault.getUnlessGone(name), Digest(sha256: bytes) != sum else { continue }
                    harmed.append(name)
                    report.damage.sums.insert(name)
                }
            }
            for name in harmed {
                report.damage.isParityHarmed = true
                add(name, "It is not there as it was written, and protects nothing.")
            }
            if harmed.isEmpty, group.packs.isSubset(of: living) { protected.formUnion(group.packs) }
        }
        report.protectedPacks = protected.count
    }

    private mutating func add(_ object: String, _ message: Phrase, snapshots: [SnapshotID] = []) {
        report.problems.append(.init(object: object, message: message, snapshots: snapshots))
    }

    /// Whoever repairs looks for it elsewhere, or gives it up.
    private mutating func noteUnreadable(_ error: VaultError) {
        guard error.code == .damaged, let name = error.object, UnreadableObjects.mayBeGivenUp(name) else { return }
        report.damage.objects.insert(name)
    }

    private mutating func add(_ error: VaultError) {
        add(error.object ?? "", error.message)
    }
}
