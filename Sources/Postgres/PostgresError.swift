public import Language

/// What can go wrong with a PostgreSQL server, its programs or a sandbox. Texts never hold a password.
public struct PostgresError: ExplainedError {
    public enum Code: String, Sendable, CaseIterable {
        /// No connection could be made: wrong address, nobody there, TLS refused, database missing.
        case connectionFailed
        /// The server answered and does not let this login in.
        case authenticationFailed
        /// A connection that worked has ended: server stopped, session terminated, network cut. A retry on a new connection may
        /// help.
        case connectionLost
        /// The server refused a statement; `sqlState` says why.
        case sqlError
        /// A lock was not to be had within `lock_timeout` (SQLSTATE 55P03): somebody else works on the table; try again later.
        case lockTimeout
        /// The task was cancelled, and with it the statement on the server.
        case cancelled
        /// The bytes from the server do not follow the protocol, or a COPY did not deliver what the server says it sent.
        case protocolViolation
        /// The connection is in the middle of a COPY FROM STDIN; it does one thing at a time.
        case connectionBusy
        /// No suitable PostgreSQL programs on this machine.
        case noInstallation
        /// `pg_dump`, `psql` or another program could not be run.
        case programFailed
        case badConnectionString
        case sandboxFailed
    }

    public let code: Code
    /// The five characters of the server's SQLSTATE, where the server spoke.
    public let sqlState: String?
    public let message: Phrase
    public let hint: Phrase?
    public let cause: (any Error)?

    public init(_ code: Code, _ message: Phrase, hint: Phrase? = nil, sqlState: String? = nil, cause: (any Error)? = nil) {
        self.code = code
        self.sqlState = sqlState
        self.message = message
        self.hint = hint
        self.cause = cause
    }

    public var exitStatus: ExitStatus {
        switch code {
        case .connectionFailed, .connectionLost: .unreachable
        case .authenticationFailed: .notPermitted
        case .lockTimeout: .busy
        case .badConnectionString: .usage
        case .sqlError where sqlState == "42501": .notPermitted
        // What a program's output or input was meant for failed, not the program.
        case .programFailed: (cause as? any ExplainedError)?.exitStatus ?? .failed
        default: .failed
        }
    }

    static var cancelled: PostgresError { PostgresError(.cancelled, "The work was cancelled.") }
}
