import ArgumentParser
import Language
import Plan

/// What is wrong with a command line: said in the language of the run, with what was probably meant and where to read on.
///
/// The argument parser tells what it found in English sentences only, so these are taken apart; one that is not known is passed
/// on as it is.
struct UsageProblem {
    let message: Phrase
    let hint: Phrase

    var error: CommandError { CommandError(.usage, message, hint: hint) }

    /// A word where a command's name belongs that names none; nil where the names are right. The parser would complain about the
    /// options behind it.
    static func unknownCommand(in arguments: [String]) -> UsageProblem? {
        var command: any ParsableCommand.Type = Reprise.self
        var path = "reprise"
        for word in arguments {
            let known = command.configuration.subcommands
            guard !known.isEmpty, !word.hasPrefix("-") else { return nil }
            if path == "reprise", word == "help" { continue }
            guard let next = known.first(where: { names(of: $0).contains(word) }) else {
                return unknown(
                    word, after: path, among: known.filter { $0.configuration.shouldDisplay }.flatMap { names(of: $0) })
            }
            command = next
            path += " " + word
        }
        return nil
    }

    private static func unknown(_ word: String, after path: String, among known: [String]) -> UsageProblem {
        let word = Redaction.withoutPasswords(word)
        let message: Phrase =
            path == "reprise" ? "There is no command «\(word)»." : "`\(path)` has no command «\(word)»."
        let all: Phrase = "`\(path) --help` lists all commands."
        guard let near = Nearest.match(word, among: known) else { return UsageProblem(message: message, hint: all) }
        return UsageProblem(message: message, hint: "Did you mean `\(path) \(near)`? \(all)")
    }

    private init(message: Phrase, hint: Phrase) {
        self.message = message
        self.hint = hint
    }

    private static func names(of command: any ParsableCommand.Type) -> [String] {
        [command.configuration.commandName].compactMap { $0 } + command.configuration.aliases
    }

    /// - Parameters:
    ///   - complaint: the parser's sentence.
    ///   - text: all that it says: the sentence, what the option is for, the usage, the command that has the help.
    init(complaint: String, text: String) {
        let complaint = Redaction.withoutPasswords(complaint)
        let command =
            text.firstMatch(of: /See '(.+) (?:--help|-h)' for more information/).map { String($0.output.1) } ?? "reprise"
        let help = text.split(separator: "\n").first { $0.hasPrefix("Help:  ") }.map { String($0.dropFirst("Help:  ".count)) }
        let more: Phrase = "`\(command) --help` tells more."
        message = Self.message(complaint, command)
        if let unknown = complaint.wholeMatch(of: /Unknown option '([^']*)'.*/)?.output.1 {
            let all: Phrase = "`\(command) --help` lists all options."
            let near = Nearest.match(String(unknown), among: Self.options(of: command, text))
            hint = near.map { "Did you mean \($0)? \(all)" as Phrase } ?? all
        } else {
            hint = help.map { "\(Self.explained($0)) \(more)" as Phrase } ?? more
        }
    }

    /// `--to <url>  The database …` as a sentence.
    private static func explained(_ help: String) -> Phrase {
        guard let gap = help.firstRange(of: "  ") else { return Phrase(verbatim: help) }
        return "\(String(help[..<gap.lowerBound])): \(String(help[gap.upperBound...]))"
    }

    private static func message(_ complaint: String, _ command: String) -> Phrase {
        if let found = complaint.wholeMatch(of: /Unknown option '([^']*)'.*/) {
            return "`\(command)` has no option \(found.output.1)."
        }
        if let found = complaint.wholeMatch(of: /Missing value for '([^ ']*).*'/) {
            return "The option \(found.output.1) lacks its value."
        }
        if let found = complaint.wholeMatch(of: /The option '([^']*)' does not take any value, but '(.*)' was specified\./) {
            return "The option \(found.output.1) takes no value, and «\(found.output.2)» was given."
        }
        if let found = complaint.wholeMatch(of: /Unexpected argument '(.*)'/) {
            return "`\(command)` does not expect «\(found.output.1)»."
        }
        if let found = complaint.wholeMatch(of: /\d+ unexpected arguments: '(.*)'/) {
            return "`\(command)` does not expect «\(found.output.1.replacing("', '", with: " "))»."
        }
        if let found = complaint.wholeMatch(of: /Missing expected argument '(.*)'/) {
            return "`\(command)` needs \(found.output.1)."
        }
        if let found = complaint.wholeMatch(
            of: /The value '(.*)' is invalid for '(.*)'(?:\. Please provide one of (.*)\.)?/)
        {
            let what = "\(found.output.2)"
            guard let values = found.output.3 else { return "«\(found.output.1)» is no value for \(what)." as Phrase }
            let list = values.matches(of: /'([^']*)'/).map { String($0.output.1) }.joined(separator: ", ")
            return "«\(found.output.1)» is no value for \(what). It takes: \(list)." as Phrase
        }
        return Phrase(verbatim: complaint)
    }

    /// The long options of a command.
    private static func options(of command: String, _ text: String) -> [String] {
        let words = command.split(separator: " ").dropFirst().map(String.init)
        var known: any ParsableCommand.Type = Reprise.self
        for word in words {
            guard let next = known.configuration.subcommands.first(where: { names(of: $0).contains(word) }) else { break }
            known = next
        }
        let help = known.helpMessage(columns: HelpPage.unwrapped) + "\n" + GlobalOptions.helpMessage(columns: HelpPage.unwrapped)
        return Set(help.matches(of: /(?m)^  (?:-\w, )?(--[a-z-]+)/).map { String($0.output.1) }).sorted()
    }
}
