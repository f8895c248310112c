/// Writes values into a line of COPY text. Each function writes from `target` on and returns where it ended; the room is the
/// caller's business: nothing is written more than `slack` bytes behind that end.
enum RowText {
    static let slack = 32

    // MARK: - Text

    /// Bytes of a text, escaped; at most twice as many as `count`. Bytes before `end` may be read, and are not used, where they
    /// lie behind the text.
    @inline(__always)
    static func escaped(
        _ start: UnsafeRawPointer, _ count: Int, readableTo end: UnsafeRawPointer, to target: UnsafeMutableRawPointer
    ) -> UnsafeMutableRawPointer {
        var source = start
        var target = target
        let stop = start + count
        while true {
            while stop - source >= 32 {
                let first = source.loadUnaligned(as: SIMD16<UInt8>.self)
                let second = source.loadUnaligned(fromByteOffset: 16, as: SIMD16<UInt8>.self)
                target.storeBytes(of: first, as: SIMD16<UInt8>.self)
                target.storeBytes(of: second, toByteOffset: 16, as: SIMD16<UInt8>.self)
                let marks = unsafeBitCast(marks(first) .| marks(second), to: SIMD2<UInt64>.self)
                guard marks[0] | marks[1] == 0 else { break }
                source += 32
                target += 32
            }
            let rest = stop - source
            guard rest > 0 else { return target }
            guard end - source >= 16 else { return escapedBytewise(source, rest, to: target) }
            let piece = source.loadUnaligned(as: SIMD16<UInt8>.self)
            target.storeBytes(of: piece, as: SIMD16<UInt8>.self)
            let place = firstMark(piece)
            guard place < rest else { return target + rest }
            source += place
            target += place
            if place < 16 {
                escape(source.load(as: UInt8.self), to: target)
                source += 1
                target += 2
            }
        }
    }

    /// All bits of the bytes that need an escape: backspace, tabulator, newline, vertical tabulator, form feed, carriage return
    /// and the backslash.
    @inline(__always)
    private static func marks(_ bytes: SIMD16<UInt8>) -> SIMDMask<SIMD16<Int8>> {
        (bytes .== SIMD16(repeating: UInt8(ascii: "\\")))
            .| ((bytes &- SIMD16(repeating: 8)) .< SIMD16(repeating: 6))
    }

    /// Where the first byte stands that needs an escape; 16 where none does.
    @inline(__always)
    static func firstMark(_ bytes: SIMD16<UInt8>) -> Int {
        let marks = unsafeBitCast(marks(bytes), to: SIMD2<UInt64>.self)
        let low = UInt64(littleEndian: marks[0])
        let high = UInt64(littleEndian: marks[1])
        return low != 0 ? low.trailingZeroBitCount >> 3 : 8 + high.trailingZeroBitCount >> 3
    }

    @inline(__always)
    private static func escape(_ byte: UInt8, to target: UnsafeMutableRawPointer) {
        let controls: StaticString = "btnvfr"
        let letter = byte == UInt8(ascii: "\\") ? byte : controls.utf8Start[Int(byte &- 8)]
        target.storeBytes(of: UInt8(ascii: "\\"), as: UInt8.self)
        target.storeBytes(of: letter, toByteOffset: 1, as: UInt8.self)
    }

    private static func escapedBytewise(
        _ source: UnsafeRawPointer, _ count: Int, to target: UnsafeMutableRawPointer
    ) -> UnsafeMutableRawPointer {
        var target = target
        for byte in UnsafeRawBufferPointer(start: source, count: count) {
            if byte == UInt8(ascii: "\\") || byte &- 8 < 6 {
                escape(byte, to: target)
                target += 2
            } else {
                target.storeBytes(of: byte, as: UInt8.self)
                target += 1
            }
        }
        return target
    }

    // MARK: - Bytes

    /// Two digits a byte. Plain arithmetic without tables, which the compiler does for many bytes at once.
    @inline(__always)
    static func hexadecimal(
        _ source: UnsafeRawPointer, _ count: Int, to target: UnsafeMutableRawPointer
    ) -> UnsafeMutableRawPointer {
        for place in 0..<count {
            let digits = digits(source.load(fromByteOffset: place, as: UInt8.self))
            target.storeBytes(of: digits, toByteOffset: place &* 2, as: UInt16.self)
        }
        return target + count * 2
    }

    @inline(__always)
    private static func digits(_ byte: UInt8) -> UInt16 {
        let byte = UInt16(truncatingIfNeeded: byte)
        let digits = byte >> 4 | (byte & 15) << 8
        let letters = ((digits &+ 0x0606) >> 4) & 0x0101
        return (digits &+ 0x3030 &+ letters &* 39).littleEndian
    }

