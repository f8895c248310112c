import Language
import Reporting

/// A help text as people read it: what the argument parser says of a command, in the language of the run, in our order, wrapped
/// to the terminal.
///
/// The parser is asked for lines of any length, so that each entry is one line, and its text is taken apart here: what a command
/// is for, how it is written, examples, then its own options before those that every command has. What has not the expected form
/// is shown as it came.
struct HelpPage {
    /// Longer than any line of help.
    static let unwrapped = 100_000
    /// The column at which explanations begin.
    private static let column = 26

    private struct Section {
        let title: String
        var lines: [String]
    }

    private var about: [String] = []
    private var examples: [String] = []
    private var usage = ""
    private var sections: [Section] = []
    /// The command that the subcommands are said after, `reprise config`.
    private var group: String?

    /// - Parameter text: the parser's, rendered `unwrapped` columns wide.
    init?(_ text: String) {
        guard text.contains("\nUSAGE: ") || text.hasPrefix("USAGE: ") else { return nil }
        var isAbout = true
        for line in text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) {
            if line.hasPrefix("USAGE: ") {
                isAbout = false
                usage = String(line.dropFirst("USAGE: ".count))
            } else if isAbout {
                if line == say(Self.examplesTitle) || !examples.isEmpty {
                    examples.append(line)
                } else {
                    about.append(line.hasPrefix("OVERVIEW: ") ? String(line.dropFirst("OVERVIEW: ".count)) : line)
                }
            } else if let see = line.wholeMatch(of: /\s*See '(.+) <subcommand>' for detailed help\./) {
                group = String(see.output.1).replacing(" help", with: "")
            } else if line.hasSuffix(":"), line.first?.isUppercase == true {
                sections.append(Section(title: line, lines: []))
            } else if !line.isEmpty {
                if sections.isEmpty { return nil }
                if line.hasPrefix(String(repeating: " ", count: Self.column)), let last = sections[sections.count - 1].lines.last
                {
                    // The explanation of a label that was too long for one line.
                    sections[sections.count - 1].lines[sections[sections.count - 1].lines.count - 1] = last + "\n" + line
                } else {
                    sections[sections.count - 1].lines.append(line)
                }
            }
        }
    }

    /// The page in lines of at most `width` columns, as far as words allow.
    func text(width: Int) -> String {
        var parts = [about.map { Self.wrapped($0, width) }.joined(separator: "\n").trimmed]
        parts.append(Self.wrapped(say("USAGE:") + " " + shownUsage, width, hanging: 4))
        if !examples.isEmpty {
            // What is to be typed is not broken.
            let lines = examples.map { $0.hasPrefix("      ") ? Self.wrapped($0, width) : $0 }
            parts.append(lines.joined(separator: "\n").trimmed)
        }
        for section in ordered {
            parts.append(([section.title] + section.lines.map { Self.entry($0, width) }).joined(separator: "\n"))
        }
        if let group { parts.append(Self.wrapped(say("`\(group) COMMAND --help` tells all about one of them."), width)) }
        return parts.joined(separator: "\n\n")
    }

    static let examplesTitle: Phrase = "EXAMPLES:"

    /// Without the options that every command has: they would hide the command's own.
    private var shownUsage: String {
        var usage = usage
        for option in ["[--plan <plan>]", "[--lang <lang>]", "[--json]", "[--no-color]", "[--quiet]", "[--verbose]"] {
            usage = usage.replacing(" " + option, with: "")
        }
        if usage.contains("<options>") { return usage }
        return usage.replacing("<subcommand>", with: say("COMMAND"))
    }

    /// The options of every command stand in a section of their own, the last one.
    private var ordered: [Section] {
        var result: [Section] = []
        var common: [String] = []
        for section in sections {
            guard section.title == "OPTIONS:" else {
                result.append(Section(title: Self.title(section.title), lines: section.lines))
                continue
            }
            let own = section.lines.filter { !Self.isCommon($0) }
            common = section.lines.filter(Self.isCommon)
            if !own.isEmpty { result.append(Section(title: say("OPTIONS:"), lines: own)) }
        }
        if !common.isEmpty { result.append(Section(title: say("OPTIONS OF EVERY COMMAND:"), lines: common)) }
        return result
    }

    private static let commonLabels: Set<String> = [
        "--plan <plan>", "--lang <lang>", "--json", "--no-color", "-q, --quiet", "-v, --verbose", "--version", "-h, --help",
    ]

    private static func isCommon(_ line: String) -> Bool { commonLabels.contains(split(line).label) }

    private static func title(_ title: String) -> String {
        switch title {
        case "ARGUMENTS:": say("ARGUMENTS:")
        case "SUBCOMMANDS:": say("COMMANDS:")
        default: title
        }
    }

    /// `  --to <url>     The database …` as its two parts.
    private static func split(_ line: String) -> (label: String, text: String) {
        if let end = line.firstIndex(of: "\n") { return (String(line[..<end]).trimmed, String(line[end...]).trimmed) }
        return (String(line.prefix(column)).trimmed, String(line.dropFirst(column)).trimmed)
    }

    private static func entry(_ line: String, _ width: Int) -> String {
        let (label, text) = split(line)
        guard !text.isEmpty else { return "  " + label }
        let lines = wrapped(translated(text), width - column).split(separator: "\n").map(String.init)
        let indented = lines.map { String(repeating: " ", count: column) + $0 }
        guard DisplayWidth.of(label) + 2 < column else { return (["  " + label] + indented).joined(separator: "\n") }
        let first = "  " + label + String(repeating: " ", count: column - 2 - DisplayWidth.of(label)) + lines[0]
        return ([first] + indented.dropFirst()).joined(separator: "\n")
    }

    /// What the parser itself adds to explanations.
    private static func translated(_ text: String) -> String {
        switch text {
        case "Show the version.": return say("Show the version.")
        case "Show help information.": return say("Show this help.")
        default: break
        }
        guard let added = text.firstMatch(of: /\((values: ([^():;]*))?(?:; )?(default: ([^()]*))?\)$/) else { return text }
        let before = text[..<added.range.lowerBound]
        switch (added.output.2, added.output.4) {
        case (let values?, let usual?): return "\(before)" + say("(values: \(values); default: \(usual))")
        case (let values?, nil): return "\(before)" + say("(values: \(values))")
        // What our own texts say of a default is in the right language already.
        case (nil, let usual?): return usual.contains(" ") ? text : "\(before)" + say("(default: \(usual))")
        case (nil, nil): return text
        }
    }

    /// Breaks a line at blanks, never at unbreakable ones; what follows stands `hanging` columns further in than its beginning.
    private static func wrapped(_ line: String, _ width: Int, hanging: Int = 0) -> String {
        let indent = line.prefix { $0 == " " }
        guard DisplayWidth.of(line) > width else { return line }
        var lines: [String] = []
        var current = String(indent)
        var isEmpty = true
        for word in line.dropFirst(indent.count).split(separator: " ", omittingEmptySubsequences: false) {
            if !isEmpty, DisplayWidth.of(current) + 1 + DisplayWidth.of(word) > width {
                lines.append(current)
                current = indent + String(repeating: " ", count: hanging)
                isEmpty = true
            }
            current += isEmpty ? String(word) : " " + word
            isEmpty = false
        }
        return (lines + [current]).joined(separator: "\n")
    }
}

extension String {
    fileprivate var trimmed: String {
        var text = self[...]
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
