import Foundation
import Language
import ObjectStore
import TestNumbers
import TestStores
import Testing

@testable import Vault

/// Keys are added and revoked by the recovery key, and by nobody and nothing else.
@Suite struct KeyringTests {
    @Test func thereIsNoVaultBeforeItsKeysAreKept() async throws {
        let store = MemoryStore()
        struct Full: Error {}
        await #expect(throws: Full.self) {
            try await LockedVault.make(in: store, holder: "test", roles: [.writer]) { _ in throw Full() }
        }
        #expect(store.contents.isEmpty)

        var kept: KeyFile?
        let made = try await LockedVault.make(in: store, holder: "test", roles: [.writer]) { made in
            #expect(store.contents.isEmpty)
            kept = made.keys
        }
        #expect(kept?.id == made.keys.id)
    }

    /// The keys of a vault that was not made may go, those of one that may have been made may not.
    @Test func onlyWhatWasSurelyNotMadeIsTakenForThat() async throws {
        let store = MemoryStore()
        let own = VaultID()
        let (lost, denied) = (StoreError(.unreachable, "cut off"), StoreError(.denied, "no"))
        #expect(await LockedVault.hasSurelyNot(made: own, in: store, after: VaultError(denied)))
        #expect(await !LockedVault.hasSurelyNot(made: own, in: store, after: VaultError(lost)))
        #expect(
            await !LockedVault.hasSurelyNot(made: own, in: WatchedStore(store, refusing: "config"), after: VaultError(denied)))
        let made = try await LockedVault.make(in: store, holder: "test", roles: [.writer])
        #expect(await LockedVault.hasSurelyNot(made: own, in: store, after: VaultError(lost)))
        #expect(await !LockedVault.hasSurelyNot(made: made.keys.vault, in: store, after: VaultError(denied)))
    }

    @Test func anAddedWriterWritesForEverybodyAndReadsNothing() async throws {
        let bench = try await TestVault(in: MemoryStore())
        _ = try await bench.open().snapshot(["one": [1]])
        let second = try await bench.add("second", [.writer])
        #expect(second.roles == [.writer] && second.reader == nil)
        let theirs = try await bench.open(as: second).snapshot(asset: "db", ["two": TestBytes.rows(100)])
        let vault = try await bench.open(cache: "fresh")
        #expect(try await vault.snapshots().map(\.id).contains(theirs.id))
        #expect(try await vault.read(theirs).contents() == ["two": TestBytes.rows(100)])
        #expect(try await bench.asRecovery().read(theirs).contents() == ["two": TestBytes.rows(100)])
        let error = await #expect(throws: VaultError.self) { _ = try await bench.open(as: second).read(theirs) }
        #expect(error?.code == .wrongKey)
        #expect(try await vault.check(.everything).problems.map(\.message) == [])
        #expect(try await vault.allKeys().map(\.holder) == ["test", "recovery", "second"])
    }

    @Test func anAddedReaderOpensWhatWasThereAndWhatComes() async throws {
        let bench = try await TestVault(in: MemoryStore(), chunking: .tiny, packBytes: 1 << 16)
        let host = try await bench.open()
        let before = try await host.snapshot(["rows": TestBytes.rows(3000), "noise": TestBytes.random(600_000)])
        let alice = try await bench.add("alice", [.reader], grant: false)
        let blind = await #expect(throws: VaultError.self) { _ = try await bench.open(as: alice, cache: "a").read(before) }
        #expect(blind?.code == .notSealed)
        // A check names every one and goes on.
        let report = try await bench.open(as: alice, cache: "a").check(.everything)
        #expect(report.notSealed.count > 5 && report.notSealed.contains(SnapshotEnvelope.objectName(before.id)))
        #expect(report.problems.map(\.message) == [] && !report.canBeRepaired)

        #expect(try await bench.asRecovery().grantAll(to: alice.id) > 5)
        #expect(
            try await bench.open(as: alice, cache: "b").read(before).contents() == [
                "rows": TestBytes.rows(3000), "noise": TestBytes.random(600_000),
            ])
        // The host seals for the new reader from its next backup on, although its key file knows nothing of it; the chunks that
        // it finds again lie in the old packs.
        let after = try await host.snapshot(["rows": TestBytes.rows(3100), "noise": TestBytes.random(600_000)])
        let vault = try await bench.open(as: alice, cache: "c")
        #expect(try await vault.read(after).contents() == ["rows": TestBytes.rows(3100), "noise": TestBytes.random(600_000)])
        #expect(try await vault.check(.everything).problems.map(\.message) == [])
        #expect(try await bench.asRecovery().check(.everything).problems.map(\.message) == [])
        // Whoever is no writer stays none.
        let error = await #expect(throws: VaultError.self) { _ = try await vault.startSnapshot(asset: "db", kind: "test") }
        #expect(error?.code == .wrongKey)
    }

    /// The backup has put packs before the reader was added, some behind what was granted, and knows of it only later.
    @Test(arguments: [WritingPace.usual, WritingPace(naming: .zero)])
    func aReaderThatIsAddedBesideABackupOpensWhatThatWrites(pace: WritingPace) async throws {
        let bench = try await TestVault(in: MemoryStore(), chunking: .tiny, packBytes: 1 << 16)
        let contents = ["first": TestBytes.random(300_000), "second": TestBytes.random(300_000, seed: 2)]
        let host = try await bench.open()
        let writer = try await host.startSnapshot(asset: "db", kind: "test", host: "here", workers: 1, pace: pace)
        func add(_ path: String) async throws {
            let entry = try writer.entry(path, content: .file)
            let bytes = try #require(contents[path])
            try await onOwnThread { Result { try entry.write(bytes) } }.get()
            try await entry.finish()
        }
        try await add("first")
        let alice = try await bench.add("alice", [.reader])
        try await add("second")
        let record = try await writer.commit(instant: Date(), tags: [], facts: [:])
        // Relies on the packs of the other.
        let next = try await host.snapshot(contents)

        let vault = try await bench.open(as: alice)
        for record in [record, next] { #expect(try await vault.read(record).contents() == contents) }
        #expect(try await vault.check(.everything).problems.map(\.message) == [])
    }

    @Test func whatARevokedWriterSignedBeforeCountsAndNothingLater() async throws {
        let bench = try await TestVault(in: MemoryStore())
        let host = try await bench.open()
        let own = try await host.snapshot(["one": [1]])
        let second = try await bench.add("second", [.writer])
        let thief = try await bench.open(as: second, cache: "thief")
        let honest = try await thief.snapshot(asset: "web", ["two": [2]])
        try await thief.append(kind: "evidence", body: Data("{}".utf8))

        let found = try await bench.asRecovery().revokeKey(second.id)
        #expect(found.kept == 1 && found.late == 0)
        let refused = await #expect(throws: VaultError.self) { _ = try await thief.snapshot(asset: "web", ["three": [3]]) }
        #expect(refused?.message.description == "The key of second was revoked: what it signs does not count any more.")
        let forged = try await bench.forge(like: honest, by: second)

        for vault in [host, try await bench.open(cache: "fresh"), try await bench.asRecovery()] {
            let listed = try await vault.snapshots()
            #expect(listed.map(\.id).sorted() == [own.id, honest.id].sorted())
            #expect(!listed.map(\.id).contains(forged))
            #expect(try await vault.records(kind: "evidence").count == 1)
        }
        #expect(try await host.read(honest).contents() == ["two": [2]])
        let report = try await host.check(.everything)
        #expect(report.problems.map(\.message) == [])
        #expect(report.snapshots == 2 && report.revokedSnapshots == 1)
        let key = try #require(try await host.allKeys().first { $0.holder == "second" })
        #expect(key.revoked != nil)
    }

    @Test func aBackupThatRunsWhileItsKeyIsRevokedFails() async throws {
        let bench = try await TestVault(in: MemoryStore())
        let second = try await bench.add("second", [.writer])
        let vault = try await bench.open(as: second)
        let writer = try await vault.startSnapshot(asset: "db", kind: "test", workers: 1)
        try writer.add("one", text: "1")
        try await bench.asRecovery().revokeKey(second.id)
        let error = await #expect(throws: VaultError.self) { _ = try await writer.commit(instant: Date(), tags: [], facts: [:]) }
        #expect(error?.code == .wrongKey)
        #expect(try await bench.open(cache: "fresh").snapshots().isEmpty)
    }

    @Test func nobodySealsForARevokedReader() async throws {
        let bench = try await TestVault(in: MemoryStore())
        let host = try await bench.open()
        let alice = try await bench.add("alice", [.reader])
        let before = try await host.snapshot(["one": TestBytes.random(5000)])
        try await bench.asRecovery().revokeKey(alice.id)
        let after = try await host.snapshot(["one": TestBytes.random(5000, seed: 2)])
        let vault = try await bench.open(as: alice, cache: "alice")
        #expect(try await vault.read(before).contents().count == 1, "what it could open it still opens")
        let error = await #expect(throws: VaultError.self) { _ = try await vault.read(after) }
        #expect(error?.code == .notSealed)
        #expect(try await bench.asRecovery().read(after).contents() == ["one": TestBytes.random(5000, seed: 2)])
    }

    /// The host's own reader key, which stands in its key file and in `config`, can be revoked too; the recovery key never is.
    @Test func theKeyThatInitMadeCanBeReplaced() async throws {
        let bench = try await TestVault(in: MemoryStore())
        let first = try await bench.open().snapshot(["one": [1]])
        let recovery = try await bench.asRecovery()
        let fresh = try await bench.add("test-2", [.writer, .reader, .keeper])
        try await recovery.revokeKey(bench.keys.id)
        let old = await #expect(throws: VaultError.self) { _ = try await bench.open(cache: "old").snapshot(["two": [2]]) }
        #expect(old?.code == .wrongKey)
        let host = try await bench.open(as: fresh, cache: "new")
        let second = try await host.snapshot(["two": [2]])
        #expect(try await host.read(first).contents() == ["one": [1]])
        #expect(try await host.read(second).contents() == ["two": [2]])
        let blind = await #expect(throws: VaultError.self) { _ = try await bench.open(cache: "old").read(second) }
        #expect(blind?.code == .notSealed)
        #expect(try await bench.asRecovery().read(second).contents() == ["two": [2]])
    }

    // MARK: - Who may

    @Test func onlyTheRecoveryKeyChangesKeys() async throws {
        let bench = try await TestVault(in: MemoryStore())
        let host = try await bench.open()
        let add = await #expect(throws: VaultError.self) { _ = try await host.addKey(holder: "x", roles: [.reader]) { _ in } }
        #expect(add?.message.description == "Only the recovery key may add and revoke keys.")
        let revoke = await #expect(throws: VaultError.self) { _ = try await host.revokeKey(bench.keys.id) }
        #expect(revoke?.code == .wrongKey)
        #expect(try await host.list(KeyEvent.prefix).isEmpty)
    }

    /// Somebody with the host's key and the store adds a reader of their own.
    @Test func aReaderThatAnotherSignerAddsIsNotSealedFor() async throws {
        let bench = try await TestVault(in: MemoryStore())
        let host = try await bench.open()
        let good = try await host.snapshot(["one": [1]])
        let stolen = ReaderPrivateKey()
        let id = ULID(at: Date())
        let act = KeyEvent.Act.add(
            .init(
                signer: .init(holder: "thief", roles: [.reader], publicKey: Data(SigningKey().publicKey)),
                reader: stolen.publicKey,
                shared: nil))
        let bytes = KeyEvent.seal(act, at: Date(), id: id, vault: host.id, key: bench.keys.signing, previous: [])
        try await host.putNew(KeyEvent.objectName(id), bytes)
        let error = await #expect(throws: VaultError.self) { _ = try await bench.open(cache: "b").snapshot(["two": [2]]) }
        #expect(error?.code == .damaged && error?.object == KeyEvent.objectName(id))
        // What is there can still be listed and restored.
        let reader = try await bench.open(cache: "c")
        let survey = try await reader.survey()
        #expect(survey.snapshots.map(\.id) == [good.id] && survey.problems.map(\.object) == [KeyEvent.objectName(id)])
        #expect(try await reader.read(good).contents() == ["one": [1]])
        #expect(try await reader.check(.structure).problems.map(\.object) == [KeyEvent.objectName(id)])
    }

    /// A key file from before the recovery key was named in it has nothing to hold the store's word against.
    @Test func withoutAnAuthorityInTheKeyFileTheReadersAreThoseOfTheFile() async throws {
        let bench = try await TestVault(in: MemoryStore())
        let old = KeyFile(
            vault: bench.keys.vault, holder: bench.keys.holder, roles: bench.keys.roles, signing: bench.keys.signing,
            shared: SharedSecrets(dedup: bench.keys.dedupKey ?? [], index: bench.keys.indexKey), readers: bench.keys.readers,
            reader: bench.keys.reader, authority: nil)
        _ = try await bench.add("alice", [.reader])
        #expect(try await bench.open(as: old).keysForWriting().readers == bench.keys.readers)
        #expect(try await bench.open().keysForWriting().readers.count == bench.keys.readers.count + 1)
    }

    @Test func aConfigWithAnotherRecoveryKeyIsRefused() async throws {
        let bench = try await TestVault(in: MemoryStore())
        let other = Data(SigningKey().publicKey).base64EncodedString()
        let own = Data(bench.recovery.signing.publicKey).base64EncodedString()
        try bench.rewriteConfig { $0.replacing(own, with: other) }
        let error = await #expect(throws: VaultError.self) { _ = try await bench.open() }
        #expect(error?.message.description == "config is damaged: it names another recovery key than this key file does.")
    }

    // MARK: - What is hidden or damaged

    @Test func aRevocationThatIsTakenOutOfTheStoreStillHoldsWhereItWasSeen() async throws {
        let bench = try await TestVault(in: MemoryStore())
        let second = try await bench.add("second", [.writer])
        let host = try await bench.open()
        let honest = try await bench.open(as: second, cache: "thief").snapshot(["two": [2]])
        try await bench.asRecovery().revokeKey(second.id)
        _ = try await host.snapshots()
        let revocation = try #require(try await host.list(KeyEvent.prefix).last)
        let store = try #require(bench.store as? MemoryStore)
        try await store.delete(revocation.key)
        _ = try await bench.forge(like: honest, by: second)

        let again = try await bench.open()
        #expect(try await again.survey().snapshots.map(\.id) == [honest.id])
        let error = await #expect(throws: VaultError.self) { _ = try await again.startSnapshot(asset: "db", kind: "test") }
        #expect(error?.code == .missing && error?.object == revocation.key.text)
        // A host that never saw it cannot know.
        #expect(try await bench.open(cache: "stranger").snapshots().count == 2)
    }

    @Test func anEventThatIsMissingFromTheMiddleShows() async throws {
        let bench = try await TestVault(in: MemoryStore())
        for name in ["a", "b", "c"] { _ = try await bench.add(name, [.writer]) }
        let host = try await bench.open()
        let events = try await host.list(KeyEvent.prefix)
        #expect(events.count == 3)
        let store = try #require(bench.store as? MemoryStore)
        try await store.delete(events[1].key)
        let report = try await bench.open(cache: "fresh").check(.structure)
        #expect(report.problems.map(\.object) == [events[2].key.text])
    }

    @Test func everyChangedByteOfAnEventIsNoticed() async throws {
        let bench = try await TestVault(in: MemoryStore())
        let second = try await bench.add("second", [.writer])
        try await bench.asRecovery().revokeKey(second.id)
        let host = try await bench.open()
        let authority = host.keyring.authority
        for facts in try await host.list(KeyEvent.prefix) {
            let good = try await host.get(facts.key.text)
            let id = try #require(ULID(String(facts.key.text.dropFirst(KeyEvent.prefix.count))))
            for index in good.indices {
                var bad = good
                bad[index] ^= 1
                #expect(throws: VaultError.self) { _ = try KeyEvent(bad, id: id, vault: host.id, authority: authority) }
            }
        }
    }

    /// Bytes that the recovery key itself signed, but no program of ours wrote.
    @Test func anyEventIsReadOrRefused() async throws {
        let bench = try await TestVault(in: MemoryStore())
        let alice = try await bench.add("alice", [.reader])
        try await bench.asRecovery().revokeKey(alice.id)
        let host = try await bench.open()
        let authority = host.keyring.authority
        var generator = SeededGenerator(seed: 40)
        for event in host.keyring.events {
            for _ in 0..<800 {
                let payload = Mutation.apply(toJSON: event.object.payload, with: &generator)
                let id = ULID(at: Date())
                let header = SignedObject.header(
                    KeyEvent.magic, vault: host.id, id: id, signer: authority.id, previous: [])
                let bytes = SignedObject.sign(header: header, payload: payload, with: bench.recovery.signing)
                guard let read = try? KeyEvent(bytes, id: id, vault: host.id, authority: authority) else { continue }
                let ring = try Keyring(host.config, events: host.keyring.events + [read])
                #expect(!ring.isRevoked(authority.id))
                #expect(ring.readers(for: bench.keys).contains(bench.recovery.reader.publicKey), "the recovery key always reads")
                _ = ring.all
            }
        }
    }

    @Test func anyGrantIsReadOrRefused() async throws {
        let (vault, reader, signing) = (VaultID(), ReaderPrivateKey(), SigningKey())
        let secrets = (0..<5).map { _ in randomBytes(32) }
        let id = ULID(at: Date())
        let good = KeyGrant.seal(secrets, to: reader.publicKey, id: id, vault: vault, key: signing)
        let signers = [signing.id: VaultConfig.Signer(holder: "x", roles: [.reader], publicKey: Data(signing.publicKey))]
        func read(_ bytes: [UInt8], with key: ReaderPrivateKey) throws -> [[UInt8]]? {
            let object = try SignedObject(
                bytes, name: KeyGrant.objectName(id), magic: KeyGrant.magic, vault: vault, id: id, signers: signers)
            return try KeyGrant.open(object, with: key, vault: vault)
        }
        #expect(try read(good, with: reader) == secrets)
        #expect(try read(good, with: ReaderPrivateKey()) == nil)
        let object = try SignedObject(
            good, name: KeyGrant.objectName(id), magic: KeyGrant.magic, vault: vault, id: id, signers: signers)
        var generator = SeededGenerator(seed: 41)
        for _ in 0..<1500 {
            let payload = Mutation.apply(to: object.payload, with: &generator)
            let bytes = SignedObject.sign(header: object.header, payload: payload, with: signing)
            if let found = try? read(bytes, with: reader) { #expect(found == secrets) }
        }
    }
}

extension TestVault {
    /// The vault opened with the recovery key.
    func asRecovery() async throws -> OpenVault {
        let locked = try await LockedVault(in: store)
        return try await locked.open(
            with: try locked.keys(from: recovery, holder: "recovery"), cacheFolder: folder + "/recovery-cache")
    }

    func open(as keys: KeyFile, cache: String = "other-cache") async throws -> OpenVault {
        // As from its file, with no grants in memory.
        let read = try KeyFile(keys.encoded, name: "key")
        return try await LockedVault(in: store).open(with: read, cacheFolder: folder + "/" + cache)
    }

    /// Adds a key, and opens to it what is there.
    func add(_ holder: String, _ roles: Set<Role>, grant: Bool = true) async throws -> KeyFile {
        let authority = try await asRecovery()
        let keys = try await authority.addKey(holder: holder, roles: roles) { _ in }
        if grant { _ = try await authority.grantAll(to: keys.id) }
        return keys
    }

    /// A snapshot that a key signs although it may not any more, with the contents of another one.
    func forge(like record: SnapshotRecord, by keys: KeyFile) async throws -> SnapshotID {
        let authority = try await asRecovery()
        let envelope = try #require(try await authority.envelope(record.id))
        let body = try envelope.body(with: recovery.reader, vault: authority.id)
        let id = SnapshotID(at: Date())
        let forged = SnapshotRecord(
            id: id, asset: record.asset, kind: record.kind, started: record.started, instant: record.instant,
            finished: record.finished, host: "elsewhere", tags: [], sourceBytes: record.sourceBytes, newBytes: 0, storedBytes: 0,
            entryCount: record.entryCount, facts: [:])
        let bytes = SnapshotEnvelope.seal(
            forged, reach: envelope.reach, body: body, vault: authority.id, keys: keys, previous: [envelope.object.digest])
        try await authority.putNew(SnapshotEnvelope.objectName(id), bytes)
        return id
    }
}
