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
        switch depth {
        case .structure: break
        case .share(let percent): try await check.data(share: percent, after: cursor, progress: progress)
        case .everything: try await check.data(share: 100, after: nil, progress: progress)
        }
        return check.finished()
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
    /// Which snapshots need a pack; known with a reader key only.
    private var users: [PackID: Set<SnapshotID>] = [:]

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
            let bytes = try await vault.get(name)
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
        chain(counted.map(\.object), name: SnapshotEnvelope.objectName)
        guard vault.keys.roles.contains(.reader) else { return }
        for envelope in counted { try await walk(envelope.record) }
    }

    /// Finds every chunk of a snapshot.
    private mutating func walk(_ record: SnapshotRecord) async throws(VaultError) {
        var packs: Set<PackID> = []
        var missing = 0
        var unindexed = 0
        do throws(VaultError) {
            let reader = try await vault.read(record)
            let index = vault.index
            if report.unlistedPacks > 0 { try await index.recover(from: vault.store) }
            let named = index.packs
            try await reader.eachReference { reference, _ throws(VaultError) in
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
            add(SnapshotEnvelope.objectName(record.id), error.message, snapshots: [record.id])
        }
        if missing > 0 {
            add(
                SnapshotEnvelope.objectName(record.id), "\(missing) of its chunks are in no pack that the index names.",
                snapshots: [record.id])
        }
        if unindexed > 0 {
            add(
                SnapshotEnvelope.objectName(record.id),
                "\(unindexed) of its chunks are in no index segment that can be read. A restore finds them through their packs, more slowly.",
                snapshots: [record.id])
        }
        for pack in packs { users[pack, default: []].insert(record.id) }
    }

    mutating func records() async throws(VaultError) {
        let all = try await vault.recordObjects()
        for problem in all.problems { add(problem) }
        report.records = all.found.count
        chain(all.found, name: VaultRecord.objectName)
    }

    /// Every object that a later one of the same signer follows must be there.
    private mutating func chain(_ objects: [SignedObject], name: (ULID) -> String) {
        let there = Set(objects.map(\.digest))
        for object in objects {
            for previous in object.previous where !there.contains(previous) {
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
            let bytes = try await vault.get(name)
            report.packsRead += 1
            report.bytesRead += Int64(bytes.count)
            guard PackID(sha256: bytes) == pack else { throw .damaged(name, "its bytes have changed since they were written.") }
            if let chunks {
                let layout = PackLayout(vault: vault.id, indexKey: vault.keys.indexKey, packBytes: vault.config.packBytes)
                _ = try await chunks.prove(pack, bytes: bytes, layout: layout)
            }
        } catch {
            guard error.exitStatus == .damagedData else { throw error }
            add(name, error.message, snapshots: users[pack].map { $0.sorted() } ?? [])
        }
    }

    func finished() -> CheckReport {
        var report = report
        for pack in indexed.keys.sorted() where present[pack] == nil {
            let message: Phrase =
                wrongSizes[pack].map { "It has \($0) bytes instead of \(indexed[pack]?.size ?? 0)." }
                ?? "It is not in the vault, and the index names it."
            report.problems.append(
                .init(object: PackLayout.objectName(pack), message: message, snapshots: users[pack].map { $0.sorted() } ?? []))
        }
        return report
    }

    private mutating func add(_ object: String, _ message: Phrase, snapshots: [SnapshotID] = []) {
        report.problems.append(.init(object: object, message: message, snapshots: snapshots))
    }

    private mutating func add(_ error: VaultError) {
        add(error.object ?? "", error.message)
    }
}
