internal import Glibc

/// Reads values out of a line of COPY text and writes them as binary COPY has them: the way back of `RowText`.
///
/// Taken are only texts that `RowText` would write for the value, byte by byte: of numbers and times the value is written out
/// again and compared. Everything else throws `UnsuitableRows`.
enum RowValue {
    /// Bytes that may be written behind the end of what counts.
    static let slack = 32
    /// What a value takes at most beyond the bytes of its text: its length, and a number of 8 bytes.
    static let most = 12
    /// The longest text of a value that has a `size`, and then some.
    private static let longest = 48

    /// Writes the value that begins at `position`, with its length before it, and steps over the character that ends it, which
    /// must be `terminator`. The last byte before `end` is a newline.
    @inline(__always)
    static func write(
        _ kind: BinaryColumn, from position: inout UnsafeRawPointer, to end: UnsafeRawPointer, _ terminator: UInt8,
        at target: UnsafeMutableRawPointer
    ) throws(UnsuitableRows) -> UnsafeMutableRawPointer {
        if end - position > 2, position.load(as: UInt8.self) == backslash, byte(position, 1) == UInt8(ascii: "N") {
            guard byte(position, 2) == terminator else { throw UnsuitableRows() }
            position += 3
            target.storeBytes(of: -1, as: Int32.self)
            return target + 4
        }
        let value = target + 4
        let after: UnsafeMutableRawPointer
        switch kind {
        case .text:
            after = try unescape(&position, to: end, terminator, at: value)
        case .jsonb:
            value.storeBytes(of: 1, as: UInt8.self)
            after = try unescape(&position, to: end, terminator, at: value + 1)
        case .bytea:
            after = try bytes(&position, to: end, terminator, at: value)
        default:
            after = try fixed(kind, &position, to: end, terminator, at: value)
        }
        guard let length = Int32(exactly: after - value) else { throw UnsuitableRows() }
        target.storeBytes(of: length.bigEndian, as: Int32.self)
        return after
    }

    private static let backslash = UInt8(ascii: "\\")

    @inline(__always)
    private static func byte(_ place: UnsafeRawPointer, _ offset: Int) -> UInt8 {
        place.load(fromByteOffset: offset, as: UInt8.self)
    }

    // MARK: - Text

    @inline(__always)
    private static func unescape(
        _ position: inout UnsafeRawPointer, to end: UnsafeRawPointer, _ terminator: UInt8, at start: UnsafeMutableRawPointer
    ) throws(UnsuitableRows) -> UnsafeMutableRawPointer {
        var source = position
        var target = start
        while true {
            while end - source >= 16 {
                let piece = source.loadUnaligned(as: SIMD16<UInt8>.self)
                target.storeBytes(of: piece, as: SIMD16<UInt8>.self)
                let place = RowText.firstMark(piece)
                source += place
                target += place
                if place < 16 { break }
            }
            let character = byte(source, 0)
            switch character {
            case backslash:
                target.storeBytes(of: try escaped(byte(source, 1)), as: UInt8.self)
                source += 2
                target += 1
            case 8...13:
                // The other one of the two that end a value, or one that does not stand for itself.
                guard character == terminator else { throw UnsuitableRows() }
                position = source + 1
                return target
            default:
                target.storeBytes(of: character, as: UInt8.self)
                source += 1
                target += 1
            }
        }
    }

    /// The character that stands behind a backslash for another. It is there: the last byte of all is a newline, which is none.
    @inline(__always)
    private static func escaped(_ letter: UInt8) throws(UnsuitableRows) -> UInt8 {
        switch letter {
        case backslash: backslash
        case UInt8(ascii: "b"): 8
        case UInt8(ascii: "t"): 9
        case UInt8(ascii: "n"): 10
        case UInt8(ascii: "v"): 11
        case UInt8(ascii: "f"): 12
        case UInt8(ascii: "r"): 13
        default: throw UnsuitableRows()
        }
    }

    // MARK: - Bytes

    /// `\\x` and two small digits a byte.
    @inline(__always)
    private static func bytes(
        _ position: inout UnsafeRawPointer, to end: UnsafeRawPointer, _ terminator: UInt8, at target: UnsafeMutableRawPointer
    ) throws(UnsuitableRows) -> UnsafeMutableRawPointer {
        guard let found = memchr(position, Int32(terminator), end - position) else { throw UnsuitableRows() }
        let stop = UnsafeRawPointer(found)
        let digits = stop - position - 3
        guard digits >= 0, digits.isMultiple(of: 2), byte(position, 0) == backslash, byte(position, 1) == backslash,
            byte(position, 2) == UInt8(ascii: "x")
        else { throw UnsuitableRows() }
        guard binary(position + 3, digits / 2, to: target) else { throw UnsuitableRows() }
        position = stop + 1
        return target + digits / 2
    }

    /// Whether all digits were small hexadecimal ones. Plain arithmetic without tables, which the compiler does for many at once.
    @inline(__always)
    private static func binary(_ source: UnsafeRawPointer, _ count: Int, to target: UnsafeMutableRawPointer) -> Bool {
        var wrong: UInt16 = 0
        for place in 0..<count {
            let pair = UInt16(littleEndian: source.loadUnaligned(fromByteOffset: place &* 2, as: UInt16.self))
            let (high, highIsWrong) = digit(pair & 0xff)
            let (low, lowIsWrong) = digit(pair >> 8)
            wrong |= highIsWrong | lowIsWrong
            target.storeBytes(of: UInt8(truncatingIfNeeded: high << 4 | low), toByteOffset: place, as: UInt8.self)
        }
        return wrong == 0
    }

