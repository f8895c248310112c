internal import Postgres

/// How an unpacked snapshot is loaded into an empty database with nothing but psql: as `load.sql`, run inside the folder, or as
/// one stream.
struct LoadScript {
    enum Destination {
        /// Any PostgreSQL; for a snapshot of a Supabase project, with the platform's own schemas.
        case plain
        /// A new project of the platform, which has those already.
        case supabase
    }

    enum Step: Equatable {
        case sql(String)
        /// The text of an entry.
        case script(String)
        case rows(Rows)
    }

    struct Rows: Equatable {
        /// Quoted for SQL.
        var table: String
        var columns: [String]
        /// The entry that holds them.
        var path: String
        var count: Int64
        /// Of the rows, where it is not the script's own.
        var encoding: String?

        var target: String { columns.isEmpty ? table : "\(table) (\(columns.joined(separator: ", ")))" }
        var options: String { encoding.map { " WITH (ENCODING \(SQL.literal($0)))" } ?? "" }
        var statement: String { "COPY \(target) FROM STDIN\(options)" }
    }

    let manifest: PostgresManifest
    let destination: Destination

    private var isSupabase: Bool { destination == .supabase }

    var steps: [Step] {
        let prefix = manifest.platform == .supabase && !isSupabase ? "managed-" : ""
        var steps: [Step] = [.sql(Self.session)]
        if !isSupabase { steps.append(.script("roles.sql")) }
        steps += [.script("\(prefix)pre-data.sql"), .sql(Self.session)]
        // A table of an extension has its keys from the start, and the platform's tables have theirs and their triggers.
        steps.append(.sql("SET session_replication_role = replica;\n\n"))
        steps += manifest.tables.map(rows)
        steps.append(.sql("RESET session_replication_role;\n\n"))
        if manifest.largeObjects.count > 0 {
            steps += [
                .script(LargeObjectsScript.path), .sql(LargeObjectsScript.receiver + "\n"),
                .rows(
                    Rows(
                        table: "pg_temp.reprise_large_objects", columns: [], path: LargeObjectsScript.rowsPath,
                        count: manifest.largeObjects.rows.rows)),
                .sql(LargeObjectsScript.removal + "\n"),
            ]
        }
        steps += [.script("sequences.sql"), .script("\(prefix)post-data.sql")]
        if isSupabase { steps.append(.script("managed-own.sql")) }
        steps += [.sql(Self.session), .script("refresh.sql")]
        if !isSupabase { steps.append(.script("settings.sql")) }
        return steps
    }

    private func rows(_ table: PostgresManifest.Table) -> Step {
        let isUnicode = ["UTF8", "SQL_ASCII"].contains(manifest.database.encoding)
        return .rows(
            Rows(
                table: (table.loadThrough ?? table.tableName).sql, columns: table.columns.map { SQL.identifier($0) },
                path: table.path,
                count: table.rows, encoding: isUnicode ? nil : manifest.database.encoding))
    }

    /// `load.sql`, which includes the other entries.
    var text: String {
        let (purpose, file) =
            isSupabase
            ? ("into a new Supabase project, as its role postgres", "load-supabase.sql")
            : ("into an empty database, as a superuser", "load.sql")
        let header = """
            -- Loads this snapshot \(purpose):
            --   psql -X -d TARGET -f \(file)      inside this folder
            -- PostgreSQL \(manifest.server.version) or newer, encoding \(manifest.database.encoding).

            \\set ON_ERROR_STOP on

            """
        return header + steps.map(line).joined()
    }

    private func line(_ step: Step) -> String {
        switch step {
        case .sql(let text): return text
        case .script(let path): return "\\i \(path)\n"
        case .rows(let rows):
            let plain = "\\copy \(rows.target) FROM '\(rows.path)'\(rows.options)\n"
            return rows.target.contains(where: \.isNewline) ? staged(rows) : plain
        }
    }

    /// A backslash command is one line, and a name may have several: such rows go through a table with plain names.
    private func staged(_ rows: Rows) -> String {
        let aliases = rows.columns.enumerated().map { "\($1) AS c\($0)" }.joined(separator: ", ")
        return """
            CREATE TEMPORARY TABLE reprise_rows AS SELECT \(aliases) FROM ONLY \(rows.table) LIMIT 0;
            \\copy pg_temp.reprise_rows FROM '\(rows.path)'\(rows.options)
            INSERT INTO \(rows.target) OVERRIDING SYSTEM VALUE SELECT * FROM pg_temp.reprise_rows;
            DROP TABLE pg_temp.reprise_rows;

            """
    }

    /// The settings under which the rows and these scripts were written.
    private static let session = """
        SET client_encoding = 'UTF8';
        SET timezone = 'UTC'; SET datestyle = 'ISO'; SET intervalstyle = 'postgres'; SET bytea_output = 'hex'; SET lc_monetary = 'C';
        SET xmloption = 'content'; SET standard_conforming_strings = on; SET search_path = ''; SET statement_timeout = 0;

        """
}
