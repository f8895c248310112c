import Foundation
import TestNumbers
import Testing

@testable import Vault

/// Which bundles a keeper makes of what: over years they stay few and full, and hold what is listed and nothing else.
@Suite struct BundlePlanTests {
    private typealias Name = ObjectBundle.Name

    /// A vault's objects and bundles, without bytes.
    private final class World {
        var listed: [ULID: Int] = [:]
        var bundles: [Name: [ObjectBundle.Entry]?] = [:]
        /// How many objects were put into bundles so far, each time counted.
        var writes = 0
        var sizes = ObjectBundle.Sizes.usual

        static let start = Date(timeIntervalSince1970: 1_700_000_000)

        func add(_ count: Int, hour: Int, size: Int = 2400) {
            for _ in 0..<count { listed[ULID(at: Self.start.addingTimeInterval(Double(hour) * 3600))] = size }
        }

        /// Returns whether there was something to do.
        func keep(removes: Bool = true) -> Bool {
            let plan = BundlePlan(listed, bundles: bundles, sizes)
            for items in plan.written {
                for item in items {
                    if let source = item.source { #expect(bundles[source]??.contains(item.entry) == true) }
                    #expect(listed[item.entry.id] == item.entry.size)
                }
                #expect(zip(items, items.dropFirst()).allSatisfy { $0.entry.id < $1.entry.id })
                let name = Name(.snapshots, first: items[0].entry.id, last: items[items.count - 1].entry.id, id: ULID(at: Date()))
                bundles[name] = items.map(\.entry)
                writes += items.count
            }
            if removes { for name in plan.removed { bundles[name] = nil } }
            return !plan.written.isEmpty || !plan.removed.isEmpty
        }

        var entries: [ObjectBundle.Entry] { bundles.values.flatMap { $0 ?? [] } }

        /// Nothing twice, nothing that is not listed, and no bundle too small or too large.
        ///
        /// - Parameter mayRepeat: as after keepers that were cut off: a bundle goes when others hold more than half of it.
        func expectSound(_ comment: Comment? = nil, mayRepeat: Bool = false) {
            #expect(entries.count - Set(entries).count <= (mayRepeat ? entries.count / 2 : 0), comment)
            for entry in entries where listed[entry.id] != entry.size { Issue.record("what is not listed is in a bundle") }
            for bundle in bundles.values {
                let bytes = bundle?.reduce(0) { $0 + $1.size } ?? 0
                #expect(
                    (sizes.leastObjects...sizes.mostObjects).contains(bundle?.count ?? 0) && bytes <= sizes.mostBytes, comment)
            }
            #expect(listed.count { $0.value <= sizes.largestObject } - Set(entries).count < sizes.leastObjects * 3, comment)
        }
    }

    @Test func tooFewMakeNone() {
        let world = World()
        world.add(63, hour: 0)
        #expect(!world.keep() && world.bundles.isEmpty)
        world.add(1, hour: 1)
        #expect(world.keep() && world.bundles.count == 1)
        #expect(!world.keep(), "what is in a bundle is in one")
        world.expectSound()
    }

    @Test func manyAtOnceMakeFullOnes() {
        let world = World()
        for hour in 0..<10_000 { world.add(1, hour: hour) }
        #expect(world.keep() && world.bundles.count == 10 && world.writes == 10_000)
        #expect(!world.keep())
        world.expectSound()
        // Ranges of names without overlap: who lacks the newest needs one.
        let ranges = world.bundles.keys.sorted { $0.first < $1.first }
        #expect(zip(ranges, ranges.dropFirst()).allSatisfy { $0.last < $1.first })
    }

    /// A year of a snapshot each hour that all stay, with a prune a day, and three years with one a week.
    @Test(arguments: [(24, 1), (168, 3)]) func overYearsTheyStayFew(pause: Int, years: Int) {
        let world = World()
        for hour in 0..<years * 8766 {
            world.add(1, hour: hour)
            if hour % pause == 0 {
                _ = world.keep()
                #expect(world.bundles.count <= world.listed.count / 768 + 6)
            }
        }
        world.expectSound()
        #expect(world.writes < 6 * world.listed.count, "\(world.writes)")
    }

