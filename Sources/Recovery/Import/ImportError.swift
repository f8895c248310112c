public import Language

/// Why a dump could not be taken over.
public struct ImportError: ExplainedError {
    public enum Code: String, Sendable {
        case unreadable
        /// It is nothing that `pg_dump` or `pg_dumpall` writes.
        case unknownForm
        /// The program that unpacks it is not installed, or fails.
        case notUnpacked
        /// The throw-away server refused something of it.
        case refused
        /// It is damaged, or ends in the middle.
        case damaged
        /// It was written by a newer PostgreSQL than there is here.
        case tooNew
        /// Something in it would read or write beside its database, or run a program.
        case reachesOut
        /// The programs at hand cannot load a stranger's script safely.
        case unsafeProgram
        /// The throw-away server's disk is full.
        case noRoom
        /// It holds several databases, or none.
        case noSuchDatabase
    }

    public let code: Code
    public let message: Phrase
    public let hint: Phrase?
    public let cause: (any Error)?

    init(_ code: Code, _ message: Phrase, hint: Phrase? = nil, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.hint = hint
        self.cause = cause
    }

    public var exitStatus: ExitStatus {
        switch code {
        case .unreadable, .noSuchDatabase: .usage
        case .unknownForm, .notUnpacked, .damaged: .damagedData
        case .refused, .tooNew, .unsafeProgram: .failed
        case .reachesOut: .notPermitted
        case .noRoom: .cannotWrite
        }
    }
}
