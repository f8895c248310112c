import Foundation

/// Instants as HTTP and S3 write them.
enum HTTPDate {
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    /// `Fri, 24 May 2013 00:00:00 GMT`
    static func read(_ text: String) -> Date? {
        let words = text.split(separator: " ")
        guard words.count == 6, let day = Int32(words[1]), let month = months.firstIndex(of: String(words[2])),
            let year = Int32(words[3])
        else { return nil }
        return instant(year: year, month: Int32(month), day: day, clock: words[4])
    }

    /// `2013-05-24T00:00:00.000Z`, always UTC; parts of a second are dropped.
    static func readISO(_ text: String) -> Date? {
        let halves = text.split(separator: "T")
        guard halves.count == 2 else { return nil }
        let day = halves[0].split(separator: "-")
        guard day.count == 3, let year = Int32(day[0]), let month = Int32(day[1]), let date = Int32(day[2]) else { return nil }
        return instant(year: year, month: month - 1, day: date, clock: halves[1].prefix(8))
    }

    private static func instant(year: Int32, month: Int32, day: Int32, clock: Substring) -> Date? {
        let parts = clock.split(separator: ":").map { Int32($0) }
        guard parts.count == 3, let hour = parts[0], let minute = parts[1], let second = parts[2], (1900...9999).contains(year),
            (0...11).contains(month), (1...31).contains(day), (0...23).contains(hour), (0...59).contains(minute),
            (0...60).contains(second)
        else { return nil }
        var fields = tm()
        (fields.tm_year, fields.tm_mon, fields.tm_mday) = (year - 1900, month, day)
        (fields.tm_hour, fields.tm_min, fields.tm_sec) = (hour, minute, second)
        return Date(timeIntervalSince1970: TimeInterval(timegm(&fields)))
    }

    /// `2013-05-24T00:00:00Z`
    static func iso(_ instant: Date) -> String {
        let stamp = Array(SignatureV4.timestamp(of: instant))
        func part(_ range: Range<Int>) -> String { String(stamp[range]) }
        return "\(part(0..<4))-\(part(4..<6))-\(part(6..<8))T\(part(9..<11)):\(part(11..<13)):\(part(13..<15))Z"
    }

    /// For messages: `2013-05-24 00:00:00 UTC`.
    static func shown(_ instant: Date) -> String {
        let stamp = Array(SignatureV4.timestamp(of: instant))
        func part(_ range: Range<Int>) -> String { String(stamp[range]) }
        return "\(part(0..<4))-\(part(4..<6))-\(part(6..<8)) \(part(9..<11)):\(part(11..<13)):\(part(13..<15)) UTC"
    }
}
