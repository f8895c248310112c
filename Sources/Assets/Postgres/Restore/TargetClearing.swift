internal import Language
internal import Postgres

/// Drops everything that a database holds, so that a snapshot can take its place: in one transaction where the server's lock
/// table is large enough, so that a failure leaves all of it.
struct TargetClearing {
    let connection: Connection
    let survey: TargetSurvey

    func run() async throws {
        // These reach outside the database, and forbid being dropped inside a transaction.
        for row in try await connection.rows(
            "SELECT subname FROM pg_catalog.pg_stat_subscription s WHERE EXISTS (SELECT FROM pg_catalog.pg_subscription u WHERE u.oid = s.subid AND u.subdbid = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database()))"
        ) {
            let name = SQL.identifier(row[0] ?? "")
            try await connection.execute("ALTER SUBSCRIPTION \(name) DISABLE")
            try await connection.execute("ALTER SUBSCRIPTION \(name) SET (slot_name = NONE)")
            try await connection.execute("DROP SUBSCRIPTION \(name)")
        }
        let statements = try await statements()
        do {
            try await connection.execute("BEGIN")
            for statement in statements { try await connection.execute(statement) }
            try await connection.execute("COMMIT")
        } catch {
            try? await connection.execute("ROLLBACK")
            // 53200: out of shared memory, which the lock table is part of.
            guard error.sqlState == "53200" else { throw error }
            for statement in statements { try await connection.execute(statement) }
        }
        try await unlinkLargeObjects()
    }

    private func statements() async throws -> [String] {
        let managed = "{" + (survey.isSupabase ? Supabase.managedSchemas.sorted().joined(separator: ",") : "") + "}"
        return try await connection.rows(Self.query, [managed]).compactMap { $0[0] }
    }

