/// Reads JSON from outside front to back. What is not JSON is a `Malformed`, never a trap; nesting is bounded.
struct JSONText {
    struct Malformed: Error {}

    private let bytes: UnsafeBufferPointer<UInt8>
    private var at = 0
    private var depth = 0

    /// More levels than any document of ours.
    private static let deepest = 64

    init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    /// Nothing but blanks may follow.
    mutating func end() throws(Malformed) {
        skipBlanks()
        guard at == bytes.count else { throw Malformed() }
    }

    /// Calls `field` with each key, before its value, which it must read or skip.
    mutating func object(_ field: (String, inout JSONText) throws(Malformed) -> Void) throws(Malformed) {
        try open("{")
        if take("}") { return depth -= 1 }
        repeat {
            skipBlanks()
            let key = try string()
            guard take(":") else { throw Malformed() }
            try field(key, &self)
        } while take(",")
        guard take("}") else { throw Malformed() }
        depth -= 1
    }

    /// Calls `element` before each value, which it must read or skip.
    mutating func array(_ element: (inout JSONText) throws(Malformed) -> Void) throws(Malformed) {
        try open("[")
        if take("]") { return depth -= 1 }
        repeat { try element(&self) } while take(",")
        guard take("]") else { throw Malformed() }
        depth -= 1
    }

    /// An array of exactly `count` whole numbers.
    mutating func integers(_ count: Int) throws(Malformed) -> [Int64] {
        var found: [Int64] = []
        try array { text throws(Malformed) in
            guard found.count < count else { throw Malformed() }
            found.append(try text.integer())
        }
        guard found.count == count else { throw Malformed() }
        return found
    }

    mutating func string() throws(Malformed) -> String {
        let plain = try rawString()
        if !plain.isEscaped {
            guard let text = String(validating: bytes[plain.range], as: UTF8.self) else { throw Malformed() }
            return text
        }
        guard let text = String(validating: try unescaped(plain.range), as: UTF8.self) else { throw Malformed() }
        return text
    }

    /// The bytes of a string in which nothing is escaped, such as base64.
    mutating func plainString() throws(Malformed) -> UnsafeBufferPointer<UInt8>.SubSequence {
        let plain = try rawString()
        guard !plain.isEscaped else { throw Malformed() }
        return bytes[plain.range]
    }

