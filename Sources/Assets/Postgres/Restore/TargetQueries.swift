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

    static let tables = """
        SELECT n.nspname, c.relname, c.oid, EXISTS (
          SELECT FROM pg_catalog.pg_constraint k WHERE k.confrelid = c.oid AND k.contype = 'f' AND k.conrelid <> c.oid)
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
        SELECT n.nspname, c.relname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind = 'S' AND n.nspname !~ '^pg_'
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
