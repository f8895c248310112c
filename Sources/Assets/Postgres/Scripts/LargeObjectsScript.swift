internal import Postgres

/// `large_objects.sql` makes the large objects, empty, with their owners, rights and comments; `large_objects.copy` holds their
/// bytes as rows `(object, offset, data)`, which any login can load through `receiver`.
enum LargeObjectsScript {
    static let path = "large_objects.sql"
    static let rowsPath = "large_objects.copy"

    /// Bytes of an object in one row.
    static let rowBytes = 262_144

    /// Rows of the bytes of all objects, in order, through the large object functions: only superusers may read the table
    /// underneath. An object is opened just to learn its size, and closed at once.
    static let query = """
        COPY (
          SELECT o.oid, piece.start, pg_catalog.lo_get(o.oid, piece.start, \(rowBytes))
          FROM (
            SELECT m.oid, pg_catalog.lo_lseek64(f.descriptor, 0, 2) AS size, pg_catalog.lo_close(f.descriptor)
            FROM (SELECT oid FROM pg_catalog.pg_largeobject_metadata ORDER BY oid) m,
                 LATERAL (SELECT pg_catalog.lo_open(m.oid, 262144) AS descriptor) f
          ) o, LATERAL pg_catalog.generate_series(0::bigint, o.size - 1, \(rowBytes)) piece(start)
        ) TO STDOUT
        """

    /// A page of what is known of each object but its bytes: number, owner, comment, whether rights are recorded.
    static let metadataQuery = """
        SELECT m.oid, pg_catalog.pg_get_userbyid(m.lomowner), pg_catalog.obj_description(m.oid, 'pg_largeobject'), m.lomacl IS NOT NULL
        FROM pg_catalog.pg_largeobject_metadata m WHERE m.oid > $1::oid ORDER BY m.oid LIMIT \(pageSize)
        """

    /// Recorded rights on the objects of a page, the owner's own too: he may have given some of them up.
    static let grantsQuery = """
        SELECT m.oid, r.rolname, a.privilege_type, a.is_grantable
        FROM pg_catalog.pg_largeobject_metadata m, pg_catalog.aclexplode(m.lomacl) a
        LEFT JOIN pg_catalog.pg_roles r ON r.oid = a.grantee
        WHERE m.oid BETWEEN $1::oid AND $2::oid AND (a.grantee = 0 OR r.rolname IS NOT NULL)
        ORDER BY m.oid, r.rolname COLLATE "C" NULLS FIRST, a.privilege_type
        """

    static let pageSize = 2000

    /// One statement a line, so that whoever restores without owners and rights can tell the lines apart.
    static func creation(_ object: [String?]) -> String {
        guard let oid = object[0], let owner = object[1] else { return "" }
        let owned = SQL.identifier(owner)
        var text = "\(createPrefix)\(oid));\nALTER LARGE OBJECT \(oid) OWNER TO \(owned);\n"
        if let comment = object[2] { text += "\(commentPrefix)\(oid) IS \(onOneLine(comment));\n" }
        if object[3] == "t" { text += "REVOKE ALL ON LARGE OBJECT \(oid) FROM \(owned);\n" }
        return text
    }

    static let createPrefix = "SELECT pg_catalog.lo_create("
    static let commentPrefix = "COMMENT ON LARGE OBJECT "

    static func grant(_ grant: [String?]) -> String {
        guard let oid = grant[0], let privilege = grant[2] else { return "" }
        let role = grant[1].map { SQL.identifier($0) } ?? "PUBLIC"
        return "GRANT \(privilege) ON LARGE OBJECT \(oid) TO \(role)\(grant[3] == "t" ? " WITH GRANT OPTION" : "");\n"
    }

    private static func onOneLine(_ text: String) -> String {
        let escaped = text.replacing("\\", with: "\\\\").replacing("'", with: "''").replacing("\n", with: "\\n").replacing(
            "\r", with: "\\r")
        return "E'\(escaped)'"
    }

    /// A table that stores nothing: every row that comes in is put into its large object. Temporary, so it ends with the session.
    static let receiver = """
        CREATE TEMPORARY TABLE reprise_large_objects (object oid, start bigint, data bytea);
        CREATE FUNCTION pg_temp.reprise_put_large_object() RETURNS trigger LANGUAGE plpgsql AS $reprise$
        BEGIN
          PERFORM pg_catalog.lo_put(NEW.object, NEW.start, NEW.data);
          RETURN NULL;
        END
        $reprise$;
        CREATE TRIGGER put BEFORE INSERT ON pg_temp.reprise_large_objects
          FOR EACH ROW EXECUTE FUNCTION pg_temp.reprise_put_large_object();
        """

    static let removal = """
        DROP TABLE pg_temp.reprise_large_objects;
        DROP FUNCTION pg_temp.reprise_put_large_object();
        """
}
