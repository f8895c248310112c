import Foundation
import Language
import ObjectStore

extension OpenVault {
    /// The snapshots of this vault that `copy` has not and has not let go, oldest first, without those that cannot
    /// be read: `survey` names them. What cannot be read in `copy` is lacking there.
    public func snapshots(lackingIn copy: OpenVault) async throws(VaultError) -> [SnapshotRecord] {
        guard copy.id == id else {
            let known = try await copy.origins()
            return try await survey().snapshots.filter { !known.contains($0.origin(in: id)) }
        }
        let there = try await copy.snapshotObjects()
        let known = there.forgotten.union(there.found.map(\.record.id))
        return try await survey().snapshots.filter { !known.contains($0.id) }
    }

    /// What it would take to bring these snapshots into `copy`. Changes nothing.
    public func copyPlan(_ snapshots: [SnapshotRecord], to copy: OpenVault) async throws(VaultError) -> CopyPlan {
        try requireOther(copy)
        if copy.id != id {
            var plan = CopyPlan(snapshots: snapshots)
            plan.bytes = snapshots.reduce(0) { $0 + $1.sourceBytes }
            plan.isSealedAnew = true
            return plan
        }
        let condemned = try await copy.condemned().reduce(into: Set<PackID>()) { $0.formUnion($1.packs) }
        try await copy.index.refresh(from: copy.store)
        let lacking = try await LackingChunks.find(of: listed(snapshots), from: self, in: copy, avoiding: condemned)
        var plan = CopyPlan(snapshots: snapshots)
        for pack in lacking.packs {
            plan.packs.add(pack.size)
            plan.bytes += Int64(pack.wanted)
        }
        return plan
    }

    /// Brings snapshots into another copy of this vault: what they use that is not there, sealed as it is and without opening
    /// it, then they themselves as their writers signed them. Records and changes of keys come first. A vault with other keys
    /// gets snapshots of its own that hold the same, opened and sealed anew: for that the reader role is needed here and the
    /// writer role there, and nothing but snapshots travels.
    ///
    /// It works at the copy as a writer does, so that prunes, backups and other copies may go on there and here. Cut off
    /// anywhere, it leaves at worst garbage; what it had brought is found and not sent again. What is damaged here is not
    /// copied, nor the snapshots that need it: the report names both. Needs any role in both.
    ///
    /// - Parameters:
    ///   - snapshots: in the order in which they are wanted.
    ///   - host: the name of this host, for people.
    ///   - progress: called with bytes read and to be read.
    /// - Throws: `.wrongVault` where the two say that they are the same; `.wrongKey` where a role is lacking; `.overtaken` where
    ///   prunes at the copy took this for dead again and again.
    public func copy(
        _ snapshots: [SnapshotRecord], to copy: OpenVault, host: String,
        progress: @escaping @Sendable (Int64, Int64) -> Void = { _, _ in }
    ) async throws(VaultError) -> CopyReport {
        try requireOther(copy)
        if copy.id != id {
            var run = ResealingCopy(from: self, to: copy, progress: progress)
            return try await run.perform(snapshots)
        }
        var run = VaultCopy(source: self, target: copy, host: host, progress: progress)
        return try await run.perform(listed(snapshots))
    }

    private func listed(_ snapshots: [SnapshotRecord]) async throws(VaultError) -> [ListedSnapshot] {
        let all = Dictionary(
            try await listedSnapshots().found.map { ($0.record.id, $0) }, uniquingKeysWith: { first, _ in first })
        return snapshots.compactMap { all[$0.id] }
    }

    private func requireOther(_ copy: OpenVault) throws(VaultError) {
        guard copy.id == id else {
            guard keys.roles.contains(.reader), copy.keys.roles.contains(.writer) else {
                throw VaultError(
                    .wrongKey,
                    "\(copy.location) has other keys than \(location), so what goes there must be opened and sealed anew: that needs a reader key here and a writer key there.",
                    hint:
                        "Copy where both keys are, or make a copy with the same keys: «reprise init --vault NAME --copy-of NAME»."
                )
            }
            return
        }
        guard copy.copy != self.copy else {
            throw VaultError(
                .wrongVault, "\(copy.location) and \(location) say that they are the same copy of the vault.",
                hint:
                    "One was made by copying the other's files. Make copies with «reprise init --vault NAME --copy-of NAME», which tells them apart."
            )
        }
    }
}

/// One run of a copy.
private struct VaultCopy {
    let source: OpenVault
    let target: OpenVault
    let host: String
    let progress: @Sendable (Int64, Int64) -> Void
    private let started = Date()
    private var report = CopyReport()
    /// Whether what an earlier copy left was looked for.
    private var isAdopted = false

