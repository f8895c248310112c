import Foundation
import Language
import ObjectStore
import Synchronization
import TestStores
import Testing

@testable import Vault

/// What a prune leaves and takes, when nothing else goes on. `PruneInterleavingTests` lets others work meanwhile.
@Suite struct PruneTests {
    private let a = ["rows": TestBytes.rows(900), "noise": TestBytes.random(60_000)]
    private let b = ["rows": TestBytes.rows(1000), "other": TestBytes.random(50_000, seed: 5)]

    @Test func aVaultWithoutGarbageIsLeftAsItIs() async throws {
        let scene = try await PruneScene()
        let record = try await scene.vault().snapshot(a)
        let before = scene.store.contents.filter { !$0.key.text.hasPrefix("sessions/") }

        let report = try await scene.prune()

        #expect(report.plan.freedBytes == 0 && report.deleted.packs == 0 && report.leftForLater == 0)
        #expect(scene.store.contents == before)
        try await scene.expect([(record, a)])
    }

    @Test func whatOnlyAForgottenSnapshotUsedIsDeleted() async throws {
        let scene = try await PruneScene()
        let first = try await scene.vault().snapshot(a)
        let second = try await scene.vault().snapshot(b)
        let before = scene.packBytes

        let plan = try await scene.vault().prunePlan(PruneOrder(forget: [.init(id: first.id, rule: "test")], host: "here"))
        let report = try await scene.prune(forget: [first])

        #expect(plan.freedBytes == report.plan.freedBytes)
        #expect(report.plan.forget.map(\.snapshot.id) == [first.id])
        #expect(report.leftForLater == 0 && report.deleted.packs > 0)
        #expect(before - scene.packBytes > 55_000)
        try await scene.expect([(second, b)])
        #expect(scene.names("condemned/").isEmpty && scene.names("awaited/").isEmpty && scene.names("sessions/").isEmpty)
        // And again there is nothing to do.
        #expect(try await scene.prune().deleted.packs == 0)
    }

    @Test func packsThatBackupsWithoutAnEndHaveLeftAreDeleted() async throws {
        let scene = try await PruneScene()
        let record = try await scene.vault().snapshot(a)
        let before = scene.packBytes
        try await scene.leaveUnnamed(TestBytes.random(900_000, seed: 9))
        #expect(scene.packBytes > before)

        let report = try await scene.prune()

        #expect(report.plan.unlisted.packs > 0)
        #expect(scene.packBytes == before)
        try await scene.expect([(record, a)])
    }

    @Test func aPackThatIsPartlyUsedIsWrittenAnewWithoutAReaderKey() async throws {
        let scene = try await PruneScene(packBytes: 1 << 18)
        let first = try await scene.vault().snapshot([
            "kept": TestBytes.random(40_000), "gone": TestBytes.random(90_000, seed: 3),
        ])
        let second = try await scene.vault().snapshot(["kept": TestBytes.random(40_000)])
        let packs = scene.names("packs/")

        let report = try await scene.prune(forget: [first], roles: [.keeper])

        #expect(report.copied.packs > 0 && report.deleted.packs > 0)
        #expect(Set(scene.names("packs/")).isDisjoint(with: packs.filter { scene.size($0) > 100_000 }))
        #expect(scene.packBytes < 70_000)
        try await scene.expect([(second, ["kept": TestBytes.random(40_000)])])
        let keeper = try await scene.vault(roles: [.keeper])
        let error = await #expect(throws: VaultError.self) { _ = try await keeper.read(second) }
        #expect(error?.code == .wrongKey)
    }

    @Test func manySmallPacksAndSegmentsBecomeFew() async throws {
        let scene = try await PruneScene(packBytes: 1 << 18)
        let written = try await scene.writeTwelveSmall()
        #expect(scene.names("packs/").count > 24 && scene.names("index/").count == 12)

        let report = try await scene.prune(roles: [.keeper])

        #expect(report.segmentsReplaced >= 12)
        #expect(scene.names("packs/").count == 3 && scene.names("index/").count <= 2)
        try await scene.expect(written)
        #expect(try await scene.prune().deleted.packs == 0, "what was merged is not merged again")
    }

