import Crypto
import Foundation
import TestNumbers
import Testing

@testable import Vault

/// Chunks that are named together have the names that they have alone.
@Suite struct PairedHashTests {
    private let key = (0..<32).map { UInt8($0 &* 5) }

    private func reference(_ chunk: some Collection<UInt8>, _ kind: ChunkKind) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: [kind.rawValue] + Array(chunk), using: SymmetricKey(data: key)))
    }

    private func ids(_ chunks: [Range<Int>], of bytes: [UInt8], _ kind: ChunkKind) -> [[UInt8]] {
        let cipher = ChunkCipher(vault: VaultID(), dedupKey: key)
        return bytes.withUnsafeBytes { bytes in
            cipher.ids(of: chunks.map { UnsafeRawBufferPointer(rebasing: bytes[$0]) }, kind: kind).map(\.bytes)
        }
    }

    @Test func aProcessorWithTheInstructionsUsesThem() throws {
        let flags = try String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8).split(whereSeparator: \.isWhitespace)
        #expect((PairedHash(beginning: [UInt8](repeating: 1, count: 64)) != nil) == flags.contains("sha_ni"))
    }

    @Test func everyLengthOfSomeBlocksIsRightBesideAnother() {
        let bytes = (0..<300).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let expected = (0...260).map { reference(bytes[1..<1 + $0], .data) }
        for length in 0...260 {
            let found = ids([1..<1 + length, 1..<1 + (length * 7) % 261], of: bytes, .data)
            #expect(found == [expected[length], expected[(length * 7) % 261]], "\(length)")
        }
    }

    @Test func anyNumberOfChunksOfAnyLengthIsRight() {
        var numbers = SeededGenerator(seed: 7)
        let bytes = numbers.bytes(200_000)
        for count in 0..<40 {
            let chunks = (0..<count).map { _ in
                let start = Int.random(in: 0..<bytes.count, using: &numbers)
                let longest = Bool.random(using: &numbers) ? 200 : 60_000
                return start..<min(bytes.count, start + Int.random(in: 0...longest, using: &numbers))
            }
            for kind in [ChunkKind.data, .tree] {
                #expect(ids(chunks, of: bytes, kind) == chunks.map { reference(bytes[$0], kind) }, "\(chunks)")
            }
        }
    }
}
