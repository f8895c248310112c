internal import Postgres

/// Reads a `Catalog` through a connection that stands in the wanted snapshot.
struct CatalogReader {
    let connection: Connection

    /// Everything but the values of the sequences, which no snapshot holds, and what depends on which extension.
    func read() async throws -> Catalog {
        let server = connection.serverVersion
        let isSupabase = try await connection.rows(Supabase.detection).first?.first == "t"
        let database = try await connection.rows(RoleQueries.database(server))[0]
        let hasGrants = database[7] == "t"
        var counts = Dictionary(
            try await connection.rows(CatalogQueries.counts).map { ($0[0] ?? "", Int($0[1] ?? "") ?? 0) }, uniquingKeysWith: +)
        if isSupabase, try await connection.rows(Supabase.mayCountSecrets).first?[0] == "t" {
            counts["secrets"] = Int(try await connection.rows(Supabase.secretCount).first?[0] ?? "")
        }
        return Catalog(
            platform: isSupabase ? .supabase : nil,
            database: PostgresManifest.Database(
                name: database[0] ?? "", owner: database[1] ?? "", encoding: database[2] ?? "", collation: database[3] ?? "",
                characterType: database[4] ?? "", localeProvider: database[5] ?? "", comment: database[6]),
            relations: try await relations(),
            extensions: try await connection.rows(CatalogQueries.extensions).map {
                PostgresManifest.Extension(name: $0[0] ?? "", version: $0[1] ?? "", schema: $0[2] ?? "", neededBy: [])
            },
            sequences: try await sequences(isSupabase: isSupabase),
            roles: try await roles(),
            memberships: try await memberships(server),
            settings: try await Self.settings(on: connection),
            databaseGrants: hasGrants
                ? try await connection.rows(RoleQueries.databaseGrants).map {
                    PostgresManifest.Grant(role: $0[0], privilege: $0[1] ?? "", isGrantable: $0[2] == "t")
                } : nil,
            tablespaces: try await connection.rows(CatalogQueries.tablespaces).map { $0[0] ?? "" },
            counts: counts,
            largeObjects: try await largeObjects())
    }

    /// Of this database, of every role, and of roles in this database.
    static func settings(on connection: Connection) async throws(PostgresError) -> [PostgresManifest.Setting] {
        try await connection.rows(RoleQueries.settings).map {
            PostgresManifest.Setting(role: $0[0], isForDatabase: $0[1] == "t", name: $0[2] ?? "", value: $0[3] ?? "")
        }
    }

    func relations() async throws -> [Catalog.Relation] {
        var relations = try await connection.rows(CatalogQueries.relations).compactMap { row -> Catalog.Relation? in
            guard let kind = Catalog.Relation.Kind(rawValue: row[3]?.first ?? " ") else { return nil }
            return Catalog.Relation(
                oid: Self.oid(row[0]), name: TableName(schema: row[1] ?? "", name: row[2] ?? ""), kind: kind,
                isUnlogged: row[4] == "u",
                owner: row[5] ?? "", fileNode: Self.oid(row[6]), parent: row[7].map { Self.oid($0) },
                configuration: row[8].map { Catalog.Configuration(ofExtension: $0, condition: row[9]) },
                isReadable: row[10] == "t",
                hidesRows: row[11] == "t", isPopulated: row[12] == "t")
        }
        let columns = try await names(CatalogQueries.columns)
        let indexes = try await names(CatalogQueries.indexes)
        let constraints = try await names(CatalogQueries.constraints)
        let unstable = Set(try await connection.rows(CatalogQueries.unstablePartitioning).map { Self.oid($0[0]) })
        let parents = Dictionary(relations.compactMap { each in each.parent.map { (each.oid, $0) } }) { first, _ in first }
        for index in relations.indices {
            let oid = relations[index].oid
            relations[index].columns = columns[oid] ?? []
            relations[index].indexes = indexes[oid] ?? []
            relations[index].constraints = constraints[oid] ?? []
            let ancestors = Array(sequence(first: oid) { parents[$0] }.dropFirst())
            if let root = ancestors.last, ancestors.contains(where: unstable.contains) {
                relations[index].loadThrough = root
                // All partitions of one root in the root's order of columns: their rows may change places at restore, and must
                // count alike.
                relations[index].columns = columns[root] ?? []
            }
        }
        return relations
    }

    private func names(_ query: String) async throws -> [UInt32: [String]] {
        var result: [UInt32: [String]] = [:]
        for row in try await connection.rows(query) { result[Self.oid(row[0]), default: []].append(row[1] ?? "") }
        return result
    }

    private func sequences(isSupabase: Bool) async throws -> [PostgresManifest.Sequence] {
        let details = Dictionary(try await connection.rows(CatalogQueries.sequences).map { (Self.oid($0[0]), $0) }) { first, _ in
            first
        }
        return try await connection.rows(CatalogQueries.relations).filter { $0[3] == "S" }.compactMap { row in
            let oid = Self.oid(row[0])
            guard let detail = details[oid] else { return nil }
            let schema = row[1] ?? ""
            return PostgresManifest.Sequence(
                schema: schema, name: row[2] ?? "", oid: oid, lastValue: 0, isCalled: false,
                increment: Int64(detail[1] ?? "") ?? 1,
                ownedBy: detail[3].map { TableName(schema: $0, name: detail[4] ?? "") }, column: detail[5],
                isManaged: isSupabase && Supabase.managedSchemas.contains(schema))
        }
    }

    private func roles() async throws -> [PostgresManifest.Role] {
        try await connection.rows(RoleQueries.roles).map { row in
            PostgresManifest.Role(
                name: row[0] ?? "", isSuperuser: row[1] == "t", inherits: row[2] == "t", createsRoles: row[3] == "t",
                createsDatabases: row[4] == "t", canLogIn: row[5] == "t", replicates: row[6] == "t",
                bypassesRowSecurity: row[7] == "t",
                connectionLimit: Int(row[8] ?? "") ?? -1, validUntil: row[9], comment: row[10], isNeeded: row[11] == "t")
        }
    }

    private func memberships(_ server: ServerVersion) async throws -> [PostgresManifest.Membership] {
        var widest: [[String]: PostgresManifest.Membership] = [:]
        var order: [[String]] = []
        for row in try await connection.rows(RoleQueries.memberships(server)) {
            let pair = [row[0] ?? "", row[1] ?? ""]
            let next = PostgresManifest.Membership(
                role: pair[0], member: pair[1], admin: row[2] == "t", inherits: row[3].map { $0 == "t" },
                sets: row[4].map { $0 == "t" })
            if let known = widest[pair] {
                widest[pair] = PostgresManifest.Membership(
                    role: known.role, member: known.member, admin: known.admin || next.admin,
                    inherits: Self.either(known.inherits, next.inherits), sets: Self.either(known.sets, next.sets))
            } else {
                widest[pair] = next
                order.append(pair)
            }
        }
        return order.compactMap { widest[$0] }
    }

    private func largeObjects() async throws -> Catalog.LargeObjectFacts {
        let row = try await connection.rows(CatalogQueries.largeObjects)[0]
        return Catalog.LargeObjectFacts(
            count: Int(row[0] ?? "") ?? 0, unreadable: (row[1] ?? "").split(separator: ",").map { Self.oid(String($0)) })
    }

    private static func either(_ left: Bool?, _ right: Bool?) -> Bool? {
        left == nil && right == nil ? nil : left == true || right == true
    }

    static func oid(_ text: String?) -> UInt32 { text.flatMap { UInt32($0) } ?? 0 }
}
