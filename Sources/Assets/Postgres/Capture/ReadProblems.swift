internal import Language
internal import Postgres

/// What a login may not read of what belongs into a snapshot.
struct ReadProblems: Sendable, Equatable {
    var schemas: [String] = []
    var tables: [TableName] = []
    var sequences: [TableName] = []
    /// Readable, but row-level security would hide rows.
    var hidden: [TableName] = []
    /// The first hundred.
    var largeObjects: [UInt32] = []

    init(_ catalog: Catalog) {
        for relation in catalog.relations {
            // What the platform keeps to itself is left out, not missed.
            if catalog.isSupabase, !Supabase.keepsRows(of: relation.name) { continue }
            switch relation.kind {
            case .table where !relation.isReadable: tables.append(relation.name)
            case .table where relation.hidesRows: hidden.append(relation.name)
            case .partitionedTable where !relation.isReadable: tables.append(relation.name)
            case .sequence where !relation.isReadable: sequences.append(relation.name)
            default: break
            }
        }
        largeObjects = catalog.largeObjects.unreadable
    }

    var isEmpty: Bool { tables.isEmpty && sequences.isEmpty && hidden.isEmpty && largeObjects.isEmpty }

    var error: AssetError? {
        guard !isEmpty else { return nil }
        var parts: [Phrase] = []
        if !tables.isEmpty { parts.append("tables \(Self.list(tables))") }
        if !hidden.isEmpty { parts.append("tables whose rows row-level security hides from it: \(Self.list(hidden))") }
        if !sequences.isEmpty { parts.append("sequences \(Self.list(sequences))") }
        if !largeObjects.isEmpty { parts.append("large objects \(Self.list(largeObjects))") }
        let all = parts.dropFirst().reduce(parts[0]) { "\($0); \($1)" }
        let hint: Phrase =
            hidden.isEmpty
            ? "Grant it pg_read_all_data (PostgreSQL 14 and newer), or USAGE on the schemas and SELECT on what is named."
            : "Give the login BYPASSRLS, or back up as the tables' owner; and grant it SELECT on what is named."
        return AssetError(.unreadable, "The login may not read everything that belongs into the backup: \(all).", hint: hint)
    }

    private static func list(_ names: [some CustomStringConvertible]) -> String {
        names.map(\.description).joined(separator: ", ")
    }
}
