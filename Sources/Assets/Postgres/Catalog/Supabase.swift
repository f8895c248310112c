/// What is particular to a Supabase database: schemas that the platform makes and manages by itself.
enum Supabase {
    /// The platform's schemas. Their definitions come with every project; extensions that keep user rows in their own schema
    /// (`cron`, `pgmq`) are here because the platform owns what is in there.
    static let managedSchemas: Set<String> = [
        "_analytics", "_realtime", "_supavisor", "auth", "cron", "dbdev", "etl", "extensions", "graphql", "graphql_public", "net",
        "pgbouncer", "pgmq", "pgsodium", "pgsodium_masks", "pgtle", "realtime", "storage", "supabase_functions", "vault",
    ]

    /// Managed schemas whose rows are the project's: users, buckets, jobs, queues.
    static let schemasWithRows: Set<String> = ["auth", "storage", "cron", "pgmq", "supabase_functions"]

    /// The platform's own migration history: a project has its own, and the login may not even read it.
    static func isMigrationHistory(_ name: TableName) -> Bool {
        name.name == "schema_migrations"
            || (name.name == "migrations" && ["storage", "supabase_functions"].contains(name.schema))
    }

    static func keepsRows(of name: TableName) -> Bool {
        !managedSchemas.contains(name.schema) || (schemasWithRows.contains(name.schema) && !isMigrationHistory(name))
    }

    /// The function by which the project's own login makes anew what it may not write as rows.
    static func maker(of table: TableName) -> String? {
        switch table.schema {
        case "cron": table.name == "job" ? "cron.schedule(name, schedule, command)" : nil
        case "vault": "vault.create_secret(secret, name, description)"
        case "pgmq": "pgmq.create(queue)"
        default: nil
        }
    }

    static let secrets = TableName(schema: "vault", name: "secrets")

    /// How many secrets there are; no row where the login may not look.
    static let secretCount = """
        SELECT pg_catalog.count(*) FROM vault.secrets
        """

    static let mayCountSecrets = """
        SELECT pg_catalog.has_schema_privilege(n.oid, 'USAGE') AND pg_catalog.has_table_privilege(c.oid, 'SELECT')
        FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = 'vault' AND c.relname = 'secrets'
        """

    /// Roles that every project has, whose objects are the platform's. `postgres` is the user's.
    static func isReserved(role: String) -> Bool {
        reservedRoles.contains(role) || ["supabase_", "cli_login_", "pgsodium_key"].contains { role.hasPrefix($0) }
    }

    private static let reservedRoles: Set<String> = [
        "anon", "authenticated", "authenticator", "dashboard_user", "pgbouncer", "pgtle_admin", "service_role",
    ]

    /// Whether every project has this already, so that a restore into one leaves it alone.
    static func isPlatforms(_ entry: Archive.Entry) -> Bool {
        switch entry.kind {
        case "EXTENSION": false
        case "PUBLICATION": entry.label.hasPrefix("- supabase_realtime")
        case "PUBLICATION TABLE": entry.label.contains(" supabase_realtime_messages_publication ")
        case "EVENT TRIGGER", "FOREIGN DATA WRAPPER", "DEFAULT ACL": isOwnedByPlatform(entry)
        default: false
        }
    }

    private static func isOwnedByPlatform(_ entry: Archive.Entry) -> Bool {
        entry.label.split(separator: " ").last.map { isReserved(role: String($0)) } ?? false
    }

    /// Tells a database of the platform from one that merely lives on a server where its roles once were made.
    static let detection = """
        SELECT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'supabase_admin')
           AND (SELECT pg_catalog.count(*) FROM pg_catalog.pg_namespace WHERE nspname IN ('auth', 'storage')) = 2
        """
}
