import Foundation
import Language
import ObjectStore
import TestStores
import Testing

@testable import Vault

/// A vault and its copies: what arrives, what is sent, and what each keeps for itself.
@Suite struct CopyTests {
    @Test(arguments: [[.writer], [.keeper]] as [Set<Role>])
    func aCopyHoldsEverythingAndNeedsNoReader(roles: Set<Role>) async throws {
        let scene = try await CopyScene.make()
        let report = try await scene.copy(roles: roles)
        #expect(report.copied.map(\.asset) == ["c", "b", "a"] && report.skipped.isEmpty && report.records == 1)
        #expect(try await scene.assets(.target) == ["a", "b", "c"])
        for side in CopyScene.Side.allCases { try await scene.expectSound(side) }
        let (source, target) = (try await scene.vault(.source), try await scene.vault(.target))
        #expect(try await source.snapshots() == target.snapshots(), "the records are the writer's own")
        // What was there is not sent again, and nothing is written.
        let before = scene.second.store.contents
        let again = try await scene.copy(roles: roles)
        #expect(again.copied.isEmpty && again.read.packs == 0 && again.records == 0)
        #expect(scene.second.store.contents == before)
    }

    @Test func theRecoveryKeyAloneOpensACopy() async throws {
        let scene = try await CopyScene.make()
        try await scene.copy()
        let locked = try await LockedVault(in: scene.second.store)
        let keys = try locked.keys(from: scene.first.bench.recovery, holder: "recovery")
        let vault = try await locked.open(with: keys, cacheFolder: scene.first.bench.folder + "/recovery")
        let newest = try #require(try await vault.snapshots().last)
        #expect(try await vault.read(newest).contents() == scene.contents["c"])
    }

    @Test func onlyWhatIsNewIsSent() async throws {
        let scene = try await CopyScene.make()
        try await scene.copy()
        let vault = try await scene.vault(.source)
        let noise = scene.contents["a"]?["noise"] ?? []
        _ = try await vault.snapshot(asset: "a", scene.contents["a"] ?? [:], workers: 1)
        let same = try await scene.copy()
        // Its lists are new; of the data nothing is.
        #expect(same.copied.count == 1 && same.read.bytes < Int64(noise.count / 2))
        try await scene.expectSound(.target)
    }

    @Test func ofAPackOfWhichLittleIsWantedOnlyThatIsSent() async throws {
        let scene = try await CopyScene.make()
        let report = try await scene.copy(only: ["c"])
        #expect(report.copied.map(\.asset) == ["c"])
        #expect(report.written.bytes * 10 < report.read.bytes * 8, "\(report.written) of \(report.read)")
        try await scene.expectSound(.target)
        // The others follow, in whatever order.
        try await scene.copy()
        #expect(try await scene.assets(.target) == ["a", "b", "c"])
        try await scene.expectSound(.target)
    }

    @Test func eachCopyLetsGoForItself() async throws {
        let scene = try await CopyScene.make()
        try await scene.copy()
        try await scene.prune(.source, forget: ["a"])
        try await scene.copy()
        #expect(try await scene.assets(.source) == ["b", "c"])
        #expect(try await scene.assets(.target) == ["a", "b", "c"])
        try await scene.prune(.target)
        try await scene.prune(.target, forget: ["b"])
        try await scene.copy()
        #expect(try await scene.assets(.target) == ["a", "c"], "what a copy has let go does not come back")
        #expect(try await scene.assets(.source) == ["b", "c"])
        for side in CopyScene.Side.allCases { try await scene.expectSound(side) }
        // The objects themselves are gone.
        #expect(scene.second.names("snapshots/").count == 2)
    }

