import Foundation
import Postgres
import TestNumbers
import Testing

struct RowChecksumTests {
    /// Values of the reference implementation: `xxhash.xxh3_128_hexdigest` of Python's xxhash.
    @Test(arguments: [
        ("", 0, "00000000000000000000000000000000"),
        ("\n", 1, "99aa06d3014798d86001c324468d497f"),
        ("a\n", 1, "a96faf705af16834e6c632b61e964e1f"),
        ("1\thello\n", 1, "80871cc5c623d3e3ca26fcf49c48cdb0"),
        ("a\na\n", 2, "52df5ee0b5e2d069cd8c656c3d2c9c3e"),
        ("a\n1\thello\n", 2, "29f6cc3621153c18b0ed2faabadf1bcf"),
    ])
    func itIsTheSumOfXXH3OfTheLines(text: String, rows: Int64, checksum: String) {
        let result = totals(Array(text.utf8))
        #expect(result.checksum.description == checksum)
        #expect(result.rows == rows)
        #expect(result.bytes == Int64(text.utf8.count))
    }

    @Test func longLinesHashAsTheReferenceDoes() {
        // 1,000,003 bytes of a counter.
        let line = (0..<1_000_003).map { UInt8(truncatingIfNeeded: $0 * 7 + 1) }.map { $0 == 10 ? 11 : $0 }
        #expect(totals(line + [10]).checksum.description == "1a6a239f78edb2446fa6763312482ba1")
    }

    @Test func itDoesNotMatterWhereThePiecesAreCut() {
        var numbers = SeededGenerator(seed: 42)
        for _ in 0..<300 {
            let text = (0..<Int.random(in: 0...700, using: &numbers)).map { _ in
                Int.random(in: 0...20, using: &numbers) == 0 ? UInt8(10) : UInt8.random(in: 32...126, using: &numbers)
            }
            let whole = totals(text)
            var hasher = RowHasher()
            var start = 0
            while start < text.count {
                let count = min(text.count - start, Int.random(in: 0...60, using: &numbers))
                text[start..<start + count].withUnsafeBytes { hasher.update($0) }
                start += count
            }
            #expect(hasher.finish() == whole)
        }
    }

    @Test func equalRowsDoNotCancelOut() {
        #expect(totals(Array("a\na\n".utf8)).checksum != RowChecksum())
        #expect(totals(Array("a\na\na\n".utf8)).checksum != totals(Array("a\n".utf8)).checksum)
    }

    @Test func setsAddUp() {
        let (first, second) = (Array("b\nc\n".utf8), Array("a\n\\N\n".utf8))
        #expect(totals(first) + totals(second) == totals(second + first))
    }

    @Test func aLastLineWithoutANewlineIsARow() {
        #expect(totals(Array("a\nb".utf8)).rows == 2)
        #expect(totals(Array("a\nb".utf8)).checksum == totals(Array("b\na\n".utf8)).checksum)
    }

    @Test func itIsWrittenAs32HexadecimalDigits() throws {
        let checksum = totals(Array("a\n".utf8)).checksum
        #expect(RowChecksum(checksum.description) == checksum)
        #expect(try JSONDecoder().decode(RowChecksum.self, from: JSONEncoder().encode(checksum)) == checksum)
        #expect(String(decoding: try JSONEncoder().encode([checksum]), as: UTF8.self) == "[\"\(checksum)\"]")
        for text in [
            "", "0", String(repeating: "0", count: 31), String(repeating: "g", count: 32),
            "+" + String(repeating: "0", count: 31),
        ] {
            #expect(RowChecksum(text) == nil)
            #expect(throws: DecodingError.self) { try JSONDecoder().decode(RowChecksum.self, from: JSONEncoder().encode(text)) }
        }
    }
}
