public import Language
public import ObjectStore

/// Why a vault could not do what it was asked. The message names the object concerned.
public struct VaultError: ExplainedError {
    public enum Code: Sendable {
        /// There is no vault at this place.
        case noVault
        /// There is one already, or something else.
        case occupied
        /// The vault's format is newer than this program.
        case newerFormat
        /// An object is there and its bytes are not what was written.
        case damaged
        /// An object that another one names is not there.
        case missing
        /// The key file belongs to another vault.
        case wrongVault
        /// The key does not fit the vault, or lacks the role that is needed.
        case wrongKey
        /// The key file or recovery key cannot be read as one.
        case badKey
        /// A key file is locked, and the passphrase is not there or not the right one.
        case wrongPassphrase
        /// An object was sealed for other readers than the key file's.
        case notSealed
        /// No snapshot, entry or asset of that name.
        case notFound
        /// The folder of the local cache cannot be made.
        case cacheUnwritable
        /// The store failed; see `cause`.
        case store
        /// The work was cancelled.
        case cancelled
        /// A prune has removed what this backup relied on; the next one will do.
        case overtaken
        /// A keeper let the snapshot go while it was read.
        case letGo
    }

    public let code: Code
    public let message: Phrase
    public let hint: Phrase?
    public let cause: (any Error)?
    /// The object that is damaged or missing, as the store names it.
    public let object: String?
    /// What the store failed with, where it was the store.
    public let storeCode: StoreError.Code?
    private let storeExit: ExitStatus?

    public init(_ code: Code, _ message: Phrase, hint: Phrase? = nil, cause: (any Error)? = nil, object: String? = nil) {
        self.object = object
        self.code = code
        self.message = message
        self.hint = hint
        self.cause = cause
        storeCode = nil
        storeExit = nil
    }

    /// A store's error as the vault's: it keeps the message, the hint and the exit status.
    public init(_ error: StoreError) {
        object = nil
        code = .store
        message = error.message
        hint = error.hint
        cause = nil
        storeCode = error.code
        storeExit = error.exitStatus
    }

    public var exitStatus: ExitStatus {
        switch code {
        case .noVault: .unreachable
        case .occupied, .cacheUnwritable: .cannotWrite
        case .newerFormat: .failed
        case .damaged, .missing, .badKey: .damagedData
        case .wrongVault, .wrongKey, .wrongPassphrase, .notSealed: .notPermitted
        case .notFound: .usage
        case .store: storeExit ?? .failed
        case .cancelled: .failed
        case .overtaken, .letGo: .busy
        }
    }

    /// The object `name` is sealed for others.
    static func notSealed(_ name: String) -> VaultError {
        VaultError(
            .notSealed, "\(name) is not sealed to this reader key.",
            hint:
                "It was written before this reader was added: «reprise key grant» opens it to its holder. Or use the recovery key of the kit.",
            object: name)
    }

    /// The object `name` does not hold what was written into it.
    static func damaged(_ name: String, _ what: Phrase) -> VaultError {
        VaultError(
            .damaged, "\(name) is damaged: \(what)",
            hint: "Run «reprise check» to see what it touches. Copies of the vault, if there are any, hold a good one.",
            object: name)
    }
}
