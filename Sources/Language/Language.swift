/// A language in which Reprise speaks to people. JSON keys and the plan's keys are never translated.
public enum Language: String, Sendable, CaseIterable {
    case english = "en"
    case french = "fr"

    /// The language a POSIX locale name such as `fr_FR.UTF-8` asks for; English where it asks for none we speak.
    public init(locale: String) {
        self = locale.lowercased().hasPrefix("fr") ? .french : .english
    }
}