    static func uuid(_ source: UnsafeRawPointer, to target: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer {
        var target = target
        for place in 0..<16 {
            if place == 4 || place == 6 || place == 8 || place == 10 { target = character("-", to: target) }
            target.storeBytes(of: digits(source.load(fromByteOffset: place, as: UInt8.self)), as: UInt16.self)
            target += 2
        }
        return target
    }

    // MARK: - Numbers

    @inline(__always)
    static func character(_ scalar: Unicode.Scalar, to target: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer {
        target.storeBytes(of: UInt8(ascii: scalar), as: UInt8.self)
        return target + 1
    }

    @inline(__always)
    static func decimal(_ value: Int64, to target: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer {
        value < 0
            ? decimal(value.magnitude, to: character("-", to: target)) : decimal(value.magnitude, to: target)
    }

    @inline(__always)
    static func decimal(_ value: UInt64, to target: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer {
        let end = target + digitCount(value)
        var place = end
        var value = value
        while value >= 100 {
            place -= 2
            pair(value % 100, to: place)
            value /= 100
        }
        if value >= 10 {
            pair(value, to: target)
        } else {
            target.storeBytes(of: UInt8(truncatingIfNeeded: 48 &+ value), as: UInt8.self)
        }
        return end
    }

    @inline(__always)
    private static func digitCount(_ value: UInt64) -> Int {
        var value = value
        var count = 0
        while value >= 100_000_000 {
            value /= 100_000_000
            count += 8
        }
        if value < 100 { return count + (value < 10 ? 1 : 2) }
        if value < 10_000 { return count + (value < 1000 ? 3 : 4) }
        if value < 1_000_000 { return count + (value < 100_000 ? 5 : 6) }
        return count + (value < 10_000_000 ? 7 : 8)
    }

    /// Two digits of a number below 100.
    @inline(__always)
    private static func pair(_ value: UInt64, to target: UnsafeMutableRawPointer) {
        let value = UInt16(truncatingIfNeeded: value)
        let tens = (value &* 103) >> 10
        target.storeBytes(of: (0x3030 | tens | (value &- tens &* 10) << 8).littleEndian, as: UInt16.self)
    }

    // MARK: - Times

    private static let secondsPerDay: Int64 = 86_400

    /// - Parameter days: since 2000-01-01; the least and the greatest number are the infinities.
    @inline(__always)
    static func date(_ days: Int32, to target: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer {
        guard days != .max, days != .min else { return infinity(isNegative: days < 0, to: target) }
        let (text, isBeforeChrist) = day(Int64(days), to: target)
        return isBeforeChrist ? era(to: text) : text
    }

    /// - Parameter microseconds: since 2000-01-01; the least and the greatest number are the infinities.
    @inline(__always)
    static func timestamp(
        _ microseconds: Int64, withZone: Bool, to target: UnsafeMutableRawPointer
    ) -> UnsafeMutableRawPointer {
        guard microseconds != .max, microseconds != .min else { return infinity(isNegative: microseconds < 0, to: target) }
        let (seconds, fraction) = floored(microseconds, by: 1_000_000)
        let (days, second) = floored(seconds, by: secondsPerDay)
        var (text, isBeforeChrist) = day(days, to: target)
        text = character(" ", to: text)
        let clock = UInt64(second)
        pair(clock / 3600, to: text)
        text = character(":", to: text + 2)
        pair(clock / 60 % 60, to: text)
        text = character(":", to: text + 2)
        pair(clock % 60, to: text)
        text += 2
        if fraction != 0 {
            text = character(".", to: text)
            var rest = UInt64(fraction)
            pair(rest / 10_000, to: text)
            pair(rest / 100 % 100, to: text + 2)
            pair(rest % 100, to: text + 4)
            text += 6
            while rest % 10 == 0 {
                rest /= 10
                text -= 1
            }
        }
        if withZone {
            text = character("+", to: text)
            pair(0, to: text)
            text += 2
        }
        return isBeforeChrist ? era(to: text) : text
    }

    /// Year, month and day of the Gregorian calendar, which PostgreSQL takes back to before it began. A year has four digits at
    /// least.
    @inline(__always)
    private static func day(
        _ days: Int64, to target: UnsafeMutableRawPointer
    ) -> (end: UnsafeMutableRawPointer, isBeforeChrist: Bool) {
        // Counted from the first of March of the year 0, so that a leap day is the last of its year; 400 years are 146,097 days.
        let (cycle, ofCycle) = floored(days + 730_425, by: 146_097)
        let yearOfCycle = (ofCycle - ofCycle / 1460 + ofCycle / 36_524 - ofCycle / 146_096) / 365
        let ofYear = ofCycle - (365 * yearOfCycle + yearOfCycle / 4 - yearOfCycle / 100)
        let monthFromMarch = (5 * ofYear + 2) / 153
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        let year = cycle * 400 + yearOfCycle + (month <= 2 ? 1 : 0)
        let shownYear = UInt64(year > 0 ? year : 1 - year)
        var text = target
        if shownYear < 10_000 {
            pair(shownYear / 100, to: text)
            pair(shownYear % 100, to: text + 2)
            text += 4
        } else {
            text = decimal(shownYear, to: text)
        }
        text = character("-", to: text)
        pair(UInt64(month), to: text)
        text = character("-", to: text + 2)
        pair(UInt64(ofYear - (153 * monthFromMarch + 2) / 5 + 1), to: text)
        return (text + 2, year <= 0)
    }

    @inline(__always)
    private static func floored(_ value: Int64, by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }

    private static func era(to target: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer { literal(" BC", to: target) }

    private static func infinity(isNegative: Bool, to target: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer {
        literal(isNegative ? "-infinity" : "infinity", to: target)
    }

    @inline(__always)
    static func literal(_ text: StaticString, to target: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer {
        target.copyMemory(from: text.utf8Start, byteCount: text.utf8CodeUnitCount)
        return target + text.utf8CodeUnitCount
    }
}
