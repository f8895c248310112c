import Language
import Ledger
import Plan
import Postgres

/// What a restored database is asked once its rows are known to be right: does it hold together?
///
/// Every question is put to the data, not to the catalogue: a constraint that PostgreSQL lists as valid is tried out on the rows.
struct RestoredChecks: Sendable {
    let connection: Connection

    /// Every foreign key and every check constraint, on the rows.
    func constraints() async throws(PostgresError) -> [Evidence.Check] {
        var failures: [Evidence.Check] = []
        var tried = 0
        for row in try await connection.rows(Self.foreignKeys) + connection.rows(Self.checkConstraints) {
            guard let name = row[0], let question = row[1] else { continue }
            tried += 1
            if try await connection.rows(question).first?.first != nil {
                failures.append(
                    .init(name: "constraint \(name)", outcome: .failed, expected: "no row breaks it", found: "at least one"))
            }
        }
        let summary = Evidence.Check(
            name: "constraints", outcome: failures.isEmpty ? .passed : .failed, expected: "\(count: tried) {holds|hold}",
            found: "\(count: tried - failures.count) {holds|hold}")
        return [summary] + failures
    }

    /// No sequence may give out a value that its column has already.
    func sequences() async throws(PostgresError) -> [Evidence.Check] {
        var failures: [Evidence.Check] = []
        // One may fill several columns: those of all partitions.
        var tried: Set<String> = []
        var behind: Set<String> = []
        for row in try await connection.rows(Self.sequences) {
            guard let name = row[0], let column = row[1], let question = row[2] else { continue }
            tried.insert(name)
            guard let answer = try await connection.rows(question).first, let next = answer[0].flatMap({ Int64($0) }),
                let most = answer[1].flatMap({ Int64($0) }), next <= most
            else { continue }
            behind.insert(name)
            failures.append(
                .init(
                    name: "sequence \(name)", outcome: .partly, expected: "past \(column) = \(most)", found: "would give \(next)")
            )
        }
        let summary = Evidence.Check(
            name: "sequences", outcome: failures.isEmpty ? .passed : .partly,
            expected: "\(count: tried.count) ahead of {its column|their columns}",
            found: "\(count: tried.count - behind.count) ahead of {its column|their columns}")
        return [summary] + failures
    }

    /// Every index against its table, with amcheck. Nil where the server has no amcheck.
    func indexes() async throws(PostgresError) -> [Evidence.Check]? {
        let there = try await connection.rows("SELECT 1 FROM pg_catalog.pg_available_extensions WHERE name = 'amcheck'")
        guard !there.isEmpty else { return nil }
        try await connection.execute("CREATE SCHEMA reprise_amcheck; CREATE EXTENSION amcheck SCHEMA reprise_amcheck")
        var failures: [Evidence.Check] = []
        var tried = 0
        for row in try await connection.rows(Self.btrees) {
            guard let name = row[0], let oid = row[1] else { continue }
            tried += 1
            do throws(PostgresError) {
                _ = try await connection.rows("SELECT reprise_amcheck.bt_index_check(\(oid)::regclass, true)")
            } catch {
                guard error.code == .sqlError else { throw error }
                failures.append(.init(name: "index \(name)", outcome: .failed, expected: "fits its table", found: error.message))
            }
        }
        var heaps = 0
        if connection.serverVersion.major >= 14 {
            for row in try await connection.rows(Self.heaps) {
                guard let name = row[0], let oid = row[1] else { continue }
                heaps += 1
                let found = try await connection.rows("SELECT msg FROM reprise_amcheck.verify_heapam(\(oid)::regclass) LIMIT 1")
                if let message = found.first?[0] {
                    failures.append(
                        .init(
                            name: "table \(name)", outcome: .failed, expected: "no damaged page", found: Phrase(verbatim: message)
                        ))
                }
            }
        }
        try await connection.execute("DROP EXTENSION amcheck; DROP SCHEMA reprise_amcheck")
        let summary = Evidence.Check(
            name: "amcheck", outcome: failures.isEmpty ? .passed : .failed,
            expected: "\(count: tried) {index|indexes} and \(count: heaps) {table|tables} sound",
            found: failures.isEmpty ? "all sound" : "\(failures.count) damaged")
        return [summary] + failures
    }

    /// The plan's own questions.
    func assertions(_ assertions: [Assertion]) async -> [Evidence.Check] {
        var checks: [Evidence.Check] = []
        for assertion in assertions {
            let (name, expected) = (Phrase(verbatim: assertion.name), Phrase(verbatim: assertion.expect.description))
            do throws(PostgresError) {
                let answer = try await connection.rows(assertion.sql)
                let outcome = assertion.expect.isMet(by: answer) ? Evidence.Outcome.passed : .failed
                checks.append(.init(name: name, outcome: outcome, expected: expected, found: Expectation.found(in: answer)))
            } catch {
                checks.append(.init(name: name, outcome: .failed, expected: expected, found: error.message))
            }
        }
        return checks
    }

    // MARK: - Questions. Each row: what it is about, and the statement that answers.

