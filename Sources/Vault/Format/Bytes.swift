/// Appends the fixed-width little-endian numbers of the format.
extension [UInt8] {
    mutating func append(little value: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
    }

    /// A block of bytes behind its length as a 32-bit number.
    mutating func append(block: [UInt8]) {
        append(little: UInt32(block.count))
        append(contentsOf: block)
    }

    var hex: String {
        let digits = Array("0123456789abcdef".utf8)
        return String(unsafeUninitializedCapacity: count * 2) { buffer in
            for (index, byte) in self.enumerated() {
                buffer[index * 2] = digits[Int(byte >> 4)]
                buffer[index * 2 + 1] = digits[Int(byte & 15)]
            }
            return count * 2
        }
    }

    /// Nil where `hex` is not an even number of hexadecimal digits.
    init?(hex: String) {
        let digits = Array(hex.utf8)
        guard digits.count.isMultiple(of: 2) else { return nil }
        self = []
        reserveCapacity(digits.count / 2)
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let high = Self.value(of: digits[index]), let low = Self.value(of: digits[index + 1]) else { return nil }
            append(high << 4 | low)
        }
    }

    private static func value(of digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        default: nil
        }
    }
}

/// Reads bytes from outside front to back; everything that is not there is a `Truncated`, never a trap.
struct ByteReader {
    struct Truncated: Error {}

    let bytes: [UInt8]
    private(set) var offset: Int
    private let end: Int

    init(_ bytes: [UInt8], in range: Range<Int>? = nil) {
        self.bytes = bytes
        offset = range?.lowerBound ?? 0
        end = range?.upperBound ?? bytes.count
    }

    var remaining: Int { end - offset }

    mutating func bytes(_ count: Int) throws(Truncated) -> [UInt8] {
        guard count >= 0, count <= remaining else { throw Truncated() }
        defer { offset += count }
        return Array(bytes[offset..<offset + count])
    }

    mutating func number<Number: FixedWidthInteger>(_ type: Number.Type) throws(Truncated) -> Number {
        let width = Number.bitWidth / 8
        guard width <= remaining else { throw Truncated() }
        defer { offset += width }
        return bytes.withUnsafeBytes { Number(littleEndian: $0.loadUnaligned(fromByteOffset: offset, as: Number.self)) }
    }

    /// A block behind its 32-bit length.
    mutating func block() throws(Truncated) -> [UInt8] { Array(bytes[try blockPlace()]) }

    /// Where such a block lies, which is read over.
    mutating func blockPlace() throws(Truncated) -> Range<Int> {
        let count = Int(try number(UInt32.self))
        guard count <= remaining else { throw Truncated() }
        defer { offset += count }
        return offset..<offset + count
    }
}
