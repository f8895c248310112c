import Foundation
import Language
import ObjectStore
import TestStores
import Testing

@testable import Vault

/// Copies into a vault with other keys: everything is opened and sealed anew.
@Suite struct ResealingCopyTests {
    /// A vault with three snapshots, and another with keys of its own.
    private struct Scene {
        let copies: CopyScene
        let other: PruneScene

        init() async throws {
            copies = try await CopyScene.make()
            other = try await PruneScene(packBytes: 1 << 16)
        }

        private init(_ copies: CopyScene, _ other: PruneScene) { (self.copies, self.other) = (copies, other) }

        /// The same, with the other vault in a store of its own.
        func replica() -> Scene {
            Scene(copies, PruneScene(bench: other.bench, store: MemoryStore(other.store.contents)))
        }

        func source(_ roles: Set<Role> = [.reader]) async throws -> OpenVault { try await copies.vault(.source, roles: roles) }

        func target(_ store: (any ObjectStore)? = nil, cache: String = "copy", roles: Set<Role> = [.writer]) async throws
            -> OpenVault
        {
            try await other.vault(store, cache: cache, roles: roles)
        }

        @discardableResult
        func copy(to store: (any ObjectStore)? = nil, cache: String = "copy") async throws -> CopyReport {
            let (source, target) = (try await source(), try await target(store, cache: cache))
            return try await source.copy(source.snapshots(lackingIn: target), to: target, host: "there")
        }

        /// What the other vault lists restores exactly, and a check finds nothing.
        func expectSound(_ assets: [String], _ comment: Comment? = nil) async throws {
            let vault = try await target(cache: "fresh-" + UUID().uuidString, roles: [.reader, .keeper])
            let listed = try await vault.snapshots()
            #expect(listed.map(\.asset).sorted() == assets, comment)
            for record in listed { #expect(try await vault.read(record).contents() == copies.contents[record.asset], comment) }
            #expect(try await vault.check(.everything).problems.map(\.message.description) == [], comment)
        }
    }

    @Test func aReaderHereAndAWriterThereBringEverything() async throws {
        let scene = try await Scene()
        let report = try await scene.copy()
        #expect(report.copied.count == 3 && report.skipped.isEmpty && report.read.bytes > 70_000)
        try await scene.expectSound(["a", "b", "c"])
        let originals = try await scene.source().snapshots()
        let copied = try await scene.target().snapshots()
        #expect(originals.map(\.instant) == copied.map(\.instant) && originals.map(\.sourceBytes) == copied.map(\.sourceBytes))
        let source = try await scene.source()
        #expect(copied.map { $0.id(in: source) } == originals.map(\.id))
        // What there is cannot be opened with the first vault's keys.
        let first = scene.copies.first.bench
        await #expect(throws: VaultError.self) {
            _ = try await LockedVault(in: scene.other.store).open(with: first.keys, cacheFolder: first.folder + "/wrong")
        }
        // And nothing of it is new a second time, nor on the way back.
        #expect(try await scene.copy().copied.isEmpty)
        let (all, there) = (try await scene.copies.vault(.source), try await scene.other.vault())
        #expect(try await there.snapshots(lackingIn: all).isEmpty)
    }

    @Test func whatWasCopiedOnceIsNotOpenedAgain() async throws {
        let scene = try await Scene()
        try await scene.copy()
        let contents = scene.copies.contents["a"] ?? [:]
        _ = try await scene.copies.vault(.source).snapshot(asset: "a", contents, workers: 1)
        let known = try await scene.copy()
        #expect(known.copied.count == 1 && known.read.bytes == 0)
        // A host that does not know opens it, and stores nothing but lists.
        _ = try await scene.copies.vault(.source).snapshot(asset: "a", contents, workers: 1)
        let unknown = try await scene.copy(cache: "elsewhere")
        #expect(unknown.copied.count == 1 && unknown.read.bytes > 70_000 && unknown.written.bytes < 20_000)
        try await scene.expectSound(["a", "a", "a", "b", "c"])
    }

