import Foundation
import ObjectStore
import Testing

@testable import Vault

@Suite struct VaultRoundTripTests {
    @Test func whatWasWrittenComesBackByteForByte() async throws {
        let bench = try await TestVault()
        let vault = try await bench.open()
        var contents: [String: [UInt8]] = ["empty": [], "one": [7], "text": Array("bonjour".utf8)]
        contents["random/large"] = bench.random(9_000_000)
        contents["rows"] = bench.rows(200_000)

        let record = try await bench.snapshot(vault, contents)
        let reader = try await vault.read(record)

        #expect(try await bench.contents(reader) == contents)
        #expect(try await vault.snapshots() == [record])
        #expect(record.sourceBytes == contents.values.reduce(0) { $0 + Int64($1.count) })
    }

    @Test func aSecondSnapshotOfTheSameBytesStoresNothingNew() async throws {
        let bench = try await TestVault()
        let contents = ["rows": bench.rows(100_000)]
        let first = try await bench.snapshot(try await bench.open(), contents)
        let second = try await bench.snapshot(try await bench.open(), contents)

        #expect(first.newBytes > 0)
        #expect(second.newBytes == 0)
    }

    @Test func bytesInsertedInTheMiddleCostOnlyAFewChunks() async throws {
        let bench = try await TestVault()
        var rows = bench.rows(200_000)
        let vault = try await bench.open()
        _ = try await bench.snapshot(vault, ["rows": rows])
        rows.insert(contentsOf: Array("an inserted line\n".utf8), at: rows.count / 2)
        let second = try await bench.snapshot(vault, ["rows": rows])

        #expect(second.newBytes < 2_000_000, "of \(rows.count)")
    }

    @Test func listsOfManyChunksAreNested() async throws {
        let bench = try await TestVault()
        let vault = try await bench.open()
        let bytes = bench.random(40_000_000)
        let record = try await bench.snapshot(vault, ["big-rows": bytes])
        let reader = try await vault.read(record)
        let entry = try #require(try await reader.entry("big-rows"))

        #expect(entry.parts[0].depth >= 1)
        #expect(try await bench.bytes(of: entry, in: reader) == bytes)
    }

    @Test func partsComeBackOneByOneAndTogether() async throws {
        let bench = try await TestVault()
        let vault = try await bench.open()
        let parts = [bench.rows(1000), bench.rows(2000), []]
        let writer = try await vault.startSnapshot(asset: "db", kind: "test", host: "here", workers: 2)
        for (number, part) in parts.enumerated().reversed() {
            let entry = try writer.entry("table", content: .rows, part: number)
            try entry.write(part)
            try await entry.finish()
        }
        let record = try await writer.commit(instant: Date(), tags: [], facts: [:])
        let reader = try await vault.read(record)
        let entry = try #require(try await reader.entry("table"))

        #expect(entry.partSizes == parts.map { Int64($0.count) })
        #expect(try await bench.bytes(of: entry, in: reader) == parts.flatMap { $0 })
        #expect(try await bench.bytes(of: entry, in: reader, part: 1) == parts[1])
    }

    @Test func theRecoveryKeyAloneOpensTheVault() async throws {
        let bench = try await TestVault()
        let contents = ["rows": bench.rows(10_000)]
        let record = try await bench.snapshot(try await bench.open(), contents)
        let typed = try RecoveryKey(" " + bench.recovery.text.uppercased().replacing("0", with: "O") + "\n")
        let locked = try await LockedVault(in: bench.store)
        let vault = try await locked.open(
            with: try locked.keys(from: typed, holder: "anyone"), cacheFolder: bench.folder + "/cache-of-another-host")

        #expect(try await bench.contents(try await vault.read(record)) == contents)
    }

    @Test func aWriterAloneCannotRead() async throws {
        let bench = try await TestVault(roles: [.writer])
        let vault = try await bench.open()
        let record = try await bench.snapshot(vault, ["rows": bench.rows(1000)])

        #expect(try await vault.snapshots().map(\.id) == [record.id])
        let error = await #expect(throws: VaultError.self) { _ = try await vault.read(record) }
        #expect(error?.code == .wrongKey)
    }
}
