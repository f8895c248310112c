public import Language

/// Why a store could not do what it was asked.
public struct StoreError: ExplainedError {
    public enum Code: Sendable {
        /// There is no object of that key.
        case missing
        /// The key is taken.
        case exists
        /// The object ends before the wanted range does.
        case short
        /// The store refuses: permissions, a read-only file system, credentials.
        case denied
        /// The object is locked: nobody may delete or change it before its lock ends.
        case locked
        /// No space is left.
        case full
        /// The store cannot be reached at all: a directory that is gone, a server that does not answer.
        case unreachable
        /// Anything else the store said.
        case failed
    }

    public let code: Code
    public let message: Phrase
    public let hint: Phrase?

    public init(_ code: Code, _ message: Phrase, hint: Phrase? = nil) {
        self.code = code
        self.message = message
        self.hint = hint
    }

    public var exitStatus: ExitStatus {
        switch code {
        case .missing, .short: .damagedData
        case .exists: .busy
        case .denied: .notPermitted
        case .full, .locked: .cannotWrite
        case .unreachable: .unreachable
        case .failed: .failed
        }
    }
}
