import Foundation
import TestStores
import Testing

@testable import Vault

/// What a backup that did not come to its end has uploaded, the next one finds.
@Suite struct UnfinishedSnapshotTests {
    private let contents = ["noise": TestBytes.random(600_000, seed: 9)]

    private func begin(in scene: PruneScene, pace: WritingPace = .usual) async throws -> SnapshotWriter {
        let writer = try await scene.vault(cache: "first").startSnapshot(
            asset: "db", kind: "test", host: "here", workers: 1, pace: pace)
        let entry = try writer.entry("noise", content: .file)
        let bytes = try #require(contents["noise"])
        try await onOwnThread { Result { try entry.write(bytes) } }.get()
        try await entry.finish()
        return writer
    }

    @Test(arguments: [false, true]) func whatWasUploadedBeforeAnInterruptionIsNotUploadedAgain(isCancelled: Bool) async throws {
        let scene = try await PruneScene()
        let writer = try await begin(in: scene)
        if isCancelled {
            await Task {
                withUnsafeCurrentTask { $0?.cancel() }
                await writer.abandon()
            }.value
        } else {
            await writer.abandon()
        }
        #expect(scene.names("index/").count == 1)

        let record = try await scene.vault(cache: "second").snapshot(contents)

        // All but what was in the pack that was open.
        #expect(record.newBytes < 200_000)
        try await scene.expect([(record, contents)])
    }

    @Test func ofOneThatIsKilledAllIsFoundThatWasUploadedSomeTimeBefore() async throws {
        let scene = try await PruneScene()
        let writer = try await begin(in: scene, pace: WritingPace(naming: .zero))
        let named = try await scene.refreshed().index.packCount

        #expect(named > 2 && scene.names("index/").count > 2)

        await writer.abandon()
    }

    @Test func whereTheStoreFailedItIsNotAskedOnceMore() async throws {
        let scene = try await PruneScene()
        let counted = FaultyStore(scene.store, operation: .max, fault: .fails, aftermath: .dies)
        let first = try await scene.vault(counted, cache: "first").startSnapshot(
            asset: "db", kind: "test", host: "here", workers: 1)
        // In the midst of the packs.
        let faulty = FaultyStore(scene.store, operation: counted.operations + 4, fault: .fails, aftermath: .goesOn)
        await first.abandon()
        let watched = WatchedStore(faulty)
        let writer = try await scene.vault(watched, cache: "second").startSnapshot(
            asset: "db", kind: "test", host: "here", workers: 1)
        await #expect(throws: VaultError.self) {
            let entry = try writer.entry("noise", content: .file)
            try await onOwnThread { Result { try entry.write(TestBytes.random(600_000, seed: 9)) } }.get()
            try await entry.finish()
            _ = try await writer.commit(instant: Date(), tags: [], facts: [:])
        }

        #expect(faulty.wasFaulty && !scene.names("packs/").isEmpty)
        #expect(!watched.puts.contains { $0.hasPrefix("index/") })
    }
}
