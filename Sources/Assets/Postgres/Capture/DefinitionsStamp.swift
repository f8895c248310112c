internal import Postgres

/// A figure that is another one as soon as any definition has changed. `pg_dump` reads some definitions as of its snapshot and
/// others as of now; where the stamp of the snapshot is also the stamp after `pg_dump` has ended, they fit together.
enum DefinitionsStamp {
    static func read(on connection: Connection) async throws -> [[String?]] { try await connection.rows(query) }

    /// Every version of a catalog row has its own `xmin`. Temporary relations come and go without meaning anything, and rows of
    /// `pg_class` also when a table is truncated or a materialized view refreshed, so there what matters is compared itself.
    private static let query: String = {
        var parts = whole.map { stamp($0, "\(version("c"))", "pg_catalog.\($0) c") }
        parts += ofRelations.map { catalog, column in
            stamp(
                catalog, version("c"),
                "pg_catalog.\(catalog) c LEFT JOIN pg_catalog.pg_class r ON r.oid = c.\(column) WHERE r.relpersistence IS DISTINCT FROM 't'"
            )
        }
        parts.append(
            stamp(
                "pg_attribute", "(c.attrelid, c.attnum, c.xmin)::text",
                "pg_catalog.pg_attribute c JOIN pg_catalog.pg_class r ON r.oid = c.attrelid WHERE r.relpersistence <> 't' AND r.oid >= 16384"
            ))
        parts.append(
            stamp(
                "pg_class",
                "(c.oid, c.relname, c.relnamespace, c.relowner, c.relkind, c.relacl, c.reloptions, c.relrowsecurity, c.relforcerowsecurity, c.relreplident, c.relispartition, c.relam)::text",
                "pg_catalog.pg_class c WHERE c.relpersistence <> 't'"))
        return parts.joined(separator: " UNION ALL ") + " ORDER BY 1"
    }()

    private static func version(_ row: String) -> String { "(\(row).oid, \(row).xmin)::text" }

    private static func stamp(_ name: String, _ version: String, _ from: String) -> String {
        "SELECT '\(name)', pg_catalog.count(*), pg_catalog.sum(pg_catalog.hashtextextended(\(version), 0)::numeric) FROM \(from)"
    }

    private static let whole = [
        "pg_enum", "pg_proc", "pg_policy", "pg_namespace", "pg_extension", "pg_operator", "pg_collation", "pg_cast",
        "pg_statistic_ext",
        "pg_publication", "pg_foreign_server", "pg_ts_config", "pg_event_trigger",
    ]

    /// Catalogs of what hangs on a relation, and the column that names it.
    private static let ofRelations = [
        ("pg_type", "typrelid"), ("pg_constraint", "conrelid"), ("pg_trigger", "tgrelid"), ("pg_rewrite", "ev_class"),
        ("pg_attrdef", "adrelid"),
    ]
}
