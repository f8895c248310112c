/// Base64 with padding (RFC 4648, section 4), between arrays of bytes.
enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    /// The value of each letter; 255 for what is none.
    private static let values: [UInt8] = {
        var values = [UInt8](repeating: 255, count: 256)
        for (value, letter) in alphabet.enumerated() { values[Int(letter)] = UInt8(value) }
        return values
    }()

    static func append(_ bytes: [UInt8], to text: inout [UInt8]) {
        text.reserveCapacity(text.count + (bytes.count + 2) / 3 * 4)
        var at = 0
        while at + 2 < bytes.count {
            let group = UInt32(bytes[at]) << 16 | UInt32(bytes[at + 1]) << 8 | UInt32(bytes[at + 2])
            text.append(alphabet[Int(group >> 18)])
            text.append(alphabet[Int(group >> 12 & 63)])
            text.append(alphabet[Int(group >> 6 & 63)])
            text.append(alphabet[Int(group & 63)])
            at += 3
        }
        switch bytes.count - at {
        case 1:
            text.append(alphabet[Int(bytes[at] >> 2)])
            text.append(alphabet[Int(bytes[at] & 3) << 4])
            text += "==".utf8
        case 2:
            text.append(alphabet[Int(bytes[at] >> 2)])
            text.append(alphabet[Int(bytes[at] & 3) << 4 | Int(bytes[at + 1] >> 4)])
            text.append(alphabet[Int(bytes[at + 1] & 15) << 2])
            text.append(UInt8(ascii: "="))
        default: break
        }
    }

    /// Nil where `text` is no base64 with its padding.
    static func decode(_ text: some RandomAccessCollection<UInt8>) -> [UInt8]? {
        guard text.count.isMultiple(of: 4) else { return nil }
        if text.isEmpty { return [] }
        var padding = 0
        if text.last == UInt8(ascii: "=") { padding = text.dropLast().last == UInt8(ascii: "=") ? 2 : 1 }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count / 4 * 3)
        var group: UInt32 = 0
        var count = 0
        for letter in text.dropLast(padding) {
            let value = values[Int(letter)]
            guard value != 255 else { return nil }
            group = group << 6 | UInt32(value)
            count += 1
            if count == 4 {
                bytes.append(UInt8(truncatingIfNeeded: group >> 16))
                bytes.append(UInt8(truncatingIfNeeded: group >> 8))
                bytes.append(UInt8(truncatingIfNeeded: group))
                group = 0
                count = 0
            }
        }
        // The bits that padding leaves over must be zero, so that equal bytes have one text.
        switch count {
        case 0: return bytes
        case 2 where group & 15 == 0: return bytes + [UInt8(truncatingIfNeeded: group >> 4)]
        case 3 where group & 3 == 0:
            return bytes + [UInt8(truncatingIfNeeded: group >> 10), UInt8(truncatingIfNeeded: group >> 2)]
        default: return nil
        }
    }
}