    /// Two years of which the hours of two days, the days of two months and the months are kept.
    @Test func whatWasLetGoIsInNone() {
        let world = World()
        for hour in 0..<2 * 8766 {
            world.add(1, hour: hour)
            guard hour % 24 == 0 else { continue }
            for id in world.listed.keys {
                let age = Double(hour) - id.instant.timeIntervalSince(World.start) / 3600
                let born = Int(Double(hour) - age + 0.5)
                if (age > 48 && born % 24 != 0) || (age > 60 * 24 && born % 720 != 0) { world.listed[id] = nil }
            }
            _ = world.keep()
            #expect(world.entries.allSatisfy { world.listed[$0.id] == $0.size })
            #expect(world.bundles.count <= 4, "\(world.bundles.count) for \(world.listed.count)")
        }
        world.expectSound()
    }

    @Test func whatIsTwiceGoesOnce() {
        let world = World()
        world.add(300, hour: 0)
        _ = world.keep()
        let first = world.bundles.first!
        world.bundles[Name(.snapshots, first: first.key.first, last: first.key.last, id: ULID(at: Date()))] = first.value
        #expect(world.keep() && world.bundles.count == 1 && world.writes == 300, "nothing is written anew")
        // A prune that was cut off before it removed the old ones.
        world.add(200, hour: 1)
        #expect(world.keep(removes: false) && world.bundles.count == 2)
        #expect(world.keep() && world.bundles.count == 1 && world.writes == 800)
        world.expectSound()
    }

    /// A rule of the bucket keeps an old bundle: nothing is written anew because of it, again and again.
    @Test func aBundleThatCannotGoIsNotWrittenAnewEachTime() {
        let world = World()
        world.add(300, hour: 0)
        _ = world.keep()
        world.listed[world.listed.keys.first!] = nil
        for _ in 0..<5 { _ = world.keep(removes: false) }
        #expect(world.writes == 300 + 299)
    }

    @Test func whatIsNoBundleGoes() {
        let world = World()
        world.add(100, hour: 0)
        let name = Name(.snapshots, first: ULID(at: Date()), last: ULID(at: Date()), id: ULID(at: Date()))
        world.bundles = [name: nil]
        #expect(world.keep() && world.bundles.count == 1 && world.bundles[name] == nil)
        // An object of another size than the bundle says is another object.
        let changed = world.listed.keys.first!
        world.listed[changed] = 17
        #expect(world.keep())
        world.expectSound()
        #expect(world.entries.count == 99 && !world.entries.contains { $0.id == changed })
    }

    @Test func largeObjectsAreLeftOutAndBundlesAreBounded() {
        let world = World()
        for number in 0..<500 { world.add(1, hour: number, size: number % 5 == 0 ? 100_000 : 60_000) }
        _ = world.keep()
        #expect(world.entries.count >= 300 && world.entries.allSatisfy { $0.size == 60_000 })
        world.expectSound()
    }

    /// Whatever a bucket lists and bundles say.
    @Test(arguments: 0..<20 as Range<UInt64>) func anyStateSettles(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let world = World()
        world.sizes = ObjectBundle.Sizes(leastObjects: 4, mostObjects: 32, mostBytes: 3200, largestObject: 300)
        for round in 0..<40 {
            world.add(Int.random(in: 0..<12, using: &generator), hour: round, size: Int.random(in: 1...310, using: &generator))
            for id in world.listed.keys.sorted() where Int.random(in: 0..<25, using: &generator) == 0 { world.listed[id] = nil }
            // Late ones, with the ids of long ago.
            if round % 7 == 0 { world.add(3, hour: round / 2, size: 90) }
            _ = world.keep(removes: Bool.random(using: &generator))
        }
        _ = world.keep()
        _ = world.keep()
        #expect(!world.keep(), "it comes to rest")
        world.expectSound("seed \(seed)", mayRepeat: true)
    }
}
