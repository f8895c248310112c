internal import Postgres

/// What a restore finds on its target.
struct TargetSurvey: Sendable {
    var database: String
    var server: ServerVersion
    var isSupabase: Bool
    var login: String
    var isSuperuser: Bool
    var mayCreateRoles: Bool
    /// Whether triggers and key checks can be put off while rows are loaded.
    var maySkipTriggers: Bool
    var roles: Set<String>
    var availableExtensions: Set<String>
    var installedExtensions: Set<String>
    var tablespaces: Set<String>
    var schemas: Set<String>
    var publications: Set<String>
    /// What stands in the way of a restore into an empty database, in words: "table public.orders".
    var contents: [String]
    var tables: [TableName: Table]
    var sequences: Set<TableName>
    /// Those that the login may set.
    var settableSequences: Set<TableName>
    /// Types, domains and functions as an archive labels them: "app mood", "app touch()".
    var objects: Set<String>
    /// Views, constraints, triggers and the like: by their kind in an archive, as it labels them: "app orders
    /// orders_total_check".
    var others: [String: Set<String>]

    struct Table: Sendable {
        var oid: UInt32
        var columns: Set<String> = []
        var generatedColumns: Set<String> = []
        /// By foreign keys of other tables.
        var isReferenced: Bool
        /// What the login may do with its rows.
        var rights = Rights()

        struct Rights: Sendable, Equatable {
            var selects = true
            var inserts = true
            var deletes = true
            var truncates = true
            /// Row-level security holds for the login: it sees some rows, and may not load any by COPY.
            var hidesRows = false
        }

        /// Whether the login can put rows in and read them again, to compare them.
        var takesRows: Bool { rights.selects && rights.inserts && !rights.hidesRows }
    }

    /// Whether something of this kind and label is there. Labels end with an owner, which is not compared.
    func has(_ kind: String, _ label: String) -> Bool {
        guard let known = others[kind] else { return false }
        return label.indices.contains { label[$0] == " " && known.contains(String(label[..<$0])) } || known.contains(label)
    }

    static func read(on connection: Connection) async throws -> TargetSurvey {
        let login = try await connection.rows(TargetQueries.login)[0]
        let isSupabase = try await connection.rows(Supabase.detection).first?.first == "t"
        // As `pg_dump --quote-all-identifiers` had it when the labels were written.
        try await connection.execute("SET quote_all_identifiers = on")
        let objects = Set(try await connection.rows(TargetQueries.objects).compactMap { $0[0] })
        let others = try await connection.rows(TargetQueries.others).reduce(into: [String: Set<String>]()) { all, row in
            if let kind = row[0], let label = row[1] { all[kind, default: []].insert(label) }
        }
        let sequences = try await connection.rows(TargetQueries.sequences).map {
            (TableName(schema: $0[0] ?? "", name: $0[1] ?? ""), $0[2] == "t")
        }
        try await connection.execute("RESET quote_all_identifiers")
        func names(_ query: String) async throws -> Set<String> { Set(try await connection.rows(query).compactMap { $0[0] }) }
        return TargetSurvey(
            database: login[0] ?? "", server: connection.serverVersion, isSupabase: isSupabase, login: login[1] ?? "",
            isSuperuser: login[2] == "t", mayCreateRoles: login[2] == "t" || login[3] == "t",
            maySkipTriggers: await maySkipTriggers(connection),
            roles: try await names("SELECT rolname FROM pg_catalog.pg_roles"),
            availableExtensions: try await names("SELECT name FROM pg_catalog.pg_available_extensions"),
            installedExtensions: try await names("SELECT extname FROM pg_catalog.pg_extension"),
            tablespaces: try await names("SELECT spcname FROM pg_catalog.pg_tablespace"),
            schemas: try await names("SELECT nspname FROM pg_catalog.pg_namespace"),
            publications: try await names("SELECT pubname FROM pg_catalog.pg_publication"),
            contents: try await contents(connection, isSupabase: isSupabase), tables: try await tables(connection),
            sequences: Set(sequences.map(\.0)), settableSequences: Set(sequences.filter(\.1).map(\.0)), objects: objects,
            others: others)
    }

    /// Those of `names` that hold rows.
    static func filled(_ names: [TableName], on connection: Connection) async throws -> Set<TableName> {
        var filled: Set<TableName> = []
        for name in names
        where try await connection.rows("SELECT EXISTS (SELECT FROM ONLY \(name.sql))").first?[0] == "t" { filled.insert(name) }
        return filled
    }

    /// Some platforms let a login that is no superuser do this, so the only way to know is to try.
    private static func maySkipTriggers(_ connection: Connection) async -> Bool {
        do {
            try await connection.execute("BEGIN; SET LOCAL session_replication_role = replica; ROLLBACK")
            return true
        } catch {
            try? await connection.execute("ROLLBACK")
            return false
        }
    }

    private static func contents(_ connection: Connection, isSupabase: Bool) async throws -> [String] {
        let managed = "{" + (isSupabase ? Supabase.managedSchemas.sorted().joined(separator: ",") : "") + "}"
        var found = try await connection.rows(TargetQueries.contents, [managed]).map { "\($0[0] ?? "") \($0[1] ?? "")" }
        if isSupabase {
            for table in ["auth.users", "storage.buckets", "storage.objects"] {
                let right = "SELECT pg_catalog.has_table_privilege(pg_catalog.to_regclass('\(table)'), 'SELECT')"
                guard try await connection.rows(right).first?[0] == "t" else { continue }
                if try await connection.rows("SELECT EXISTS (SELECT FROM \(table))").first?[0] == "t" {
                    found.append("rows in \(table)")
                }
            }
        }
        return found
    }

    private static func tables(_ connection: Connection) async throws -> [TableName: Table] {
        var tables: [TableName: Table] = [:]
        for row in try await connection.rows(TargetQueries.tables) {
            tables[TableName(schema: row[0] ?? "", name: row[1] ?? "")] = Table(
                oid: CatalogReader.oid(row[2]), isReferenced: row[3] == "t",
                rights: .init(
                    selects: row[4] == "t", inserts: row[5] == "t", deletes: row[6] == "t", truncates: row[7] == "t",
                    hidesRows: row[8] == "t"))
        }
        let names = Dictionary(tables.map { ($0.value.oid, $0.key) }) { first, _ in first }
        for row in try await connection.rows(TargetQueries.columns) {
            guard let name = names[CatalogReader.oid(row[0])], let column = row[1] else { continue }
            if row[2] == "t" { tables[name]?.generatedColumns.insert(column) } else { tables[name]?.columns.insert(column) }
        }
        return tables
    }
}
