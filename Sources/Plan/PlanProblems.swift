public import Language

/// Everything that is wrong with one plan file, in the order of the file.
public struct PlanProblems: ExplainedError, Equatable {
    public enum Code: Sendable {
        /// The text is no YAML document that can be read, so nothing was looked at.
        case unreadable
        /// The document was read and says something that is not a plan.
        case invalid
        /// The plan was written for a newer program.
        case newerVersion
    }

    public let code: Code
    /// The file as the user knows it.
    public let file: String
    /// At least one, by line and column.
    public let problems: [PlanProblem]

    init(code: Code, file: String, problems: [PlanProblem]) {
        precondition(!problems.isEmpty, "an error without a problem explains nothing")
        self.code = code
        self.file = file
        self.problems = problems.sorted { ($0.line, $0.column) < ($1.line, $1.column) }
    }

    /// One sentence, then each problem on a line of its own as `file:line:column: path: what. Remedy.`
    public var message: Phrase {
        let headline: Phrase =
            problems.count == 1 ? "The plan \(file) has a problem:" : "The plan \(file) has \(problems.count) problems:"
        return problems.reduce(headline) { text, problem in
            let place = "\(file):\(problem.line):\(problem.column):" + (problem.path.isEmpty ? "" : " \(problem.path):")
            return "\(text)\n  \(place) \(problem.message) \(problem.remedy)"
        }
    }

    public var hint: Phrase? { "`reprise config schema` prints everything that a plan may say." }

    public var exitStatus: ExitStatus { .badPlan }
}
