public import Language

/// One thing that is wrong in a plan, the place where it stands, and what to write instead.
public struct PlanProblem: Sendable, Equatable {
    public enum Code: String, Sendable {
        /// The text is not YAML, or more of it than is read.
        case syntax
        case unknownKey
        case missing
        /// A list where a text was expected, and the like.
        case wrongShape
        case badValue
        case duplicate
        /// A password stands in the plan itself.
        case secretInPlan
        /// The plan was written for a newer program.
        case newerVersion
    }

    public let code: Code
    /// The keys that lead to the place, `assets.db.checks[0].sql`; empty for the whole file.
    public let path: String
    /// From 1.
    public let line: Int
    /// In Unicode scalars, from 1.
    public let column: Int
    public let message: Phrase
    public let remedy: Phrase

    public init(code: Code, path: String, line: Int, column: Int, message: Phrase, remedy: Phrase) {
        self.code = code
        self.path = path
        self.line = line
        self.column = column
        self.message = message
        self.remedy = remedy
    }
}