    /// What the file of names says is believed only where this host wrote it, and only for what the vault has.
    @Test func namesThatWereTamperedWithAreNotUsed() async throws {
        let scene = try await Scene()
        try await scene.copy()
        let (source, target) = (try await scene.source(), try await scene.target())
        let path = target.cache.path("chunks-of-\(source.id).names")
        var bytes = try #require(FileManager.default.contents(atPath: path))
        bytes[bytes.count - 1] ^= 1
        try bytes.write(to: URL(filePath: path))
        let chunk = try #require(ChunkID(bytes: Array(bytes[40..<72])))
        #expect(ChunkNames(of: source.id, in: target)[chunk] == nil)
        // Names of what a prune has taken away are of no use either.
        try await scene.copy()
        let keeper = try await scene.target(cache: "keeper", roles: [.keeper])
        _ = try await keeper.prune(
            PruneOrder(forget: keeper.snapshots().map { .init(id: $0.id, rule: "test") }, staleAfter: 86_400, host: "here"))
        #expect(scene.other.names("packs/").isEmpty)
        _ = try await scene.copies.vault(.source).snapshot(asset: "c", scene.copies.contents["c"] ?? [:], workers: 1)
        #expect(try await scene.copy().read.bytes > 20_000)
        try await scene.expectSound(["c"])
    }

    @Test func whatTheOtherVaultLetGoDoesNotComeBack() async throws {
        let scene = try await Scene()
        try await scene.copy()
        let keeper = try await scene.target(cache: "keeper", roles: [.keeper])
        let gone = try #require(try await keeper.snapshots().first { $0.asset == "b" })
        _ = try await keeper.prune(PruneOrder(forget: [.init(id: gone.id, rule: "test")], staleAfter: 86_400, host: "here"))
        #expect(try await scene.copy().copied.isEmpty)
        try await scene.expectSound(["a", "c"])
    }

    @Test func whoLacksAKeyIsTold() async throws {
        let scene = try await Scene()
        let target = try await scene.target()
        let blind = try await scene.source([.writer, .keeper])
        let error = await #expect(throws: VaultError.self) { _ = try await blind.copy([], to: target, host: "there") }
        #expect(error?.code == .wrongKey && error?.hint?.description.contains("--copy-of") == true)
        let (source, closed) = (try await scene.source(), try await scene.target(cache: "closed", roles: [.reader, .keeper]))
        await #expect(throws: VaultError.self) { _ = try await source.copy([], to: closed, host: "there") }
    }

    @Test func whatIsDamagedStaysAndTheRestComes() async throws {
        let scene = try await Scene()
        let source = try await scene.copies.vault(.source)
        try await source.index.refresh(from: scene.copies.first.store)
        let snapshots = try await source.snapshots()
        let packs = try await scene.copies.packs(of: snapshots.filter { $0.asset == "c" }, in: source).subtracting(
            scene.copies.packs(of: snapshots.filter { $0.asset != "c" }, in: source))
        for pack in packs {
            let key = try #require(ObjectKey(PackLayout.objectName(pack)))
            var bytes = try #require(scene.copies.first.store.contents[key])
            for position in stride(from: 200, to: bytes.count - 100, by: 50) { bytes[position] ^= 1 }
            scene.copies.first.store.set(key, bytes)
        }
        let report = try await scene.copy()
        #expect(report.copied.map(\.asset) == ["a", "b"] && report.skipped.map(\.snapshot.asset) == ["c"])
        #expect(report.skipped.first?.reason.exitStatus == .damagedData)
        try await scene.expectSound(["a", "b"])
    }

    /// Cut off or failing anywhere, what is listed is whole, and the next copy completes.
    @Test(arguments: FaultyStore.Fault.allCases, FaultyStore.Aftermath.allCases)
    func aFaultAtAnyOperation(fault: FaultyStore.Fault, aftermath: FaultyStore.Aftermath) async throws {
        let base = try await Scene()
        for operation in stride(from: Int.random(in: 0..<9), to: 100_000, by: 9) {
            let scene = base.replica()
            let comment: Comment = "\(fault), \(aftermath) at operation \(operation)"
            let store = FaultyStore(scene.other.store, operation: operation, fault: fault, aftermath: aftermath)
            var copied: [SnapshotRecord] = []
            do {
                copied = try await scene.copy(to: store, cache: "faulty-\(operation)").copied
            } catch let error as VaultError {
                #expect(!error.message.description.isEmpty)
            }
            let listed = try await scene.target(cache: "list-\(operation)").snapshots().map(\.id)
            for record in copied { #expect(listed.contains(record.id), comment) }
            try await scene.copy(cache: "next-\(operation)")
            try await scene.expectSound(["a", "b", "c"], comment)
            guard store.wasFaulty else { return }
        }
    }
}