    /// The statement gives a row where a referencing row has no referenced one (MATCH SIMPLE: rows with a null are free). Not for
    /// keys with a PERIOD (18 and newer), where several rows together may be what is referred to.
    private static let foreignKeys = """
        SELECT pg_catalog.format('%I on %s', c.conname, c.conrelid::pg_catalog.regclass),
            pg_catalog.format('SELECT 1 FROM %s %s f WHERE %s AND NOT EXISTS (SELECT FROM %s %s p WHERE %s) LIMIT 1',
                CASE WHEN f.relkind = 'p' THEN '' ELSE 'ONLY' END, c.conrelid::pg_catalog.regclass,
                (SELECT pg_catalog.string_agg(pg_catalog.format('f.%I IS NOT NULL', a.attname), ' AND ')
                    FROM pg_catalog.unnest(c.conkey) k JOIN pg_catalog.pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k),
                CASE WHEN p.relkind = 'p' THEN '' ELSE 'ONLY' END, c.confrelid::pg_catalog.regclass,
                (SELECT pg_catalog.string_agg(pg_catalog.format('p.%I OPERATOR(%I.%s) f.%I', pa.attname, n.nspname, o.oprname, fa.attname), ' AND ')
                    FROM ROWS FROM (pg_catalog.unnest(c.conkey), pg_catalog.unnest(c.confkey), pg_catalog.unnest(c.conpfeqop)) AS k (fk, pk, op)
                    JOIN pg_catalog.pg_attribute fa ON fa.attrelid = c.conrelid AND fa.attnum = k.fk
                    JOIN pg_catalog.pg_attribute pa ON pa.attrelid = c.confrelid AND pa.attnum = k.pk
                    JOIN pg_catalog.pg_operator o ON o.oid = k.op JOIN pg_catalog.pg_namespace n ON n.oid = o.oprnamespace))
        FROM pg_catalog.pg_constraint c
        JOIN pg_catalog.pg_class f ON f.oid = c.conrelid JOIN pg_catalog.pg_class p ON p.oid = c.confrelid
        WHERE c.contype = 'f' AND c.convalidated AND c.conparentid = 0 AND c.confmatchtype = 's'
            AND NOT coalesce((pg_catalog.to_jsonb(c) ->> 'conperiod')::pg_catalog.bool, false)
        ORDER BY 1
        """

    /// The statement gives a row that the expression refuses.
    private static let checkConstraints = """
        SELECT pg_catalog.format('%I on %s', c.conname, c.conrelid::pg_catalog.regclass),
            pg_catalog.format('SELECT 1 FROM ONLY %s WHERE NOT (%s) LIMIT 1', c.conrelid::pg_catalog.regclass,
                pg_catalog.pg_get_expr(c.conbin, c.conrelid))
        FROM pg_catalog.pg_constraint c JOIN pg_catalog.pg_class r ON r.oid = c.conrelid
        JOIN pg_catalog.pg_namespace n ON n.oid = r.relnamespace
        WHERE c.contype = 'c' AND c.convalidated AND r.relkind = 'r' AND n.nspname NOT IN ('pg_catalog', 'information_schema')
        ORDER BY 1
        """

    /// Sequences that count upwards and belong to a column, or fill one by its default; the statement gives the next value and
    /// the column's greatest.
    private static let sequences = """
        SELECT DISTINCT s.oid::pg_catalog.regclass::text, pg_catalog.format('%s.%I', t.oid::pg_catalog.regclass, a.attname),
            pg_catalog.format('SELECT CASE WHEN s.is_called THEN s.last_value + %s ELSE s.last_value END, (SELECT max(%I)::pg_catalog.int8 FROM %s) FROM %s s',
                q.seqincrement, a.attname, t.oid::pg_catalog.regclass, s.oid::pg_catalog.regclass)
        FROM pg_catalog.pg_class s JOIN pg_catalog.pg_sequence q ON q.seqrelid = s.oid
        JOIN (
            SELECT objid AS sequence, refobjid AS relation, refobjsubid AS number FROM pg_catalog.pg_depend
            WHERE classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
                AND deptype IN ('a', 'i') AND refobjsubid > 0
            UNION
            SELECT d.refobjid, f.adrelid, f.adnum FROM pg_catalog.pg_depend d
            JOIN pg_catalog.pg_attrdef f ON f.oid = d.objid AND d.classid = 'pg_catalog.pg_attrdef'::pg_catalog.regclass
            WHERE d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
        ) o ON o.sequence = s.oid
        JOIN pg_catalog.pg_class t ON t.oid = o.relation AND t.relkind IN ('r', 'p')
        JOIN pg_catalog.pg_attribute a ON a.attrelid = t.oid AND a.attnum = o.number
            AND a.atttypid IN ('int2'::pg_catalog.regtype, 'int4'::pg_catalog.regtype, 'int8'::pg_catalog.regtype)
        WHERE s.relkind = 'S' AND q.seqincrement > 0 AND NOT q.seqcycle
        ORDER BY 1
        """

    private static let btrees = """
        SELECT i.indexrelid::pg_catalog.regclass::text, i.indexrelid::text
        FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
        JOIN pg_catalog.pg_am m ON m.oid = c.relam JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE m.amname = 'btree' AND c.relkind = 'i' AND i.indisvalid AND n.nspname NOT IN ('pg_catalog', 'pg_toast', 'information_schema')
        ORDER BY 1
        """

    private static let heaps = """
        SELECT c.oid::pg_catalog.regclass::text, c.oid::text
        FROM pg_catalog.pg_class c JOIN pg_catalog.pg_am m ON m.oid = c.relam JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE m.amname = 'heap' AND c.relkind IN ('r', 'm') AND n.nspname NOT IN ('pg_catalog', 'pg_toast', 'information_schema')
        ORDER BY 1
        """
}
