import Foundation
import Language
import ObjectStore
import S3Store
import TestBuckets
import Testing

@testable import Vault

/// Stolen credentials delete and overwrite in a bucket that keeps versions: a check names it, and a repair brings it back.
@Suite struct HiddenObjectTests {
    private let contents = ["rows": TestBytes.rows(700), "noise": TestBytes.random(90_000)]

    private func names(_ scene: LockedScene, _ prefix: String) async throws -> [ObjectKey] {
        try await scene.bucket.store().list(prefix, after: nil, limit: 1000).map(\.key)
    }

    private func repaired(_ scene: LockedScene, cache: String = "repair") async throws -> RepairReport {
        let vault = try await scene.bench.open(cache: cache)
        let found = try await vault.check(.structure)
        #expect(found.canBeRepaired && !found.problems.isEmpty)
        return try await vault.repair(found, host: "keeper")
    }

    @Test(arguments: ["packs/", "snapshots/", "records/", "config"], [true, false])
    func whatWasTakenAwayComesBack(family: String, isDeleted: Bool) async throws {
        let scene = try await LockedScene()
        let vault = try await scene.bench.open()
        let record = try await vault.snapshot(contents)
        try await vault.append(kind: "note", body: Data("{}".utf8))
        let thief = scene.bucket.store()
        let taken = try await names(scene, family)
        #expect(!taken.isEmpty)
        for key in taken {
            if isDeleted {
                try await thief.delete(key)
            } else {
                try await thief.put(key, Array("forged".utf8), ifAbsent: false)
            }
        }
        let report = try await repaired(scene, cache: "new")
        #expect(report.broughtBack == taken.count, "\(report)")
        let healed = try await scene.bench.open(cache: "reader")
        #expect(try await healed.check(.everything).problems.map(\.message) == [])
        #expect(try await healed.read(record).contents() == contents)
        try await scene.bucket.remove()
    }

    /// As SeaweedFS answers; a page may end between the versions of one key.
    @Test(arguments: [7, 1000]) func markersThatAreListedBehindAllVersionsHideNothing(page: Int) async throws {
        let scene = try await LockedScene(["markers_last": true, "page": page], lock: nil)
        let old = try await scene.bench.open().snapshot(contents)
        let kept = try await scene.bench.open().snapshot(["rows": TestBytes.rows(90)])
        let thief = scene.bucket.store()
        let taken = try await names(scene, "snapshots/") + names(scene, "packs/")
        for key in taken { try await thief.delete(key) }
        #expect(try await repaired(scene, cache: "new").broughtBack == taken.count)
        #expect(try await scene.bench.open(cache: "reader").read(old).contents() == contents)
        // What a keeper lets go is deleted for good, and nothing else.
        let report = try await scene.prune([old.id])
        #expect(try #require(report.versions).deletedBytes > 50_000)
        let healed = try await scene.bench.open(cache: "last")
        #expect(try await healed.check(.everything).problems.map(\.message) == [])
        #expect(try await healed.read(kept).contents() == ["rows": TestBytes.rows(90)])
        try await scene.bucket.remove()
    }

    /// A tombstone is signed too, and whoever has any key can make one.
    @Test func aTombstoneOverASnapshotIsTakenAway() async throws {
        let scene = try await LockedScene()
        let record = try await scene.bench.open().snapshot(contents)
        let keys = scene.bench.keys
        let forged = SealedNote.tombstone.seal(
            OpenVault.json(Tombstone(.fenced)), id: record.id, vault: keys.vault, keys: keys)
        let name = try #require(ObjectKey(SnapshotEnvelope.objectName(record.id)))
        try await scene.bucket.store().put(name, forged, ifAbsent: false)
        #expect(try await scene.bench.open(cache: "stranger").snapshots().isEmpty)
        #expect(try await repaired(scene, cache: "new").broughtBack == 1)
        #expect(try await scene.bench.open(cache: "reader").read(record).contents() == contents)
        try await scene.bucket.remove()
    }

    /// With the index gone too nothing says which packs were needed, but that they are missing.
    @Test(arguments: [["packs/", "index/"], [""]]) func packsComeBackWithoutAnIndex(families: [String]) async throws {
        let scene = try await LockedScene(lock: nil)
        let record = try await scene.bench.open().snapshot(contents)
        let thief = scene.bucket.store()
        for family in families { for key in try await names(scene, family) { try await thief.delete(key) } }
        #expect(try await repaired(scene).broughtBack > 2)
        let healed = try await scene.bench.open(cache: "reader")
        #expect(try await healed.check(.everything).problems.map(\.message) == [])
        #expect(try await healed.read(record).contents() == contents)
        try await scene.bucket.remove()
    }

    @Test func whatAKeeperLetGoStaysGone() async throws {
        let scene = try await LockedScene()
        let old = try await scene.bench.open().snapshot(contents)
        _ = try await scene.bench.open().snapshot(["rows": TestBytes.rows(90)])
        _ = try await scene.prune([old.id])
        let found = try await scene.bench.open(cache: "new").check(.everything)
        #expect(found.problems.isEmpty && !found.canBeRepaired)
        try await scene.bucket.remove()
    }

    /// A check reads the index first and lists the versions later.
    @Test func whatAPruneDeletesMeanwhileIsNobodysDoing() async throws {
        let scene = try await LockedScene()
        let old = try await scene.bench.open().snapshot(contents)
        _ = try await scene.bench.open().snapshot(["rows": TestBytes.rows(90)])
        let checker = try await scene.bench.open(cache: "checker")
        try await checker.index.refresh(from: checker.store)
        #expect(try await scene.prune([old.id]).deleted.packs > 0)
        let hidden = try #require(try await HiddenObjects(checker))
        let found = try await hidden.find()
        #expect(found.certain.map(\.key.text) == [])
        #expect(!found.candidates.isEmpty, "where something is missing these are looked into")
        try await scene.bucket.remove()
    }

    /// What a thief has deleted is not deleted for good by the next prune.
    @Test func aPruneDoesNotFinishAThiefsWork() async throws {
        let scene = try await LockedScene(lock: nil)
        let record = try await scene.bench.open().snapshot(contents)
        let thief = scene.bucket.store()
        for family in ["packs/", "snapshots/", "records/"] {
            for key in try await names(scene, family) { try await thief.delete(key) }
        }
        for cache in ["keeper", "cache"] {
            let error = await #expect(throws: VaultError.self) { _ = try await scene.prune(cache: cache) }
            #expect(error?.message.description.contains("Nothing was deleted") == true, "\(error?.description ?? "")")
        }
        _ = try await repaired(scene)
        let healed = try await scene.bench.open(cache: "reader")
        #expect(try await healed.read(record).contents() == contents)
        #expect(try await healed.check(.everything).problems.map(\.message) == [])
        try await scene.bucket.remove()
    }
}
