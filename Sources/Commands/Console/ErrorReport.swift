import Language
import Plan

/// An error as it is told to people and to programs.
struct ErrorReport: Encodable {
    let message: Phrase
    let hint: Phrase?
    let causes: [Phrase]
    let problems: [PlanProblem]
    let exitStatus: ExitStatus
    /// The part's own code, `planNotFound`; nil for errors that nobody foresaw.
    let code: String?

    init(_ error: any Error) {
        guard let explained = error as? any ExplainedError else {
            message = "Something went wrong that was not foreseen: \(Self.oneLine(String(describing: error)))"
            hint = nil
            causes = []
            problems = []
            exitStatus = .failed
            code = nil
            return
        }
        message = explained.message
        hint = explained.hint
        exitStatus = explained.exitStatus
        problems = (explained as? PlanProblems)?.problems ?? []
        code = Mirror(reflecting: explained).children.first { $0.label == "code" }.map { String(describing: $0.value) }
        var causes: [Phrase] = []
        var cause = explained.cause
        // Deeper than anything that is built here, so that a cause of itself ends.
        while let current = cause, causes.count < 8 {
            let inner = current as? any ExplainedError
            causes.append(inner?.message ?? Phrase(verbatim: Self.oneLine(String(describing: current))))
            cause = inner?.cause
        }
        self.causes = causes
    }

    /// What went wrong, then its causes and the next useful act, one line each.
    func lines(in language: Language, _ style: Style) -> [String] {
        func label(_ phrase: Phrase) -> String { phrase.rendered(in: language) }
        var lines = [style.red(label("error:")) + " " + message.rendered(in: language)]
        lines += causes.map { "  " + label("cause:") + " " + $0.rendered(in: language) }
        if let hint { lines.append("  " + label("hint:") + " " + hint.rendered(in: language)) }
        return lines
    }

    private static func oneLine(_ text: String) -> String {
        let line = text.split(whereSeparator: \.isNewline).joined(separator: " ")
        return line.count > 500 ? line.prefix(499) + "…" : line
    }

    private enum Key: String, CodingKey { case code, message, hint, causes, problems, exitStatus }

    private struct Problem: Encodable {
        let path, code, message, remedy: String
        let line, column: Int
    }

    /// Always in English: programs compare it.
    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encodeIfPresent(code, forKey: .code)
        try container.encode(message.description, forKey: .message)
        try container.encodeIfPresent(hint?.description, forKey: .hint)
        if !causes.isEmpty { try container.encode(causes.map(\.description), forKey: .causes) }
        if !problems.isEmpty {
            let list = problems.map {
                Problem(
                    path: $0.path, code: $0.code.rawValue, message: $0.message.description, remedy: $0.remedy.description,
                    line: $0.line,
                    column: $0.column)
            }
            try container.encode(list, forKey: .problems)
        }
        try container.encode(exitStatus.rawValue, forKey: .exitStatus)
    }
}
