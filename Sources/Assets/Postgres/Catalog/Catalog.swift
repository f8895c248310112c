internal import Postgres

/// What a database consists of, read from its catalog in one snapshot.
struct Catalog: Sendable {
    var platform: PostgresManifest.Platform?
    var database: PostgresManifest.Database
    var relations: [Relation]
    var extensions: [PostgresManifest.Extension]
    var sequences: [PostgresManifest.Sequence]
    var roles: [PostgresManifest.Role]
    var memberships: [PostgresManifest.Membership]
    var settings: [PostgresManifest.Setting]
    var databaseGrants: [PostgresManifest.Grant]?
    var tablespaces: [String]
    var counts: [String: Int]
    var largeObjects: LargeObjectFacts

    /// A table, view, sequence or foreign table that is the user's.
    struct Relation: Sendable {
        enum Kind: Character, Sendable {
            case table = "r"
            case partitionedTable = "p"
            case view = "v"
            case materializedView = "m"
            case sequence = "S"
            case foreignTable = "f"
        }

        var oid: UInt32
        var name: TableName
        var kind: Kind
        var isUnlogged: Bool
        var owner: String
        /// The number of its file as the snapshot sees it: a truncation or a rewrite gives it another.
        var fileNode: UInt32
        var parent: UInt32?
        /// Set on a partition whose rows must be loaded through its root.
        var loadThrough: UInt32?
        var configuration: Configuration?
        var isReadable: Bool
        /// Row-level security would hide rows from this login.
        var hidesRows: Bool
        var isPopulated: Bool
        /// Generated columns left out.
        var columns: [String] = []
        var indexes: [String] = []
        var constraints: [String] = []
    }

    /// A table of an extension to which the user adds rows.
    struct Configuration: Sendable {
        var ofExtension: String
        var condition: String?
    }

    struct LargeObjectFacts: Sendable {
        var count: Int
        var unreadable: [UInt32]
    }

    var isSupabase: Bool { platform == .supabase }

    func isManaged(_ name: TableName) -> Bool { isSupabase && Supabase.managedSchemas.contains(name.schema) }

    /// The tables whose rows belong into a snapshot.
    var copied: [Relation] {
        relations.filter { $0.kind == .table && (!isSupabase || Supabase.keepsRows(of: $0.name)) }
    }
}
