internal import Postgres

/// Questions about roles, rights and settings, all from views that any login may read.
enum RoleQueries {
    /// Every role but the system's own, and whether this database has anything that is theirs or granted to them. The first
    /// superuser is not recorded among the dependencies, so what it owns is looked up.
    static let roles = """
        SELECT r.rolname, r.rolsuper, r.rolinherit, r.rolcreaterole, r.rolcreatedb, r.rolcanlogin, r.rolreplication, r.rolbypassrls,
               r.rolconnlimit, r.rolvaliduntil, pg_catalog.shobj_description(r.oid, 'pg_authid'),
               EXISTS (SELECT FROM pg_catalog.pg_shdepend s
                       WHERE s.refclassid = 'pg_catalog.pg_authid'::pg_catalog.regclass AND s.refobjid = r.oid
                         AND s.dbid = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database()))
               OR EXISTS (SELECT FROM pg_catalog.pg_class c WHERE c.relowner = r.oid AND c.oid >= 16384)
               OR EXISTS (SELECT FROM pg_catalog.pg_proc p WHERE p.proowner = r.oid AND p.oid >= 16384)
               OR EXISTS (SELECT FROM pg_catalog.pg_type t WHERE t.typowner = r.oid AND t.oid >= 16384)
               OR EXISTS (SELECT FROM pg_catalog.pg_namespace n WHERE n.nspowner = r.oid AND n.oid >= 16384)
               OR EXISTS (SELECT FROM pg_catalog.pg_foreign_server f WHERE f.srvowner = r.oid)
               OR EXISTS (SELECT FROM pg_catalog.pg_foreign_data_wrapper f WHERE f.fdwowner = r.oid)
               OR EXISTS (SELECT FROM pg_catalog.pg_publication p WHERE p.pubowner = r.oid)
               OR EXISTS (SELECT FROM pg_catalog.pg_event_trigger e WHERE e.evtowner = r.oid)
               OR EXISTS (SELECT FROM pg_catalog.pg_largeobject_metadata l WHERE l.lomowner = r.oid)
        FROM pg_catalog.pg_roles r WHERE r.rolname !~ '^pg_' ORDER BY r.rolname COLLATE "C"
        """

    static func memberships(_ server: ServerVersion) -> String {
        let options = server.major >= 16 ? "m.inherit_option, m.set_option" : "NULL, NULL"
        // From 16 on, one membership may have been granted by several roles: the widest counts.
        return """
            SELECT g.rolname, u.rolname, m.admin_option, \(options)
            FROM pg_catalog.pg_auth_members m
            JOIN pg_catalog.pg_roles g ON g.oid = m.roleid JOIN pg_catalog.pg_roles u ON u.oid = m.member
            WHERE u.rolname !~ '^pg_' ORDER BY g.rolname COLLATE "C", u.rolname COLLATE "C", m.admin_option, 4, 5
            """
    }

    /// Of this database, of every role, and of roles in this database.
    static let settings = """
        SELECT r.rolname, s.setdatabase <> 0, pg_catalog.split_part(c.setting, '=', 1),
               pg_catalog.substr(c.setting, pg_catalog.strpos(c.setting, '=') + 1)
        FROM pg_catalog.pg_db_role_setting s
        LEFT JOIN pg_catalog.pg_roles r ON r.oid = s.setrole
        CROSS JOIN LATERAL pg_catalog.unnest(s.setconfig) c(setting)
        WHERE s.setdatabase IN (0, (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database()))
          AND (s.setrole = 0 OR r.rolname IS NOT NULL)
        ORDER BY r.rolname COLLATE "C" NULLS FIRST, 2, 3
        """

    static func database(_ server: ServerVersion) -> String {
        let provider =
            server.major >= 15
            ? "CASE d.datlocprovider WHEN 'i' THEN 'icu' WHEN 'b' THEN 'builtin' ELSE 'libc' END" : "'libc'"
        return """
            SELECT d.datname, pg_catalog.pg_get_userbyid(d.datdba), pg_catalog.pg_encoding_to_char(d.encoding), d.datcollate, d.datctype,
                   \(provider), pg_catalog.shobj_description(d.oid, 'pg_database'), d.datacl IS NOT NULL
            FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database()
            """
    }

    /// The owner's own rights come with ownership.
    static let databaseGrants = """
        SELECT r.rolname, a.privilege_type, a.is_grantable
        FROM pg_catalog.pg_database d, pg_catalog.aclexplode(d.datacl) a LEFT JOIN pg_catalog.pg_roles r ON r.oid = a.grantee
        WHERE d.datname = pg_catalog.current_database() AND a.grantee <> d.datdba AND (a.grantee = 0 OR r.rolname IS NOT NULL)
        ORDER BY r.rolname COLLATE "C" NULLS FIRST, a.privilege_type
        """
}
