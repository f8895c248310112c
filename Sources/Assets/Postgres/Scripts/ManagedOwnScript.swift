internal import Postgres

/// `managed-own.sql`: the project's own triggers and policies on the platform's tables, which no dump of the project's schemas
/// holds.
///
/// Each is made only where it is missing. Dropping first would be shorter, and would lock every managed table of a live project.
enum ManagedOwnScript {
    static func text(on connection: Connection) async throws -> String {
        let schemas = "{" + Supabase.managedSchemas.sorted().joined(separator: ",") + "}"
        var text = "-- The project's own triggers and policies on the platform's tables.\n\n"
        for row in try await connection.rows(triggers, [schemas]) {
            let table = TableName(schema: row[0] ?? "", name: row[1] ?? "")
            let name = row[2] ?? ""
            text += guarded(
                "SELECT FROM pg_catalog.pg_trigger WHERE tgrelid = \(regclass(table)) AND tgname = \(SQL.literal(name))",
                creation: row[3] ?? "",
                comment: row[5].map { "COMMENT ON TRIGGER \(SQL.identifier(name)) ON \(table.sql) IS \(SQL.literal($0))" },
                state: state(row[4] ?? "O").map { "ALTER TABLE \(table.sql) \($0) TRIGGER \(SQL.identifier(name))" })
        }
        for row in try await connection.rows(policies, [schemas]) {
            let table = TableName(schema: row[0] ?? "", name: row[1] ?? "")
            let name = row[2] ?? ""
            text += guarded(
                "SELECT FROM pg_catalog.pg_policy WHERE polrelid = \(regclass(table)) AND polname = \(SQL.literal(name))",
                creation: policy(row, on: table),
                comment: row[8].map { "COMMENT ON POLICY \(SQL.identifier(name)) ON \(table.sql) IS \(SQL.literal($0))" },
                state: nil)
        }
        return text
    }

    /// A trigger is the project's own when it calls a function from outside the platform's schemas, or the platform's webhook
    /// caller.
    private static let triggers = """
        SELECT n.nspname, c.relname, t.tgname, pg_catalog.pg_get_triggerdef(t.oid), t.tgenabled, pg_catalog.obj_description(t.oid, 'pg_trigger')
        FROM pg_catalog.pg_trigger t
        JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid
        JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        JOIN pg_catalog.pg_proc p ON p.oid = t.tgfoid
        JOIN pg_catalog.pg_namespace f ON f.oid = p.pronamespace
        WHERE NOT t.tgisinternal AND n.nspname = ANY ($1::pg_catalog.name[])
          AND (NOT f.nspname = ANY ($1::pg_catalog.name[]) OR f.nspname = 'supabase_functions' AND n.nspname <> 'supabase_functions')
          AND NOT f.nspname = 'pg_catalog'
        ORDER BY 1, 2, 3
        """

    /// The platform makes none but the one on its scheduler's jobs.
    private static let policies = """
        SELECT n.nspname, c.relname, p.polname, p.polpermissive, p.polcmd,
               (SELECT pg_catalog.string_agg(CASE r WHEN 0 THEN 'PUBLIC' ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(r)) END, ', ')
                FROM pg_catalog.unnest(p.polroles) r),
               pg_catalog.pg_get_expr(p.polqual, p.polrelid), pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid),
               pg_catalog.obj_description(p.oid, 'pg_policy')
        FROM pg_catalog.pg_policy p
        JOIN pg_catalog.pg_class c ON c.oid = p.polrelid
        JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = ANY ($1::pg_catalog.name[]) AND NOT (n.nspname = 'cron' AND p.polname LIKE 'cron_job_%')
        ORDER BY 1, 2, 3
        """

    private static func policy(_ row: [String?], on table: TableName) -> String {
        let command = ["r": "SELECT", "a": "INSERT", "w": "UPDATE", "d": "DELETE"][row[4] ?? ""] ?? "ALL"
        var text = "CREATE POLICY \(SQL.identifier(row[2] ?? "")) ON \(table.sql)"
        text += " AS \(row[3] == "f" ? "RESTRICTIVE" : "PERMISSIVE") FOR \(command) TO \(row[5] ?? "PUBLIC")"
        if let condition = row[6] { text += " USING (\(condition))" }
        if let check = row[7] { text += " WITH CHECK (\(check))" }
        return text
    }

    private static func state(_ enabled: String) -> String? {
        ["D": "DISABLE", "R": "ENABLE REPLICA", "A": "ENABLE ALWAYS"][enabled]
    }

    private static func regclass(_ table: TableName) -> String { "\(SQL.literal(table.sql))::pg_catalog.regclass" }

    private static func guarded(_ condition: String, creation: String, comment: String?, state: String?) -> String {
        let statements = [creation, comment, state].compactMap(\.self).map { "    EXECUTE \(SQL.literal($0));\n" }.joined()
        return "DO " + dollarQuoted("\nBEGIN\n  IF NOT EXISTS (\(condition)) THEN\n\(statements)  END IF;\nEND\n") + ";\n\n"
    }
}
