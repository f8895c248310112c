/// A decimal number of any length, compared without rounding: counts and `numeric` values may exceed every machine type.
struct ExactNumber: Sendable, Equatable, Comparable {
    private let negative: Bool
    /// Without leading zeros.
    private let whole: [UInt8]
    /// Without trailing zeros.
    private let fraction: [UInt8]

    /// Reads `-12`, `3.50`, `.5` or `1e+20`; nil for anything else, `NaN` and infinity among them.
    init?(_ text: String) {
        var rest = text.utf8[...]
        let sign = rest.first
        if sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") { rest = rest.dropFirst() }
        var whole = [UInt8](rest.prefix(while: Self.isDigit))
        rest = rest.dropFirst(whole.count)
        var fraction: [UInt8] = []
        if rest.first == UInt8(ascii: ".") {
            fraction = [UInt8](rest.dropFirst().prefix(while: Self.isDigit))
            rest = rest.dropFirst(1 + fraction.count)
        }
        guard !whole.isEmpty || !fraction.isEmpty else { return nil }
        if let mark = rest.first, mark == UInt8(ascii: "e") || mark == UInt8(ascii: "E") {
            // A double's exponent has three digits; more is no number that a database prints.
            guard let exponent = Int(String(decoding: rest.dropFirst(), as: UTF8.self)), abs(exponent) < 1000 else { return nil }
            let zero = UInt8(ascii: "0")
            for _ in 0..<max(exponent, 0) { whole.append(fraction.isEmpty ? zero : fraction.removeFirst()) }
            for _ in 0..<max(-exponent, 0) { fraction.insert(whole.popLast() ?? zero, at: 0) }
            rest = rest.suffix(0)
        }
        guard rest.isEmpty else { return nil }
        self.whole = Array(whole.drop { $0 == UInt8(ascii: "0") })
        while fraction.last == UInt8(ascii: "0") { fraction.removeLast() }
        self.fraction = fraction
        negative = sign == UInt8(ascii: "-") && !(self.whole.isEmpty && fraction.isEmpty)
    }

    static func < (left: ExactNumber, right: ExactNumber) -> Bool {
        if left.negative != right.negative { return left.negative }
        return left.negative ? right.isSmallerInSize(than: left) : left.isSmallerInSize(than: right)
    }

    private func isSmallerInSize(than other: ExactNumber) -> Bool {
        if whole.count != other.whole.count { return whole.count < other.whole.count }
        if whole != other.whole { return whole.lexicographicallyPrecedes(other.whole) }
        return fraction.lexicographicallyPrecedes(other.fraction)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }
}
