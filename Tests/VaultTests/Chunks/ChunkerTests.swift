import Testing

@testable import Vault

@Suite struct ChunkerTests {
    private let key = (0..<32).map { UInt8($0) }

    /// Worked out from the words of docs/FORMAT.md, section 9. Were they to change, nothing new would match anything that is
    /// stored.
    @Test(
        arguments: [
            (
                VaultConfig.Chunking.tiny.rows, 20_000, 1,
                [1202, 1183, 1139, 1375, 794, 776, 331, 1542, 1029, 1397, 1521, 1214, 1065, 1384, 1372, 1576, 1100]
            ),
            (
                VaultConfig.Chunking.standard.rows, 1_500_000, 5,
                [153822, 136271, 142256, 175990, 116832, 174722, 141608, 139398, 158795, 135846, 24460]
            ),
            (
                VaultConfig.Chunking.standard.file, 9_000_000, 9,
                [746706, 1_229_745, 1_278_853, 722460, 1_058_085, 1_171_212, 1_050_406, 1_104_699, 637834]
            ),
        ] as [(ChunkSizes, Int, UInt64, [Int])])
    func cutsAreWhereTheFormatPutsThem(sizes: ChunkSizes, count: Int, seed: UInt64, expected: [Int]) {
        #expect(cuts(TestBytes.random(count, seed: seed), Chunker(sizes, dedupKey: key)) == expected)
    }

    @Test func dataNearTheLimitsAreCutWithinThem() {
        let sizes = VaultConfig.Chunking.tiny.rows
        let chunker = Chunker(sizes, dedupKey: key)
        let zeros = [UInt8](repeating: 0, count: 20_000)
        for bytes in [zeros, TestBytes.random(20_000, seed: 3), TestBytes.rows(1000)] {
            for length in [1, 63, 64, 65, 66, 1023, 1024, 1025, 4095, 4096, 4097, 8192, 17_000] {
                let found = cuts(Array(bytes.prefix(length)), chunker)
                #expect(found.reduce(0, +) == length)
                #expect(found.allSatisfy { $0 <= sizes.most } && found.dropLast().allSatisfy { $0 > sizes.least })
            }
        }
    }

    @Test func afterAnInsertionTheCutsAreTheSameAgain() {
        let chunker = Chunker(VaultConfig.Chunking.tiny.rows, dedupKey: key)
        let before = TestBytes.random(200_000, seed: 4)
        var after = before
        after.insert(contentsOf: [1, 2, 3], at: 50_000)
        let ends = { (lengths: [Int]) in lengths.reduce(into: [Int]()) { $0.append(($0.last ?? 0) + $1) } }
        let old = Set(ends(cuts(before, chunker)))
        let moved = ends(cuts(after, chunker)).filter { $0 > 60_000 }
        #expect(moved.count > 50 && moved.allSatisfy { old.contains($0 - 3) })
    }

    @Test func anotherKeyCutsElsewhere() {
        let bytes = TestBytes.random(100_000)
        let sizes = VaultConfig.Chunking.tiny.rows
        let one = cuts(bytes, Chunker(sizes, dedupKey: key))
        let other = cuts(bytes, Chunker(sizes, dedupKey: key.reversed()))
        #expect(one.count > 50 && one.prefix(5) != other.prefix(5))
    }

    @Test(arguments: [VaultConfig.Chunking.tiny.rows, VaultConfig.Chunking.standard.rows])
    func bytesThatComeInPiecesAreCutAlike(sizes: ChunkSizes) {
        let bytes = TestBytes.random(40_000, seed: 8) + TestBytes.rows(6000) + [UInt8](repeating: 7, count: 3 * sizes.most)
        for chunker in [Chunker(sizes, dedupKey: key), Chunker(blocksOf: sizes.usual)] {
            for piece in [1000, sizes.least, sizes.usual + 1, sizes.most] {
                #expect(cutsInPieces(of: piece, bytes, chunker) == cuts(bytes, chunker))
            }
        }
    }

    private func cutsInPieces(of piece: Int, _ bytes: [UInt8], _ chunker: Chunker) -> [Int] {
        var found: [Int] = []
        var start = 0
        var seen = 0
        while start < bytes.count {
            let scanned = seen - start
            seen = min(seen + piece, bytes.count)
            var length = bytes[start..<seen].withUnsafeBytes { chunker.firstCut($0, scanned: scanned) }
            while let cut = length ?? (seen == bytes.count && start < seen ? seen - start : nil) {
                found.append(cut)
                start += cut
                length = bytes[start..<seen].withUnsafeBytes { chunker.firstCut($0, scanned: 0) }
            }
        }
        return found
    }

    private func cuts(_ bytes: [UInt8], _ chunker: Chunker) -> [Int] {
        var found: [Int] = []
        var start = 0
        while start < bytes.count {
            let length = bytes.withUnsafeBytes { chunker.firstCut(UnsafeRawBufferPointer(rebasing: $0[start...])) }
            found.append(length)
            start += length
        }
        return found
    }
}

extension Chunker {
    fileprivate init(_ sizes: ChunkSizes, dedupKey: [UInt8]) { self.init(sizes, gear: Self.gear(dedupKey)) }
}
