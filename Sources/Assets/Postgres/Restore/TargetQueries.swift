/// The questions that `TargetSurvey` asks.
enum TargetQueries {
    static let login = """
        SELECT pg_catalog.current_database(), current_user, r.rolsuper, r.rolcreaterole
        FROM pg_catalog.pg_roles r WHERE r.rolname = current_user
        """

    /// Everything of a user's own, but for what came with an extension and for schemas of the platform. `public` belongs to every
    /// database.
    static let contents = """
        WITH member AS (SELECT classid, objid FROM pg_catalog.pg_depend WHERE deptype = 'e'),
        own AS (
          SELECT oid, nspname FROM pg_catalog.pg_namespace n
          WHERE nspname <> 'information_schema' AND nspname !~ '^pg_' AND NOT nspname = ANY ($1::pg_catalog.name[]))
        SELECT CASE c.relkind WHEN 'S' THEN 'sequence' WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view'
                 WHEN 'f' THEN 'foreign table' ELSE 'table' END, n.nspname || '.' || c.relname
        FROM pg_catalog.pg_class c JOIN own n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f') AND c.relpersistence <> 't'
          AND NOT EXISTS (SELECT FROM member m WHERE m.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND m.objid = c.oid)
        UNION ALL
        SELECT 'function', n.nspname || '.' || p.proname FROM pg_catalog.pg_proc p JOIN own n ON n.oid = p.pronamespace
        WHERE NOT EXISTS (SELECT FROM member m WHERE m.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass AND m.objid = p.oid)
        UNION ALL
        SELECT 'type', n.nspname || '.' || t.typname FROM pg_catalog.pg_type t JOIN own n ON n.oid = t.typnamespace
        WHERE (t.typtype IN ('e', 'd', 'r') OR t.typtype = 'b' AND t.typcategory <> 'A'
               OR t.typtype = 'c' AND EXISTS (SELECT FROM pg_catalog.pg_class c WHERE c.oid = t.typrelid AND c.relkind = 'c'))
          AND NOT EXISTS (SELECT FROM member m WHERE m.classid = 'pg_catalog.pg_type'::pg_catalog.regclass AND m.objid = t.oid)
        UNION ALL
        SELECT 'schema', n.nspname FROM own n WHERE n.nspname <> 'public'
          AND NOT EXISTS (SELECT FROM member m WHERE m.classid = 'pg_catalog.pg_namespace'::pg_catalog.regclass AND m.objid = n.oid)
          AND NOT EXISTS (SELECT FROM pg_catalog.pg_extension e WHERE e.extnamespace = n.oid)
        UNION ALL SELECT 'large object', l.oid::text FROM pg_catalog.pg_largeobject_metadata l
        UNION ALL SELECT 'publication', pubname FROM pg_catalog.pg_publication
          WHERE NOT (pubname LIKE 'supabase_realtime%' AND $1::pg_catalog.name[] <> '{}')
        UNION ALL SELECT 'foreign server', srvname FROM pg_catalog.pg_foreign_server WHERE $1::pg_catalog.name[] = '{}'
        ORDER BY 1, 2 LIMIT 1000
        """

    /// With what the login may do there; a table that is dropped meanwhile gives nulls.
    static let tables = """
        SELECT n.nspname, c.relname, c.oid, EXISTS (
          SELECT FROM pg_catalog.pg_constraint k WHERE k.confrelid = c.oid AND k.contype = 'f' AND k.conrelid <> c.oid),
          pg_catalog.has_schema_privilege(n.oid, 'USAGE') AND pg_catalog.has_table_privilege(c.oid, 'SELECT'),
          pg_catalog.has_table_privilege(c.oid, 'INSERT'), pg_catalog.has_table_privilege(c.oid, 'DELETE'),
          pg_catalog.has_table_privilege(c.oid, 'TRUNCATE'), pg_catalog.row_security_active(c.oid)
        FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'p') AND c.relpersistence <> 't' AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
        """

    static let columns = """
        SELECT a.attrelid, a.attname, a.attgenerated <> ''
        FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
        JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
        """