    /// The value of a digit, and not 0 where it is none.
    @inline(__always)
    private static func digit(_ character: UInt16) -> (value: UInt16, isWrong: UInt16) {
        let decimal = character &- 48
        let letter = character &- 97
        let isDecimal: UInt16 = decimal < 10 ? 1 : 0
        let isLetter: UInt16 = letter < 6 ? 1 : 0
        return (isDecimal &* decimal &+ isLetter &* (letter &+ 10), 1 &- (isDecimal | isLetter))
    }

    // MARK: - Values of a fixed size

    private static func fixed(
        _ kind: BinaryColumn, _ position: inout UnsafeRawPointer, to end: UnsafeRawPointer, _ terminator: UInt8,
        at target: UnsafeMutableRawPointer
    ) throws(UnsuitableRows) -> UnsafeMutableRawPointer {
        var count = 0
        let limit = min(end - position, longest)
        while count < limit, byte(position, count) != terminator { count += 1 }
        guard count < limit, count > 0, let size = kind.size else { throw UnsuitableRows() }
        var text = Text(start: position, count: count)
        switch kind {
        case .int4: target.storeBytes(of: Int32(truncatingIfNeeded: text.integer()).bigEndian, as: Int32.self)
        case .int8: target.storeBytes(of: text.integer().bigEndian, as: Int64.self)
        case .int2: target.storeBytes(of: Int16(truncatingIfNeeded: text.integer()).bigEndian, as: Int16.self)
        case .oid: target.storeBytes(of: UInt32(truncatingIfNeeded: text.integer()).bigEndian, as: UInt32.self)
        case .bool: target.storeBytes(of: byte(position, 0) == UInt8(ascii: "t") ? 1 : 0, as: UInt8.self)
        case .uuid: text.uuid(to: target)
        case .date: target.storeBytes(of: text.date().bigEndian, as: Int32.self)
        case .timestamp, .timestamptz: target.storeBytes(of: text.timestamp().bigEndian, as: Int64.self)
        case .text, .jsonb, .bytea: throw UnsuitableRows()
        }
        // What was read amiss, for it was no such value, does not give the same text again.
        let isSame = withUnsafeTemporaryAllocation(byteCount: BinaryColumn.longestText + RowText.slack, alignment: 16) { room in
            let start = room.baseAddress!
            guard let after = try? RowText.value(kind, target, size, readableTo: target + size, to: start) else { return false }
            return after - start == count && memcmp(start, position, count) == 0
        }
        guard isSame else { throw UnsuitableRows() }
        position += count + 1
        return target + size
    }

    /// The text of a value, read from front to back. What is not as it should be gives some value: the caller sees that it does
    /// not give that text.
    private struct Text {
        let start: UnsafeRawPointer
        let count: Int
        var at = 0

        private var isInfinite: Bool { count >= 8 && byte(start, count - 1) == UInt8(ascii: "y") }
        private var isNegative: Bool { byte(start, 0) == UInt8(ascii: "-") }
        private var isBeforeChrist: Bool { byte(start, count - 1) == UInt8(ascii: "C") }

        /// The digits that come next.
        private mutating func digits() -> Int64 {
            var value: Int64 = 0
            while at < count {
                let digit = byte(start, at) &- 48
                guard digit < 10 else { break }
                value = value &* 10 &+ Int64(digit)
                at += 1
            }
            return value
        }

        mutating func integer() -> Int64 {
            guard isNegative else { return digits() }
            at = 1
            return 0 &- digits()
        }

        mutating func uuid(to target: UnsafeMutableRawPointer) {
            var nibbles = 0
            target.initializeMemory(as: UInt8.self, repeating: 0, count: 16)
            for place in 0..<count where nibbles < 32 {
                let (value, isWrong) = digit(UInt16(byte(start, place)))
                guard isWrong == 0 else { continue }
                let before = target.load(fromByteOffset: nibbles / 2, as: UInt8.self)
                target.storeBytes(of: before << 4 | UInt8(truncatingIfNeeded: value), toByteOffset: nibbles / 2, as: UInt8.self)
                nibbles += 1
            }
        }

        /// Days since 2000-01-01.
        private mutating func day() -> Int64 {
            let shown = digits()
            at += 1
            let month = digits()
            at += 1
            let day = digits()
            // Others are none of PostgreSQL's, and might overflow below.
            guard 0..<10_000_000 ~= shown, 0..<100 ~= month, 0..<100 ~= day else { return 0 }
            let year = (isBeforeChrist ? 1 - shown : shown) - (month <= 2 ? 1 : 0)
            let cycle = year >= 0 ? year / 400 : (year - 399) / 400
            let yearOfCycle = year - cycle * 400
            let ofYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
            return cycle * 146_097 + yearOfCycle * 365 + yearOfCycle / 4 - yearOfCycle / 100 + ofYear - 730_425
        }

        mutating func date() -> Int32 {
            if isInfinite { return isNegative ? .min : .max }
            return Int32(truncatingIfNeeded: day())
        }

        /// Microseconds since 2000-01-01.
        mutating func timestamp() -> Int64 {
            if isInfinite { return isNegative ? .min : .max }
            let days = day()
            var seconds: Int64 = 0
            for _ in 0..<3 {
                at += 1
                seconds = seconds &* 60 &+ digits()
            }
            var fraction: Int64 = 0
            if at < count, byte(start, at) == UInt8(ascii: ".") {
                at += 1
                let first = at
                fraction = digits()
                for _ in 0..<max(0, 6 - (at - first)) { fraction = fraction &* 10 }
            }
            return (days &* 86_400 &+ seconds) &* 1_000_000 &+ fraction
        }
    }
}
