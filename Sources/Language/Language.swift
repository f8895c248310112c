/// A language in which Reprise speaks to people. JSON keys and the plan's keys are never translated.
public enum Language: String, Sendable, CaseIterable {
    case english = "en"
    case french = "fr"

    /// The language a POSIX locale name such as `fr_FR.UTF-8` asks for; English where it asks for none we speak.
    public init(locale: String) {
        self = locale.lowercased().hasPrefix("fr") ? .french : .english
    }

    /// Whether so many things are spoken of as one: in French that is so of none, too.
    public func isSingular(_ number: Int64) -> Bool {
        switch self {
        case .english: number.magnitude == 1
        case .french: number.magnitude < 2
        }
    }

    /// A number with its digits in groups of three: `300,000`, in French `300 000` with narrow spaces that do not break.
    public func grouped(_ number: some BinaryInteger) -> String {
        let digits = String(number.magnitude)
        var grouped = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index).isMultiple(of: 3) { grouped += self == .french ? "\u{202f}" : "," }
            grouped.append(digit)
        }
        return (number < 0 ? "-" : "") + grouped
    }
}