    /// What to drop, in an order in which nothing is in the way: what watches, what publishes, what holds the rest, what is
    /// outside of schemas. Schema public of a platform's project is emptied, and stays: rights in it are the platform's.
    private static let query = """
        WITH own AS (
          SELECT n.oid, n.nspname FROM pg_catalog.pg_namespace n
          WHERE n.nspname <> 'information_schema' AND n.nspname !~ '^pg_' AND NOT n.nspname = ANY ($1::pg_catalog.name[])
            AND NOT (n.nspname = 'public' AND $1::pg_catalog.name[] <> '{}')
            AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.pg_namespace'::pg_catalog.regclass
                            AND d.objid = n.oid AND d.deptype = 'e')),
        may(oid) AS (SELECT oid FROM pg_catalog.pg_roles r WHERE pg_catalog.pg_has_role(r.oid, 'USAGE'))
        SELECT statement FROM (
          SELECT 1, pg_catalog.format('DROP EVENT TRIGGER %I', evtname) FROM pg_catalog.pg_event_trigger WHERE evtowner IN (SELECT oid FROM may)
          UNION ALL SELECT 2, pg_catalog.format('DROP PUBLICATION %I', pubname) FROM pg_catalog.pg_publication
            WHERE pubowner IN (SELECT oid FROM may) AND NOT (pubname LIKE 'supabase_realtime%' AND $1::pg_catalog.name[] <> '{}')
          -- Extensions last: what uses them cannot always be dropped through them.
          UNION ALL SELECT CASE WHEN EXISTS (SELECT FROM pg_catalog.pg_extension e WHERE e.extnamespace = own.oid) THEN 4 ELSE 3 END,
            pg_catalog.format('DROP SCHEMA %I CASCADE', nspname) FROM own
          UNION ALL SELECT CASE WHEN i.type LIKE '%table' THEN 4 ELSE 5 END, pg_catalog.format('DROP %s IF EXISTS %s CASCADE',
              CASE i.type WHEN 'composite type' THEN 'type' WHEN 'statistics object' THEN 'statistics' ELSE i.type END, i.identity)
            FROM pg_catalog.pg_depend d CROSS JOIN LATERAL pg_catalog.pg_identify_object(d.classid, d.objid, 0) i
            WHERE $1::pg_catalog.name[] <> '{}' AND d.deptype = 'n' AND d.refclassid = 'pg_catalog.pg_namespace'::pg_catalog.regclass
              AND d.refobjid = (SELECT oid FROM pg_catalog.pg_namespace WHERE nspname = 'public')
              AND d.classid NOT IN ('pg_catalog.pg_extension'::pg_catalog.regclass, 'pg_catalog.pg_default_acl'::pg_catalog.regclass)
              AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend e WHERE e.classid = d.classid AND e.objid = d.objid AND e.deptype = 'e')
          UNION ALL SELECT 6, pg_catalog.format('DROP EXTENSION IF EXISTS %I CASCADE', e.extname) FROM pg_catalog.pg_extension e
            JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace
            WHERE e.extname <> 'plpgsql' AND e.extowner IN (SELECT oid FROM may) AND NOT n.nspname = ANY ($1::pg_catalog.name[])
          UNION ALL SELECT 6, pg_catalog.format('DROP FOREIGN DATA WRAPPER IF EXISTS %I CASCADE', f.fdwname) FROM pg_catalog.pg_foreign_data_wrapper f
            WHERE f.fdwowner IN (SELECT oid FROM may) AND f.oid >= 16384 AND $1::pg_catalog.name[] = '{}'
          UNION ALL SELECT 7, pg_catalog.format('DROP ACCESS METHOD IF EXISTS %I CASCADE', a.amname) FROM pg_catalog.pg_am a
            WHERE a.oid >= 16384 AND $1::pg_catalog.name[] = '{}'
          UNION ALL SELECT 8, pg_catalog.format('DROP LANGUAGE IF EXISTS %I CASCADE', l.lanname) FROM pg_catalog.pg_language l
            WHERE l.oid >= 16384 AND l.lanname <> 'plpgsql' AND l.lanowner IN (SELECT oid FROM may)
          UNION ALL SELECT 10, pg_catalog.format('DROP CAST IF EXISTS (%s AS %s) CASCADE', pg_catalog.format_type(c.castsource, NULL), pg_catalog.format_type(c.casttarget, NULL))
            FROM pg_catalog.pg_cast c WHERE c.oid >= 16384 AND NOT EXISTS (SELECT FROM pg_catalog.pg_type t JOIN own ON own.oid = t.typnamespace WHERE t.oid IN (c.castsource, c.casttarget))
            AND $1::pg_catalog.name[] = '{}'
          UNION ALL SELECT 10, pg_catalog.format('ALTER DEFAULT PRIVILEGES FOR ROLE %I REVOKE ALL ON %s FROM %s', pg_catalog.pg_get_userbyid(d.defaclrole),
              CASE d.defaclobjtype WHEN 'r' THEN 'TABLES' WHEN 'S' THEN 'SEQUENCES' WHEN 'f' THEN 'FUNCTIONS' WHEN 'T' THEN 'TYPES'
                WHEN 'n' THEN 'SCHEMAS' ELSE 'LARGE OBJECTS' END,
              CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(a.grantee)) END)
            FROM pg_catalog.pg_default_acl d, pg_catalog.aclexplode(d.defaclacl) a
            WHERE d.defaclnamespace = 0 AND d.defaclrole IN (SELECT oid FROM may) AND a.grantee <> d.defaclrole AND $1::pg_catalog.name[] = '{}'
          UNION ALL SELECT 11, pg_catalog.format('ALTER DEFAULT PRIVILEGES FOR ROLE %I GRANT %s ON %s TO %s', pg_catalog.pg_get_userbyid(d.defaclrole),
              v.privileges, v.kind, v.grantee)
            FROM pg_catalog.pg_default_acl d
            CROSS JOIN LATERAL (VALUES ('f', 'EXECUTE', 'FUNCTIONS', 'PUBLIC'), ('T', 'USAGE', 'TYPES', 'PUBLIC'),
              (d.defaclobjtype::text, 'ALL', CASE d.defaclobjtype WHEN 'r' THEN 'TABLES' WHEN 'S' THEN 'SEQUENCES' WHEN 'f' THEN 'FUNCTIONS'
                WHEN 'T' THEN 'TYPES' WHEN 'n' THEN 'SCHEMAS' ELSE 'LARGE OBJECTS' END, pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(d.defaclrole))))
              v(kind_code, privileges, kind, grantee)
            WHERE d.defaclnamespace = 0 AND v.kind_code = d.defaclobjtype::text AND d.defaclrole IN (SELECT oid FROM may) AND $1::pg_catalog.name[] = '{}'
          UNION ALL SELECT 12, pg_catalog.format('ALTER DATABASE %I RESET ALL', pg_catalog.current_database()) FROM pg_catalog.pg_database
            WHERE datname = pg_catalog.current_database() AND datdba IN (SELECT oid FROM may) AND $1::pg_catalog.name[] = '{}'
          UNION ALL SELECT 13, 'CREATE SCHEMA public' FROM own WHERE nspname = 'public'
          UNION ALL SELECT 14, 'ALTER SCHEMA public OWNER TO pg_database_owner' FROM own
            WHERE nspname = 'public' AND pg_catalog.current_setting('server_version_num')::int >= 140000
          UNION ALL SELECT 15, CASE WHEN pg_catalog.current_setting('server_version_num')::int >= 150000
              THEN 'GRANT USAGE ON SCHEMA public TO PUBLIC' ELSE 'GRANT ALL ON SCHEMA public TO PUBLIC' END FROM own WHERE nspname = 'public'
          UNION ALL SELECT 16, 'COMMENT ON SCHEMA public IS ''standard public schema''' FROM own WHERE nspname = 'public'
        ) s(step, statement) ORDER BY step, statement
        """

    private func unlinkLargeObjects() async throws {
        while true {
            // In batches: each object's lock is kept until its transaction ends.
            let row = try await connection.rows(
                """
                SELECT pg_catalog.count(pg_catalog.lo_unlink(o.oid)) FROM (
                  SELECT oid FROM pg_catalog.pg_largeobject_metadata m WHERE pg_catalog.pg_has_role(m.lomowner, 'USAGE') LIMIT 1000) o
                """
            ).first
            guard let count = row?[0], count != "0" else { return }
        }
    }
}
