public import Foundation
public import Language

/// Which snapshots are kept, by which rules, and which may go, and why: decided from values alone, before anything is deleted.
///
/// Whatever the rules say, these stay: the newest snapshot of an asset, the newest in which nothing is missing, the newest that a
/// drill has proven, the pinned ones, and what a restore put aside before it overwrote a database for a week. An asset for which
/// the plan says nothing keeps everything. To apply the same rules again to what was kept lets nothing more go.
public struct RetentionPlan<ID: Hashable & Comparable & Sendable>: Sendable {
    /// What is known of a snapshot.
    public struct Snapshot: Sendable {
        public let id: ID
        /// The asset it belongs to; of what a restore put aside, the asset that was restored.
        public let asset: String
        /// When its data stood.
        public let instant: Date
        public let tags: [String]
        /// Whether a restore took it of what it was about to overwrite.
        public let isSafety: Bool
        public let isPinned: Bool
        /// Whether its newest drill found it right.
        public let isProven: Bool
        /// Whether all that its source had could be read.
        public let isComplete: Bool

        public init(
            id: ID, asset: String, instant: Date, tags: [String] = [], isSafety: Bool = false, isPinned: Bool = false,
            isProven: Bool = false, isComplete: Bool = true
        ) {
            self.id = id
            self.asset = asset
            self.instant = instant
            self.tags = tags
            self.isSafety = isSafety
            self.isPinned = isPinned
            self.isProven = isProven
            self.isComplete = isComplete
        }
    }

    public struct Decision: Sendable {
        public let snapshot: Snapshot
        /// What keeps it; empty where it may go.
        public let keptBy: [RetentionReason]
        /// Why it may go; nil where something keeps it.
        public let droppedBecause: Phrase?
    }

    /// Oldest first, one for each snapshot.
    public let decisions: [Decision]

    public var kept: [Decision] { decisions.filter { $0.droppedBecause == nil } }

    /// What may go, and why; oldest first.
    public var dropped: [(id: ID, reason: Phrase)] {
        decisions.compactMap { decision in decision.droppedBecause.map { (decision.snapshot.id, $0) } }
    }

    /// How long a snapshot that a restore took is kept.
    public static var safetySeconds: Double { 7 * 86_400 }

    /// - Parameters:
    ///   - snapshots: all of them; one that is not named here is not judged, and so not dropped.
    ///   - rules: by the asset's name.
    ///   - timezone: in which days, weeks, months and years begin.
    ///   - now: nothing stands later; with a clock that is behind, more is kept.
    public init(_ snapshots: [Snapshot], rules: [String: RetentionRules], timezone: TimeZone, now: Date) {
        var reasons: [ID: [RetentionReason]] = [:]
        for (asset, all) in Dictionary(grouping: snapshots, by: \.asset) {
            let found = Self.keep(all, by: rules[asset], timezone: timezone, now: now)
            reasons.merge(found) { $0 + $1 }
        }
        decisions = snapshots.sorted(by: Self.isOlder).map { snapshot in
            let keptBy = reasons[snapshot.id] ?? []
            guard keptBy.isEmpty else { return Decision(snapshot: snapshot, keptBy: keptBy, droppedBecause: nil) }
            let reason: Phrase =
                snapshot.isSafety
                ? "a restore took it, more than 7 days ago"
                : "no rule of \(snapshot.asset) keeps it (\(rules[snapshot.asset]?.planText ?? ""))"
            return Decision(snapshot: snapshot, keptBy: [], droppedBecause: reason)
        }
    }

    /// By the instant of the data; at the same instant by the id, which tells the order of writing.
    private static func isOlder(_ left: Snapshot, _ right: Snapshot) -> Bool {
        (left.instant, left.id) < (right.instant, right.id)
    }

    /// What keeps each snapshot of one asset.
    private static func keep(
        _ snapshots: [Snapshot], by rules: RetentionRules?, timezone: TimeZone, now: Date
    ) -> [ID: [RetentionReason]] {
        let newestFirst = snapshots.sorted { isOlder($1, $0) }
        let regular = newestFirst.filter { !$0.isSafety }
        var reasons: [ID: [RetentionReason]] = [:]
        func keep(_ snapshot: Snapshot, _ reason: RetentionReason) { reasons[snapshot.id, default: []].append(reason) }

        guard let rules else {
            for snapshot in snapshots { keep(snapshot, .noRules) }
            return reasons
        }
        if let newest = regular.first ?? newestFirst.first { keep(newest, .newest) }
        if let complete = regular.first(where: \.isComplete), complete.id != regular.first?.id {
            keep(complete, .newestComplete)
        }
        if let proven = newestFirst.first(where: \.isProven) { keep(proven, .newestProven) }
        for snapshot in newestFirst where snapshot.isPinned { keep(snapshot, .pinned) }
        for snapshot in newestFirst where snapshot.isSafety && now.timeIntervalSince(snapshot.instant) < safetySeconds {
            keep(snapshot, .safety)
        }
        for snapshot in newestFirst {
            if let tag = rules.tags.first(where: snapshot.tags.contains) { keep(snapshot, .tag(tag)) }
        }
        for snapshot in regular.prefix(rules.last ?? 0) { keep(snapshot, .last) }
        if let within = rules.within, let newest = regular.first {
            // A snapshot from a host whose clock was ahead must not make all others old.
            let end = min(newest.instant, now)
            let start = end.addingTimeInterval(-Double(within.components.seconds))
            for snapshot in regular where snapshot.instant >= start { keep(snapshot, .within) }
        }
        for (period, count) in rules.periods {
            var seen: Set<Int> = []
            for snapshot in regular where seen.insert(period.ordinal(of: snapshot.instant, in: timezone)).inserted {
                if seen.count > count { break }
                keep(snapshot, .period(period.planKey))
            }
        }
        return reasons
    }
}

/// What keeps a snapshot.
public enum RetentionReason: Sendable, Hashable {
    /// The plan has no `keep` for the asset.
    case noRules
    /// The newest of the asset is never dropped, nor the newest complete one, nor the newest proven one.
    case newest
    /// Of those in which nothing is missing, where the newest is not one.
    case newestComplete
    case newestProven
    case pinned
    /// A restore took it less than a week ago.
    case safety
    case tag(String)
    case last
    case within
    /// The newest of its hour, day, week, month or year, by the plan's key.
    case period(String)

    /// As a table shows it; the plan's own words where there are any.
    public var text: Phrase {
        switch self {
        case .noRules: "no rules"
        case .newest: "the newest"
        case .newestComplete: "the newest complete"
        case .newestProven: "the newest proven"
        case .pinned: "pinned"
        case .safety: "before a restore"
        case .tag(let tag): "tag \(tag)"
        case .last: Phrase(verbatim: "last")
        case .within: Phrase(verbatim: "within")
        case .period(let key): Phrase(verbatim: key)
        }
    }
}