    /// Snapshots that are brought together: each has a session, and all look once at what is there.
    private static let batch = 16
    /// How often the sessions of a batch may be ended under it.
    private static let tries = 4

    init(source: OpenVault, target: OpenVault, host: String, progress: @escaping @Sendable (Int64, Int64) -> Void) {
        self.source = source
        self.target = target
        self.host = host
        self.progress = progress
    }

    mutating func perform(_ snapshots: [ListedSnapshot]) async throws(VaultError) -> CopyReport {
        try await bringKeys()
        try await bringRecords()
        guard !snapshots.isEmpty else { return report }
        try await target.explain(snapshots, from: source)
        for start in stride(from: 0, to: snapshots.count, by: Self.batch) {
            try await bring(Array(snapshots[start..<min(start + Self.batch, snapshots.count)]))
        }
        return report
    }

    // MARK: - Small objects

    /// First of all: a revocation says which of the rest counts.
    private mutating func bringKeys() async throws(VaultError) {
        let ring = try await source.refreshKeyring()
        if let problem = ring.problems.first { throw problem }
        try await target.refreshKeyring()
        let there = Set(target.keyring.events.map(\.object.id))
        for event in ring.events where !there.contains(event.object.id) {
            let name = KeyEvent.objectName(event.object.id)
            let bytes = try await source.get(name)
            guard Digest(sha256: bytes) == event.object.digest else {
                throw .damaged(name, "its bytes have changed since they were written.")
            }
            try await target.putSame(name, bytes)
            report.keys += 1
        }
        report.keysUnknownToSource = there.subtracting(ring.events.map(\.object.id)).count
        let granted = Set(try await target.list(KeyGrant.prefix).map(\.key.text))
        for facts in try await source.list(KeyGrant.prefix) where !granted.contains(facts.key.text) {
            guard let id = ULID(facts.key.text.dropFirst(KeyGrant.prefix.count)) else { continue }
            let bytes = try await source.get(facts.key.text)
            let isSound =
                (try? SignedObject(
                    bytes, name: facts.key.text, magic: KeyGrant.magic, vault: source.id, id: id, signers: ring.signers)) != nil
            guard isSound else {
                report.damaged.append(facts.key.text)
                continue
            }
            try await target.putSame(facts.key.text, bytes)
            report.keys += 1
        }
        try target.requireInForce(try await target.refreshKeyring())
    }

    private mutating func bringRecords() async throws(VaultError) {
        let all = try await source.recordObjects()
        report.damaged += all.problems.compactMap(\.object)
        let there = Set(try await target.list(VaultRecord.prefix).map(\.key.text))
        let lacking = all.found.filter { !there.contains(VaultRecord.objectName($0.id)) }
        let (source, target) = (source, target)
        let brought = try await concurrently(lacking, atMost: requestsAtOnce) { object throws(VaultError) -> String? in
            let name = VaultRecord.objectName(object.id)
            let bytes = try await source.get(name)
            guard Digest(sha256: bytes) == object.digest else { return name }
            try await target.putSame(name, bytes)
            return nil
        }
        report.damaged += brought.compactMap(\.self)
        report.records = brought.count { $0 == nil }
    }

    // MARK: - Snapshots

    /// A snapshot and the session under which it comes.
    private struct Arrival: Sendable {
        let snapshot: ListedSnapshot
        let session: LivingSession
    }

    private mutating func bring(_ snapshots: [ListedSnapshot]) async throws(VaultError) {
        var rest = snapshots
        for _ in 0..<Self.tries where !rest.isEmpty {
            var open: [Arrival] = []
            do throws(VaultError) {
                open = try await announce(rest)
                rest = []
                // First what is condemned, then what is there: 0003.
                let condemned = try await target.condemned().reduce(into: Set<PackID>()) { $0.formUnion($1.packs) }
                try await target.index.refresh(from: target.store)
                if !isAdopted {
                    report.found = try await target.indexUnnamed(except: condemned, under: open[0].session.id)
                    isAdopted = true
                }
                let failures = try await fill(open, avoiding: condemned)
                while let arrival = open.last {
                    if let failure = failures[arrival.snapshot.record.id] {
                        try await skip(arrival, because: failure)
                    } else if try await !commit(arrival) {
                        rest.append(arrival.snapshot)
                    }
                    arrival.session.stop()
                    open.removeLast()
                }
            } catch {
                let wasEnded = await wasEnded(open, after: error)
                for arrival in open {
                    arrival.session.stop()
                    // Where that fails a keeper does it, later.
                    _ = try? await target.end(arrival.session.id, .givenUp)
                }
                guard wasEnded else { throw error }
                rest += open.reversed().map(\.snapshot)
            }
        }
        guard rest.isEmpty else { throw Self.overtaken }
    }