    /// What a prune has just written another may replace at once, where it took that one for dead: the store is not to blame.
    @Test func aPruneThatAnotherTookForDeadSaysSo() async throws {
        let scene = try await PruneScene(packBytes: 1 << 18)
        let written = try await scene.writeTwelveSmall()
        let wasHere = Mutex(false)
        let slow = HookedStore(
            scene.store,
            beforeHead: { key in
                guard key.text.hasPrefix("index/"),
                    wasHere.withLock({ was in
                        defer { was = true }; return !was
                    })
                else { return }
                _ = try? await scene.prune(staleAfter: -1)
            })

        let error = await #expect(throws: VaultError.self) {
            _ = try await scene.vault(slow, cache: "slow").prune(PruneOrder(forget: [], staleAfter: 86_400, host: "here"))
        }

        #expect(error?.code == .overtaken, "\(String(describing: error))")
        try await scene.prune()
        #expect(scene.names("sessions/").isEmpty && scene.names("condemned/").isEmpty)
        try await scene.expect(written)
    }

    @Test func aForgottenSnapshotCountsNoMoreEvenWhereItsObjectComesBack() async throws {
        let scene = try await PruneScene()
        let first = try await scene.vault().snapshot(a)
        let second = try await scene.vault().snapshot(b)
        let name = try #require(ObjectKey(SnapshotEnvelope.objectName(first.id)))
        let bytes = scene.store.contents[name]
        try await scene.prune(forget: [first])
        #expect(scene.store.contents[name] == nil)

        // A put whose answer was lost, tried again a week later.
        scene.store.set(name, bytes)

        try await scene.expect([(second, b)])
        _ = try await scene.prune()
        #expect(scene.store.contents[name] == nil)
    }

    @Test func onlyAKeeperLetsSnapshotsGo() async throws {
        let scene = try await PruneScene()
        let record = try await scene.vault().snapshot(a)
        let writer = try await scene.vault(roles: [.writer])
        let error = await #expect(throws: VaultError.self) { _ = try await writer.prune(PruneOrder(host: "here")) }
        #expect(error?.code == .wrongKey)

        // Its signature under such a record says nothing.
        let other = try await TestVault(roles: [.writer], in: MemoryStore(), chunking: .tiny)
        let theirs = try await other.open()
        let own = try await theirs.snapshot(a)
        let digest = try await theirs.listedSnapshots().found[0].object.digest.description
        try await theirs.append(
            kind: "forgotten", body: Forgotten.body([.init(id: own.id, digest: digest, rule: "none")], in: nil))
        #expect(try await other.open(cache: "fresh").snapshots().map(\.id) == [own.id])
        #expect(try await scene.vault().snapshots().map(\.id) == [record.id])
    }

    @Test func aVaultFromBeforeTheListsForKeepersNeedsAReader() async throws {
        let scene = try await PruneScene()
        let record = try await scene.vault().snapshot(a)
        try await scene.withoutReach(record)
        let keeper = try await scene.vault(roles: [.keeper])
        let error = await #expect(throws: VaultError.self) { _ = try await keeper.prune(PruneOrder(host: "here")) }
        #expect(error?.code == .wrongKey && error?.message.description.contains(record.id.text) ?? false)
        let second = try await scene.vault().snapshot(b)

        let report = try await scene.prune(forget: [second])

        #expect(report.deleted.packs > 0)
        #expect(try await scene.vault(cache: "fresh").snapshots().map(\.id) == [record.id])
        let vault = try await scene.vault(cache: "fresh")
        #expect(try await vault.read(record).contents() == a)
    }

    @Test func whoReadsASnapshotThatIsLetGoIsToldSo() async throws {
        let scene = try await PruneScene()
        let record = try await scene.vault().snapshot(a)
        let kept = try await scene.vault().snapshot(b)
        let reader = try await scene.vault(cache: "reader").read(record)
        try await scene.prune(forget: [record])
        let error = await #expect(throws: VaultError.self) { _ = try await reader.contents() }
        #expect(error?.code == .letGo && error?.exitStatus == .busy)
        try await scene.expect([(kept, b)])
    }

    @Test func nothingIsDeletedWhereSomethingIsMissing() async throws {
        let scene = try await PruneScene()
        let first = try await scene.vault().snapshot(a)
        _ = try await scene.vault().snapshot(b)
        let chunk = try #require(try await scene.vault().read(first).entry("noise")?.parts[0].chunks[0])
        let pack = try #require(try await scene.refreshed().index.find(chunk.id)?.pack)
        let key = try #require(ObjectKey(PackLayout.objectName(pack)))
        scene.store.set(key, nil)
        let before = scene.names("packs/")
        let error = await #expect(throws: VaultError.self) { _ = try await scene.prune() }
        #expect(error?.exitStatus == .damagedData)
        #expect(scene.names("packs/") == before)
    }

    /// Two copies, of which one has rotted: the other must not be taken for superfluous.
    @Test func nothingIsDeletedInFavourOfACopyThatIsDamaged() async throws {
        let scene = try await PruneScene()
        let noise = ["noise": TestBytes.random(60_000)]
        // Side by side, so that each stores what is in both.
        async let one = scene.vault(cache: "one").snapshot(noise, workers: 1)
        async let two = scene.vault(cache: "two").snapshot(noise, workers: 1)
        let records = try await [one, two]
        let packs = scene.names("packs/").filter { scene.size($0) > 50_000 }
        guard packs.count == 2 else { return }  // one saw the other's
        for (number, rotten) in packs.enumerated() {
            let store = MemoryStore(scene.store.contents)
            let key = try #require(ObjectKey(rotten))
            var bytes = try #require(store.contents[key])
            bytes[bytes.count / 2] ^= 1
            store.set(key, bytes)
            let vault = try await scene.vault(store, cache: "keeper-\(number)")
            _ = try? await vault.prune(PruneOrder(host: "here"))
            for record in records {
                #expect(try await scene.vault(store, cache: "reader-\(number)").read(record).contents() == noise)
            }
        }
    }

    @Test func aSessionOfAProcessThatIsGoneIsEndedAtOnce() async throws {
        let scene = try await PruneScene()
        let first = try await scene.vault().snapshot(a)
        let dead = try await scene.announce(.gone)
        let silent = try await scene.announce(.elsewhere)
        let plain = try await scene.prune(forget: [first])
        #expect(plain.ended == 1 && plain.waitingFor.map(\.session) == [silent.text] && plain.leftForLater > 0)
        #expect(!scene.names("sessions/").contains(Session.objectName(dead)))
        #expect(scene.names("packs/").count > 0)

        // Long unheard of, by its own clock.
        let late = try await scene.prune(staleAfter: -1)
        #expect(late.ended == 1 && late.waitingFor.isEmpty && late.leftForLater == 0)
        #expect(scene.names("packs/").isEmpty && scene.names("condemned/").isEmpty && scene.names("sessions/").isEmpty)
        #expect(scene.names("snapshots/").count == 2, "tombstones stay")
    }

    /// With a tombstone in its place nobody would miss it, and what it uses would look like garbage.
    @Test func aSessionWhoseSnapshotSomebodyTookAwayIsNotEnded() async throws {
        let scene = try await PruneScene()
        let record = try await scene.vault().snapshot(a)
        // The keeper has seen it.
        _ = try await scene.vault(cache: "keeper-keeperreaderwriter").snapshots()
        for name in scene.names("sessions/") { scene.store.set(try #require(ObjectKey(name)), nil) }
        try await scene.announce(.gone, as: record.id)
        scene.store.set(try #require(ObjectKey(SnapshotEnvelope.objectName(record.id))), nil)
        let packs = scene.names("packs/")
        let error = await #expect(throws: VaultError.self) { try await scene.prune() }
        #expect(error?.exitStatus == .damagedData)
        #expect(scene.names("packs/") == packs && !packs.isEmpty)
        #expect(scene.names("snapshots/").isEmpty, "what is missing is still missing, and not ended")
    }

    /// A tombstone is signed and hides nothing from who has seen what it stands on.
    @Test func aTombstoneOverASnapshotIsNoticed() async throws {
        let scene = try await PruneScene()
        let record = try await scene.vault().snapshot(a)
        let kept = try await scene.vault().snapshot(b)
        _ = try await scene.vault(cache: "keeper-keeperreaderwriter").snapshots()
        try await scene.bury(record)
        let packs = scene.names("packs/")
        #expect(try await scene.vault().snapshots().map(\.id) == [kept.id], "its copy on this host is not believed")
        await #expect(throws: VaultError.self) { try await scene.prune() }
        #expect(scene.names("packs/") == packs)

        let keeper = try await scene.vault(cache: "keeper-keeperreaderwriter")
        let found = try await keeper.check(.structure)
        #expect(found.problems.contains { $0.object == SnapshotEnvelope.objectName(record.id) })
        // Once a keeper has noted it, it is given up.
        #expect(try await keeper.repair(found, host: "here").vanishedNoted == 1)
        try await scene.prune()
        #expect(scene.names("packs/").count < packs.count)
    }

    @Test func aSignOfLifeKeepsASessionFromBeingEnded() async throws {
        let scene = try await PruneScene()
        let vault = try await scene.vault()
        let session = try await scene.announce(.elsewhere)
        let before = try await vault.listedSessions()[0].lastSeen
        try await Task.sleep(for: .milliseconds(5))
        await vault.renew(session)
        #expect(try await vault.listedSessions()[0].lastSeen > before)
        #expect(try await vault.listedSessions()[0].names.count == 2)
    }
}

/// A vault in memory with tiny chunks.
final class PruneScene: Sendable {
    let bench: TestVault
    let store: MemoryStore

    init(packBytes: Int = 1 << 16) async throws {
        store = MemoryStore()
        bench = try await TestVault(in: store, chunking: .tiny, packBytes: packBytes)
    }

    init(bench: TestVault, store: MemoryStore) {
        self.bench = bench
        self.store = store
    }

    /// Snapshots that each leave small packs and a small segment.
    func writeTwelveSmall() async throws -> [(SnapshotRecord, [String: [UInt8]])] {
        var written: [(SnapshotRecord, [String: [UInt8]])] = []
        for number in 0..<12 {
            let contents = ["own": TestBytes.random(3000, seed: UInt64(number)), "rows": TestBytes.rows(50)]
            written.append((try await vault().snapshot(contents, workers: 1), contents))
        }
        return written
    }

    func vault(
        _ store: (any ObjectStore)? = nil, cache: String = "cache", roles: Set<Role> = [.writer, .reader, .keeper]
    ) async throws -> OpenVault {
        let keys = bench.keys
        let some = KeyFile(
            vault: keys.vault, holder: keys.holder, roles: roles, signing: keys.signing,
            shared: SharedSecrets(dedup: keys.dedupKey ?? [], index: keys.indexKey), readers: keys.readers, reader: keys.reader,
            authority: keys.authority)
        if roles == [.keeper] { precondition(some.dedupKey == nil && some.reader == nil) }
        return try await LockedVault(in: store ?? self.store).open(with: some, cacheFolder: bench.folder + "/" + cache)
    }

    func refreshed() async throws -> OpenVault {
        let vault = try await vault()
        try await vault.index.refresh(from: store)
        return vault
    }

    @discardableResult
    func prune(
        forget: [SnapshotRecord] = [], roles: Set<Role> = [.writer, .reader, .keeper], staleAfter: TimeInterval = 86_400
    ) async throws -> PruneReport {
        try await vault(cache: "keeper-" + roles.map(\.rawValue).sorted().joined(), roles: roles).prune(
            PruneOrder(forget: forget.map { .init(id: $0.id, rule: "test") }, staleAfter: staleAfter, host: "here"))
    }

    /// What is listed is exactly this, restores exactly, and a check finds nothing wrong.
    func expect(_ wanted: [(SnapshotRecord, [String: [UInt8]])], _ comment: Comment? = nil) async throws {
        for cache in ["cache", "fresh-" + UUID().uuidString] {
            let vault = try await vault(cache: cache)
            let listed = try await vault.snapshots()
            #expect(Set(listed.map(\.id)) == Set(wanted.map(\.0.id)), comment)
            for (record, contents) in wanted { #expect(try await vault.read(record).contents() == contents, comment) }
            #expect(try await vault.check(.everything).problems.map(\.message.description) == [], comment)
        }
    }

    func names(_ prefix: String) -> [String] { store.contents.keys.map(\.text).filter { $0.hasPrefix(prefix) }.sorted() }

    func size(_ name: String) -> Int { ObjectKey(name).flatMap { store.contents[$0]?.count } ?? 0 }

    var packBytes: Int { names("packs/").reduce(0) { $0 + size($1) } }

    enum Where { case gone, elsewhere }

    /// A session of a process that ran here and is gone, or of another machine.
    @discardableResult
    func announce(_ place: Where, as known: ULID? = nil) async throws -> ULID {
        let vault = try await vault()
        let id = known ?? ULID(at: Date())
        let own = ProcessIdentity.current
        let process = ProcessIdentity(
            machine: place == .gone ? own?.machine ?? "" : "another", boot: own?.boot ?? "", space: own?.space ?? "",
            id: own?.id ?? 1, start: (own?.start ?? 1) - 1)
        let session = Session(work: .backup, asset: "db", host: "there", started: Date(), process: process)
        try await vault.putNew(
            Session.objectName(id), SealedNote.session.seal(OpenVault.json(session), id: id, vault: vault.id, keys: vault.keys))
        return id
    }

    /// Leaves packs that no segment names, as a backup does that is killed.
    func leaveUnnamed(_ bytes: [UInt8]) async throws {
        let named = Set(names("index/"))
        let writer = try await vault(cache: "dead").startSnapshot(asset: "db", kind: "test", host: "here", workers: 1)
        let entry = try writer.entry("noise", content: .file)
        try await onOwnThread { Result { try entry.write(bytes) } }.get()
        try await entry.finish()
        await writer.abandon()
        for name in names("index/") where !named.contains(name) { store.set(try #require(ObjectKey(name)), nil) }
    }

    /// Puts a tombstone, which any signer may, in the place of a snapshot.
    func bury(_ record: SnapshotRecord) async throws {
        let bytes = SealedNote.tombstone.seal(
            OpenVault.json(Tombstone(.fenced)), id: record.id, vault: bench.keys.vault, keys: bench.keys)
        store.set(try #require(ObjectKey(SnapshotEnvelope.objectName(record.id))), bytes)
    }

    /// Takes the list for keepers out of a snapshot, as if an earlier program had written it.
    func withoutReach(_ record: SnapshotRecord) async throws {
        let vault = try await vault()
        let reader = try #require(bench.keys.reader)
        let envelope = try #require(try await vault.envelope(record.id))
        let bytes = SnapshotEnvelope.seal(
            record, reach: nil, body: try envelope.body(with: reader, vault: vault.id), vault: vault.id, keys: bench.keys,
            previous: envelope.object.previous)
        store.set(try #require(ObjectKey(SnapshotEnvelope.objectName(record.id))), bytes)
        try FileManager.default.removeItem(atPath: bench.folder + "/cache")
    }
}
