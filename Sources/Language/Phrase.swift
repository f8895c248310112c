/// A sentence for people, kept apart from its values so that it can be said in any language.
///
/// Written as an ordinary interpolated string: `"No snapshot of \(asset) yet."` has the key `No snapshot of %1 yet.`
/// and the argument `asset`. The key is looked up in the catalogue of the wanted language when the phrase is rendered; a key
/// that the catalogue lacks is said in English. Values are inserted as they are: whoever builds a phrase keeps secrets out.
///
/// What depends on a number stands there twice, for one and for many: `"\(count: n) {pack is|packs are} gone."` It goes by the
/// `count:` before it, or by the first one behind it where there is none. A translation chooses for itself.
public struct Phrase: Sendable, Hashable, ExpressibleByStringInterpolation, CustomStringConvertible {
    /// The English sentence with `%1`, `%2` … in the places of the arguments.
    public let key: String
    public let arguments: [Argument]

    /// A value in a phrase: a plain text, or another phrase that is translated with it.
    public enum Argument: Sendable, Hashable {
        case text(String)
        /// A number, said with its digits in groups of three.
        case count(Int64)
        case phrase(Phrase)
    }

    public init(stringLiteral value: String) {
        key = value
        arguments = []
    }

    public init(stringInterpolation: StringInterpolation) {
        key = stringInterpolation.key
        arguments = stringInterpolation.arguments
    }

    /// A text that is said alike in every language: a name, a path, a server's own message.
    public init(verbatim text: String) {
        key = "%1"
        arguments = [.text(text)]
    }

    /// The English sentence.
    public var description: String { rendered(in: .english) }

    public func rendered(in language: Language) -> String {
        let pattern = language == .english ? key : Catalogue.translation(of: key, in: language) ?? key
        guard !arguments.isEmpty else { return pattern }
        var result = ""
        var rest = Substring(pattern)
        var number = firstCount(in: rest)
        while let mark = rest.firstIndex(where: { $0 == "%" || $0 == "{" }) {
            result += rest[..<mark]
            let isChoice = rest[mark] == "{"
            rest = rest[rest.index(after: mark)...]
            if isChoice {
                if let number, let choice = Choice(rest) {
                    result += language.isSingular(number) ? choice.one : choice.many
                    rest = choice.rest
                } else {
                    result += "{"
                }
            } else if let (index, behind) = place(rest) {
                switch arguments[index] {
                case .text(let text): result += text
                case .count(let count):
                    result += language.grouped(count)
                    number = count
                case .phrase(let phrase): result += phrase.rendered(in: language)
                }
                rest = behind
            } else {
                result += "%"
            }
        }
        return result + rest
    }

    /// The argument whose number stands at the beginning of `text`, behind a percent sign, and what follows.
    private func place(_ text: Substring) -> (index: Int, behind: Substring)? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard let number = Int(digits), (1...arguments.count).contains(number) else { return nil }
        return (number - 1, text[digits.endIndex...])
    }

    /// The number that a choice goes by which no other stands before.
    private func firstCount(in pattern: Substring) -> Int64? {
        var rest = pattern
        while let percent = rest.firstIndex(of: "%") {
            rest = rest[rest.index(after: percent)...]
            if let (index, _) = place(rest), case .count(let number) = arguments[index] { return number }
        }
        return nil
    }

    /// What is said of one and of many: `one|many}`.
    private struct Choice {
        let one, many, rest: Substring

        init?(_ text: Substring) {
            guard let end = text.firstIndex(of: "}"), let bar = text[..<end].firstIndex(of: "|") else { return nil }
            one = text[..<bar]
            many = text[text.index(after: bar)..<end]
            rest = text[text.index(after: end)...]
        }
    }

    public struct StringInterpolation: StringInterpolationProtocol {
        var key = ""
        var arguments: [Argument] = []

        public init(literalCapacity: Int, interpolationCount: Int) {
            key.reserveCapacity(literalCapacity)
        }

        public mutating func appendLiteral(_ literal: String) { key += literal }

        public mutating func appendInterpolation(_ value: some CustomStringConvertible) {
            append(.text(value.description))
        }

        /// `\(count: rows)`: 300,000 in English, 300 000 in French.
        public mutating func appendInterpolation(count: some BinaryInteger) {
            append(.count(Int64(clamping: count)))
        }

        public mutating func appendInterpolation(_ phrase: Phrase) {
            append(.phrase(phrase))
        }

        private mutating func append(_ argument: Argument) {
            arguments.append(argument)
            key += "%\(arguments.count)"
        }
    }
}
