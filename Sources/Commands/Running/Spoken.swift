import ArgumentParser
import Language

/// The language of help texts and of complaints about arguments: they are made by the argument parser, which knows nothing of
/// phrases.
enum Spoken {
    @TaskLocal static var language = Language.english
}

/// A help text in the language of this run.
func help(_ phrase: Phrase, visibility: ArgumentVisibility = .default, valueName: String? = nil) -> ArgumentHelp {
    ArgumentHelp(stringLiteral: say(phrase)).shown(visibility, valueName)
}

/// A phrase in the language of this run, for the texts of `CommandConfiguration`.
func say(_ phrase: Phrase) -> String { phrase.rendered(in: Spoken.language) }

extension ArgumentHelp {
    fileprivate func shown(_ visibility: ArgumentVisibility, _ valueName: String?) -> ArgumentHelp {
        var help = self
        help.visibility = visibility
        help.valueName = valueName
        return help
    }
}
