import Language
import Yams

/// The YAML tree of a plan's text, with everything bounded that could make reading it slow: a plan is a page or two, not a data
/// set.
///
/// The parser underneath refuses nesting deeper than 1000 levels. Aliases share their node, so they cost nothing in a value, but
/// a key made of aliases is hashed in full: with a dozen of them at most the text cannot be made more than about a hundred times
/// longer.
enum PlanDocument {
    static let longestText = 256 * 1024
    static let mostAliases = 12

    /// - Throws: `PlanProblems` with one problem: what is not YAML is not looked at further.
    static func compose(_ text: String, file: String) throws(PlanProblems) -> Node {
        guard text.utf8.count <= longestText else {
            throw unreadable(
                file, "The file is longer than \(longestText / 1024) KiB.",
                "Is this the right file? A plan is a page or two of text.")
        }
        guard !mayMultiply(text) else {
            throw unreadable(
                file, "The file uses more than \(mostAliases) YAML aliases (*name).",
                "Write the values out. A star in SQL needs a space after it.")
        }
        let root: Node?
        do {
            // Both given, because Yams' own defaults depend on the environment and on regular expressions.
            root = try Yams.compose(yaml: text, .basic, .default, .utf8)
        } catch {
            throw problems(for: error, in: text, file: file)
        }
        guard let root else { throw unreadable(file, "The plan is empty.", "`reprise init` writes one to begin with.") }
        return root
    }

    /// Whether there are anchors and more than a dozen things that look like aliases. Text that only looks like one is counted
    /// too.
    static func mayMultiply(_ text: String) -> Bool {
        var anchors = 0
        var aliases = 0
        var before = UInt8(ascii: "\n")
        var mark: UInt8 = 0
        for byte in text.utf8 {
            if mark != 0, byte.isWordByte || byte == UInt8(ascii: "-") {
                if mark == UInt8(ascii: "&") { anchors += 1 } else { aliases += 1 }
            }
            let startsToken = before <= 0x20 || "[{,:?-\u{85}\u{2028}\u{feff}".utf8.contains(before)
            mark = startsToken && (byte == UInt8(ascii: "*") || byte == UInt8(ascii: "&")) ? byte : 0
            before = byte
        }
        return anchors > 0 && aliases > mostAliases
    }

    private static func unreadable(_ file: String, at position: Position = .start, _ message: Phrase, _ remedy: Phrase)
        -> PlanProblems
    {
        let problem = PlanProblem(
            code: .syntax, path: "", line: position.line, column: position.column, message: message, remedy: remedy)
        return PlanProblems(code: .unreadable, file: file, problems: [problem])
    }

    /// Never shows a piece of the text itself: the line in question may hold a password.
    private static func problems(for error: any Error, in text: String, file: String) -> PlanProblems {
        switch error as? YamlError {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            let (message, remedy) = explanation(of: problem)
            // What is not closed is noticed at the end of the file; it helps to know where it was opened.
            let isUnclosed = problem.contains("unexpected end of stream") || problem.hasPrefix("did not find expected ','")
            let position = Position(isUnclosed ? context?.mark : mark) ?? Position(mark) ?? .start
            return unreadable(file, at: min(position, end(of: text)), message, remedy)
        case .reader(_, let offset, _, _):
            let before = text.prefix(offset ?? 0)
            let line = before.reduce(1) { $1.isNewline ? $0 + 1 : $0 }
            return unreadable(
                file, at: Position(line: line, column: 1), "The file holds a character that no YAML text may hold.",
                "Save it as UTF-8 text, without control characters.")
        case .duplicatedKeysInMapping(let keys, let context):
            let problem = PlanProblem(
                code: .duplicate, path: "", line: max(context.mark.line, 1), column: max(context.mark.column, 1),
                message: "The key \(Shown.key(keys.first ?? "")) stands twice in the same place.",
                remedy: "Keep one of the two.")
            return PlanProblems(code: .unreadable, file: file, problems: [problem])
        default:
            return unreadable(file, "The file is not valid YAML.", "Check its indentation and quotes.")
        }
    }

    /// Where the text ends: the parser finds its end on a line after the last.
    private static func end(of text: String) -> Position {
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        return Position(line: max(lines.count, 1), column: (lines.last?.unicodeScalars.count ?? 0) + 1)
    }

    private static func explanation(of problem: String) -> (Phrase, Phrase) {
        switch problem {
        case let text where text.hasPrefix("mapping values are not allowed"):
            (
                "There is a colon where none can stand.",
                "Check the indentation; a text with a colon and a space in it needs quotes."
            )
        case let text where text.hasPrefix("could not find expected ':'"):
            ("A key has no colon after it.", "Write `key: value`, with a space after the colon.")
        case let text where text.hasPrefix("found a tab character"):
            ("A tab stands where the indentation is.", "Indent with spaces.")
        case let text where text.hasPrefix("found character that cannot start any token"):
            (
                "There is a tab, or a character that needs quotes.",
                "Indent with spaces; put a text that begins with one of @ ` % in quotes."
            )
        case let text where text.hasPrefix("did not find expected key"),
            let text where text.hasPrefix("did not find expected '-'"):
            ("The indentation does not fit the lines above.", "Put keys of the same level in the same column.")
        case let text where text.contains("unexpected end of stream"):
            ("A quote is opened and never closed.", "Close it, or double a quote that belongs to the text.")
        case let text where text.hasPrefix("did not find expected ','"):
            ("A { or [ is not closed, or a comma is missing.", "Close it with } or ], and put commas between its parts.")
        case let text where text.hasPrefix("found undefined alias"):
            ("A text begins with a star, which YAML takes for an alias.", "Put the text in quotes.")
        case let text where text.hasPrefix("but found another document"):
            ("The file holds more than one YAML document.", "Keep one: remove the line `---` and what belongs to the other.")
        case let text where text.hasPrefix("Maximum nesting level"):
            ("The file is nested too deeply.", "A plan needs five levels at most.")
        default:
            (
                "The file is not valid YAML here: \(problem).",
                "Check the indentation and the quotes on this line and the one above."
            )
        }
    }
}
