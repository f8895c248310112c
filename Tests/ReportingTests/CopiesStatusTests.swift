import Foundation
import Ledger
import Plan
import Testing
@testable import Reporting
@testable import Vault

/// The rule 3-2-1-1-0 and what single failures take, from what is known of each vault.
@Suite struct CopiesStatusTests {
    private static let noon = Date(timeIntervalSince1970: 1_800_000_000)

    private static func record(_ asset: String, hoursAgo: Double) -> SnapshotRecord {
        let instant = noon.addingTimeInterval(-hoursAgo * 3600)
        return SnapshotRecord(
            id: SnapshotID(at: instant), asset: asset, kind: "files", started: instant, instant: instant, finished: instant,
            host: "here", tags: [], sourceBytes: 1, newBytes: 1, storedBytes: 1, entryCount: 1, facts: [:])
    }

    private static func check(_ outcome: Evidence.Outcome = .passed, depth: String? = "all") -> Evidence {
        Evidence(
            act: .check, started: noon, finished: noon, host: "here", outcome: outcome,
            facts: ["snapshots": "1"].merging(depth.map { ["depth": $0] } ?? [:]) { $1 })
    }

    private static func plan(_ vaults: [VaultPlan]) -> Plan {
        Plan(
            project: .init(name: "shop"), vaults: vaults,
            assets: ["db", "uploads"].map { AssetPlan(name: $0, kind: .postgres, url: .environment("A")) })
    }

    private static func here(
        _ vault: VaultPlan, _ records: [SnapshotRecord], _ evidence: [Evidence] = [check()], device: String? = nil
    ) -> CopyStatus {
        CopyStatus(here: vault, copy: nil, snapshots: records, evidence: evidence, device: device)
    }

    @Test func everythingHoldsWithADiskABucketAndADiskInTheSafe() {
        let now = [Self.record("db", hoursAgo: 1), Self.record("uploads", hoursAgo: 1)]
        let local = VaultPlan(name: "local", url: "./vault")
        let cloud = VaultPlan(name: "cloud", url: "s3://shop-backups/vault?region=eu-west-3", account: "hosting")
        let usb = VaultPlan(name: "usb", url: "/media/usb", site: "safe", removable: true)
        let status = CopiesStatus(
            Self.plan([local, cloud, usb]), [Self.here(local, now), Self.here(cloud, now), Self.here(usb, now)])
        #expect(status.copies == 4 && status.media == [.disk, .objectStorage] && status.isKept)
        #expect(status.offSite.map(\.vault.name) == ["cloud", "usb"] && status.offline.map(\.vault.name) == ["usb"])
        #expect(status.failures.allSatisfy { $0.newestLeft.allSatisfy { $0.instant == now[0].instant } })
        let fire = status.failures.first { $0.takesSource }
        #expect(fire?.lost == ["local"] && fire?.left == ["cloud", "usb"])
    }

    @Test(arguments: ["127.0.0.1", "localhost", "minio.localhost", "[::1]"]) func aBucketOnThisMachineIsNotOffSite(host: String) {
        let now = [Self.record("db", hoursAgo: 1), Self.record("uploads", hoursAgo: 1)]
        let local = VaultPlan(name: "local", url: "./vault")
        let bucket = VaultPlan(name: "bucket", url: "s3://shop-backups/vault?endpoint=http://\(host):9000")
        let status = CopiesStatus(Self.plan([local, bucket]), [Self.here(local, now), Self.here(bucket, now)])
        #expect(status.copies == 3 && status.offSite.isEmpty && !status.isKept)
        #expect(status.failures.first { $0.takesSource }?.lost == ["local", "bucket"])
        // What the plan says of its site counts: a tunnel to elsewhere begins here too.
        let tunnel = VaultPlan(name: "bucket", url: bucket.url, site: "elsewhere")
        #expect(
            CopiesStatus(Self.plan([local, tunnel]), [Self.here(local, now), Self.here(tunnel, now)]).offSite.map(\.vault.name)
                == ["bucket"])
    }

    @Test func twoFoldersOnOneDiskAreOneFailure() throws {
        let (new, old) = ([Self.record("db", hoursAgo: 1)], [Self.record("db", hoursAgo: 30)])
        let (one, two) = (VaultPlan(name: "one", url: "./one"), VaultPlan(name: "two", url: "./two"))
        let far = VaultPlan(name: "far", url: "s3://shop-backups/vault?region=eu-west-3", account: "hosting")
        let status = CopiesStatus(
            Self.plan([one, two, far]),
            [Self.here(one, new, device: "8:1"), Self.here(two, new, device: "8:1"), Self.here(far, old, [])])
        let disk = try #require(status.failures.first { $0.domains.contains { $0.kind == .disk } })
        #expect(disk.lost == ["one", "two"] && disk.left == ["far"])
        #expect(disk.newestLeft.map(\.instant) == [old[0].instant, nil])
        #expect(status.unprovenCopies.map(\.vault.name) == ["far"] && !status.isKept)
        #expect(status.vaults[2].lagSeconds(behind: status.latest) == 29.0 * 3600)
    }

    @Test func aProofIsOfItsOwnCopyAndALaterFailureTakesItBack() {
        let vault = VaultPlan(name: "local", url: "./vault")
        let now = [Self.record("db", hoursAgo: 1)]
        #expect(Self.here(vault, now).proven == Self.noon)
        #expect(Self.here(vault, now, [Self.check(depth: nil)]).proven == nil, "a look at the list proves nothing")
        #expect(Self.here(vault, now, [Self.check(), Self.check(.failed, depth: nil)]).proven == nil)
        let other = CopyStatus(here: vault, copy: ULID(at: Self.noon), snapshots: now, evidence: [Self.check()], device: nil)
        #expect(other.proven == nil, "what was found in another copy proves nothing of this one")
    }

    @Test func aDiskInTheSafeIsRemembered() {
        let usb = VaultPlan(name: "usb", url: "/media/usb", removable: true)
        let known = [Self.record("db", hoursAgo: 5)]
        let memory = Evidence(
            act: .copy, started: Self.noon, finished: Self.noon, host: "here", outcome: .passed,
            facts: ["to": "usb", "newest/db": known[0].id.text, "proven": "1800000000"])
        let away = CopyStatus(away: usb, evidence: [memory], known: known)
        #expect(away.newest["db"] == known[0] && away.knownSince == Self.noon && away.proven == Self.noon)
        #expect(CopyStatus(away: usb, evidence: [], known: known).newest.isEmpty)
    }
}
