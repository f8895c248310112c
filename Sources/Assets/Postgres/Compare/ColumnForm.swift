internal import Postgres

/// How a column is asked for where rows are read in binary form.
///
/// A type whose binary form tells its text exactly is read as it is. Of all others the server is asked for the text itself, by
/// the very function that text COPY would call.
struct ColumnForm: Sendable, Equatable {
    let expression: String
    let binary: BinaryColumn
    /// Whether its binary form is that of the column itself, and not of its text.
    var isOwn = false

    /// The forms of the columns of `query`'s table; nil where text COPY is the better way: the server would write out most
    /// columns anyway, or a column is not to be found.
    static func all(of query: RowQuery, on connection: Connection) async throws -> [ColumnForm]? {
        guard !query.columns.isEmpty else { return nil }
        let rows = try await connection.rows(
            """
            WITH RECURSIVE base (name, type) AS (
                SELECT a.attname, a.atttypid FROM pg_catalog.pg_attribute a
                WHERE a.attrelid = pg_catalog.to_regclass($1) AND a.attnum > 0 AND NOT a.attisdropped
                UNION ALL
                SELECT b.name, t.typbasetype FROM base b JOIN pg_catalog.pg_type t ON t.oid = b.type WHERE t.typtype = 'd'
            )
            SELECT b.name, b.type, n.nspname, p.proname, t.typtype
            FROM base b JOIN pg_catalog.pg_type t ON t.oid = b.type AND t.typtype <> 'd'
            JOIN pg_catalog.pg_proc p ON p.oid = t.typoutput JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
            """, [query.table.sql])
        var found: [String: ColumnForm] = [:]
        var plain = 0
        for row in rows {
            guard let name = row[0], let type = row[1].flatMap({ UInt32($0) }), let schema = row[2], let output = row[3] else {
                return nil
            }
            let column = SQL.identifier(name)
            // The binary form of an enumeration's value is its label.
            if let binary = row[4] == "e" ? .text : BinaryColumn(type: type) {
                found[name] = ColumnForm(expression: column, binary: binary, isOwn: true)
                plain += query.columns.contains(name) ? 1 : 0
            } else {
                let call = "pg_catalog.textin(\(SQL.identifier(schema, output))(\(column)))"
                found[name] = ColumnForm(expression: call, binary: .text)
            }
        }
        let forms = query.columns.compactMap { found[$0] }
        return forms.count == query.columns.count && plain * 2 >= forms.count ? forms : nil
    }
}
