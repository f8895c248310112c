/// Which snapshots of an asset are worth keeping. A snapshot stays as long as one rule keeps it; at least one rule is set.
public struct RetentionRules: Sendable, Equatable {
    /// So many of the newest.
    public var last: Int?
    /// The newest of each of the last so many hours, days, ISO weeks, months and years that have a snapshot. Periods without one
    /// do not count, so that nothing more goes while no backup is taken.
    public var hourly: Int?
    public var daily: Int?
    public var weekly: Int?
    public var monthly: Int?
    public var yearly: Int?
    /// Everything whose data stood at most so long before those of the newest.
    public var within: Duration?
    /// Whatever has one of these tags.
    public var tags: [String]

    /// How many of a kind may be asked for.
    public static let allowedCounts = 1...10_000
    /// A tag is a word of at most so many bytes.
    public static let longestTag = 100

    public init(
        last: Int? = nil, hourly: Int? = nil, daily: Int? = nil, weekly: Int? = nil, monthly: Int? = nil, yearly: Int? = nil,
        within: Duration? = nil, tags: [String] = []
    ) {
        self.last = last
        self.hourly = hourly
        self.daily = daily
        self.weekly = weekly
        self.monthly = monthly
        self.yearly = yearly
        self.within = within
        self.tags = tags
    }

    var isEmpty: Bool { self == RetentionRules() }

    /// How many periods of each kind are kept.
    var periods: [(period: RetentionPeriod, count: Int)] {
        let counts: [(RetentionPeriod, Int?)] = [
            (.hour, hourly), (.day, daily), (.week, weekly), (.month, monthly), (.year, yearly),
        ]
        return counts.compactMap { period, count in count.map { (period, $0) } }
    }

    /// The rules as the plan says them, `last 3, daily 7`.
    public var planText: String {
        var parts: [String] = []
        if let last { parts.append("last \(last)") }
        parts += periods.map { "\($0.period.planKey) \($0.count)" }
        if let within { parts.append("within \(within.planText)") }
        if !tags.isEmpty { parts.append("tags " + tags.joined(separator: " ")) }
        return parts.joined(separator: ", ")
    }

    // MARK: - Presets

    /// Rules that a plan may name instead of writing them out: what Supabase keeps of a project's daily backups, by its plans.
    public static let presets: [(name: String, rules: RetentionRules)] = [
        ("supabase-pro", RetentionRules(daily: 7)), ("supabase-team", RetentionRules(daily: 14)),
        ("supabase-enterprise", RetentionRules(daily: 30)),
    ]

    /// Nil where there is no such preset.
    public init?(preset name: String) {
        guard let preset = Self.presets.first(where: { $0.name == name }) else { return nil }
        self = preset.rules
    }
}