    @Test func whatWasLetGoBeforeTheCopyLeavesItsChainWhole() async throws {
        let scene = try await CopyScene.make()
        try await scene.prune(.source, forget: ["b"])
        try await scene.copy(only: ["c"])
        try await scene.expectSound(.target)
        // Something that the source cannot account for is no more accounted for in the copy.
        let broken = try await CopyScene.make()
        let gone = try #require(try await broken.vault(.source).snapshots().first { $0.asset == "b" })
        broken.first.store.set(try #require(ObjectKey("snapshots/" + gone.id.text)), nil)
        try await broken.copy()
        let problems = try await broken.vault(.target, cache: "check").check(.structure).problems
        #expect(problems.count == 1 && problems[0].message.description.contains("was removed or changed"))
    }

    @Test func aCopyMayBeCopiedBackAndOn() async throws {
        let scene = try await CopyScene.make()
        try await scene.copy()
        // The first place burns down; a new one takes what the copy has.
        let store = MemoryStore()
        let second = try await scene.vault(.target)
        _ = try await LockedVault.makeCopy(of: second, in: store)
        let third = PruneScene(bench: scene.first.bench, store: store)
        let vault = try await third.vault(cache: "third")
        let report = try await second.copy(try await second.snapshots(lackingIn: vault), to: vault, host: "there")
        #expect(report.copied.count == 3)
        for record in try await vault.snapshots() {
            #expect(try await vault.read(record).contents() == scene.contents[record.asset])
        }
        #expect(try await vault.check(.everything).problems.map(\.message) == [])
        // Backups go on there, and the copy follows.
        _ = try await vault.snapshot(asset: "a", scene.contents["a"] ?? [:], workers: 1)
        let back = try await vault.copy(try await vault.snapshots(lackingIn: second), to: second, host: "there")
        #expect(back.copied.count == 1)
        try await scene.expectSound(.target)
    }

    @Test func aRottenPackIsNotCopiedNorWhatNeedsIt() async throws {
        for isWhole in [true, false] {
            let scene = try await CopyScene.make()
            if !isWhole { try await scene.copy(only: ["b"]) }
            let vault = try await scene.vault(.source)
            try await vault.index.refresh(from: scene.first.store)
            // A pack that only some of them use.
            let own = try await vault.snapshots().filter { $0.asset == "c" }
            let packs = try await scene.packs(of: own, in: vault).subtracting(
                scene.packs(of: try await vault.snapshots().filter { $0.asset == "b" }, in: vault))
            let rotten = try #require(packs.sorted().first)
            let key = try #require(ObjectKey(PackLayout.objectName(rotten)))
            var bytes = try #require(scene.first.store.contents[key])
            bytes[bytes.count / 2] ^= 1
            scene.first.store.set(key, bytes)
            let report = try await scene.copy()
            #expect(report.damaged == [key.text])
            #expect(report.skipped.contains { $0.snapshot.asset == "c" && $0.reason.exitStatus == .damagedData })
            let arrived = try await scene.assets(.target)
            #expect(arrived.contains("b") && !arrived.contains("c"))
            try await scene.expectSound(.target)
            // Once it is whole again the rest follows.
            bytes[bytes.count / 2] ^= 1
            scene.first.store.set(key, bytes)
            try await scene.copy()
            #expect(try await scene.assets(.target) == ["a", "b", "c"])
            try await scene.expectSound(.target)
        }
    }

    /// A keeper that fell asleep while it deleted a pack must not find the same name in use again.
    @Test func noPackComesUnderANameThatWasThereBefore() async throws {
        let scene = try await CopyScene.make()
        try await scene.copy()
        let before = Set(scene.second.names("packs/"))
        try await scene.prune(.target, forget: ["a", "b", "c"])
        #expect(scene.second.names("packs/").isEmpty)
        _ = try await scene.vault(.source).snapshot(asset: "a", scene.contents["a"] ?? [:], workers: 1)
        try await scene.copy()
        #expect(before.isDisjoint(with: scene.second.names("packs/")) && before.isDisjoint(with: scene.first.names("packs/")))
        try await scene.expectSound(.target)
    }

    @Test func revocationsAndNewKeysTravelAndCountForWhatACopyKeepsLonger() async throws {
        let scene = try await CopyScene.make()
        try await scene.copy()
        try await scene.prune(.source, forget: ["a"])
        let locked = try await LockedVault(in: scene.first.store)
        let authority = try await locked.open(
            with: locked.keys(from: scene.first.bench.recovery, holder: "recovery"),
            cacheFolder: scene.first.bench.folder + "/authority")
        let added = try await authority.addKey(holder: "new", roles: [.writer, .reader]) { _ in }
        try await authority.grantAll(to: added.id)
        try await authority.revokeKey(scene.first.bench.keys.id)
        // The revoked key brings nothing along any more; the new one does.
        await #expect(throws: VaultError.self) { try await scene.copy() }
        let source = try await locked.open(with: added, cacheFolder: scene.first.bench.folder + "/added")
        let copyLocked = try await LockedVault(in: scene.second.store)
        let target = try await copyLocked.open(with: added, cacheFolder: scene.first.bench.folder + "/added")
        _ = try await source.snapshot(asset: "c", scene.contents["c"] ?? [:], workers: 1)
        let report = try await source.copy(try await source.snapshots(lackingIn: target), to: target, host: "there")
        #expect(report.copied.count == 1)
        let listed = try await target.snapshots()
        #expect(listed.map(\.asset) == ["a", "b", "c", "c"], "what the source let go before counts on here")
        #expect(try await target.read(try #require(listed.last)).contents() == scene.contents["c"])
        let before = try await scene.vault(.target)
        for record in listed.dropLast() {
            #expect(try await before.read(record).contents() == scene.contents[record.asset])
        }
        let keeper = try await scene.vault(.target, cache: "check", roles: [.keeper])
        #expect(try await keeper.check(.everything).problems.map(\.message) == [])
    }

    @Test func aVaultThatSaysItIsTheSameIsRefused() async throws {
        let scene = try await CopyScene.make()
        let source = try await scene.vault(.source)
        // One that was made by copying files says so.
        let twin = PruneScene(bench: scene.first.bench, store: MemoryStore(scene.first.store.contents))
        let same = try await twin.vault(cache: "same")
        let error = await #expect(throws: VaultError.self) { _ = try await source.copy([], to: same, host: "there") }
        #expect(error?.code == .wrongVault && error?.hint?.description.contains("--copy-of") == true)
    }
}

extension CopyScene {
    /// The packs in which what these snapshots use lies.
    func packs(of snapshots: [SnapshotRecord], in vault: OpenVault) async throws -> Set<PackID> {
        let listed = try await vault.listedSnapshots().found.filter { snapshots.map(\.id).contains($0.record.id) }
        var marks = LiveChunks(vault)
        try await marks.mark(listed.compactMap { item in item.reach.map { (item.record.id, $0) } })
        var found: Set<PackID> = []
        try marks.eachChunk { _, isLive, places in if isLive { found.formUnion(places.map(\.pack)) } }
        return found
    }
}
