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
    ///   - progress: called with bytes done and bytes to do.
    public func check(
        _ depth: CheckDepth, after cursor: String? = nil, progress: @Sendable (Int64, Int64) -> Void = { _, _ in }
    ) async throws(VaultError) -> CheckReport {
        var check = VaultCheck(vault: self)
        try await check.index()
        try await check.packs()
        try await check.snapshots()
        try await check.records()
        try await check.notes()
        switch depth {
        case .structure: break
        case .share(let percent): try await check.data(share: percent, after: cursor, progress: progress)
        case .everything: try await check.data(share: 100, after: nil, progress: progress)
        }
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
    private var envelopes: [SnapshotEnvelope] = []
    /// Which snapshots need a pack, once that was asked for; known with a reader key only.
    private var users: [PackID: Set<SnapshotID>]?
    /// What the snapshots use, where that could be told of all of them.
    private var live: LiveChunks?

    init(vault: OpenVault) {
        self.vault = vault
    }

    mutating func index() async throws(VaultError) {
        for facts in try await vault.list(IndexSegment.prefix) {
            let name = facts.key.text
            guard let segment = ULID(String(name.dropFirst(IndexSegment.prefix.count))) else {
                add(name, "Its name is not that of an index segment.")
                continue
            }
            guard let bytes = try await vault.getUnlessGone(name) else { continue }
            guard
                let table = IndexSegment.open(bytes, segment: segment, vault: vault.id, indexKey: vault.keys.indexKey),
                let packs = IndexSegment.packs(of: table)
            else {
                add(name, "Its contents are not what was written.")
                continue
            }
            for pack in packs { indexed[pack.id] = pack }
        }
        do throws(VaultError) {
            try await vault.index.refresh(from: vault.store)
        } catch {
            guard error.code == .damaged else { throw error }  // reported above
        }
    }

    mutating func packs() async throws(VaultError) {
        for facts in try await vault.list(PackLayout.prefix) {
            guard let pack = PackLayout.pack(of: facts.key.text) else {
                add(facts.key.text, "Its name is not that of a pack.")
                continue
            }
            report.packs += 1
            report.packBytes += Int64(facts.size)
            guard let listed = indexed[pack] else {
                report.unlistedPacks += 1
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
        let all = try await vault.envelopes(fresh: true, counting: false)
        for problem in all.problems { add(problem) }
        chain(vault.keyring.events.map(\.object), name: KeyEvent.objectName)
        let counted = all.found.filter { vault.keyring.counts($0.object, .snapshots) }
        report.snapshots = counted.count
        report.revokedSnapshots = all.found.count - counted.count
        envelopes = counted
        let forgotten = Set(try await vault.forgottenItems().compactMap(\.digest))
        chain(counted.map(\.object), name: SnapshotEnvelope.objectName, allowing: forgotten)
        if report.unlistedPacks > 0, vault.keys.roles.contains(.reader) { try await vault.index.recover(from: vault.store) }
        try await markLive()
        guard vault.keys.roles.contains(.reader) else { return }
        // What snapshots share is walked once. Where anything is amiss each is walked by itself, to tell whom it touches.
        var walk = SnapshotWalk()
        let named = vault.index.packs
        var isSound = true
        for envelope in counted where isSound {
            let listed = envelope.reach != nil ? live : nil
            var unlisted = 0
            do throws(VaultError) {
                try await walk.walk(vault.read(envelope.record, isLetGo: { false })) { reference, _ throws(VaultError) in
                    let place = vault.index.places(of: reference.id).first
                    if place.map({ named[$0.pack] == nil }) ?? true { isSound = false }
                    if let listed, !listed.contains(reference.id) { unlisted += 1 }
                }
            } catch {
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
        if !isSound {
            users = [:]
            for envelope in counted { try await self.walk(envelope.record, reports: true) }
        }
    }

    /// Marks what all snapshots use. What keeps a list for keepers from being read is a problem of its snapshot.
    private mutating func markLive() async throws(VaultError) {
        var marks = LiveChunks(vault)
        var isComplete = true
        for envelope in envelopes {
            guard let reach = envelope.reach else {
                isComplete = false
                continue
            }
            do throws(VaultError) {
                try await marks.mark(reach, of: envelope.record.id)
            } catch {
                guard error.exitStatus == .damagedData else { throw error }
                isComplete = false
                add(SnapshotEnvelope.objectName(envelope.record.id), error.message, snapshots: [envelope.record.id])
            }
        }
        if isComplete { live = marks }
    }

    /// Finds every chunk of a snapshot, and the packs that it needs.
    private mutating func walk(_ record: SnapshotRecord, reports: Bool) async throws(VaultError) {
        var packs: Set<PackID> = []
        var missing = 0
        var unindexed = 0
        do throws(VaultError) {
            let reader = try await vault.read(record, isLetGo: { false })
            let index = vault.index
            let named = index.packs
            var walk = SnapshotWalk()
            try await walk.walk(reader) { reference, _ throws(VaultError) in
                // A place in a pack that is gone or cut short is that pack's problem, which names this snapshot.
                guard let place = index.places(of: reference.id).first else {
                    missing += 1
                    return
                }
                packs.insert(place.pack)
                if named[place.pack] == nil { unindexed += 1 }
            }
        } catch {
            guard error.exitStatus == .damagedData else { throw error }
            if reports { add(SnapshotEnvelope.objectName(record.id), error.message, snapshots: [record.id]) }
        }
        if missing > 0, reports {
            add(
                SnapshotEnvelope.objectName(record.id),
                "\(count: missing) of its chunks {is|are} in no pack that the index names.",
                snapshots: [record.id])
        }
        if unindexed > 0, reports {
            add(
                SnapshotEnvelope.objectName(record.id),
                "\(count: unindexed) of its chunks {is|are} in no index segment that can be read. A restore finds {it through its pack|them through their packs}, more slowly.",
                snapshots: [record.id])
        }
        for pack in packs { users?[pack, default: []].insert(record.id) }
    }

    /// Which snapshots need a pack; none where that is not known.
    private mutating func users(of pack: PackID) async throws(VaultError) -> [SnapshotID] {
        if users == nil {
            users = [:]
            if vault.keys.roles.contains(.reader) {
                for envelope in envelopes { try await walk(envelope.record, reports: false) }
            }
        }
        return users?[pack]?.sorted() ?? []
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
        let all = try await vault.recordObjects(fresh: true)
        for problem in all.problems { add(problem) }
        report.records = all.found.count
        chain(all.found, name: VaultRecord.objectName)
    }

    /// Every object that a later one of the same signer follows must be there.
    ///
    /// - Parameter gone: SHA-256, hex, of those that a keeper has let go.
    private mutating func chain(_ objects: [SignedObject], name: (ULID) -> String, allowing gone: Set<String> = []) {
        let there = Set(objects.map(\.digest))
        for object in objects {
            for previous in object.previous where !there.contains(previous) && !gone.contains(previous.description) {
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
        let chunks = vault.keys.roles.contains(.reader) ? try vault.chunkReader() : nil
        report.chunksWereOpened = chunks != nil
        for pack in all[next...] + all[..<next] {
            if report.packsRead > 0, report.bytesRead >= goal { break }
            try await read(pack, chunks)
            progress(report.bytesRead, max(goal, report.bytesRead))
            report.cursor = pack.description
        }
    }

    private mutating func read(_ pack: PackID, _ chunks: ChunkReader?) async throws(VaultError) {
        let name = PackLayout.objectName(pack)
        do throws(VaultError) {
            guard let bytes = try await vault.getUnlessGone(name) else { return }  // `finished` says whether it should be there
            report.packsRead += 1
            report.bytesRead += Int64(bytes.count)
            guard PackID(sha256: bytes) == pack else { throw .damaged(name, "its bytes have changed since they were written.") }
            if let chunks {
                let layout = PackLayout(vault: vault.id, indexKey: vault.keys.indexKey, packBytes: vault.config.packBytes)
                _ = try await chunks.prove(pack, bytes: bytes, layout: layout)
            }
        } catch {
            guard error.exitStatus == .damagedData else { throw error }
            add(name, error.message, snapshots: try await users(of: pack))
        }
    }

    mutating func finished() async throws(VaultError) -> CheckReport {
        try await reportMissingPacks()
        try await leaveOutWhatWasLetGo()
        return report
    }

    private mutating func reportMissingPacks() async throws(VaultError) {
        let missing = indexed.keys.filter { present[$0] == nil }.sorted()
        guard !missing.isEmpty else { return }
        // A prune may have moved what was there and deleted the pack since the index was read.
        try await vault.index.refresh(from: vault.store)
        let named = vault.index.packs
        for pack in missing where named[pack] != nil && isNeeded(pack) {
            let message: Phrase =
                wrongSizes[pack].map { "It has \($0) bytes instead of \(indexed[pack]?.size ?? 0)." }
                ?? "It is not in the vault, and the index names it."
            report.problems.append(
                .init(object: PackLayout.objectName(pack), message: message, snapshots: try await users(of: pack)))
        }
    }

    /// A snapshot that a keeper has let go since it was listed may lack what only it used: that is no damage.
    private mutating func leaveOutWhatWasLetGo() async throws(VaultError) {
        guard !report.problems.isEmpty else { return }
        let gone = Set(try await vault.forgottenItems().map(\.id))
        report.problems.removeAll { !$0.snapshots.isEmpty && $0.snapshots.allSatisfy(gone.contains) }
    }

    /// Whether something that a snapshot uses was in that pack, as far as that is known. A writer that a prune took for dead may
    /// have written a segment for packs that are gone.
    private func isNeeded(_ pack: PackID) -> Bool {
        guard let live else { return true }
        for table in vault.index.tables {
            guard let ordinal = table.packs.firstIndex(where: { $0.id == pack }) else { continue }
            for position in 0..<table.recordCount {
                if let id = table.provenID(at: position), table.packOrdinal(at: position) == ordinal, live.contains(id) {
                    return true
                }
            }
        }
        return false
    }

    private mutating func add(_ object: String, _ message: Phrase, snapshots: [SnapshotID] = []) {
        report.problems.append(.init(object: object, message: message, snapshots: snapshots))
    }

    private mutating func add(_ error: VaultError) {
        add(error.object ?? "", error.message)
    }
}
