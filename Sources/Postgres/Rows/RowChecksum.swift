/// A checksum of a set of rows that does not depend on their order: the sum modulo 2^128 of the XXH3-128 (seed 0) of every
/// line of COPY text without its newline. Written as 32 hexadecimal digits. A sum, not an exclusive or: equal rows must not
/// cancel out.
public struct RowChecksum: Sendable, Hashable, CustomStringConvertible {
    let sum: UInt128

    init(sum: UInt128) { self.sum = sum }

    /// The checksum of no rows.
    public init() { sum = 0 }

    /// Reads 32 hexadecimal digits; nil when `text` is anything else.
    public init?(_ text: String) {
        guard text.utf8.count == 32, text.utf8.allSatisfy({ Unicode.Scalar($0).properties.isASCIIHexDigit }),
            let sum = UInt128(text, radix: 16)
        else { return nil }
        self.sum = sum
    }

    public var description: String {
        let digits = String(sum, radix: 16)
        return String(repeating: "0", count: 32 - digits.utf8.count) + digits
    }

    /// The checksum of both sets together.
    public static func + (left: RowChecksum, right: RowChecksum) -> RowChecksum { RowChecksum(sum: left.sum &+ right.sum) }
    public static func += (left: inout RowChecksum, right: RowChecksum) { left = left + right }
}

extension RowChecksum: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let checksum = RowChecksum(text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "\"\(text)\" is not a row checksum.")
        }
        self = checksum
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
