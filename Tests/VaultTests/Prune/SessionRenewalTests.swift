import Foundation
import ObjectStore
import Synchronization
import TestStores
import Testing

@testable import Vault

/// Whoever works long says again and again that he is alive.
@Suite struct SessionRenewalTests {
    /// Waits, for half a minute at most, until something was said of the session.
    private static func renewal(of session: Substring, in scene: PruneScene) async {
        for _ in 0..<3000 where scene.names("sessions/\(session).").isEmpty {
            try? await Task.sleep(for: .milliseconds(10))
        }
    }

    @Test func aWriterThatWentOnUnderAnotherSessionSaysItOfThatOne() async throws {
        let scene = try await PruneScene()
        let ended = Mutex("")
        let slow = HookedStore(scene.store) { key in
            let name = key.text
            guard name.hasPrefix("snapshots/"), ended.withLock({ !$0.isEmpty && name != $0 }) else { return }
            await Self.renewal(of: name.dropFirst("snapshots/".count), in: scene)
        }
        let writer = try await scene.vault(slow, cache: "writer").startSnapshot(
            asset: "db", kind: "test", host: "here", workers: 1, pace: WritingPace(renewal: .milliseconds(5)))
        let first = writer.id
        try await onOwnThread { Result { try writer.add("rows", text: "one\n") } }.get()
        ended.withLock { $0 = SnapshotEnvelope.objectName(first) }
        try await scene.prune(staleAfter: -1)

        let record = try await writer.commit(instant: Date(), tags: [], facts: [:])

        #expect(record.id != first)
        #expect(!scene.names("sessions/\(record.id).").isEmpty)
        try await scene.expect([(record, ["rows": Array("one\n".utf8)])])
    }

    /// It slept between its commit and its look whether that is there.
    @Test func aSnapshotThatIsLetGoBeforeItsWriterLooksAgainWasCommitted() async throws {
        let scene = try await PruneScene()
        let name = Mutex("")
        let slow = HookedStore(
            scene.store,
            beforeHead: { key in
                guard name.withLock({ $0 == key.text }), scene.size(key.text) > 300,
                    let id = SnapshotID(key.text.dropFirst("snapshots/".count))
                else { return }
                _ = try? await scene.vault(cache: "keeper").prune(
                    PruneOrder(forget: [.init(id: id, rule: "test")], staleAfter: -1, host: "here"))
            })
        let writer = try await scene.vault(slow, cache: "writer").startSnapshot(
            asset: "db", kind: "test", host: "here", workers: 1)
        try await onOwnThread { Result { try writer.add("rows", text: "one\n") } }.get()
        name.withLock { $0 = SnapshotEnvelope.objectName(writer.id) }

        let record = try await writer.commit(instant: Date(), tags: [], facts: [:])

        #expect(SnapshotEnvelope.objectName(record.id) == name.withLock { $0 })
        #expect(try await scene.vault(cache: "reader").snapshots().isEmpty)
        try await scene.prune(staleAfter: -1)
        #expect(scene.names("packs/").isEmpty)
    }

    @Test func aPruneSaysItToo() async throws {
        let scene = try await PruneScene()
        let record = try await scene.vault().snapshot(["noise": TestBytes.random(60_000)])
        let seen = Mutex(false)
        let slow = HookedStore(scene.store) { key in
            guard key.text.hasPrefix("condemned/"), let session = scene.names("sessions/").last(where: { !$0.contains(".") })
            else { return }
            await Self.renewal(of: session.dropFirst("sessions/".count), in: scene)
            seen.withLock { $0 = scene.names(session + ".").count > 0 }
        }
        var order = PruneOrder(forget: [.init(id: record.id, rule: "test")], host: "here")
        order.renewalPause = .milliseconds(5)

        _ = try await scene.vault(slow, cache: "keeper").prune(order)

        #expect(seen.withLock { $0 })
        #expect(scene.names("sessions/").isEmpty && scene.names("packs/").isEmpty)
    }
}
