public import Foundation
public import Language

/// Numbers, sizes, times and ages as people read them in one language.
///
/// For terminals and documents only: JSON carries plain numbers and RFC 3339 instants. Sizes are decimal (1 kB is 1000 bytes) and
/// have three significant digits; rounding never shows a larger unit than the value has reached.
public struct Figures: Sendable {
    public let language: Language

    public init(_ language: Language) {
        self.language = language
    }

    /// `300,000`, in French `300 000` with narrow spaces that do not break.
    public func count(_ number: some BinaryInteger) -> String { language.grouped(number) }

    /// `0 B`, `999 B`, `1.23 kB`, `12.3 MB`, `123 GB`; in French `1,23 ko`.
    public func bytes(_ count: Int64) -> String {
        let letter = language == .french ? "o" : "B"
        guard count.magnitude >= 1000 else { return "\(count) \(letter)" }
        var size = Double(count.magnitude)
        var prefix = ""
        for next in ["k", "M", "G", "T", "P", "E"] where size >= 1000 {
            size /= 1000
            prefix = next
        }
        // Cut rather than rounded, so that 999 999 bytes are not a megabyte.
        return (count < 0 ? "-" : "") + threeDigits(size) + " \(prefix)\(letter)"
    }

    /// `12.3 MB/s`.
    public func rate(_ bytesPerSecond: Double) -> String {
        bytes(Int64(max(0, min(bytesPerSecond, 1e18)))) + "/s"
    }

    /// `35 %`; less than everything is never 100 %. Zero parts of nothing are everything.
    public func percent(_ part: Int64, of whole: Int64) -> String {
        guard whole > 0, part < whole else { return "100 %" }
        return "\(Int(max(0, Double(part) / Double(whole) * 100))) %"
    }

    /// With `digits` digits after the decimal point, `3.4`, in French `3,4`.
    public func decimal(_ value: Double, digits: Int) -> String {
        let text = String(format: "%.\(digits)f", value)
        return language == .french ? text.replacing(".", with: ",") : text
    }

    /// How long something took or may take: `850 ms`, `12.3 s`, `3 min 04 s`, `2 h 05 min`, `3 d 4 h` (in French `3 j 4 h`).
    public func duration(_ duration: Duration) -> String {
        if duration < .zero { return "-" + self.duration(.zero - duration) }
        let milliseconds = duration / .milliseconds(1)
        // Each limit is where the rounded figure would reach the next unit.
        if milliseconds < 999.5 { return "\(Int(milliseconds.rounded())) ms" }
        if milliseconds < 59_950 { return decimal(milliseconds / 1000, digits: 1) + " s" }
        let seconds = Int((milliseconds / 1000).rounded())
        let (minutes, hours) = (seconds / 60, seconds / 3600)
        if hours == 0 { return "\(minutes) min " + twoDigits(seconds % 60) + " s" }
        if hours < 24 { return "\(hours) h " + twoDigits(minutes % 60) + " min" }
        let days = count(hours / 24) + (language == .french ? " j" : " d")
        return hours % 24 == 0 ? days : days + " \(hours % 24) h"
    }

    /// How long ago: `just now`, `5 minutes ago`, `il y a 2 heures`; for what lies ahead `in 5 minutes`. Whole units, cut.
    public func age(_ age: Duration) -> String {
        let seconds = Int(abs(age / .seconds(1)))
        let text: String
        switch seconds {
        case ..<10: return language == .french ? "à l’instant" : "just now"
        case ..<60: text = plural(seconds, "second", "seconde")
        case ..<3600: text = plural(seconds / 60, "minute", "minute")
        case ..<86_400: text = plural(seconds / 3600, "hour", "heure")
        default: text = plural(seconds / 86_400, "day", "jour")
        }
        switch (language, age < .zero) {
        case (.english, false): return "\(text) ago"
        case (.english, true): return "in \(text)"
        case (.french, false): return "il y a \(text)"
        case (.french, true): return "dans \(text)"
        }
    }

    /// `2026-11-22 14:05:09 +01:00`: unambiguous in every language, sortable, in the project's time zone.
    public func instant(_ date: Date, in timezone: TimeZone) -> String {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = timezone
        let parts = calendar.dateComponents([.year, .month, .day, .hour, .minute, .second], from: date)
        let day = "\(padded(parts.year, 4))-\(padded(parts.month, 2))-\(padded(parts.day, 2))"
        let time = "\(padded(parts.hour, 2)):\(padded(parts.minute, 2)):\(padded(parts.second, 2))"
        let offset = timezone.secondsFromGMT(for: date)
        if offset == 0 { return "\(day) \(time) UTC" }
        let minutes = abs(offset) / 60
        return "\(day) \(time) \(offset < 0 ? "-" : "+")\(padded(minutes / 60, 2)):\(padded(minutes % 60, 2))"
    }

    private func plural(_ number: Int, _ english: String, _ french: String) -> String {
        let noun = language == .french ? french : english
        // In French zero and one are singular; here a number is never zero.
        return "\(count(number)) \(noun)\(number == 1 ? "" : "s")"
    }

    private func threeDigits(_ size: Double) -> String {
        let digits = size < 10 ? 2 : size < 100 ? 1 : 0
        let scale = [1.0, 10.0, 100.0][digits]
        return decimal((size * scale).rounded(.down) / scale, digits: digits)
    }

    private func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

    private func padded(_ number: Int?, _ width: Int) -> String {
        let digits = String(number ?? 0)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
