import Foundation
import ObjectStore
import Testing

@testable import Vault

/// What was once written must be readable for ever: by this test, and by `tools/test_read_vault.py` with the independent reader.
@Suite struct GoldenVaultTests {
    @Test(arguments: GoldenVault.all) func theRecoveryKeyRestoresEveryByte(of golden: GoldenVault) async throws {
        let locked = try await LockedVault(in: golden.store)
        try await expectAll(of: golden, with: try locked.keys(from: golden.recovery, holder: "test"))
    }

    @Test(arguments: GoldenVault.all) func theKeyFileRestoresWhatItsRolesAllow(of golden: GoldenVault) async throws {
        let keys = try golden.keys
        if keys.roles.contains(.reader) { return try await expectAll(of: golden, with: keys) }
        try await withVault(golden, keys) { vault in
            let snapshots = try await vault.snapshots()
            #expect(snapshots.map(\.id.text) == (try golden.expected.snapshots.map(\.id)))
            let error = await #expect(throws: VaultError.self) { _ = try await vault.read(snapshots[0]) }
            #expect(error?.code == .wrongKey)
        }
    }

    @Test(arguments: GoldenVault.all) func aCheckFindsNothingWrong(in golden: GoldenVault) async throws {
        let locked = try await LockedVault(in: golden.store)
        try await withVault(golden, try locked.keys(from: golden.recovery, holder: "test")) { vault in
            let report = try await vault.check(.everything)
            #expect(report.problems.map(\.message) == [])
            #expect(report.packsRead == report.packs)
        }
    }

    /// A reader that was added later, its key file with and without its passphrase, and shares of the recovery key.
    @Test func keysThatCameLaterRestoreEveryByteToo() async throws {
        let golden = GoldenVault(name: "v1-keys")
        try await expectAll(of: golden, with: KeyFile(Array(try golden.bytes("alice-key")), name: "alice"))
        let locked = try LockedKeyFile(Array(try golden.bytes("alice-key-locked")), name: "alice")
        try await expectAll(of: golden, with: await locked.open(with: "phrase de passe à garder"))
        var typed = TypedRecovery()
        let shares = try typed.add(String(decoding: try golden.bytes("shares"), as: UTF8.self))
        let recovery = try await LockedVault(in: golden.store).completed(try #require(shares))
        #expect(recovery.text == (try golden.recovery.text))
    }

    @Test func thereAreGoldenVaults() {
        #expect(GoldenVault.all.count >= 2)
    }

    private func expectAll(of golden: GoldenVault, with keys: KeyFile) async throws {
        try await withVault(golden, keys) { vault in
            let expected = try golden.expected
            #expect(vault.id.description == expected.vault)
            let snapshots = try await vault.snapshots()
            #expect(snapshots.map(\.id.text) == expected.snapshots.map(\.id))
            for (record, wanted) in zip(snapshots, expected.snapshots) {
                #expect(record.asset == wanted.asset && record.kind == wanted.kind)
                #expect(record.tags == wanted.tags && record.facts == wanted.facts)
                let reader = try await vault.read(record)
                var found: [GoldenVault.Expected.Entry] = []
                for entry in try await reader.entries() { found.append(try await .init(entry, in: reader)) }
                #expect(found == wanted.entries)
            }
            let records = try await vault.records(kind: "evidence")
            #expect(
                records.map { .init(id: $0.id.text, kind: $0.kind, body: String(decoding: $0.body, as: UTF8.self)) }
                    == expected.records)
        }
    }

    private func withVault(_ golden: GoldenVault, _ keys: KeyFile, _ work: (OpenVault) async throws -> Void) async throws {
        let cache = FileManager.default.temporaryDirectory.path + "/reprise-golden-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: cache) }
        try await work(try await LockedVault(in: golden.store).open(with: keys, cacheFolder: cache))
    }
}
