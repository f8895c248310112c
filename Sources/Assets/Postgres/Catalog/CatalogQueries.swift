/// The questions that `CatalogReader` asks. Every name is qualified, because sessions have an empty `search_path`.
enum CatalogQueries {
    /// What belongs to the user: neither the system's nor a session's own.
    private static let isOwn = """
        n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
        """

    /// Relations, but for members of extensions that are not configuration tables: what `pg_dump` would dump.
    static let relations = """
        WITH configuration AS (
          SELECT e.extname, pair.relation, pair.condition
          FROM pg_catalog.pg_extension e, ROWS FROM (pg_catalog.unnest(e.extconfig), pg_catalog.unnest(e.extcondition)) pair(relation, condition)
        )
        SELECT c.oid, n.nspname, c.relname, c.relkind, c.relpersistence, pg_catalog.pg_get_userbyid(c.relowner),
               c.relfilenode, CASE WHEN c.relispartition THEN i.inhparent END, f.extname, nullif(f.condition, ''),
               coalesce(pg_catalog.has_schema_privilege(n.oid, 'USAGE') AND CASE c.relkind
                 WHEN 'S' THEN pg_catalog.has_sequence_privilege(c.oid, 'SELECT')
                 ELSE pg_catalog.has_table_privilege(c.oid, 'SELECT') END, false),
               coalesce(pg_catalog.row_security_active(c.oid), false), c.relispopulated
        FROM pg_catalog.pg_class c
        JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        LEFT JOIN pg_catalog.pg_inherits i ON i.inhrelid = c.oid AND c.relispartition
        LEFT JOIN configuration f ON f.relation = c.oid
        WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f') AND c.relpersistence <> 't' AND \(isOwn)
          AND (f.extname IS NOT NULL OR NOT EXISTS (
            SELECT FROM pg_catalog.pg_depend d
            WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = c.oid AND d.deptype = 'e'))
        ORDER BY n.nspname COLLATE "C", c.relname COLLATE "C"
        """

    static let columns = """
        SELECT a.attrelid, a.attname
        FROM pg_catalog.pg_attribute a
        JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
        JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' AND \(isOwn)
        ORDER BY a.attrelid, a.attnum
        """

    static let indexes = """
        SELECT i.indrelid, c.relname
        FROM pg_catalog.pg_index i
        JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
        JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE \(isOwn) ORDER BY i.indrelid, c.relname COLLATE "C"
        """

    static let constraints = """
        SELECT o.conrelid, o.conname
        FROM pg_catalog.pg_constraint o
        JOIN pg_catalog.pg_namespace n ON n.oid = o.connamespace
        WHERE o.conrelid <> 0 AND o.contype IN ('c', 'f', 'p', 'u', 'x') AND \(isOwn)
        ORDER BY o.conrelid, o.conname COLLATE "C"
        """

    /// Partitions by the hash of an enum: the hash is made from the label's number, which is another one in every database.
    static let unstablePartitioning = """
        SELECT p.partrelid FROM pg_catalog.pg_partitioned_table p
        WHERE (SELECT o.oid FROM pg_catalog.pg_opclass o JOIN pg_catalog.pg_am m ON m.oid = o.opcmethod
               WHERE o.opcname = 'enum_ops' AND o.opcnamespace = 'pg_catalog'::pg_catalog.regnamespace AND m.amname = 'hash')
              = ANY (p.partclass)
        """

    static let extensions = """
        SELECT e.extname, e.extversion, n.nspname
        FROM pg_catalog.pg_extension e JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace
        ORDER BY e.extname COLLATE "C"
        """

    static let sequences = """
        SELECT s.seqrelid, s.seqincrement, o.oid, on_.nspname, o.relname, a.attname
        FROM pg_catalog.pg_sequence s
        LEFT JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = s.seqrelid AND d.objsubid = 0
          AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjsubid > 0 AND d.deptype IN ('a', 'i')
        LEFT JOIN pg_catalog.pg_class o ON o.oid = d.refobjid
        LEFT JOIN pg_catalog.pg_namespace on_ ON on_.oid = o.relnamespace
        LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
        """

    static let tablespaces = """
        SELECT DISTINCT t.spcname FROM pg_catalog.pg_class c
        JOIN pg_catalog.pg_tablespace t ON t.oid = c.reltablespace
        JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE \(isOwn) ORDER BY 1
        """

    /// Large objects that the login may not read: reading one needs SELECT on it.
    static let largeObjects = """
        SELECT (SELECT pg_catalog.count(*) FROM pg_catalog.pg_largeobject_metadata),
               (SELECT pg_catalog.string_agg(m.oid::text, ',' ORDER BY m.oid) FROM (
                  SELECT m.oid FROM pg_catalog.pg_largeobject_metadata m
                  WHERE NOT (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user)
                    AND pg_catalog.current_setting('lo_compat_privileges') = 'off'
                    AND NOT EXISTS (
                      SELECT FROM pg_catalog.aclexplode(coalesce(m.lomacl, pg_catalog.acldefault('L', m.lomowner))) a
                      WHERE a.privilege_type = 'SELECT' AND CASE a.grantee WHEN 0 THEN true ELSE pg_catalog.pg_has_role(a.grantee, 'USAGE') END)
                  ORDER BY m.oid LIMIT 100) m)
        """

    static let counts = """
        SELECT 'publications', pg_catalog.count(*) FROM pg_catalog.pg_publication
        UNION ALL SELECT 'eventTriggers', pg_catalog.count(*) FROM pg_catalog.pg_event_trigger
        UNION ALL SELECT 'foreignServers', pg_catalog.count(*) FROM pg_catalog.pg_foreign_server
        UNION ALL SELECT 'foreignTables', pg_catalog.count(*) FROM pg_catalog.pg_foreign_table
        UNION ALL SELECT 'subscriptions', (SELECT pg_catalog.count(*) FROM pg_catalog.pg_stat_subscription WHERE subid IS NOT NULL)
        UNION ALL SELECT 'views', pg_catalog.count(*) FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
          WHERE c.relkind = 'v' AND \(isOwn)
        UNION ALL SELECT 'functions', pg_catalog.count(*) FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
          WHERE \(isOwn)
        UNION ALL SELECT 'types', pg_catalog.count(*) FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
          WHERE t.typtype IN ('e', 'd', 'r') AND \(isOwn)
        UNION ALL SELECT 'triggers', pg_catalog.count(*) FROM pg_catalog.pg_trigger WHERE NOT tgisinternal
        UNION ALL SELECT 'policies', pg_catalog.count(*) FROM pg_catalog.pg_policy
        """
}
