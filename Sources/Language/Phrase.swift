/// A sentence for people, kept apart from its values so that it can be said in any language.
///
/// Written as an ordinary interpolated string: `"No snapshot of \(asset) yet."` has the key `No snapshot of %1 yet.`
/// and the argument `asset`. The key is looked up in the catalogue of the wanted language when the phrase is rendered; a key
/// that the catalogue lacks is said in English. Values are inserted as they are: whoever builds a phrase keeps secrets out.
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
        while let percent = rest.firstIndex(of: "%") {
            result += rest[..<percent]
            rest = rest[rest.index(after: percent)...]
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            if let number = Int(digits), (1...arguments.count).contains(number) {
                switch arguments[number - 1] {
                case .text(let text): result += text
                case .count(let number): result += language.grouped(number)
                case .phrase(let phrase): result += phrase.rendered(in: language)
                }
                rest = rest[digits.endIndex...]
            } else {
                result += "%"
            }
        }
        return result + rest
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
