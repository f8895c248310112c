import Foundation
import Language
import ObjectStore
import TestStores
import Testing

@testable import Vault

/// What is told of logs from which entries vanished, that were rolled back, or into which somebody forged one.
@Suite struct WriterLogTests {
    private func filled() async throws -> (bench: TestVault, vault: OpenVault, snapshots: [SnapshotRecord]) {
        let bench = try await TestVault()
        let vault = try await bench.open()
        var snapshots: [SnapshotRecord] = []
        for number in 0..<4 {
            snapshots.append(try await vault.snapshot(["rows": TestBytes.rows(50 + number)]))
            try await vault.append(kind: "note", body: Data("{}".utf8))
        }
        return (bench, vault, snapshots)
    }

    private func path(_ bench: TestVault, _ name: String) -> String { bench.folder + "/vault/" + name }

    private func remove(_ bench: TestVault, _ snapshot: SnapshotRecord) throws {
        try FileManager.default.removeItem(atPath: path(bench, "snapshots/" + snapshot.id.text))
    }

    @Test func aWholeLogIsWhole() async throws {
        let (bench, vault, snapshots) = try await filled()
        defer { withExtendedLifetime(bench) {} }
        let log = try #require(try await vault.check(.structure).logs.first { $0.holder == "test" })
        #expect(log.isWhole && log.snapshots == snapshots.count && log.records == 4 && !log.isRolledBack)
        #expect(abs(try #require(log.newest).timeIntervalSinceNow) < 600)
    }

    /// Nothing in the vault tells it; this host does.
    @Test func theNewestThatVanishedIsNamedByWhoHasSeenIt() async throws {
        let (bench, vault, snapshots) = try await filled()
        try remove(bench, snapshots[3])
        #expect(try await bench.open(cache: "stranger").check(.structure).problems.isEmpty)
        let report = try await vault.check(.structure)
        let log = try #require(report.logs.first { $0.holder == "test" })
        #expect(log.vanished == ["snapshots/" + snapshots[3].id.text])
        #expect(report.problems.contains { $0.object == "snapshots/" + snapshots[3].id.text })
        // Listing in between makes nobody forget.
        _ = try await bench.open().snapshots()
        #expect(try await bench.open().check(.structure).logs.first?.vanished.count == 1)
    }

    /// As soon as the writer that saw it writes again, everybody sees that something is missing.
    @Test func aLaterEntryTellsEverybody() async throws {
        let (bench, _, snapshots) = try await filled()
        try remove(bench, snapshots[3])
        _ = try await bench.open().snapshot(["rows": TestBytes.rows(99)])
        let report = try await bench.open(cache: "stranger").check(.structure)
        #expect(report.problems.contains { $0.message.description.contains("removed or changed") })
    }

    @Test func aVaultThatWasPutBackIsTold() async throws {
        let (bench, vault, _) = try await filled()
        let copy = bench.folder + "/copy"
        try FileManager.default.copyItem(atPath: bench.folder + "/vault", toPath: copy)
        let later = try await vault.snapshot(["rows": TestBytes.rows(77)])
        try await vault.append(kind: "note", body: Data("{}".utf8))
        try FileManager.default.removeItem(atPath: bench.folder + "/vault")
        try FileManager.default.moveItem(atPath: copy, toPath: bench.folder + "/vault")
        #expect(try await bench.open(cache: "stranger").check(.structure).problems.isEmpty)
        let report = try await bench.open().check(.structure)
        let log = try #require(report.logs.first { $0.holder == "test" })
        #expect(log.isRolledBack && log.vanished.count == 2 && log.vanished.contains("snapshots/" + later.id.text))
        let verdict = try #require(report.problems.first { $0.object == "config" })
        #expect(verdict.message.description.contains("stands as it did before"), "\(verdict.message)")

        // A keeper that knows why notes it, and hears no more of it.
        let mended = try await bench.open().repair(report, host: "here")
        #expect(mended.vanishedNoted == 2)
        #expect(try await bench.open().check(.structure).problems.map(\.message) == [])
        _ = try await bench.open().snapshot(["rows": TestBytes.rows(78)])
        #expect(try await bench.open(cache: "stranger").check(.structure).problems.map(\.message) == [])
    }

    /// The recovery key on the same host, used for once, makes nobody forget.
    @Test func anotherKeyOnThisHostMakesNobodyForget() async throws {
        let (bench, _, snapshots) = try await filled()
        try remove(bench, snapshots[3])
        let locked = try await LockedVault(in: bench.store)
        let recovery = try locked.keys(from: bench.recovery, holder: "recovery")
        #expect(try await locked.open(with: recovery, cacheFolder: bench.folder + "/cache").snapshots().count == 3)
        #expect(try await bench.open().check(.structure).logs.first { $0.holder == "test" }?.vanished.count == 1)
    }

    /// What the vanished one uses would look like garbage.
    @Test func nothingIsPrunedWhileASnapshotIsMissing() async throws {
        let (bench, _, snapshots) = try await filled()
        try remove(bench, snapshots[3])
        let error = await #expect(throws: VaultError.self) {
            _ = try await bench.open().prune(PruneOrder(unusedShare: 1, host: "here"))
        }
        #expect(error?.message.description.contains("Nothing was deleted") == true)
        let found = try await bench.open().check(.structure)
        _ = try await bench.open().repair(found, host: "here")
        _ = try await bench.open().prune(PruneOrder(unusedShare: 1, host: "here"))
        #expect(try await bench.open().check(.everything).problems.isEmpty)
    }

    @Test func aForgedSnapshotIsNamed() async throws {
        let (bench, vault, snapshots) = try await filled()
        let stranger = try await TestVault()
        let forger = try await stranger.open().snapshot(["rows": TestBytes.rows(50)])
        // Another vault's, and one of this vault's under a new name.
        try FileManager.default.copyItem(
            atPath: path(stranger, "snapshots/" + forger.id.text), toPath: path(bench, "snapshots/" + forger.id.text))
        let other = ULID(at: Date())
        try FileManager.default.copyItem(
            atPath: path(bench, "snapshots/" + snapshots[0].id.text), toPath: path(bench, "snapshots/" + other.text))
        let problems = try await vault.check(.structure).problems.map(\.object)
        #expect(problems.contains("snapshots/" + forger.id.text) && problems.contains("snapshots/" + other.text))
    }

    /// An older snapshot's bytes in the place of a newer one's: rolled back, one by one.
    @Test func anEntryThatWasReplacedIsNamed() async throws {
        let (bench, vault, snapshots) = try await filled()
        let name = path(bench, "snapshots/" + snapshots[3].id.text)
        try FileManager.default.removeItem(atPath: name)
        try FileManager.default.copyItem(atPath: path(bench, "snapshots/" + snapshots[2].id.text), toPath: name)
        #expect(try await vault.check(.structure).problems.contains { $0.object == "snapshots/" + snapshots[3].id.text })
    }

    @Test func aCacheThatSomebodyElseWroteIsNotBelieved() async throws {
        let (bench, _, snapshots) = try await filled()
        let file = URL(
            fileURLWithPath: bench.folder + "/cache/" + bench.keys.vault.description
                + "/snapshots-\(bench.keys.signing.id).witness")
        var bytes = try Data(contentsOf: file)
        bytes[bytes.count - 1] ^= 1
        try bytes.write(to: file)
        try remove(bench, snapshots[3])
        // It has forgotten; that is all.
        #expect(try await bench.open().check(.structure).problems.isEmpty)
    }
}
