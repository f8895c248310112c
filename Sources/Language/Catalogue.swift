/// The sentences of every language but English, by their English key.
public enum Catalogue {
    /// The pattern of `key` in `language`, or nil where nobody has translated it yet.
    public static func translation(of key: String, in language: Language) -> String? {
        switch language {
        case .english: key
        case .french: french[key]
        }
    }
}
