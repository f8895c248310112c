import Foundation
import Language
import Testing

@testable import Plan

/// What the rules of retention keep, worked out by hand.
@Suite struct RetentionPlanTests {
    typealias Retention = RetentionPlan<Int>

    static let paris = TimeZone(identifier: "Europe/Paris")!
    static let far = instant("2030-01-01T00:00:00Z")

    static func instant(_ text: String) -> Date {
        do { return try Date(text, strategy: .iso8601) } catch { preconditionFailure("\(text) is no instant") }
    }

    /// Snapshots of one asset at these instants, numbered from 1.
    private func plan(
        _ instants: [String], _ rules: RetentionRules?, timezone: TimeZone = .gmt, now: Date = far,
        change: (Retention.Snapshot) -> Retention.Snapshot = { $0 }
    ) -> Retention {
        let snapshots = instants.enumerated().map {
            change(.init(id: $0.offset + 1, asset: "db", instant: Self.instant($0.element)))
        }
        return Retention(snapshots, rules: rules.map { ["db": $0] } ?? [:], timezone: timezone, now: now)
    }

    private func kept(_ plan: Retention) -> [Int] { plan.kept.map(\.snapshot.id) }

    @Test func theNewestOfEachDayStays() {
        let found = plan(
            ["2026-03-01T01:00:00Z", "2026-03-01T23:59:59Z", "2026-03-02T00:00:00Z", "2026-03-05T12:00:00Z"],
            RetentionRules(daily: 3))
        #expect(kept(found) == [2, 3, 4])
        #expect(found.dropped.map(\.id) == [1])
        #expect(found.dropped[0].reason.description == "no rule of db keeps it (daily 3)")
    }

    @Test func daysWithoutASnapshotDoNotCount() {
        let found = plan(
            ["2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z", "2026-06-01T00:00:00Z", "2026-12-31T00:00:00Z"],
            RetentionRules(daily: 3))
        #expect(kept(found) == [2, 3, 4])
    }

    @Test func theNewestCompleteOneStaysBesideANewerIncompleteOne() {
        let found = plan(["2026-03-01T01:00:00Z", "2026-03-02T01:00:00Z", "2026-03-03T01:00:00Z"], RetentionRules(last: 1)) {
            .init(id: $0.id, asset: $0.asset, instant: $0.instant, isComplete: $0.id < 3)
        }
        #expect(found.kept.map(\.keptBy) == [[.newestComplete], [.newest, .last]])
        #expect(kept(found) == [2, 3])
    }

    /// In Paris the last hour of 28 February in UTC is the first of 1 March.
    @Test func daysBeginInTheProjectsTimeZone() {
        let instants = ["2026-02-28T22:30:00Z", "2026-02-28T23:30:00Z", "2026-03-01T10:00:00Z"]
        #expect(kept(plan(instants, RetentionRules(daily: 2))) == [2, 3])
        #expect(kept(plan(instants, RetentionRules(daily: 2), timezone: Self.paris)) == [1, 3])
    }

    /// 2026-10-25 has 25 hours in Paris: 02:30 comes twice. 2026-03-29 has 23, and no 02:30.
    @Test func theHourThatComesTwiceIsTwoHours() {
        let autumn = ["2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z", "2026-10-25T02:30:00Z"]
        #expect(kept(plan(autumn, RetentionRules(hourly: 3), timezone: Self.paris)) == [1, 2, 3])
        let lastOfDay = ["2026-10-24T22:00:00Z", "2026-10-25T22:59:59Z", "2026-10-25T23:00:00Z"]
        #expect(kept(plan(lastOfDay, RetentionRules(daily: 2), timezone: Self.paris)) == [2, 3])
        let spring = ["2026-03-28T23:00:00Z", "2026-03-29T21:59:59Z", "2026-03-29T22:00:00Z"]
        #expect(kept(plan(spring, RetentionRules(daily: 2), timezone: Self.paris)) == [2, 3])
    }

    /// In India an hour begins at half past by UTC.
    @Test func hoursBeginWhenTheLocalClockSaysSo() {
        let instants = ["2026-03-01T10:15:00Z", "2026-03-01T10:45:00Z", "2026-03-01T11:15:00Z"]
        #expect(kept(plan(instants, RetentionRules(hourly: 2))) == [2, 3])
        #expect(kept(plan(instants, RetentionRules(hourly: 2), timezone: TimeZone(identifier: "Asia/Kolkata")!)) == [1, 3])
    }

    /// 2027-01-01 is a Friday: it belongs to the last week of 2026, which began on Monday 28 December.
    @Test func weeksAreThoseOfISO8601() {
        let instants = ["2026-12-27T12:00:00Z", "2026-12-28T00:00:00Z", "2027-01-03T23:00:00Z", "2027-01-04T00:00:00Z"]
        #expect(kept(plan(instants, RetentionRules(weekly: 4))) == [1, 3, 4])
    }

    @Test func leapDaysAreDaysOfFebruary() {
        let instants = ["2028-02-28T12:00:00Z", "2028-02-29T12:00:00Z", "2028-03-01T00:00:00Z", "2028-12-31T23:59:59Z"]
        #expect(kept(plan(instants, RetentionRules(monthly: 3))) == [2, 3, 4])
        #expect(kept(plan(instants, RetentionRules(daily: 4))) == [1, 2, 3, 4])
        #expect(kept(plan(instants, RetentionRules(yearly: 4))) == [4])
    }

