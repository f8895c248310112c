import Foundation
import Language
import Ledger
import ObjectStore
import Plan
import Reporting
import TestStores
import Testing
import Vault

/// What a plan's rules keep of the snapshots of a real vault, with its drills and pins.
@Suite struct VaultRetentionTests {
    private let folder = FileManager.default.temporaryDirectory.path + "/reprise-retention-" + UUID().uuidString

    @Test func drillsPinsAndWhatARestorePutAsideCount() async throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let store = MemoryStore()
        let made = try await LockedVault.make(in: store, holder: "host", roles: [.writer, .reader, .keeper])
        let vault = try await LockedVault(in: store).open(with: made.keys, cacheFolder: folder)
        let start = Date(timeIntervalSince1970: 1_798_761_600)
        func snapshot(_ asset: String, day: Int, tags: [String] = []) async throws -> SnapshotID {
            let writer = try await vault.startSnapshot(asset: asset, kind: "test", workers: 1)
            try writer.add("one", text: "\(day)")
            return try await writer.commit(instant: start.addingTimeInterval(Double(day) * 86_400), tags: tags, facts: [:]).id
        }
        var ids: [SnapshotID] = []
        for day in 0..<8 { ids.append(try await snapshot("db", day: day)) }
        let safety = try await snapshot("db-before-restore", day: 1, tags: ["safety"])
        let unknown = try await snapshot("gone", day: 1)
        try await PinLog(vault).pin(ids[0], reason: nil)
        func drill(_ id: SnapshotID, _ outcome: Evidence.Outcome) -> Evidence {
            Evidence(act: .drill, asset: "db", snapshot: id, started: start, finished: start, host: "here", outcome: outcome)
        }
        // What a later drill takes back is not proven.
        let evidence = [drill(ids[2], .passed), drill(ids[3], .passed), drill(ids[3], .failed)]
        var asset = AssetPlan(name: "db", kind: .postgres, url: .environment("A"))
        asset.keep = RetentionRules(daily: 2)
        let plan = Plan(project: .init(name: "shop"), vaults: [.init(name: "local", url: "./vault")], assets: [asset])
        let retention = RetentionPlan(
            of: plan, in: plan.vaults[0], snapshots: try await vault.snapshots(), evidence: evidence,
            pins: try await PinLog(vault).all(),
            now: start.addingTimeInterval(8 * 86_400 + 1))
        #expect(retention.dropped.map(\.id) == [ids[1], safety, ids[3], ids[4], ids[5]].sorted { order($0) < order($1) })
        #expect(retention.kept.map(\.snapshot.id).contains(unknown), "an asset that the plan does not name keeps everything")

        let lines = retention.table(Figures(.french), timezone: .gmt).lines(in: .french)
        #expect(lines.count == 1 + 10)
        #expect(lines.contains { $0.contains(ids[0].text) && $0.contains("reste") && $0.hasSuffix("épinglé") })
        #expect(lines.contains { $0.contains(ids[2].text) && $0.hasSuffix("le plus récent prouvé") })
        #expect(lines.contains { $0.contains(safety.text) && $0.contains("part") && $0.contains("restauration") })
        #expect(lines.contains { $0.contains(ids[7].text) && $0.hasSuffix("le plus récent, daily") })

        // By the instant of the data, then by the order of writing.
        func order(_ id: SnapshotID) -> String {
            let decision = retention.decisions.firstIndex { $0.snapshot.id == id } ?? -1
            return String(format: "%03d", decision)
        }
    }
}
