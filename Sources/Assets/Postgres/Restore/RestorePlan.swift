public import Language

/// What a restore will do, decided before anything is done: for `--dry-run`, for the question that comes before overwriting, and
/// for the run.
public struct RestorePlan: Codable, Sendable, Equatable {
    public var snapshot: String
    public var target: Target
    /// Everything that the target holds is dropped first.
    public var clears: Bool
    public var roles: [Role]
    public var tables: [Table]
    /// Sequences that are set, and materialized views that are filled, in order.
    public var sequences: [TableName]
    public var refreshes: [TableName]
    public var largeObjects: Int
    public var appliesSettings: Bool
    public var leftOut: [LeftOut]
    /// What was lost with the tables asked for and comes back with them: views, keys of other tables and so on.
    public var putBack: [String] = []
    /// Numbers in the archive, in its order: made before rows are loaded, after, and at the very end.
    var definitions: Definitions

    public struct Target: Codable, Sendable, Equatable {
        public var database: String
        public var server: String
        public var isSupabase: Bool
        /// What is in the way, in words; empty for an empty database. At most a thousand.
        public var contents: [String]
    }

    public struct Role: Codable, Sendable, Equatable {
        public enum Action: String, Codable, Sendable {
            case create
            /// Nobody here may make it.
            case missing
        }
        public var name: String
        public var action: Action
    }

    public struct Table: Codable, Sendable, Equatable {
        public enum Action: String, Codable, Sendable {
            /// The table is made, then loaded.
            case create
            /// The table is there and empty, or belongs to an extension.
            case load
            /// The rows that are there are deleted and those of the snapshot take their place.
            case replace
            /// Made, and no rows are loaded.
            case define
        }
        public var name: TableName
        public var action: Action
        public var rows: Int64
        public var bytes: Int64
    }

    public struct LeftOut: Codable, Sendable, Equatable {
        public enum Reason: String, Codable, Sendable {
            /// `subject` is an extension that the target does not have.
            case extensionUnavailable
            /// `subject` cannot be made without the extension `because`.
            case needsExtension
            /// The target's platform is older or newer and lacks this table.
            case missingOnPlatform
            /// A subscription, in a sandbox.
            case subscription
            /// A right, or a policy, of a role that the target lacks.
            case needsRole
            /// `subject` is a role that the target lacks; `because` many of its rights are left out.
            case missingRole
            /// Rows that the login may not write there; `because` is how many.
            case mayNotWrite
            /// Rows that only the platform can make and that are in no snapshot; `because` is how many, where that is known.
            case platformOnly
            /// Went with a table that was lost, and cannot be put back without `because`.
            case lost
            /// Could not be done; `because` is what the server said.
            case refused
        }
        public var subject: String
        public var reason: Reason
        public var because: String?
        /// The function that makes by hand what was left out: "cron.schedule(name, schedule, command)".
        public var advice: String?
    }

    struct Definitions: Codable, Sendable, Equatable {
        /// The entry of the snapshot.
        var archive = "schema.dump"
        var beforeRows: [Int] = []
        var afterRows: [Int] = []
        /// Event triggers: earlier, they would see the restore itself.
        var atTheEnd: [Int] = []

        mutating func remove(_ numbers: Set<Int>) {
            beforeRows.removeAll(where: numbers.contains)
            afterRows.removeAll(where: numbers.contains)
            atTheEnd.removeAll(where: numbers.contains)
        }

        var count: Int { beforeRows.count + afterRows.count + atTheEnd.count }
    }

    /// Tables whose rows will be those of the snapshot.
    public var loaded: [TableName] { tables.filter { $0.action != .define }.map(\.name) }
    /// Tables whose present rows will be gone: needs `RestoreOptions.overwrite`, as `clears` does.
    public var replaced: [TableName] { tables.filter { $0.action == .replace }.map(\.name) }
    /// How many definitions are made.
    public var definitionCount: Int { definitions.count }
    public var destroys: Bool { clears || !replaced.isEmpty }
}

extension RestorePlan.LeftOut {
    public var message: Phrase {
        switch reason {
        case .extensionUnavailable: "Extension \(subject) is not available on the target."
        case .needsExtension: "\(subject) needs extension \(because ?? "")."
        case .missingOnPlatform: "\(subject) does not exist on this platform."
        case .subscription: "Subscription \(subject) is not made in a sandbox."
        case .needsRole: "\(subject) needs a role that the target lacks."
        case .missingRole: "The target lacks role \(subject): rights and policies that name it are left out (\(because ?? ""))."
        case .mayNotWrite:
            advice.map { "Rows of \(subject) (\(because ?? "?")): this login may not write them; make them anew with \($0)." }
                ?? "Rows of \(subject) (\(because ?? "?")): this login may not write them."
        case .platformOnly:
            advice.map {
                "Rows of \(subject) (\(because ?? "?")) can be read on their own project only; make them anew with \($0)."
            }
                ?? "Rows of \(subject) (\(because ?? "?")) can be read on their own project only."
        case .lost: "\(subject) stays lost: it needs \(because ?? "")."
        case .refused: "\(subject) was refused: \(because ?? "")"
        }
    }
}
