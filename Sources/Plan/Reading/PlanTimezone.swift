import Foundation

/// Names of time zones as the IANA database has them.
enum PlanTimezone {
    /// Nil for names that are none, and for abbreviations such as `CET`, which do not say whether summer time applies.
    static func named(_ name: String) -> TimeZone? {
        if name == "UTC" || name == "GMT" { return .gmt }
        guard name.contains("/"), name.utf8.allSatisfy({ $0.isWordByte || "/+-".utf8.contains($0) }) else { return nil }
        guard let zone = TimeZone(identifier: name), zone.identifier == name else { return nil }
        return zone
    }

    static func nearest(to name: String) -> String? {
        let known = TimeZone.knownTimeZoneIdentifiers
        // The city alone is what people remember.
        if let match = known.first(where: { $0.split(separator: "/").last?.lowercased() == name.lowercased() }) { return match }
        return Nearest.match(name, among: known)
    }
}