    mutating func integer() throws(Malformed) -> Int64 {
        skipBlanks()
        let start = at
        if at < bytes.count, bytes[at] == UInt8(ascii: "-") { at += 1 }
        let digits = at
        var value: Int64 = 0
        while at < bytes.count, (0x30...0x39).contains(bytes[at]) {
            let (ten, tooLarge) = value.multipliedReportingOverflow(by: 10)
            let (next, overflow) = ten.subtractingReportingOverflow(Int64(bytes[at] - 0x30))
            guard !tooLarge, !overflow else { throw Malformed() }
            value = next
            at += 1
        }
        let count = at - digits
        guard count > 0, count == 1 || bytes[digits] != UInt8(ascii: "0") else { throw Malformed() }
        if at < bytes.count, [UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E")].contains(bytes[at]) { throw Malformed() }
        if digits > start { return value }
        guard value != .min else { throw Malformed() }
        return -value
    }

    mutating func number<Number: FixedWidthInteger>(_ type: Number.Type) throws(Malformed) -> Number {
        guard let number = Number(exactly: try integer()) else { throw Malformed() }
        return number
    }

    mutating func boolean() throws(Malformed) -> Bool {
        skipBlanks()
        if word("true") { return true }
        if word("false") { return false }
        throw Malformed()
    }

    /// Passes over a value of any kind.
    mutating func skip() throws(Malformed) {
        skipBlanks()
        guard at < bytes.count else { throw Malformed() }
        switch bytes[at] {
        case UInt8(ascii: "{"): try object { _, text throws(Malformed) in try text.skip() }
        case UInt8(ascii: "["): try array { text throws(Malformed) in try text.skip() }
        case UInt8(ascii: "\""): _ = try string()
        case UInt8(ascii: "-"), 0x30...0x39:
            try skipNumber()
        default: guard word("true") || word("false") || word("null") else { throw Malformed() }
        }
    }

    private mutating func skipNumber() throws(Malformed) {
        let start = at
        if bytes[at] == UInt8(ascii: "-") { at += 1 }
        let whole = skipDigits()
        guard whole == 1 || (whole > 1 && bytes[at - whole] != UInt8(ascii: "0")) else { throw Malformed() }
        if at < bytes.count, bytes[at] == UInt8(ascii: ".") {
            at += 1
            guard skipDigits() > 0 else { throw Malformed() }
        }
        if at < bytes.count, bytes[at] == UInt8(ascii: "e") || bytes[at] == UInt8(ascii: "E") {
            at += 1
            if at < bytes.count, bytes[at] == UInt8(ascii: "+") || bytes[at] == UInt8(ascii: "-") { at += 1 }
            guard skipDigits() > 0 else { throw Malformed() }
        }
        // What is beyond every number is no number to other readers either.
        guard let value = Double(String(decoding: bytes[start..<at], as: UTF8.self)), value.isFinite else { throw Malformed() }
    }

    private mutating func skipDigits() -> Int {
        let start = at
        while at < bytes.count, (0x30...0x39).contains(bytes[at]) { at += 1 }
        return at - start
    }

    // MARK: - Pieces

    private mutating func open(_ bracket: Unicode.Scalar) throws(Malformed) {
        depth += 1
        guard depth <= Self.deepest, take(bracket) else { throw Malformed() }
    }

    private mutating func skipBlanks() {
        while at < bytes.count, [0x20, 0x09, 0x0a, 0x0d].contains(bytes[at]) { at += 1 }
    }

    private mutating func take(_ wanted: Unicode.Scalar) -> Bool {
        while at < bytes.count {
            if bytes[at] == UInt8(ascii: wanted) {
                at += 1
                return true
            }
            guard bytes[at] <= 0x20, [0x20, 0x09, 0x0a, 0x0d].contains(bytes[at]) else { return false }
            at += 1
        }
        return false
    }

    private mutating func word(_ wanted: StaticString) -> Bool {
        let count = wanted.utf8CodeUnitCount
        guard at + count <= bytes.count else { return false }
        for offset in 0..<count where bytes[at + offset] != wanted.utf8Start[offset] { return false }
        at += count
        return true
    }

    /// The bytes between the quotes, as they stand.
    private mutating func rawString() throws(Malformed) -> (range: Range<Int>, isEscaped: Bool) {
        guard take("\"") else { throw Malformed() }
        let start = at
        var isEscaped = false
        while at < bytes.count {
            switch bytes[at] {
            case UInt8(ascii: "\""):
                defer { at += 1 }
                return (start..<at, isEscaped)
            case UInt8(ascii: "\\"):
                isEscaped = true
                at += 2
            case 0..<0x20: throw Malformed()
            default: at += 1
            }
        }
        throw Malformed()
    }

    private func unescaped(_ range: Range<Int>) throws(Malformed) -> [UInt8] {
        var text: [UInt8] = []
        var at = range.lowerBound
        while at < range.upperBound {
            guard bytes[at] == UInt8(ascii: "\\") else {
                text.append(bytes[at])
                at += 1
                continue
            }
            guard at + 1 < range.upperBound else { throw Malformed() }
            let kind = bytes[at + 1]
            at += 2
            switch kind {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(kind)
            case UInt8(ascii: "b"): text.append(8)
            case UInt8(ascii: "f"): text.append(12)
            case UInt8(ascii: "n"): text.append(10)
            case UInt8(ascii: "r"): text.append(13)
            case UInt8(ascii: "t"): text.append(9)
            case UInt8(ascii: "u"):
                var scalar = try hex(at, range)
                at += 4
                if (0xd800..<0xdc00).contains(scalar) {
                    guard at + 1 < range.upperBound, bytes[at] == UInt8(ascii: "\\"), bytes[at + 1] == UInt8(ascii: "u") else {
                        throw Malformed()
                    }
                    let low = try hex(at + 2, range)
                    guard (0xdc00..<0xe000).contains(low) else { throw Malformed() }
                    scalar = 0x10000 + (scalar - 0xd800) << 10 + (low - 0xdc00)
                    at += 6
                }
                guard let scalar = Unicode.Scalar(scalar) else { throw Malformed() }
                text += String(Character(scalar)).utf8
            default: throw Malformed()
            }
        }
        return text
    }

    private func hex(_ start: Int, _ range: Range<Int>) throws(Malformed) -> UInt32 {
        guard start + 4 <= range.upperBound else { throw Malformed() }
        var value: UInt32 = 0
        for index in start..<start + 4 {
            switch bytes[index] {
            case 0x30...0x39: value = value << 4 | UInt32(bytes[index] - 0x30)
            case 0x41...0x46: value = value << 4 | UInt32(bytes[index] - 0x41 + 10)
            case 0x61...0x66: value = value << 4 | UInt32(bytes[index] - 0x61 + 10)
            default: throw Malformed()
            }
        }
        return value
    }
}
