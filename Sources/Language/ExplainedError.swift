/// An error that a person can act on: what went wrong and where, what to do next, and what caused it.
///
/// Every part has one error struct of this kind with a `code` of its own for callers to switch on.
public protocol ExplainedError: Error, Sendable, CustomStringConvertible {
    /// What went wrong, and where: names the object, table, file or line. Never holds a secret.
    var message: Phrase { get }
    /// The next useful act, where one is known.
    var hint: Phrase? { get }
    /// The error underneath, where there is one.
    var cause: (any Error)? { get }
    /// How the program ends when nobody handles this error.
    var exitStatus: ExitStatus { get }
}

extension ExplainedError {
    public var hint: Phrase? { nil }
    public var cause: (any Error)? { nil }

    public var description: String {
        var text = message.description
        if let hint { text += " " + hint.description }
        if let cause { text += " (\(cause))" }
        return text
    }
}

/// How a command ends; the numbers are part of its interface.
public enum ExitStatus: Int32, Sendable {
    case done = 0
    case failed = 1
    /// `status` and `drill`: everything worked and an objective is missed.
    case objectiveMissed = 2
    case usage = 64
    case damagedData = 65
    case unreachable = 69
    case cannotWrite = 73
    /// Busy: the same command may work later.
    case busy = 75
    case notPermitted = 77
    case badPlan = 78
}
