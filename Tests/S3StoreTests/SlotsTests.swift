import ObjectStore
import TestBuckets
import Testing

@testable import S3Store

/// How many requests are under way at once, and what a store that is asked too much does to that.
@Suite struct SlotsTests {
    @Test func aStoreThatIsAskedTooMuchIsAskedByFewerForAWhile() async {
        let slots = Slots(64)
        var taken: [Slots.Slot] = []
        for _ in 0..<64 { taken.append(await slots.take()) }
        // All of one wave are refused: that counts once.
        for slot in taken { await slots.give(slot, wasTooMuch: true) }
        #expect(await slots.width == 32)
        for _ in 0..<3 {
            let slot = await slots.take()
            await slots.give(slot, wasTooMuch: true)
        }
        #expect(await slots.width == 4)
        for _ in 0..<40 { await slots.give(await slots.take(), wasTooMuch: true) }
        #expect(await slots.width == 4)
        // What goes well brings one more at a time, and never more than at first.
        for _ in 0..<4 { await slots.give(await slots.take()) }
        #expect(await slots.width == 5)
        for _ in 0..<10_000 { await slots.give(await slots.take()) }
        #expect(await slots.width == 64)
    }

    @Test func whoWaitsIsLetThroughInTurn() async {
        let slots = Slots(1)
        let first = await slots.take()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<100 {
                group.addTask { await slots.give(await slots.take()) }
            }
            await slots.give(first)
        }
        #expect(await slots.width == 1)
    }

    @Test func refusalsOfManyAtOnceAreOvercome() async throws {
        try await withBucket(["faults": [fault("slowdown", times: 60)]]) { bucket, _ in
            var options = S3Store.Options.impatient
            options.retries.patience = .seconds(120)
            let store = bucket.store(options: options)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<100 {
                    group.addTask { try await store.put(key("a\(number)"), pattern(100), ifAbsent: true) }
                }
                try await group.waitForAll()
            }
            #expect(try await bucket.log().objects.count == 100)
        }
    }
}
