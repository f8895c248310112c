import Language

/// Pieces of a user's text made fit for a message: short, on one line, and left out where they could hold a secret.
enum Shown {
    /// A key in quotes as long as it looks like one: a value that slipped into a key's place may be a connection string.
    static func key(_ text: String) -> Phrase {
        let isPlain =
            !text.isEmpty && text.utf8.count <= 40
            && text.utf8.allSatisfy { $0.isWordByte || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".") }
        return isPlain ? Phrase(verbatim: "\"\(text)\"") : "that stands here"
    }

    /// A value in quotes, cut at 40 characters; what could hold a password is not shown.
    static func value(_ text: String) -> Phrase {
        if text.isEmpty { return "an empty text" }
        if text.contains("://") || text.contains("@") || text.lowercased().contains("pass") { return "this value" }
        let cut = text.count > 40 ? text.prefix(39) + "…" : text[...]
        let oneLine = cut.unicodeScalars.map { $0.properties.generalCategory == .control ? "�" : String($0) }.joined()
        return Phrase(verbatim: "\"\(oneLine)\"")
    }
}
