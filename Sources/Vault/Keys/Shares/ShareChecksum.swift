/// RS1024, the checksum of SLIP-0039: three words of a Reed-Solomon code over GF(1024) at the end of a share. It notices any
/// three wrong words, and tells which one is wrong where it is one.
enum ShareChecksum {
    static let words = 3

    private static let generator: [UInt32] = [
        0x00e0_e040, 0x01c1_c080, 0x0383_8100, 0x0707_0200, 0x0e0e_0009, 0x1c0c_2412, 0x3808_6c24, 0x3090_fc48, 0x21b1_f890,
        0x03f3_f120,
    ]

    /// What stands before the words of a share in the sum, so that a share of another scheme does not fit.
    static func customization(extendable: Bool) -> [Int] {
        (extendable ? "shamir_extendable" : "shamir").utf8.map(Int.init)
    }

    /// The three words that make `values` a whole share.
    static func make(_ values: [Int], extendable: Bool) -> [Int] {
        let sum = residue(customization(extendable: extendable) + values + [0, 0, 0], from: 1) ^ 1
        return (0..<words).reversed().map { Int(sum >> UInt32(10 * $0) & 1023) }
    }

    /// Zero where the checksum at the end of `values` fits.
    static func syndrome(_ values: [Int], extendable: Bool) -> UInt32 {
        residue(customization(extendable: extendable) + values, from: 1) ^ 1
    }

    /// What a difference in one word does to the syndrome, which is linear in every bit: for each position, the effect of each of
    /// the ten bits.
    static func effects(count: Int) -> [[UInt32]] {
        (0..<count).map { position in
            (0..<10).map { bit in residue([1 << bit] + [Int](repeating: 0, count: count - 1 - position), from: 0) }
        }
    }

    static func effect(of difference: Int, _ bits: [UInt32]) -> UInt32 {
        (0..<10).reduce(0) { $0 ^ (difference >> $1 & 1 == 1 ? bits[$1] : 0) }
    }

    private static func residue(_ values: [Int], from start: UInt32) -> UInt32 {
        var sum = start
        for value in values {
            let top = sum >> 20
            sum = (sum & 0xf_ffff) << 10 ^ UInt32(value)
            for bit in 0..<10 where top >> UInt32(bit) & 1 == 1 { sum ^= generator[bit] }
        }
        return sum
    }
}
