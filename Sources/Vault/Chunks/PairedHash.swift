internal import CSHA256
import Crypto

/// SHA-256 of several messages that begin with the same block, two at a time: on processors with instructions for it that takes
/// little more than half of the time. What it gives is what `SHA256` gives, which a first use compares.
struct PairedHash: Sendable {
    /// After the block that every message begins with: eight words.
    private let start: [UInt32]

    private static let block = 64
    /// The state that a hash begins with (FIPS 180-4, 5.3.3).
    private static let initial: [UInt32] = [
        0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19,
    ]
    private static let isSound = sha256_has_pairs() && isSameAsTheLibrary

    /// - Parameter beginning: 64 bytes. Nil where the processor hashes two messages no faster than one after the other.
    init?(beginning: [UInt8]) {
        guard Self.isSound else { return nil }
        self.init(unproven: beginning)
    }

    private init(unproven beginning: [UInt8]) {
        precondition(beginning.count == Self.block)
        var states = Self.initial + Self.initial
        sha256_take_pair(&states, beginning, beginning, 1)
        start = Array(states[..<8])
    }

    /// Of each message the digest of the beginning, `prefix` and its bytes.
    func digests(of messages: [UnsafeRawBufferPointer], prefix: UInt8) -> [Digest] {
        withUnsafeTemporaryAllocation(byteCount: messages.count * Padded.room, alignment: 16) { room in
            let padded = messages.indices.map { number in
                let own = number * Padded.room..<(number + 1) * Padded.room
                return Padded(messages[number], prefix: prefix, in: UnsafeMutableRawBufferPointer(rebasing: room[own]))
            }
            return digests(of: padded)
        }
    }

    private func digests(of messages: [Padded]) -> [Digest] {
        var digests = [Digest?](repeating: nil, count: messages.count)
        var states = start + start
        var lanes: [Lane?] = [nil, nil]
        var waiting = messages.indices.makeIterator()
        while true {
            for side in 0..<2 where lanes[side] == nil {
                guard let next = waiting.next() else { continue }
                lanes[side] = Lane(messages[next], number: next)
                states.replaceSubrange(side * 8..<side * 8 + 8, with: start)
            }
            // At the end one may be alone; its twin's state is nobody's.
            guard let first = lanes[0] ?? lanes[1], let second = lanes[1] ?? lanes[0] else { break }
            let blocks = min(first.bytes.count, second.bytes.count) / Self.block
            sha256_take_pair(&states, first.bytes.baseAddress, second.bytes.baseAddress, blocks)
            for side in 0..<2 where lanes[side]?.advance(blocks * Self.block) == true {
                digests[lanes[side]!.number] = Self.digest(of: states[side * 8..<side * 8 + 8])
                lanes[side] = nil
            }
        }
        return digests.map { $0! }
    }

    private static func digest(of state: ArraySlice<UInt32>) -> Digest {
        state.map(\.bigEndian).withUnsafeBytes { Digest($0) }
    }

    /// A message in whole blocks: what stands before the bytes with the first of them, the bytes, and the last of them with the
    /// padding (FIPS 180-4, 5.1.1).
    private struct Padded {
        let pieces: [UnsafeRawBufferPointer]

        /// Bytes that the first and the last piece take.
        static let room = 3 * block

        init(_ message: UnsafeRawBufferPointer, prefix: UInt8, in room: UnsafeMutableRawBufferPointer) {
            room.initializeMemory(as: UInt8.self, repeating: 0)
            room[0] = prefix
            var pieces: [UnsafeRawBufferPointer] = []
            var rest = message
            var start = 0
            var filled = 1
            if rest.count >= block - 1 {
                room[1..<block].copyBytes(from: rest.prefix(block - 1))
                rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(block - 1))
                pieces.append(UnsafeRawBufferPointer(rebasing: room[..<block]))
                let whole = rest.count / block * block
                if whole > 0 { pieces.append(UnsafeRawBufferPointer(rebasing: rest[..<whole])) }
                rest = UnsafeRawBufferPointer(rebasing: rest[whole...])
                (start, filled) = (block, 0)
            }
            let last = UnsafeMutableRawBufferPointer(rebasing: room[start...])
            UnsafeMutableRawBufferPointer(rebasing: last[filled...]).copyMemory(from: rest)
            filled += rest.count
            last[filled] = 0x80
            let end = filled + 1 + 8 <= block ? block : 2 * block
            let bits = UInt64(block + 1 + message.count) * 8
            last.storeBytes(of: bits.bigEndian, toByteOffset: end - 8, as: UInt64.self)
            pieces.append(UnsafeRawBufferPointer(rebasing: last[..<end]))
            self.pieces = pieces
        }
    }

    /// What is left of a message.
    private struct Lane {
        let number: Int
        private var pieces: ArraySlice<UnsafeRawBufferPointer>

        init(_ message: Padded, number: Int) {
            self.number = number
            pieces = message.pieces[...]
        }

        /// Of the piece that comes next.
        var bytes: UnsafeRawBufferPointer { pieces.first! }

        /// Whether the message ends with so many bytes of that piece.
        mutating func advance(_ count: Int) -> Bool {
            guard count == bytes.count else {
                pieces[pieces.startIndex] = UnsafeRawBufferPointer(rebasing: bytes[count...])
                return false
            }
            pieces.removeFirst()
            return pieces.isEmpty
        }
    }

    /// Messages whose last bytes stand everywhere in a block, in pairs of different lengths.
    private static var isSameAsTheLibrary: Bool {
        let beginning = (0..<block).map { UInt8($0) }
        let bytes = (0..<400).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        return bytes.withUnsafeBytes { bytes in
            let messages = stride(from: 0, through: bytes.count, by: 9).map { UnsafeRawBufferPointer(rebasing: bytes[..<$0]) }
            let found = PairedHash(unproven: beginning).digests(of: messages, prefix: 5)
            return zip(found, messages).allSatisfy { found, message in
                found == Digest(sha256: beginning + [5] + Array(message))
            }
        }
    }
}