    static let sequences = """
        SELECT n.nspname, c.relname,
          pg_catalog.has_schema_privilege(n.oid, 'USAGE') AND pg_catalog.has_sequence_privilege(c.oid, 'UPDATE')
        FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind = 'S' AND n.nspname !~ '^pg_'
        """

    /// Of what is no table, type or function: the kind as an archive names it, and its label there.
    static let others = """
        SELECT CASE c.relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' ELSE 'FOREIGN TABLE' END,
               n.nspname || ' ' || c.relname
        FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('v', 'm', 'f') AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
        UNION ALL
        SELECT CASE k.contype WHEN 'f' THEN 'FK CONSTRAINT' ELSE 'CONSTRAINT' END, n.nspname || ' ' || c.relname || ' ' || k.conname
        FROM pg_catalog.pg_constraint k JOIN pg_catalog.pg_class c ON c.oid = k.conrelid
        JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
        UNION ALL
        SELECT 'TRIGGER', n.nspname || ' ' || c.relname || ' ' || t.tgname
        FROM pg_catalog.pg_trigger t JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid
        JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE NOT t.tgisinternal
        UNION ALL
        SELECT 'POLICY', n.nspname || ' ' || c.relname || ' ' || p.polname
        FROM pg_catalog.pg_policy p JOIN pg_catalog.pg_class c ON c.oid = p.polrelid
        JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        UNION ALL
        SELECT 'RULE', n.nspname || ' ' || c.relname || ' ' || r.rulename
        FROM pg_catalog.pg_rewrite r JOIN pg_catalog.pg_class c ON c.oid = r.ev_class
        JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE r.rulename <> '_RETURN' AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
        UNION ALL
        SELECT 'DEFAULT', n.nspname || ' ' || c.relname || ' ' || a.attname
        FROM pg_catalog.pg_attrdef d JOIN pg_catalog.pg_class c ON c.oid = d.adrelid
        JOIN pg_catalog.pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
        JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
        """

    /// Labels as `pg_dump` writes them: schema, then the name, with the types of a function's arguments.
    static let objects = """
        SELECT n.nspname || ' ' || t.typname FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
        WHERE n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
        UNION ALL
        SELECT n.nspname || ' ' || p.proname || '(' || coalesce((
                 SELECT pg_catalog.string_agg(pg_catalog.format_type(a.type, NULL), ', ' ORDER BY a.place)
                 FROM pg_catalog.unnest(p.proargtypes) WITH ORDINALITY a(type, place)), '') || ')'
        FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
        WHERE n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
        """

    /// What to give `ANALYZE`: partitions come with their root, unless a partition is a foreign table, which may be out of reach.
    static let analyzed = """
        WITH RECURSIVE tree(root, relation) AS (
          SELECT c.oid, c.oid FROM pg_catalog.pg_class c WHERE c.relkind = 'p' AND NOT c.relispartition
          UNION ALL SELECT t.root, i.inhrelid FROM tree t JOIN pg_catalog.pg_inherits i ON i.inhparent = t.relation),
        far AS (SELECT DISTINCT t.root FROM tree t JOIN pg_catalog.pg_class c ON c.oid = t.relation AND c.relkind = 'f')
        SELECT n.nspname, c.relname
        FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        LEFT JOIN tree t ON t.relation = c.oid
        WHERE n.nspname <> 'information_schema' AND n.nspname !~ '^pg_' AND c.relpersistence <> 't'
          AND CASE WHEN c.relkind = 'p' THEN t.root = c.oid AND t.root NOT IN (SELECT root FROM far)
                   WHEN c.relkind = 'r' THEN (t.root IS NULL OR t.root IN (SELECT root FROM far))
                     AND NOT EXISTS (SELECT FROM pg_catalog.pg_inherits i JOIN pg_catalog.pg_class f ON f.oid = i.inhrelid AND f.relkind = 'f' WHERE i.inhparent = c.oid)
                   WHEN c.relkind = 'm' THEN c.relispopulated ELSE false END
        ORDER BY c.relpages DESC, c.oid
        """
}
