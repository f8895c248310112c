public import Language

/// What can go wrong between an asset and its snapshot. Texts name the object and never hold a secret.
public struct AssetError: ExplainedError {
    public enum Code: String, Sendable, CaseIterable {
        /// The login may not read everything that belongs into the snapshot; all of it is named.
        case unreadable
        /// Somebody held a table's lock for longer than a backup waits; another attempt may work.
        case tableLocked
        /// A table was truncated, rewritten or altered during every attempt.
        case changedDuringBackup
        /// The server is older than what is supported.
        case unsupportedServer
        /// `pg_dump` or `pg_restore` failed; the message ends with what it said.
        case programFailed
        /// The snapshot does not hold what its kind must hold.
        case damagedSnapshot
        /// The snapshot is one of another kind of asset than is wanted.
        case otherKind
        /// The snapshot was written by a newer Reprise.
        case newerFormat
        /// The target holds something and nobody allowed to replace it.
        case targetNotEmpty
        /// The target cannot take the snapshot: too old, or something it must have is missing.
        case unsuitableTarget
        /// Roles that own or are granted something are missing on the target and may not be created.
        case missingRoles
        /// The target refused definitions.
        case definitionsRefused
        /// The target refused rows.
        case rowsRefused
        /// A table was asked for that the snapshot does not hold.
        case noSuchTable
        /// The folder that is to be backed up is not there or cannot be read.
        case sourceUnreadable
        /// A path was asked for that the snapshot does not hold.
        case noSuchPath
        /// The folder to restore into cannot be written.
        case targetUnwritable
        /// Another restore into the same folder is under way.
        case targetBusy
        /// The snapshot lacks something, and what it lacks must not be deleted.
        case incompleteSnapshot
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
        case .unreadable, .missingRoles: .notPermitted
        case .tableLocked, .changedDuringBackup, .targetBusy: .busy
        case .damagedSnapshot, .newerFormat: .damagedData
        case .targetNotEmpty, .targetUnwritable: .cannotWrite
        case .noSuchTable, .noSuchPath, .incompleteSnapshot, .otherKind: .usage
        case .sourceUnreadable: .unreachable
        case .unsupportedServer, .programFailed, .unsuitableTarget, .definitionsRefused, .rowsRefused: .failed
        }
    }
}
