import ArgumentParser
import Language

/// A word that is kept with a snapshot.
enum Tag {
    /// Fails where one is not a single word: in what is shown it could not be told from several, or not be seen at all.
    static func require(_ tags: [String]) throws {
        for tag in tags where !isWord(tag) {
            throw ValidationError(say("--tag takes one word, without blanks: «\(tag)» is none."))
        }
    }

    private static func isWord(_ text: String) -> Bool {
        !text.isEmpty
            && text.unicodeScalars.allSatisfy { !$0.properties.isWhitespace && $0.properties.generalCategory != .control }
    }
}
