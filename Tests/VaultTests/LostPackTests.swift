import Foundation
import ObjectStore
import Testing

@testable import Vault

@Suite struct LostPackTests {
    @Test func theNextBackupStoresAgainWhatALostPackHeld() async throws {
        let bench = try await TestVault()
        let contents = ["rows": bench.rows(100_000), "file": bench.random(3_000_000)]
        let first = try await bench.snapshot(try await bench.open(), contents)
        var packs: [ObjectKey] = []
        try await bench.store.each("packs/") { packs.append($0.key) }
        for pack in packs { try await bench.store.delete(pack) }

        let second = try await bench.snapshot(try await bench.open(), contents)
        let vault = try await bench.open()

        #expect(second.newBytes == first.newBytes)
        #expect(try await bench.contents(try await vault.read(second)) == contents)
        let report = try await vault.check(.everything)
        #expect(report.problems.map(\.object).sorted() == packs.map(\.text).sorted())
    }
}
