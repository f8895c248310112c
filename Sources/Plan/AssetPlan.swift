/// One protected thing, with the objectives it has to meet and the checks that prove it.
public struct AssetPlan: Sendable, Equatable {
    public var name: String
    public var kind: Kind
    public var objectives: Objectives
    /// What is protected and how it is reached.
    public var source: Source
    /// How long a backup waits for a table's lock before it gives up.
    public var lockTimeout: Duration
    /// How many connections or threads read at once.
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
        source = .database(url)
        self.lockTimeout = lockTimeout
        self.jobs = jobs
        self.checks = checks
        self.keep = keep
    }

    /// A folder with everything below it.
    public init(
        name: String, files: FilesPlan, objectives: Objectives = Objectives(), jobs: Int = AssetPlan.defaultJobs,
        keep: RetentionRules? = nil
    ) {
        self.name = name
        kind = .files
        source = .files(files)
        self.objectives = objectives
        self.jobs = jobs
        self.keep = keep
        lockTimeout = Self.defaultLockTimeout
        checks = []
    }

    public enum Kind: String, Sendable, CaseIterable {
        case postgres
        case files
    }

    public enum Source: Sendable, Equatable {
        /// A literal here is a connection string without a password.
        case database(SecretSource)
        case files(FilesPlan)
    }

    /// A folder and what of it is left out.
    public struct FilesPlan: Sendable, Equatable {
        /// A relative path starts at the plan's folder.
        public var path: String
        /// Patterns as in a `.gitignore` at the root of the folder.
        public var exclude: [String]

        public init(path: String, exclude: [String] = []) {
            self.path = path
            self.exclude = exclude
        }
    }

    /// Of a database.
    public var url: SecretSource? { if case .database(let url) = source { url } else { nil } }

    /// Of a folder.
    public var files: FilesPlan? { if case .files(let files) = source { files } else { nil } }

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
