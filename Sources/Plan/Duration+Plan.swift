extension Duration {
    /// The longest that a plan may say: ten years.
    static let longestInPlan = Duration.seconds(10 * 365 * 86_400)

    private static let planUnits: [(name: String, milliseconds: Int64)] = [
        ("w", 7 * 86_400_000), ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1),
    ]

    /// Reads a length of time as a plan writes it: whole numbers with a unit each, the larger first (`24h`, `1h30m`, `7d`,
    /// `500ms`).
    ///
    /// Units are `w d h m s ms`. Nil for anything else, and for what is longer than ten years.
    public init?(planText text: String) {
        var rest = text.utf8[...]
        var units = Self.planUnits[...]
        var total: Int64 = 0
        guard !rest.isEmpty else { return nil }
        while !rest.isEmpty {
            let digits = rest.prefix { (48...57).contains($0) }
            guard !digits.isEmpty, digits.count <= 12, let count = Int64(String(decoding: digits, as: UTF8.self)) else {
                return nil
            }
            rest = rest.dropFirst(digits.count)
            let letters = rest.prefix { !(48...57).contains($0) }
            rest = rest.dropFirst(letters.count)
            let name = String(decoding: letters, as: UTF8.self)
            guard let index = units.firstIndex(where: { $0.name == name }) else { return nil }
            let (product, overflow) = count.multipliedReportingOverflow(by: units[index].milliseconds)
            guard !overflow, Duration.milliseconds(product) <= Self.longestInPlan else { return nil }
            total += product
            units = units[(index + 1)...]
        }
        guard Duration.milliseconds(total) <= Self.longestInPlan else { return nil }
        self = .milliseconds(total)
    }

    /// The same as a plan writes it, without weeks: `1h30m`, `7d`, `500ms`, `0s`. Less than a millisecond is left off.
    public var planText: String {
        var rest = components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
        var text = rest < 0 ? "-" : ""
        rest = abs(rest)
        for unit in Self.planUnits.dropFirst() where rest >= unit.milliseconds {
            text += "\(rest / unit.milliseconds)\(unit.name)"
            rest %= unit.milliseconds
        }
        return text.isEmpty || text == "-" ? "0s" : text
    }
}