    @Test func withinIsCountedFromTheNewest() {
        let instants = ["2026-03-01T00:00:00Z", "2026-03-02T00:00:00Z", "2026-03-03T00:00:00Z"]
        #expect(kept(plan(instants, RetentionRules(within: .seconds(86_400)))) == [2, 3])
        // Nothing more goes while no backup is taken.
        #expect(
            kept(plan(instants, RetentionRules(within: .seconds(86_400)), now: Self.instant("2040-01-01T00:00:00Z"))) == [2, 3])
    }

    @Test func aSnapshotFromTheFutureMakesTheOthersNoOlder() {
        let instants = ["2026-03-01T00:00:00Z", "2026-03-02T00:00:00Z", "2099-01-01T00:00:00Z"]
        let now = Self.instant("2026-03-02T01:00:00Z")
        #expect(kept(plan(instants, RetentionRules(within: .seconds(172_800)), now: now)) == [1, 2, 3])
    }

    @Test func snapshotsOfOneInstantAreTwo() {
        let instants = ["2026-03-01T00:00:00Z", "2026-03-01T00:00:00Z", "2026-03-01T00:00:00Z"]
        #expect(kept(plan(instants, RetentionRules(last: 2))) == [2, 3])
        #expect(kept(plan(instants, RetentionRules(daily: 5))) == [3])
    }

    @Test func withoutRulesEverythingStays() {
        let found = plan(["2020-01-01T00:00:00Z", "2021-01-01T00:00:00Z"], nil)
        #expect(kept(found) == [1, 2])
        #expect(found.decisions.map(\.keptBy) == [[.noRules], [.noRules]])
    }

    @Test func theNewestProvenThePinnedAndTheTaggedStay() {
        let instants = (1...6).map { "2026-03-0\($0)T00:00:00Z" }
        let found = plan(instants, RetentionRules(last: 1, tags: ["release"])) { snapshot in
            .init(
                id: snapshot.id, asset: "db", instant: snapshot.instant, tags: snapshot.id == 1 ? ["x", "release"] : [],
                isPinned: snapshot.id == 2, isProven: snapshot.id == 3 || snapshot.id == 4)
        }
        #expect(kept(found) == [1, 2, 4, 6])
        #expect(found.kept.map(\.keptBy) == [[.tag("release")], [.pinned], [.newestProven], [.newest, .last]])
    }

    @Test func whatARestorePutAsideStaysForAWeekAndTakesNoPlace() {
        let now = Self.instant("2026-03-10T00:00:00Z")
        let instants = ["2026-03-02T00:00:00Z", "2026-03-02T23:59:59Z", "2026-03-03T00:00:01Z", "2026-03-09T00:00:00Z"]
        let found = plan(instants, RetentionRules(last: 2), now: now) {
            .init(id: $0.id, asset: "db", instant: $0.instant, isSafety: $0.id == 2 || $0.id == 3)
        }
        #expect(kept(found) == [1, 3, 4])
        #expect(found.dropped.map(\.reason.description) == ["a restore took it, more than 7 days ago"])
        // What a restore put aside may be all there is.
        let alone = plan([instants[0]], RetentionRules(last: 1), now: now) {
            .init(id: $0.id, asset: "db", instant: $0.instant, isSafety: true)
        }
        #expect(kept(alone) == [1])
    }

    @Test func assetsDoNotTakeEachOthersPlaces() {
        let snapshots = (1...6).map {
            Retention.Snapshot(id: $0, asset: $0.isMultiple(of: 2) ? "a" : "b", instant: Self.instant("2026-03-0\($0)T00:00:00Z"))
        }
        let found = Retention(
            snapshots, rules: ["a": RetentionRules(last: 1), "b": RetentionRules(last: 2)], timezone: .gmt, now: Self.far)
        #expect(found.kept.map(\.snapshot.id) == [3, 5, 6])
    }

    @Test func presetsAreThoseOfSupabase() {
        #expect(RetentionRules(preset: "supabase-pro") == RetentionRules(daily: 7))
        #expect(RetentionRules(preset: "supabase-team") == RetentionRules(daily: 14))
        #expect(RetentionRules(preset: "supabase-enterprise") == RetentionRules(daily: 30))
        #expect(RetentionRules(preset: "supabase-free") == nil)
    }

    /// Foundation's own ISO calendar gives the same periods, hour by hour over summer time, leap days and centuries.
    @Test(arguments: ["UTC", "Europe/Paris", "America/St_Johns", "Pacific/Apia", "Asia/Kolkata", "Africa/Cairo"])
    func periodsAreThoseOfTheCalendar(zone: String) {
        let timezone = TimeZone(identifier: zone)!
        var calendar = Calendar(identifier: .iso8601)
        calendar.timeZone = timezone
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<3000 {
            let first = Date(timeIntervalSince1970: Double(Int64.random(in: -2_000_000_000...6_000_000_000, using: &generator)))
            let second = first.addingTimeInterval(Double(Int.random(in: 0...500_000, using: &generator)))
            let (a, b) = [first, second].map {
                calendar.dateComponents([.year, .month, .day, .yearForWeekOfYear, .weekOfYear], from: $0)
            }
            .pair
            func same(_ period: RetentionPeriod) -> Bool {
                period.ordinal(of: first, in: timezone) == period.ordinal(of: second, in: timezone)
            }
            let day = a.year == b.year && a.month == b.month && a.day == b.day
            #expect(same(.day) == day, "\(first) \(second)")
            #expect(same(.month) == (a.year == b.year && a.month == b.month), "\(first) \(second)")
            #expect(same(.year) == (a.year == b.year), "\(first) \(second)")
            #expect(
                same(.week) == (a.yearForWeekOfYear == b.yearForWeekOfYear && a.weekOfYear == b.weekOfYear), "\(first) \(second)")
        }
    }
}

extension [DateComponents] {
    fileprivate var pair: (DateComponents, DateComponents) { (self[0], self[1]) }
}
