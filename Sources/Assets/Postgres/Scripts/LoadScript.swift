internal import Postgres

/// `load.sql`: loads an unpacked snapshot into an empty database with nothing but psql, run inside the folder.
struct LoadScript {
    enum Destination {
        /// Any PostgreSQL; for a snapshot of a Supabase project, with the platform's own schemas.
        case plain
        /// A new project of the platform, which has those already.
        case supabase
    }

    let manifest: PostgresManifest
    let destination: Destination

    var text: String {
        let isWhole = manifest.platform == .supabase && destination == .plain
        let prefix = isWhole ? "managed-" : ""
        let intoPlatform = destination == .supabase
        var text = header
        if !intoPlatform { text += "\\i roles.sql\n" }
        text += "\\i \(prefix)pre-data.sql\n" + session
        text += "\n-- Rows.\n"
        // A table of an extension has its keys from the start, and the platform's tables have theirs and their triggers.
        text += "SET session_replication_role = replica;\n"
        for table in manifest.tables { text += Self.copy(table) }
        text += "RESET session_replication_role;\n"
        if manifest.largeObjects.count > 0 {
            text += "\n-- Large objects.\n\\i \(LargeObjectsScript.path)\n\(LargeObjectsScript.receiver)\n"
            text += "\\copy pg_temp.reprise_large_objects FROM '\(LargeObjectsScript.rowsPath)'\n\(LargeObjectsScript.removal)\n"
        }
        text += "\n\\i sequences.sql\n\\i \(prefix)post-data.sql\n"
        if intoPlatform { text += "\\i managed-own.sql\n" }
        text += session + "\\i refresh.sql\n"
        if !intoPlatform { text += "\\i settings.sql\n" }
        return text
    }

    private var header: String {
        let purpose =
            destination == .supabase
            ? "-- Loads this snapshot into a new Supabase project, as its postgres role:"
            : "-- Loads this snapshot into an empty database, as a superuser:"
        let file = destination == .supabase ? "load-supabase.sql" : "load.sql"
        return """
            \(purpose)
            --   psql -X -d TARGET -f \(file)      inside this folder
            -- PostgreSQL \(manifest.server.version) or newer; encoding \(manifest.database.encoding).

            \\set ON_ERROR_STOP on
            \(session)

            """
    }

    /// The settings under which the rows were written.
    private var session: String {
        """
        \\encoding \(manifest.database.encoding)
        SET timezone = 'UTC'; SET datestyle = 'ISO'; SET intervalstyle = 'postgres'; SET bytea_output = 'hex'; SET lc_monetary = 'C';
        SET xmloption = 'content'; SET standard_conforming_strings = on; SET search_path = ''; SET statement_timeout = 0;

        """
    }

    /// psql reads a `\copy` line as it stands: names are quoted for SQL, paths hold nothing that needs quoting.
    private static func copy(_ table: PostgresManifest.Table) -> String {
        let target = table.loadThrough ?? table.tableName
        if ([target.schema, target.name] + table.columns).contains(where: { $0.contains { $0.isNewline } }) { return staged(table, into: target) }
        let columns = table.columns.map { SQL.identifier($0) }.joined(separator: ", ")
        return "\\copy \(target.sql)\(table.columns.isEmpty ? "" : " (\(columns))") FROM '\(table.path)'\n"
    }

    /// A backslash command is one line, and a name may have several: such rows go through a table with plain names.
    private static func staged(_ table: PostgresManifest.Table, into target: TableName) -> String {
        let columns = table.columns.map { SQL.identifier($0) }
        let aliases = columns.enumerated().map { "\($1) AS c\($0)" }.joined(separator: ", ")
        return """
            CREATE TEMPORARY TABLE reprise_rows AS SELECT \(aliases) FROM ONLY \(target.sql) LIMIT 0;
            \\copy pg_temp.reprise_rows FROM '\(table.path)'
            INSERT INTO \(target.sql) (\(columns.joined(separator: ", "))) OVERRIDING SYSTEM VALUE SELECT * FROM pg_temp.reprise_rows;
            DROP TABLE pg_temp.reprise_rows;

            """
    }
}