    /// Whether what was put and is not there is the doing of a prune that took this for dead.
    private func wasEnded(_ arrivals: [Arrival], after error: VaultError) async -> Bool {
        guard error.storeCode == .failed || error.storeCode == .missing else { return false }
        for arrival in arrivals {
            let name = SnapshotEnvelope.objectName(arrival.session.id)
            if (try? await target.size(name)) != nil { return true }
        }
        return false
    }

    private mutating func skip(_ arrival: Arrival, because failure: VaultError) async throws(VaultError) {
        let record = arrival.snapshot.record
        try await target.end(arrival.session.id, .givenUp)
        let reason = try await isLetGo(record.id) ? Self.letGo : failure
        report.skipped.append(.init(snapshot: record, reason: reason))
        if reason.code == .damaged { noteDamaged([reason.object].compactMap(\.self)) }
    }

    private mutating func noteDamaged(_ names: [String]) {
        for name in names where !report.damaged.contains(name) { report.damaged.append(name) }
    }

    private static var overtaken: VaultError {
        VaultError(
            .overtaken, "A prune at the copy took this for dead and has removed some of what it relied on.",
            hint: "Run the same command again: what was copied and is still there is not sent again.")
    }

    /// The first one stands last, where it is taken from.
    private func announce(_ snapshots: [ListedSnapshot]) async throws(VaultError) -> [Arrival] {
        let (target, host) = (target, host)
        return try await concurrently(snapshots.reversed(), atMost: Self.batch) { snapshot throws(VaultError) in
            let session = try await target.announce(.copy, asset: snapshot.record.asset, host: host)
            return Arrival(snapshot: snapshot, session: LivingSession(session, in: target))
        }
    }

    /// Brings everything that the snapshots use and the target lacks. Returns why some of them cannot be copied.
    private mutating func fill(
        _ arrivals: [Arrival], avoiding condemned: Set<PackID>
    ) async throws(VaultError) -> [SnapshotID: VaultError] {
        var transfer = PackTransfer(
            from: source, to: target, session: arrivals.last?.session.id ?? arrivals[0].session.id, avoiding: condemned)
        let failures = try await transfer.bring(arrivals.map(\.snapshot), progress: progress)
        // What is listed is locked (I20).
        try await target.extendLocks(relyingOn: transfer.reliedOn, written: [], since: started)
        report.read.add(transfer.read)
        report.written.add(transfer.written)
        noteDamaged(transfer.damaged)
        return failures
    }

    /// Puts the snapshot, where its session has not ended. False where a keeper has ended it.
    private mutating func commit(_ arrival: Arrival) async throws(VaultError) -> Bool {
        let record = arrival.snapshot.record
        let bytes: [UInt8]?
        do throws(VaultError) {
            bytes = try await source.snapshotBytes(record.id)
        } catch {
            guard error.storeCode == .missing || error.code == .damaged else { throw error }
            bytes = nil
        }
        guard let bytes, Digest(sha256: bytes) == arrival.snapshot.object.digest else {
            try await skip(
                arrival,
                because: .damaged(SnapshotEnvelope.objectName(record.id), "its bytes have changed since they were written."))
            return true
        }
        let session = arrival.session.id
        let name = SnapshotEnvelope.objectName(session)
        let sealed = CopiedSnapshot.seal(bytes, session: session, vault: target.id, keys: target.keys)
        do throws(StoreError) {
            try await target.store.putSurely(name, sealed)
        } catch {
            guard error.code == .exists else { throw VaultError(error) }
            // The answer to an earlier try may have been lost on the way.
            guard try await target.get(name) == sealed else { return false }
        }
        report.copied.append(record)
        return true
    }

    private func isLetGo(_ snapshot: SnapshotID) async throws(VaultError) -> Bool {
        try await source.forgottenItems().contains { $0.id == snapshot }
    }

    private static var letGo: VaultError { VaultError(.letGo, "A prune has let the snapshot go meanwhile.") }
}

extension OpenVault {
    /// Puts an object that another copy of the vault has under the same name. One that is there already must be the same.
    fileprivate func putSame(_ name: String, _ bytes: [UInt8]) async throws(VaultError) {
        do throws(StoreError) {
            try await store.putSurely(name, bytes)
        } catch {
            guard error.code == .exists else { throw VaultError(error) }
            guard try await get(name) == bytes else {
                throw .damaged(name, "it is not what another copy of the vault has under this name.")
            }
        }
    }
}
