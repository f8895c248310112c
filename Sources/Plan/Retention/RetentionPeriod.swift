import Foundation

/// A stretch of the calendar of which the newest snapshot is kept.
enum RetentionPeriod: String, Sendable, CaseIterable {
    case hour, day, week, month, year

    /// The plan's key for it.
    var planKey: String {
        switch self {
        case .hour: "hourly"
        case .day: "daily"
        case .week: "weekly"
        case .month: "monthly"
        case .year: "yearly"
        }
    }

    /// Which period of this kind an instant lies in: equal for two instants of one period, different for those of two.
    ///
    /// Worked out from the offset to UTC alone, by the proleptic Gregorian calendar: a plan means the same on every machine,
    /// whatever its locale. The hour that comes twice when summer time ends is two hours; weeks are ISO 8601's, from Monday.
    func ordinal(of instant: Date, in timezone: TimeZone) -> Int {
        // Beyond these a year no longer fits its number; no snapshot stands there, but a date from outside might.
        let seconds = min(max(instant.timeIntervalSince1970, -1e11), 1e11)
        let offset = timezone.secondsFromGMT(for: Date(timeIntervalSince1970: seconds))
        let whole = Int(seconds.rounded(.down))
        if self == .hour {
            // Whole hours of local time, as UTC counts them: in a zone of +05:30 an hour begins at half past.
            return Self.floorDivide(whole + Self.floorModulo(offset, 3600), 3600)
        }
        let day = Self.floorDivide(whole + offset, 86_400)
        switch self {
        case .hour, .day: return day
        case .week: return Self.floorDivide(day + 3, 7)  // day 0 was a Thursday
        case .month:
            let date = Self.civil(day)
            return date.year * 12 + date.month - 1
        case .year: return Self.civil(day).year
        }
    }

    /// Year and month (from 1) of a day counted from 1970-01-01, after Howard Hinnant's `civil_from_days`.
    private static func civil(_ day: Int) -> (year: Int, month: Int) {
        let shifted = day + 719_468
        let era = floorDivide(shifted, 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month)
    }

    private static func floorDivide(_ number: Int, _ divisor: Int) -> Int {
        (number - floorModulo(number, divisor)) / divisor
    }

    private static func floorModulo(_ number: Int, _ divisor: Int) -> Int {
        let rest = number % divisor
        return rest < 0 ? rest + divisor : rest
    }
}
