/// Names of any bytes as text, so that they can stand in JSON and be shown; two different names are always two different texts.
///
/// What is UTF-8 stays as it is. A byte that is no part of UTF-8 becomes U+FFFD and its two hexadecimal digits (lower case); a
/// U+FFFD that stands in the name itself is written twice.
public enum RawText {
    private static let mark: [UInt8] = [0xef, 0xbf, 0xbd]

    /// The UTF-8 bytes of the text for `name`.
    public static func escaped(_ name: [UInt8]) -> [UInt8] {
        if name.allSatisfy({ $0 < 0x80 }) { return name }
        var text: [UInt8] = []
        text.reserveCapacity(name.count + 16)
        var at = 0
        while at < name.count {
            let width = sequenceWidth(name, at)
            if width == 0 {
                let digits = Array("0123456789abcdef".utf8)
                text += mark
                text.append(digits[Int(name[at] >> 4)])
                text.append(digits[Int(name[at] & 15)])
                at += 1
            } else {
                let scalar = name[at..<at + width]
                text += scalar
                if scalar.elementsEqual(mark) { text += mark }
                at += width
            }
        }
        return text
    }

    /// The name that `text` stands for; nil where it is no text that `escaped` gives.
    public static func name(_ text: some Sequence<UInt8>) -> [UInt8]? {
        let text = Array(text)
        if text.allSatisfy({ $0 < 0x80 }) { return text }
        var name: [UInt8] = []
        name.reserveCapacity(text.count)
        var at = 0
        while at < text.count {
            guard text[at...].starts(with: mark) else {
                name.append(text[at])
                at += 1
                continue
            }
            at += mark.count
            if text[at...].starts(with: mark) {
                name += mark
                at += mark.count
            } else {
                guard at + 2 <= text.count, let high = digit(text[at]), let low = digit(text[at + 1]) else { return nil }
                name.append(high << 4 | low)
                at += 2
            }
        }
        // One name has one text: what could have stayed as it was must not come escaped.
        return escaped(name) == text ? name : nil
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x61...0x66: byte - 0x61 + 10
        default: nil
        }
    }

    /// Bytes of the UTF-8 sequence at `at`; 0 where none begins there (overlong forms and surrogates are none).
    private static func sequenceWidth(_ bytes: [UInt8], _ at: Int) -> Int {
        let first = bytes[at]
        if first < 0x80 { return 1 }
        func next(_ offset: Int, _ range: ClosedRange<UInt8>) -> Bool {
            at + offset < bytes.count && range.contains(bytes[at + offset])
        }
        switch first {
        case 0xc2...0xdf: return next(1, 0x80...0xbf) ? 2 : 0
        case 0xe0...0xef:
            let second: ClosedRange<UInt8> = first == 0xe0 ? 0xa0...0xbf : first == 0xed ? 0x80...0x9f : 0x80...0xbf
            return next(1, second) && next(2, 0x80...0xbf) ? 3 : 0
        case 0xf0...0xf4:
            let second: ClosedRange<UInt8> = first == 0xf0 ? 0x90...0xbf : first == 0xf4 ? 0x80...0x8f : 0x80...0xbf
            return next(1, second) && next(2, 0x80...0xbf) && next(3, 0x80...0xbf) ? 4 : 0
        default: return 0
        }
    }
}
