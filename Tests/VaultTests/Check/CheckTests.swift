import Foundation
import Language
import ObjectStore
import TestStores
import Testing

@testable import Vault

/// What a check finds, and whom it says it touches. `DamageTests` changes every byte.
@Suite struct CheckTests {
    private let first = ["rows": TestBytes.rows(400)]
    private let second = ["noise": TestBytes.random(200_000)]

    @Test(arguments: [[.writer, .reader, .keeper], [.writer]] as [Set<Role>])
    func aSoundVaultHasNoProblems(roles: Set<Role>) async throws {
        let (bench, store, records) = try await vault(roles)
        let vault = try await bench.open(cache: "checker")
        try await vault.append(kind: "evidence", body: Data("{}".utf8))
        let packs = store.contents.filter { $0.key.text.hasPrefix("packs/") }
        for depth in [CheckDepth.structure, .share(percent: 1), .everything] {
            let report = try await vault.check(depth)
            #expect(report.problems.map(\.message) == [])
            #expect(report.snapshots == records.count && report.records == 1)
            #expect(report.packs == packs.count && report.unlistedPacks == 0)
            #expect(report.packBytes == packs.values.reduce(0) { $0 + Int64($1.count) })
            switch depth {
            case .structure: #expect(report.packsRead == 0)
            case .share: #expect((1..<packs.count).contains(report.packsRead))
            case .everything: #expect(report.packsRead == packs.count && report.bytesRead == report.packBytes)
            }
            #expect(report.chunksWereOpened == (depth != .structure && roles.contains(.reader)))
        }
    }

    /// As in stores whose lists are not what they hold.
    @Test func aPackThatIsListedAndDoesNotComeIsNamed() async throws {
        let (bench, store, _) = try await vault()
        for pack in store.contents.keys.map(\.text).filter({ $0.hasPrefix("packs/") }) {
            let vault = try await LockedVault(in: WatchedStore(store, losing: pack)).open(
                with: bench.keys, cacheFolder: bench.folder + "/checker")
            #expect(try await vault.check(.everything).problems.map(\.object).contains(pack))
        }
    }

    @Test func sharesGoRoundUntilEveryPackWasRead() async throws {
        let (bench, store, _) = try await vault()
        let packs = store.contents.filter { $0.key.text.hasPrefix("packs/") }
        for (key, good) in packs {
            var bad = good
            bad[good.count / 2] ^= 1
            store.set(key, bad)
            let vault = try await bench.open(cache: "checker")
            var cursor: String?
            var found: [String] = []
            for _ in packs where !found.contains(key.text) {
                let report = try await vault.check(.share(percent: 1), after: cursor)
                #expect(report.packsRead < packs.count)
                cursor = report.cursor
                found += report.problems.map(\.object)
            }
            #expect(found.contains(key.text))
            store.set(key, good)
        }
    }

    @Test func aPacksProblemNamesTheSnapshotsThatNeedIt() async throws {
        let (bench, store, records) = try await vault()
        let vault = try await bench.open(cache: "checker")
        let entry = try #require(try await vault.read(records[0]).entry("rows"))
        let chunk = try #require(entry.parts.first?.chunks.first)
        let pack = try #require(vault.index.places(of: chunk.id).first?.pack)
        let key = try #require(ObjectKey(PackLayout.objectName(pack)))
        let good = try #require(store.contents[key])
        func size(_ size: Int) -> String {
            "It has \(size) bytes instead of \(good.count)."
        }
        for (bad, message) in [
            (nil, "It is not in the vault, and the index names it."),
            (Array(good.dropLast()), size(good.count - 1)), (good + [0], size(good.count + 1)),
            (good.dropLast(500) + [0] + good.suffix(499), "\(key) is damaged: its bytes have changed since they were written."),
        ] as [([UInt8]?, String)] {
            store.set(key, bad)
            let report = try await bench.open(cache: UUID().uuidString).check(.everything)
            #expect(report.problems.map(\.object) == [key.text])
            #expect(report.problems.map(\.message.description) == [message])
            #expect(report.problems.map(\.snapshots) == [[records[0].id, records[2].id]])
        }
        store.set(key, good)
        #expect(try await vault.check(.everything).problems.isEmpty)
    }

    @Test func aWriterAloneFindsChangedBytes() async throws {
        let (bench, store, _) = try await vault([.writer])
        let key = try #require(
            store.contents.first { $0.key.text.hasPrefix("packs/") && $0.value[24] == ChunkKind.data.rawValue }?.key)
        var bytes = try #require(store.contents[key])
        bytes[bytes.count / 2] ^= 1
        store.set(key, bytes)
        let report = try await bench.open(cache: "checker").check(.everything)
        #expect(report.problems.map(\.object) == [key.text])
        #expect(!report.chunksWereOpened)
    }

    @Test func aSnapshotThatWasTakenAwayIsMissed() async throws {
        let (bench, store, records) = try await vault()
        let digest = try await bench.open().listedSnapshots().found[1].object.digest
        let name = try #require(ObjectKey(SnapshotEnvelope.objectName(records[1].id)))
        store.set(name, nil)
        let report = try await bench.open(cache: "checker").check(.structure)
        #expect(report.problems.map(\.object) == [SnapshotEnvelope.objectName(records[2].id)])
        #expect(
            report.problems.map(\.message.description) == [
                "It follows an object with the SHA-256 \(digest), which is not in the vault: that one was removed or changed."
            ])
    }

    @Test func whatABackupThatWasCutOffLeftIsNoProblem() async throws {
        let (bench, store, _) = try await vault()
        for operation in 12..<30 {
            let faulty = FaultyStore(store, operation: operation, fault: .fails, aftermath: .dies)
            let contents = ["noise": TestBytes.random(150_000, seed: UInt64(operation))]
            _ = try? await bench.open(faulty, cache: "writer-\(operation)").snapshot(contents)
        }
        let report = try await bench.open(cache: "checker").check(.everything)
        #expect(report.problems.map(\.message) == [])
        #expect(report.unlistedPacks > 0)
    }

    private func vault(
        _ roles: Set<Role> = [.writer, .reader, .keeper]
    ) async throws -> (TestVault, MemoryStore, [SnapshotRecord]) {
        let store = MemoryStore()
        let bench = try await TestVault(roles: roles, in: store, chunking: .tiny, packBytes: 1 << 16)
        let vault = try await bench.open()
        var records: [SnapshotRecord] = []
        for contents in [first, second, first] { records.append(try await vault.snapshot(contents, workers: 1)) }
        return (bench, store, records)
    }
}
