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

        let before = try await bench.open(cache: "before").check(.everything)
        #expect(Set(before.problems.map(\.object)).isSuperset(of: packs.map(\.text)))

        let second = try await bench.snapshot(try await bench.open(), contents)
        let vault = try await bench.open()

        #expect(second.newBytes == first.newBytes)
        #expect(try await bench.contents(try await vault.read(second)) == contents)
        #expect(try await bench.contents(try await vault.read(first)) == contents)
        #expect(try await vault.check(.everything).problems.map(\.object) == [])
    }
}
