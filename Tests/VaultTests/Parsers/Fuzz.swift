import TestNumbers

/// Changes bytes as damage and malice would.
enum Mutation {
    static func apply(to bytes: [UInt8], with generator: inout SeededGenerator) -> [UInt8] {
        var bytes = bytes
        for _ in 0...Int.random(in: 0...2, using: &generator) {
            guard !bytes.isEmpty else {
                bytes = generator.bytes(Int.random(in: 0...64, using: &generator))
                continue
            }
            let at = Int.random(in: bytes.indices, using: &generator)
            switch Int.random(in: 0..<8, using: &generator) {
            case 0: bytes[at] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            case 1: bytes[at] = [0, 1, 0x7f, 0x80, 0xff].randomElement(using: &generator) ?? 0
            case 2: bytes.removeLast(bytes.count - at)
            case 3: bytes.insert(contentsOf: bytes[at..<min(bytes.count, at + 40)], at: at)
            case 4: bytes.removeSubrange(at..<min(bytes.count, at + Int.random(in: 1...40, using: &generator)))
            case 5:
                // A number of four bytes at its limits.
                let limits: [UInt32] = [0, 1, 0xffff_ffff, 0xffff_fffe, 0x8000_0000, 0x0100_0000, 0x0100_0001]
                let number = limits.randomElement(using: &generator) ?? 0
                for offset in 0..<4 where at + offset < bytes.count {
                    bytes[at + offset] = UInt8(truncatingIfNeeded: number >> UInt32(8 * offset))
                }
            case 6: bytes += generator.bytes(Int.random(in: 1...50, using: &generator))
            default: bytes.swapAt(at, Int.random(in: bytes.indices, using: &generator))
            }
        }
        return bytes
    }

    /// As for bytes, and with the numbers and words that JSON may hold in the places of others.
    static func apply(toJSON text: [UInt8], with generator: inout SeededGenerator) -> [UInt8] {
        guard Bool.random(using: &generator) else { return apply(to: text, with: &generator) }
        let words = [
            "0", "-1", "1e400", "9223372036854775807", "9223372036854775808", "1.5", "true", "null", "\"\"", "[]", "{}", "\"a\"",
            "\"AAAA\"", "[[[[[[[[[[", "\u{0}", "\"\\ud800\"", "1152921504606846976",
        ]
        let separators = Array(",:[]{}\n ".utf8)
        var values: [Range<Int>] = []
        var start: Int?
        for (index, byte) in text.enumerated() {
            let isSeparator = separators.contains(byte)
            if isSeparator, let begin = start {
                values.append(begin..<index)
                start = nil
            } else if !isSeparator, start == nil {
                start = index
            }
        }
        guard let value = values.randomElement(using: &generator), let word = words.randomElement(using: &generator) else {
            return text
        }
        return Array(text[..<value.lowerBound]) + Array(word.utf8) + Array(text[value.upperBound...])
    }
}
