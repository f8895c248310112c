import Language
import Postgres
import TestServers
import Testing
import Vault

@testable import Assets

@Suite("Rows that go and come in binary form are the rows of the text")
struct BinaryComparisonTests {
    /// Types of every kind: read as they are, written out by the server, domains of both, arrays, composites; names that need
    /// quotes; a table of which the server would write out nearly everything; partitions whose rows may change places.
    private static let definitions = #"""
        CREATE SCHEMA app;
        CREATE TYPE app.mood AS ENUM ('sad', 'ha''ppy'); CREATE TYPE app.pair AS (a int, b text);
        CREATE DOMAIN app.price AS numeric(12, 3) CHECK (value > -1); CREATE DOMAIN app.word AS text;
        CREATE DOMAIN app.inner_word AS app.word; CREATE DOMAIN app.words AS text[]; CREATE DOMAIN app.two AS app.pair;
        CREATE TABLE app."All, ""types""" (
            id bigint PRIMARY KEY, "sma ll" smallint, i int, o oid, yes boolean, t text, v varchar(20), c char(4), n name, j json, jb jsonb, b bytea,
            u uuid, d date, ts timestamp, tz timestamptz, w app.inner_word, more text, even_more text, last text, words app.words, two app.two,
            f4 real, f8 double precision, num numeric, price app.price, mood app.mood, pair app.pair, list text[], span int4range, ti time, iv interval,
            net inet, bits bit(3), gone int, made bigint GENERATED ALWAYS AS (id * 2) STORED);
        ALTER TABLE app."All, ""types""" DROP COLUMN gone;
        INSERT INTO app."All, ""types"""
        SELECT g, (g % 60000 - 30000)::int2, g * -1000, g::oid, g % 3 = 0, E'a\tb\\c\nd\be\vf\fg\rh é🙂' || g, left(md5(g::text), g % 20), 'x', 'n' || g,
               json_build_object('k', E'a\n', 'g', g), jsonb_build_object('k', E'a\\', 'g', g), decode(repeat(md5(g::text), g % 40), 'hex'), md5(g::text)::uuid,
               date '0001-01-01 BC' + g * 300, timestamp '2024-01-01' + g * interval '1.000001 s', CASE WHEN g % 9 = 0 THEN 'infinity' ELSE now() END, E'\\',
               repeat('m', g % 70), NULL, '', ARRAY['', 'NULL', NULL, 'a"b', E'c\\d'], ROW(g, E'"\t')::app.pair, g / 3.0, g / 7.0, (g / 100.0)::numeric(20, 8), 1.500,
               CASE WHEN g % 2 = 0 THEN 'sad' ELSE 'ha''ppy' END::app.mood, ROW(g, NULL)::app.pair, ARRAY['x', E'\n'], int4range(g, g + 5), time '24:00', interval '1 mon -3 s',
               '10.0.0.1', B'101'
        FROM generate_series(1, 4000) g;
        INSERT INTO app."All, ""types""" (id) VALUES (0);
        CREATE TABLE app.floats (a real, b real, c int); INSERT INTO app.floats SELECT g, g / 3.0, g FROM generate_series(1, 100) g;
        CREATE TABLE app.parted (id int, t text) PARTITION BY HASH (id);
        CREATE TABLE app.parted_0 PARTITION OF app.parted FOR VALUES WITH (MODULUS 2, REMAINDER 0);
        CREATE TABLE app.parted_1 (t text, id int); ALTER TABLE app.parted ATTACH PARTITION app.parted_1 FOR VALUES WITH (MODULUS 2, REMAINDER 1);
        INSERT INTO app.parted SELECT g, 'row ' || g FROM generate_series(1, 1000) g;
        """#
    private static let everything = TableName(schema: "app", name: #"All, "types""#)

    private struct Restored {
        let manifest: PostgresManifest
        let target: ConnectionString
        let report: RestoreReport

        func comparison(leastBinaryBytes: Int64) -> ManifestComparison {
            var comparison = ManifestComparison(manifest, with: target)
            comparison.leastBinaryBytes = leastBinaryBytes
            return comparison
        }
    }

    /// What a restore makes of `script`, with everything in binary form that can be.
    ///
    /// - Parameter there: what the target has already, where only rows are restored, and not compared.
    private func restored(
        _ major: Int, _ script: String = definitions, into there: String? = nil
    ) async throws -> Restored {
        let (source, target) = (try await TestServers.freshDatabase(major), try await TestServers.freshDatabase(major))
        try await Fixture.run(script, on: source)
        let vault = try await TestVault()
        let (record, manifest) = try await PostgresCapture(source).run(into: { try await vault.start() })
        if let there { try await Fixture.run(there, on: target) }
        var options = RestoreOptions(contents: there == nil ? .everything : .rows, jobs: 2, comparesRows: there == nil)
        options.leastBinaryBytes = 0
        options.leastBinaryRow = 0
        let restore = PostgresRestore(try await vault.vault.read(record), into: target, options: options)
        return Restored(manifest: manifest, target: target, report: try await restore.run(try await restore.plan()))
    }

    /// How `group` compares on `connection`, in whose transaction there may be changes; and whether it was read more than once.
    private func read(
        _ group: Int, of running: RunningComparison, on connection: Connection
    ) async throws -> (isEqual: Bool, wasReadAgain: Bool) {
        var wasReadAgain = false
        for part in try await running.parts(of: group, on: connection) {
            for again in try await running.read(part, on: connection, count: { _ in }) {
                wasReadAgain = true
                #expect(again.binary == nil)
                #expect(try await running.read(again, on: connection, count: { _ in }).isEmpty)
            }
        }
        return (!running.different.contains(group), wasReadAgain)
    }

    @Test("A restore that is right is found right, and what can come in binary form does", arguments: TestServers.majors)
    func right(_ major: Int) async throws {
        let restored = try await restored(major)
        let found = restored.report.comparison
        #expect(found?.isEqual == true && found?.rows == 5101)
        #expect(found?.bytes == restored.manifest.tables.reduce(0) { $0 + $1.bytes })

        let running = restored.comparison(leastBinaryBytes: 0).start()
        let connection = try await Connection.open(restored.target)
        for (number, group) in running.groups.enumerated() {
            let parts = try await running.parts(of: number, on: connection)
            #expect(parts.allSatisfy { ($0.binary != nil) == (group.subject != "app.floats") }, "\(group.subject)")
            #expect(try await read(number, of: running, on: connection) == (true, false), "\(group.subject)")
        }
        #expect(running.result.isEqual)
    }

    private static let changes = [
        #""sma ll" = "sma ll" + 1"#, "yes = NOT yes", "t = t || ' '", "v = ''", "c = NULL", #"jb = '{"k": 2}'"#, #"b = '\x'"#,
        "u = gen_random_uuid()", "d = d + 1", "ts = ts + interval '1 us'", "tz = '-infinity'", #"w = E'\\\\'"#, "last = NULL",
        "words = '{}'", "f8 = f8 + 1", "num = num + 0.000000001", "price = 1.501", "mood = 'sad'", #"list = ARRAY['x', E'\\n']"#,
        "id = -1",
    ]

    /// A table whose rows can all come in binary form, and one of which a row is too long for it.
    @Test(
        "Rows that are loaded in binary form are the rows, and those that cannot be are loaded as text",
        arguments: TestServers.majors)
    func loaded(_ major: Int) async throws {
        let restored = try await restored(
            major,
            #"""
            CREATE DOMAIN public.short AS varchar(9) CHECK (value <> 'no'); CREATE DOMAIN public.shorter AS public.short;
            CREATE TYPE public.mood AS ENUM ('sad', E'ha''p\\\tpy'); CREATE DOMAIN public.temper AS public.mood;
            CREATE TABLE public.plain (
                id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, s smallint, o oid, yes boolean, t text, v public.shorter, c char(9), n name, j json, jb jsonb,
                b bytea, u uuid, d date, ts timestamp(3), tz timestamptz,
                mood public.mood, temper public.temper, twice bigint GENERATED ALWAYS AS (s * 2) STORED);
            INSERT INTO public.plain (s, o, yes, t, v, c, n, j, jb, b, u, d, ts, tz, mood, temper)
            SELECT g, g, g % 3 = 0, E'a\tb\\c\nd\be\vf\fg\rh é🙂' || g, left(md5(g::text), g % 9), 'x', 'n' || g, '{"k":  1}', '{"k": 1}', decode(md5(g::text), 'hex'),
                   md5(g::text)::uuid, date '0001-01-01 BC' + g, timestamp '2024-01-01' + g * interval '1.01 s', now(), CASE WHEN g % 2 = 0 THEN 'sad' ELSE E'ha''p\\\tpy' END::public.mood, 'sad'
            FROM generate_series(1, 3000) g;
            INSERT INTO public.plain (s) VALUES (NULL);
            CREATE TABLE public.long (id int, t text); INSERT INTO public.long VALUES (1, 'short'), (2, repeat('long ', 4000000)), (3, NULL);
            """#)
        #expect(restored.report.comparison?.isEqual == true && restored.report.rows == 3004)
        #expect(
            restored.report.bytes == restored.manifest.tables.reduce(0) { $0 + $1.bytes }, "what was loaded again counts once")
        let plain = try #require(restored.manifest.tables.first { $0.tableName.name == "plain" })
        let forms = try await ColumnForm.all(
            of: RowQuery(table: plain.tableName, columns: plain.columns), on: try await Connection.open(restored.target))
        #expect(forms?.count == 17 && forms?.allSatisfy(\.isOwn) == true)
    }

    /// A name takes 63 bytes: of text a server cuts it, in binary form it refuses it.
    @Test("Rows that a server refuses in binary form come as text", arguments: TestServers.majors)
    func refused(_ major: Int) async throws {
        let restored = try await restored(
            major, "CREATE TABLE public.t (v text); INSERT INTO public.t SELECT repeat('x', 70) FROM generate_series(1, 1000)",
            into: "CREATE TABLE public.t (v name)")
        #expect(restored.report.rows == 1000 && restored.report.bytes == 71_000)
        #expect(
            try await Fixture.rows("SELECT v, count(*) FROM public.t GROUP BY v", on: restored.target) == [
                [String(repeating: "x", count: 63), "1000"]
            ])
    }

    @Test("What was changed behind the backup's back is found, whatever its type", arguments: TestServers.majors)
    func changed(_ major: Int) async throws {
        let restored = try await restored(major)
        let connection = try await Connection.open(restored.target, settings: SessionSettings.connection)
        for change in Self.changes {
            try await connection.execute("BEGIN; UPDATE \(Self.everything.sql) SET \(change) WHERE id = 1235")
            for least in [0, Int64.max] {
                let running = restored.comparison(leastBinaryBytes: least).start()
                let group = running.groups.firstIndex { $0.subject == Self.everything.description } ?? 0
                #expect(try await read(group, of: running, on: connection) == (false, least == 0), "\(change)")
                let told = running.result.differences.first { $0.subject == Self.everything.description }
                let expected = ManifestComparison.Difference(
                    subject: Self.everything.description, kind: .contents, expectedRows: 4001, foundRows: 4001, found: nil)
                #expect(told == expected, "\(change)")
            }
            try await connection.execute("ROLLBACK")
        }
    }

    @Test("Rows too few, rows too many and a table that is gone are told as they are of text")
    func counted() async throws {
        let restored = try await restored(TestServers.newest)
        try await Fixture.run(
            "DELETE FROM \(Self.everything.sql) WHERE id = 7; DROP TABLE app.floats; INSERT INTO app.parted VALUES (1, 'row 1')",
            on: restored.target)
        let binary = try await restored.comparison(leastBinaryBytes: 0).run()
        let text = try await restored.comparison(leastBinaryBytes: .max).run()
        #expect(binary == text)
        #expect(binary.differences.count == 3)
        #expect(binary.differences.filter { $0.kind == .missing }.map(\.subject) == ["app.floats"])
        #expect(binary.differences.filter { $0.kind == .rows }.map(\.expectedRows).contains(4001))
    }

    /// The names of the types do not say what is in the rows: the reading goes wrong, and nothing is made of it.
    @Test(
        "A reading that goes wrong is no difference: the rows are read again as text",
        arguments: [[BinaryColumn.oid, .text], [.text, .text], [.bool, .jsonb], [.int4, .bytea], [.int4]])
    func misread(_ columns: [BinaryColumn]) async throws {
        let target = try await TestServers.freshDatabase()
        try await Fixture.run(
            "CREATE TABLE public.t AS SELECT -g AS id, 'row ' || g AS t FROM generate_series(1, 1000) g", on: target)
        let query = RowQuery(table: TableName(schema: "public", name: "t"), columns: ["id", "t"])
        let connection = try await Connection.open(target)
        let totals = try await connection.copyOut(query.copyOut) { _ in }
        let group = RunningComparison.Group(
            subject: "public.t", tables: [query.table], query: query, expected: totals)
        let running = RunningComparison([group], leastBinaryBytes: 0)
        var part = try await running.parts(of: 0, on: connection)[0]
        #expect(part.binary == [.int4, .text])
        part.binary = columns
        let again = try await running.read(part, on: connection) { _ in }
        #expect(again.map(\.query) == [query.copyOut] && again[0].binary == nil)
        #expect(try await running.read(again[0], on: connection) { _ in }.isEmpty)
        #expect(running.result.isEqual && running.result.rows == 1000)
    }
}
