import Foundation
import Ledger
import Plan
import Testing
@testable import Reporting
@testable import Vault

/// Where an asset stands, from its snapshots and what is known of them.
@Suite struct AssetStatusTests {
    private static let noon = Date(timeIntervalSince1970: 1_800_000_000)

    private static func record(secondsAgo: Double) -> SnapshotRecord {
        let instant = noon.addingTimeInterval(-secondsAgo)
        return SnapshotRecord(
            id: SnapshotID(at: instant), asset: "db", kind: "postgres", started: instant, instant: instant, finished: instant,
            host: "here", tags: [], sourceBytes: 1, newBytes: 1, storedBytes: 1, entryCount: 1, facts: [:])
    }

    private static func status(secondsAgo: Double...) -> AssetStatus {
        var plan = AssetPlan(name: "db", kind: .postgres, url: .environment("A"))
        plan.objectives.rpo = .seconds(3600)
        return AssetStatus(of: plan, snapshots: secondsAgo.map(record), evidence: [], now: noon)
    }

    @Test func theExposureIsTheAgeOfTheNewestSnapshot() {
        let status = Self.status(secondsAgo: 7200, 1800)
        #expect(status.exposureSeconds == 1800 && status.aheadSeconds == nil && status.rpo == .met)
        #expect(Self.status(secondsAgo: 7200).rpo == .missed)
    }

    @Test func aSnapshotOfAClockThatWasAheadHidesNoExposure() {
        let status = Self.status(secondsAgo: 7200, -86_400)
        #expect(status.exposureSeconds == 7200 && status.aheadSeconds == 86_400 && status.rpo == .missed)
        let alone = Self.status(secondsAgo: -86_400)
        #expect(alone.exposureSeconds == nil && alone.rpo == .unknown && !alone.isKept)
        // Clocks that are kept right differ a little: that is worth no word.
        let beside = Self.status(secondsAgo: -5)
        #expect(beside.exposureSeconds == 0 && beside.aheadSeconds == nil)
    }
}
