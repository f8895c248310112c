internal import Language
internal import Postgres

/// Rights that a target gives by itself on whatever the login makes there (`ALTER DEFAULT PRIVILEGES`): a platform lets its API's
/// roles into every new table.
///
/// A dump tells of rights as they differ from PostgreSQL's own defaults: on top of a target's it would leave the door open that
/// was shut on the source. So they are set aside while definitions are made.
struct DefaultRights {
    /// One entry's statements that set it aside, and that put it back.
    struct Entry {
        let role: String
        var suspension: [String] = []
        var reinstatement: [String] = []
    }

    private(set) var entries: [Entry] = []

    /// Of all roles that the login may speak for. Throws `PostgresError`.
    static func read(on connection: Connection) async throws(PostgresError) -> DefaultRights {
        var rights = DefaultRights()
        for row in try await connection.rows(query) {
            guard let kind = row[1].flatMap({ kinds[$0] }), let grantee = row[2], let role = row[6] else { continue }
            let place = row[0].map { " IN SCHEMA \(SQL.identifier($0))" } ?? ""
            let head = "ALTER DEFAULT PRIVILEGES FOR ROLE \(SQL.identifier(role))\(place)"
            let name = grantee == "" ? "PUBLIC" : SQL.identifier(grantee)
            var entry = Entry(role: role)
            if row[3] == "given" {
                entry.suspension.append("\(head) REVOKE ALL ON \(kind) FROM \(name)")
                for (privileges, option) in [(row[4], ""), (row[5], " WITH GRANT OPTION")] {
                    if let privileges { entry.reinstatement.append("\(head) GRANT \(privileges) ON \(kind) TO \(name)\(option)") }
                }
            } else if let privileges = row[4] {
                // What PostgreSQL gives by itself and was taken away.
                entry.suspension.append("\(head) GRANT \(privileges) ON \(kind) TO \(name)")
                entry.reinstatement.append("\(head) REVOKE \(privileges) ON \(kind) FROM \(name)")
            }
            rights.entries.append(entry)
        }
        return rights
    }

    func suspend(on connection: Connection) async throws(PostgresError) {
        try await run(entries.flatMap(\.suspension), connection)
    }

    /// - Parameter isWanted: of which roles.
    func reinstate(on connection: Connection, where isWanted: (String) -> Bool) async throws(PostgresError) {
        try await run(entries.filter { isWanted($0.role) }.flatMap(\.reinstatement), connection)
    }

    private func run(_ statements: [String], _ connection: Connection) async throws(PostgresError) {
        guard !statements.isEmpty else { return }
        try await connection.execute(statements.joined(separator: ";\n"))
    }

    private static let kinds = [
        "r": "TABLES", "S": "SEQUENCES", "f": "FUNCTIONS", "T": "TYPES", "n": "SCHEMAS", "L": "LARGE OBJECTS",
    ]

    /// Schema, kind, who, whether rights were given beyond the usual ones or taken from them, which, which of them may be
    /// passed on, and whose objects they are for. An entry for all schemas holds the usual rights too, and lacks those that were
    /// taken away.
    private static let query = """
        WITH own AS (
          SELECT d.oid, n.nspname, d.defaclnamespace, d.defaclobjtype, d.defaclacl, d.defaclrole
          FROM pg_catalog.pg_default_acl d LEFT JOIN pg_catalog.pg_namespace n ON n.oid = d.defaclnamespace
          WHERE pg_catalog.pg_has_role(d.defaclrole, 'USAGE')),
        held AS (
          SELECT o.oid, o.nspname, o.defaclobjtype, o.defaclrole, a.grantee, a.privilege_type, a.is_grantable
          FROM own o, pg_catalog.aclexplode(o.defaclacl) a),
        usual AS (
          SELECT o.oid, o.nspname, o.defaclobjtype, o.defaclrole, a.grantee, a.privilege_type, a.is_grantable
          FROM own o, pg_catalog.aclexplode(pg_catalog.acldefault(
            CASE o.defaclobjtype WHEN 'S' THEN 's' ELSE o.defaclobjtype END, o.defaclrole)) a
          WHERE o.defaclnamespace = 0),
        difference AS (
          (SELECT 'given' AS what, * FROM held EXCEPT ALL SELECT 'given', * FROM usual)
          UNION ALL
          (SELECT 'taken', * FROM usual EXCEPT ALL SELECT 'taken', * FROM held))
        SELECT d.nspname, d.defaclobjtype, coalesce(r.rolname, ''), d.what,
               pg_catalog.string_agg(d.privilege_type, ', ' ORDER BY d.privilege_type) FILTER (WHERE d.what = 'taken' OR NOT d.is_grantable),
               pg_catalog.string_agg(d.privilege_type, ', ' ORDER BY d.privilege_type) FILTER (WHERE d.what = 'given' AND d.is_grantable),
               pg_catalog.pg_get_userbyid(d.defaclrole)
        FROM difference d LEFT JOIN pg_catalog.pg_roles r ON r.oid = d.grantee
        WHERE d.grantee = 0 OR r.rolname IS NOT NULL
        GROUP BY 1, 2, 3, 4, 7 ORDER BY 7, 1, 2, 3, 4 DESC
        """
}
