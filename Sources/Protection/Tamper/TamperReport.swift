public import Language
public import ObjectStore

/// What somebody with a vault's credentials could do to what is stored, as far as a test has tried it on a decoy.
public struct TamperReport: Sendable {
    public enum Attack: String, Sendable, CaseIterable {
        case overwrite
        case delete
        /// Of a bucket that keeps versions: the version that holds the data.
        case deleteVersion
        /// A lock that ends in a minute in the place of the one in force.
        case shortenLock
        /// Governance in the place of compliance.
        case weakenLock
        /// The two that matter, asking to bypass the lock.
        case shortenLockBypassing
        case deleteVersionBypassing

        public var title: Phrase {
            switch self {
            case .overwrite: "overwrite the object"
            case .delete: "delete the object"
            case .deleteVersion: "delete its version"
            case .shortenLock: "shorten its lock"
            case .weakenLock: "weaken its lock"
            case .shortenLockBypassing: "shorten its lock, bypassing it"
            case .deleteVersionBypassing: "delete its version, bypassing its lock"
            }
        }
    }

    public enum Result: String, Sendable {
        /// The store refused.
        case refused
        /// The store did it, and the data can be read as it was: an older version, or behind a marker.
        case withstood
        /// The data is gone or another, or nothing holds it any more.
        case succeeded
        /// The store did it, and these credentials may not see what became of the data.
        case unseen
    }

    public struct Attempt: Sendable {
        public let attack: Attack
        public let result: Result
        /// What the store said where it refused.
        public let answer: Phrase?

        /// Whether the data was out of reach.
        public var held: Bool { result == .refused || result == .withstood }
    }

    /// The object that was attacked.
    public let decoy: ObjectKey
    /// Its lock; nil where it has none, or that cannot be seen.
    public let retention: Retention?
    /// Whether the place keeps versions.
    public let isVersioned: Bool
    public let attempts: [Attempt]

    public var isImmutable: Bool { attempts.allSatisfy(\.held) }

    /// What took the data away.
    public var successes: [Attempt] { attempts.filter { $0.result == .succeeded } }
}
