import Foundation
import TestNumbers
import Testing

@testable import Plan

/// What must hold whatever the rules and the snapshots are.
@Suite struct RetentionPropertyTests {
    typealias Retention = RetentionPlan<Int>

    private struct Case {
        let snapshots: [Retention.Snapshot]
        let rules: [String: RetentionRules]
        let timezone: TimeZone
        let now: Date

        func plan(_ snapshots: [Retention.Snapshot]? = nil) -> Retention {
            Retention(snapshots ?? self.snapshots, rules: rules, timezone: timezone, now: now)
        }

        init(seed: UInt64) {
            var generator = SeededGenerator(seed: seed)
            func number(_ range: ClosedRange<Int>) -> Int { .random(in: range, using: &generator) }
            func perhaps(_ most: Int) -> Int? { number(0...2) == 0 ? number(1...most) : nil }
            timezone = TimeZone(identifier: ["UTC", "Europe/Paris", "Australia/Lord_Howe", "America/Sao_Paulo"][number(0...3)])!
            // Days around the end of a year and of summer time, so that every kind of period ends somewhere.
            let end = [1_798_761_600, 1_792_893_600, 1_835_395_200][number(0...2)]
            let spread = [3600, 86_400, 40 * 86_400, 1200 * 86_400][number(0...3)]
            let instants = (0..<number(0...60)).map { _ in
                Date(timeIntervalSince1970: Double(end + number(-spread...spread) / 60 * 60))
            }
            snapshots = instants.enumerated().map { id, instant in
                .init(
                    id: id, asset: ["db", "other", "unruled"][number(0...2)], instant: instant,
                    tags: number(0...9) == 0 ? ["release"] : [], isSafety: number(0...9) == 0, isPinned: number(0...9) == 0,
                    isProven: number(0...3) == 0)
            }
            var rules: [String: RetentionRules] = [:]
            for asset in ["db", "other"] {
                let found = RetentionRules(
                    last: perhaps(5), hourly: perhaps(10), daily: perhaps(10), weekly: perhaps(5), monthly: perhaps(5),
                    yearly: perhaps(3), within: perhaps(90).map { .seconds($0 * 43_200) },
                    tags: number(0...3) == 0 ? ["release"] : [])
                rules[asset] = found.isEmpty ? RetentionRules(last: 1) : found
            }
            self.rules = rules
            now = Date(timeIntervalSince1970: Double(end + number(-spread...2 * spread)))
        }
    }

    private static let seeds = UInt64(1)...400

    @Test func everySnapshotIsDecidedOnceAndNoneIsForgotten() {
        for seed in Self.seeds {
            let example = Case(seed: seed)
            let plan = example.plan()
            #expect(plan.decisions.map(\.snapshot.id).sorted() == example.snapshots.map(\.id), "seed \(seed)")
            for decision in plan.decisions {
                #expect(decision.keptBy.isEmpty == (decision.droppedBecause != nil), "seed \(seed)")
            }
            #expect(plan.kept.count + plan.dropped.count == example.snapshots.count, "seed \(seed)")
        }
    }

    @Test func whatMustStayStays() {
        for seed in Self.seeds {
            let example = Case(seed: seed)
            let dropped = Set(example.plan().dropped.map(\.id))
            for (asset, all) in Dictionary(grouping: example.snapshots, by: \.asset) {
                let sorted = all.sorted { ($0.instant, $0.id) < ($1.instant, $1.id) }
                let newest = sorted.last { !$0.isSafety } ?? sorted.last
                #expect(newest.map { !dropped.contains($0.id) } ?? true, "the newest of \(asset), seed \(seed)")
                #expect(
                    sorted.last(where: \.isProven).map { !dropped.contains($0.id) } ?? true, "the newest proven, seed \(seed)")
                for snapshot in all where dropped.contains(snapshot.id) {
                    #expect(!snapshot.isPinned && asset != "unruled", "seed \(seed)")
                    if snapshot.isSafety {
                        #expect(example.now.timeIntervalSince(snapshot.instant) >= 7 * 86_400, "seed \(seed)")
                    }
                }
            }
        }
    }

    @Test func toApplyTheRulesAgainLetsNothingMoreGo() {
        for seed in Self.seeds {
            let example = Case(seed: seed)
            let kept = example.plan().kept.map(\.snapshot)
            #expect(example.plan(kept).dropped.isEmpty, "seed \(seed)")
        }
    }

    /// To prune after every backup loses nothing that pruning once at the end would keep.
    @Test func pruningOnTheWayLosesNothing() {
        for seed in Self.seeds {
            let example = Case(seed: seed)
            // Proofs, like pins, are given at the end here; on the way a drill moves from snapshot to snapshot.
            let plain = example.snapshots.map {
                Retention.Snapshot(id: $0.id, asset: $0.asset, instant: $0.instant, tags: $0.tags, isPinned: $0.isPinned)
            }.sorted { ($0.instant, $0.id) < ($1.instant, $1.id) }
            var standing: [Retention.Snapshot] = []
            for snapshot in plain {
                standing.append(snapshot)
                standing = example.plan(standing).kept.map(\.snapshot)
            }
            let once = Set(example.plan(plain).kept.map(\.snapshot.id))
            #expect(once.subtracting(standing.map(\.id)).isEmpty, "seed \(seed)")
        }
    }

    @Test func theOrderInWhichTheyAreGivenDoesNotMatter() {
        for seed in Self.seeds {
            let example = Case(seed: seed)
            #expect(
                example.plan().dropped.map(\.id) == example.plan(example.snapshots.shuffled()).dropped.map(\.id), "seed \(seed)")
        }
    }

    /// One more rule, or a larger number, never lets more go.
    @Test func moreRulesKeepMore() {
        for seed in Self.seeds {
            let example = Case(seed: seed)
            let before = Set(example.plan().dropped.map(\.id))
            let wider = example.rules.mapValues { rules in
                var rules = rules
                rules.daily = (rules.daily ?? 0) + 2
                rules.last = (rules.last ?? 0) + 1
                return rules
            }
            let after = Retention(example.snapshots, rules: wider, timezone: example.timezone, now: example.now)
            #expect(Set(after.dropped.map(\.id)).isSubset(of: before), "seed \(seed)")
        }
    }
}
