/// One protected thing, with the objectives it has to meet and the checks that prove it.
public struct AssetPlan: Sendable, Equatable {
    public var name: String
    public var kind: Kind
    public var objectives: Objectives
    /// How the asset is reached; a literal here is a connection string without a password.
    public var url: SecretSource
    /// How long a backup waits for a table's lock before it gives up.
    public var lockTimeout: Duration
    /// How many connections read at once.
    public var jobs: Int
    /// What a drill asks the restored copy; names are unique within the asset.
    public var checks: [Assertion]
    /// Which of its snapshots are worth keeping; nil: all of them.
    public var keep: RetentionRules?

    public static let defaultLockTimeout = Duration.seconds(10)
    public static let defaultJobs = 2
    public static let allowedJobs = 1...64

    public init(
        name: String, kind: Kind, objectives: Objectives = Objectives(), url: SecretSource,
        lockTimeout: Duration = AssetPlan.defaultLockTimeout, jobs: Int = AssetPlan.defaultJobs, checks: [Assertion] = [],
        keep: RetentionRules? = nil
    ) {
        self.name = name
        self.kind = kind
        self.objectives = objectives
        self.url = url
        self.lockTimeout = lockTimeout
        self.jobs = jobs
        self.checks = checks
        self.keep = keep
    }

    public enum Kind: String, Sendable, CaseIterable {
        case postgres
    }

    /// How much may be lost and how long recovery may take; nil: nothing was promised.
    public struct Objectives: Sendable, Equatable {
        /// Recovery point objective: the oldest the newest restorable point may be.
        public var rpo: Duration?
        /// Recovery time objective: the longest a recovery may take.
        public var rto: Duration?

        public init(rpo: Duration? = nil, rto: Duration? = nil) {
            self.rpo = rpo
            self.rto = rto
        }
    }
}

extension AssetPlan {
    /// The asset as which a restore keeps what it is going to overwrite.
    public static func keptBeforeRestore(_ name: String) -> String { name + "-before-restore" }

    /// The tag of such a snapshot.
    public static let safetyTag = "safety"
}
