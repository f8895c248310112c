import Crypto

/// Content-defined cutting: FastCDC with normalised chunk sizes over a 64-bit gear hash.
///
/// The hash at a byte is the sum of gear[b] << k over that byte (k = 0) and the 63 before it, so a cut depends on 64 bytes and on
/// the distance from the previous cut alone: the same bytes are cut alike wherever they stand. A byte ends a chunk where
/// the hash's top bits are all zero: `log2(usual) + 2` bits before `usual` is reached, `log2(usual) - 2` bits behind it.
struct Chunker: Sendable {
    let sizes: ChunkSizes
    /// Where every chunk ends that is not the last, in bytes from its start; nil: where its content says.
    private let fixed: Int?
    private let gear: [UInt64]
    private let strictMask: UInt64
    private let easyMask: UInt64

    /// - Parameter gear: see `gear`.
    init(_ sizes: ChunkSizes, gear: [UInt64]) {
        precondition(sizes.isSound)
        self.sizes = sizes
        fixed = nil
        let bits = sizes.usual.trailingZeroBitCount
        strictMask = ~0 << UInt64(64 - (bits + 2))
        easyMask = ~0 << UInt64(64 - (bits - 2))
        self.gear = gear
    }

    /// Blocks of `bytes` each, aligned.
    init(blocksOf bytes: Int) {
        sizes = ChunkSizes(least: bytes, usual: bytes, most: bytes)
        fixed = bytes
        (gear, strictMask, easyMask) = ([], 0, 0)
    }

    /// The gear table under a key, so that chunk sizes tell a stranger nothing about known files.
    static func gear(_ dedupKey: [UInt8]) -> [UInt64] {
        let bytes = HKDF<SHA256>.deriveKey(
            inputKeyMaterial: SymmetricKey(data: dedupKey), info: Array("reprise/gear/1".utf8), outputByteCount: 2048)
        return bytes.withUnsafeBytes { raw in
            (0..<256).map { UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: $0 * 8, as: UInt64.self)) }
        }
    }

    /// Where the first chunk of `bytes` ends, in bytes from its start.
    ///
    /// `bytes` holds at least `sizes.most` bytes, or all there are to the end of the data.
    func firstCut(_ bytes: UnsafeRawBufferPointer) -> Int {
        firstCut(bytes, scanned: 0) ?? min(bytes.count, sizes.most)
    }

    /// Where the first chunk of `bytes` ends; nil where that depends on what follows them, or on their being the last.
    ///
    /// - Parameter scanned: how many of them an earlier call has seen in vain.
    func firstCut(_ bytes: UnsafeRawBufferPointer, scanned: Int) -> Int? {
        let end = min(bytes.count, sizes.most)
        if fixed == nil, end > sizes.least {
            let start = max(sizes.least, scanned)
            let turn = min(sizes.usual, end)
            let found = gear.withUnsafeBufferPointer { gear in
                Self.scan(bytes, from: start, to: turn, mask: strictMask, gear: gear)
                    ?? Self.scan(bytes, from: max(start, turn), to: end, mask: easyMask, gear: gear)
            }
            if let found { return found }
        }
        return end == sizes.most ? end : nil
    }

    /// The first position in `start..<end` behind which the chunk may end, plus one.
    ///
    /// The range is scanned in four lanes at once: each warms up over the 63 bytes before it, so it finds what a single scan
    /// would; the first hit in order wins. One gear step waits for the one before it, and four independent ones fill that wait.
    @inline(__always)
    private static func scan(
        _ bytes: UnsafeRawBufferPointer, from start: Int, to end: Int, mask: UInt64, gear: UnsafeBufferPointer<UInt64>
    ) -> Int? {
        let block = 4096
        var position = start
        while position + 4 * block <= end {
            var lane0 = warm(bytes, before: position, gear)
            var lane1 = warm(bytes, before: position + block, gear)
            var lane2 = warm(bytes, before: position + 2 * block, gear)
            var lane3 = warm(bytes, before: position + 3 * block, gear)
            var hit1 = Int.max
            var hit2 = Int.max
            var hit3 = Int.max
            let base = bytes.baseAddress!.assumingMemoryBound(to: UInt8.self) + position
            for index in 0..<block {
                lane0 = (lane0 << 1) &+ gear[Int(base[index])]
                lane1 = (lane1 << 1) &+ gear[Int(base[index &+ block])]
                lane2 = (lane2 << 1) &+ gear[Int(base[index &+ 2 &* block])]
                lane3 = (lane3 << 1) &+ gear[Int(base[index &+ 3 &* block])]
                if lane0 & mask == 0 { return position + index + 1 }
                if (lane1 & mask == 0) || (lane2 & mask == 0) || (lane3 & mask == 0) {
                    if lane1 & mask == 0, hit1 == .max { hit1 = index }
                    if lane2 & mask == 0, hit2 == .max { hit2 = index }
                    if lane3 & mask == 0, hit3 == .max { hit3 = index }
                }
            }
            if hit1 != .max { return position + block + hit1 + 1 }
            if hit2 != .max { return position + 2 * block + hit2 + 1 }
            if hit3 != .max { return position + 3 * block + hit3 + 1 }
            position += 4 * block
        }
        guard position < end else { return nil }
        var hash = warm(bytes, before: position, gear)
        for index in position..<end {
            hash = (hash << 1) &+ gear[Int(bytes[index])]
            if hash & mask == 0 { return index + 1 }
        }
        return nil
    }

    /// The hash of the up to 63 bytes before `position`.
    @inline(__always)
    private static func warm(_ bytes: UnsafeRawBufferPointer, before position: Int, _ gear: UnsafeBufferPointer<UInt64>) -> UInt64
    {
        var hash: UInt64 = 0
        for index in max(0, position - 63)..<position { hash = (hash << 1) &+ gear[Int(bytes[index])] }
        return hash
    }
}
