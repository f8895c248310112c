public import Language

/// What the answer to an assertion's SQL must be: a statement about the first column of the first row, or about there being rows
/// at all.
///
/// Numbers are compared as numbers of any length, never rounded; everything else as text, exactly. A null, or no row, meets only
/// the expectations that name it.
public struct Expectation: Sendable, Equatable, CustomStringConvertible {
    /// As the plan says it.
    public let description: String
    let condition: Condition

    enum Condition: Sendable, Equatable {
        case compared(Comparison, ExactNumber)
        case equal(String)
        case notEqual(String)
        case between(ExactNumber, ExactNumber)
        case rows(Bool)
        case null(Bool)
    }

    enum Comparison: String, Sendable, CaseIterable {
        // The longer first: they are tried in this order.
        case atLeast = ">="
        case atMost = "<="
        case more = ">"
        case less = "<"
    }

    /// Why a text is no expectation.
    public enum Flaw: Error, Sendable, Equatable {
        case empty
        /// `>`, `<` and `between` compare numbers only.
        case notANumber
        case emptyRange
        case unknownForm
    }

    /// Reads `> 0`, `>= 10`, `< 5`, `<= 5`, `= 3`, `!= x`, `between 1 and 5`, `is empty`, `is not empty`, `is null`, `is not
    /// null`; any other text is to be equalled. Quotes around the text of `=` and `!=` are taken off, so that any text can be
    /// written.
    public init(_ text: String) throws(Flaw) {
        let trimmed = text.trimmingSpaces()
        guard !trimmed.isEmpty else { throw .empty }
        description = trimmed
        condition = try Self.condition(trimmed)
    }

    private static func condition(_ text: String) throws(Flaw) -> Condition {
        for (form, condition) in fixedForms where text.lowercased() == form { return condition }
        if text.lowercased().hasPrefix("is ") { throw .unknownForm }
        for sign in ["!=", "<>"] {
            if let operand = text.removing(prefix: sign) { return .notEqual(try operandText(operand)) }
        }
        for comparison in Comparison.allCases {
            guard let operand = text.removing(prefix: comparison.rawValue) else { continue }
            guard let number = ExactNumber(operand.trimmingSpaces()) else { throw .notANumber }
            return .compared(comparison, number)
        }
        if let operand = text.removing(prefix: "==") ?? text.removing(prefix: "=") { return .equal(try operandText(operand)) }
        let words = text.split(whereSeparator: \.isWhitespace).map(String.init)
        if words[0].lowercased() == "between" {
            guard words.count == 4, words[2].lowercased() == "and" else { throw .unknownForm }
            guard let low = ExactNumber(words[1]), let high = ExactNumber(words[3]) else { throw .notANumber }
            guard low <= high else { throw .emptyRange }
            return .between(low, high)
        }
        return .equal(unquoted(text))
    }

    private static let fixedForms: [(String, Condition)] = [
        ("is empty", .rows(false)), ("is not empty", .rows(true)), ("is null", .null(true)), ("is not null", .null(false)),
    ]

    private static func operandText(_ operand: String) throws(Flaw) -> String {
        let trimmed = operand.trimmingSpaces()
        guard !trimmed.isEmpty else { throw .empty }
        return unquoted(trimmed)
    }

    private static func unquoted(_ text: String) -> String {
        guard text.utf8.count >= 2, let first = text.first, first == text.last, first == "'" || first == "\"" else { return text }
        return String(text.dropFirst().dropLast())
    }

    /// Whether the rows of an answer, in text form, are what was expected.
    public func isMet(by rows: [[String?]]) -> Bool {
        switch condition {
        case .rows(let wanted): return !rows.isEmpty == wanted
        case .null(let wanted): return !rows.isEmpty && (Self.value(of: rows) == nil) == wanted
        default: break
        }
        guard let value = Self.value(of: rows) else { return false }
        switch condition {
        case .equal(let text): return Self.equal(value, text)
        case .notEqual(let text): return !Self.equal(value, text)
        case .between(let low, let high): return ExactNumber(value).map { low <= $0 && $0 <= high } ?? false
        case .compared(let comparison, let number):
            guard let found = ExactNumber(value) else { return false }
            return switch comparison {
            case .atLeast: found >= number
            case .atMost: found <= number
            case .more: found > number
            case .less: found < number
            }
        case .rows, .null: return false
        }
    }

    /// What was found, for a message beside the expectation: `12`, `null`, `no row`. At most 100 characters of it.
    public static func found(in rows: [[String?]]) -> Phrase {
        guard !rows.isEmpty else { return "no row" }
        guard let value = value(of: rows) else { return "null" }
        return Phrase(verbatim: value.count > 100 ? value.prefix(99) + "…" : value)
    }

    private static func value(of rows: [[String?]]) -> String? { rows.first?.first ?? nil }

    private static func equal(_ found: String, _ wanted: String) -> Bool {
        if let left = ExactNumber(found), let right = ExactNumber(wanted) { return left == right }
        // PostgreSQL prints a boolean as one letter.
        switch wanted {
        case "true": return found == "t" || found == "true"
        case "false": return found == "f" || found == "false"
        default: return found == wanted
        }
    }
}
