public import Language

extension Kit {
    /// The kit as plain text; a form feed stands before each page but the first.
    public func text(in language: Language) -> String {
        pages.map { page in page.map { Self.text($0, in: language) }.joined() }.joined(separator: "\n\u{c}\n")
    }

    private static func text(_ section: Section, in language: Language) -> String {
        switch section {
        case .title(let phrase): return underlined(phrase.rendered(in: language), "=")
        case .heading(let phrase): return "\n" + underlined(phrase.rendered(in: language), "-")
        case .paragraph(let phrase), .warning(let phrase): return phrase.rendered(in: language) + "\n"
        case .facts(let facts):
            let names = facts.map { $0.name.rendered(in: language) }
            let widest = names.map(\.count).max() ?? 0
            return indented(
                zip(names, facts).map { name, fact in
                    name + String(repeating: " ", count: widest - name.count + 2) + fact.value
                })
        case .verbatim(let text):
            return indented(text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init))
        case .key(let lines, _): return indented(lines)
        case .words(let words, _):
            let cells = words.enumerated().map { number, word in
                let label = String(number + 1)
                return String(repeating: " ", count: 2 - label.count) + label + ". " + word
                    + String(repeating: " ", count: max(1, 12 - word.count))
            }
            return indented(
                stride(from: 0, to: cells.count, by: 4).map {
                    var line = cells[$0..<min($0 + 4, cells.count)].joined()
                    while line.last == " " { line.removeLast() }
                    return line
                })
        }
    }

    private static func underlined(_ title: String, _ line: String) -> String {
        title + "\n" + String(repeating: line, count: title.count) + "\n"
    }

    private static func indented(_ lines: [String]) -> String {
        "\n" + lines.map { $0.isEmpty ? "" : "    " + $0 }.joined(separator: "\n") + "\n\n"
    }
}
