import Crypto
import Foundation
import Language

/// A small JSON document with a line behind it that proves its bytes: `{…}` newline, `sha256 <hex>` or `hmac <hex>`, newline.
///
/// Every byte before that line is covered by it, and the line itself has one valid form.
struct SummedText {
    /// The JSON document.
    let document: [UInt8]
    /// What stands on the last line behind its label.
    let sum: [UInt8]

    private static let limit = 1 << 20

    /// Splits `bytes`; nil where they have not this form.
    init?(_ bytes: [UInt8], label: String) {
        let tail = label.utf8.count + 1 + 64 + 1
        guard bytes.count > tail + 1, bytes.count <= Self.limit else { return nil }
        let line = bytes[(bytes.count - tail)...]
        guard line.starts(with: label.utf8 + [UInt8(ascii: " ")]), line.last == UInt8(ascii: "\n"),
            bytes[bytes.count - tail - 1] == UInt8(ascii: "\n"),
            let sum = [UInt8](hex: String(decoding: line.dropFirst(label.utf8.count + 1).dropLast(), as: UTF8.self))
        else { return nil }
        document = Array(bytes[..<(bytes.count - tail)])
        self.sum = sum
    }

    static func join(_ document: [UInt8], label: String, sum: [UInt8]) -> [UInt8] {
        document + Array("\(label) \(sum.hex)\n".utf8)
    }

    /// `value` as indented JSON with sorted keys and a newline behind it.
    static func encode(_ value: some Encodable) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(value) else { preconditionFailure("our own values can be encoded") }
        return Array(data) + [UInt8(ascii: "\n")]
    }
}
