public import Language

/// What goes wrong at the command line itself: files that are not found, secrets that are not there, output that cannot be
/// written.
public struct CommandError: ExplainedError {
    public enum Code: String, Sendable {
        case usage
        case interrupted
        case planNotFound
        case planUnreadable
        /// A file that is to be written exists already.
        case fileExists
        case fileNotWritten
        case secretMissing
        case secretUnreadable
        /// What was found is not of the form that is needed.
        case secretInvalid
        /// The plan asks for locks that its bucket cannot set.
        case lockImpossible
        /// Standard output or error took no more.
        case outputFailed
    }

    public let code: Code
    public let message: Phrase
    public let hint: Phrase?
    public let cause: (any Error)?

    public init(_ code: Code, _ message: Phrase, hint: Phrase? = nil, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.hint = hint
        self.cause = cause
    }

    public var exitStatus: ExitStatus {
        switch code {
        case .usage: .usage
        case .interrupted: .failed
        case .planNotFound, .planUnreadable, .secretMissing, .secretInvalid, .lockImpossible: .badPlan
        case .secretUnreadable: .notPermitted
        case .fileExists, .fileNotWritten, .outputFailed: .cannotWrite
        }
    }
}

/// An error of the operating system as text, for the end of a message.
struct SystemMessage: Error, CustomStringConvertible {
    let description: String
}
