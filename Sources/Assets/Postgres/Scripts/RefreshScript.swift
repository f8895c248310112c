internal import Postgres

/// `refresh.sql`: fills the materialized views that were filled on the source, in the order in which they need each other.
enum RefreshScript {
    /// Materialized views, and on which others each depends, through plain views too.
    static let query = """
        WITH RECURSIVE needs(root, relation) AS (
          SELECT r.ev_class, d.refobjid
          FROM pg_catalog.pg_rewrite r
          JOIN pg_catalog.pg_class c ON c.oid = r.ev_class AND c.relkind = 'm'
          JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass AND d.objid = r.oid
            AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjid <> r.ev_class
          UNION
          SELECT n.root, d.refobjid
          FROM needs n
          JOIN pg_catalog.pg_class c ON c.oid = n.relation AND c.relkind = 'v'
          JOIN pg_catalog.pg_rewrite r ON r.ev_class = n.relation
          JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass AND d.objid = r.oid
            AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjid <> r.ev_class
        )
        SELECT DISTINCT n.root, n.relation FROM needs n JOIN pg_catalog.pg_class c ON c.oid = n.relation AND c.relkind = 'm'
        """

    /// `views` in an order in which each comes after those it needs; by name otherwise.
    static func ordered(
        _ views: [PostgresManifest.MaterializedView], needs: [UInt32: Set<UInt32>]
    ) -> [PostgresManifest.MaterializedView] {
        var waiting = views
        var result: [PostgresManifest.MaterializedView] = []
        while !waiting.isEmpty {
            let open = Set(waiting.map(\.oid))
            // A definition cannot need itself, so there is always one that is ready; the fallback only keeps a damaged catalog
            // from looping.
            let ready = waiting.firstIndex { (needs[$0.oid] ?? []).isDisjoint(with: open) } ?? 0
            result.append(waiting.remove(at: ready))
        }
        return result
    }

    static func text(_ views: [PostgresManifest.MaterializedView]) -> String {
        views.filter(\.isPopulated).map { statement($0) + "\n" }.joined()
    }

    static func statement(_ view: PostgresManifest.MaterializedView) -> String {
        "REFRESH MATERIALIZED VIEW \(view.tableName.sql);"
    }
}
