import Foundation
import Language
import TestServers
import Testing

@testable import Postgres

/// Rows that servers give in binary form have the totals of their text.
struct BinaryCopyTests {
    /// Of each type the values of which the text is hardest to guess, then random ones of every size.
    static let values: [(type: String, binary: BinaryColumn, nasty: String, random: String)] = [
        (
            "int2", .int2, "(-32768), (0), (32767), (-1), (9), (10), (99), (100), (9999), (10000)",
            "(random() * 65535 - 32768)::int4"
        ),
        (
            "int4", .int4, "(-2147483648), (0), (2147483647), (99999), (100000), (999999), (9999999), (10000000)",
            "((random() - 0.5) * 10 ^ (random() * 9))::int4"
        ),
        (
            "int8", .int8,
            "(-9223372036854775808), (9223372036854775807), (99999999), (100000000), (9999999999999999), (10000000000000000), (0)",
            "((random() - 0.5) * 10 ^ (random() * 18))::int8"
        ),
        ("oid", .oid, "(0), (4294967295), (2147483648)", "(random() * 4294967295)::int8::oid"),
        ("bool", .bool, "(true), (false)", "random() < 0.5"),
        (
            "text", .text,
            #"(''), (E'\b\f\n\r\t\v\\'), (E'\x01\x07\x0e\x1f\x7f'), ('\N'), ('\.'), ('é漢🙂'), (repeat(E'\\', 40000)), (repeat('x', 300000)), (repeat(E'long line\n', 30000)), (repeat(' ', 15)), (repeat(' ', 16)), (repeat(' ', 31) || E'\t')"#,
            #"translate(repeat(md5(random()::text), (random() * 4)::int), 'abcdef', E'\b\n\\é🙂\t') || repeat('y', (random() * 70)::int)"#
        ),
        ("varchar(40)", .text, #"(''), (E'\t'), ('é')"#, "left(md5(random()::text), (random() * 32)::int)"),
        ("char(5)", .text, #"(''), (E'\t'), ('é')"#, "left(md5(random()::text), (random() * 5)::int)"),
        ("name", .text, #"(''), (E'a\nb'), (repeat('n', 63))"#, "left(md5(random()::text), 20)::name"),
        ("json", .text, #"('{"a":  "\u00e9\n"}'), ('null'), (E'[1,\n2]')"#, "json_build_array(random(), md5(random()::text))"),
        (
            "jsonb", .jsonb, #"('{"a":  "\u00e9\n\\"}'), ('null'), ('1.50'), ('""')"#,
            "jsonb_build_array(random(), md5(random()::text))"
        ),
        (
            "bytea", .bytea, #"(''), ('\x00'), ('\x5c0a0d09'), (decode(repeat('00ff9aa9', 200000), 'hex'))"#,
            "decode(repeat(md5(random()::text), (random() * 6)::int), 'hex')"
        ),
        (
            "uuid", .uuid, "('00000000-0000-0000-0000-000000000000'), ('ffffffff-ffff-ffff-ffff-ffffffffffff')",
            "md5(random()::text)::uuid"
        ),
        (
            "date", .date,
            "('infinity'), ('-infinity'), ('4713-01-01 BC'), ('4714-11-24 BC'), ('0001-12-31 BC'), ('0001-01-01'), ('0999-12-31'), ('9999-12-31'), ('10000-01-01'), ('5874897-12-31'), ('2000-02-29'), ('1900-03-01'), ('1999-12-31'), ('2000-01-01')",
            "'4714-11-24 BC'::date + (random() * 6000000)::int"
        ),
        (
            "timestamp", .timestamp,
            "('infinity'), ('-infinity'), ('4714-11-24 00:00:00 BC'), ('294276-12-31 23:59:59.999999'), ('1999-12-31 23:59:59.999999'), ('2000-01-01'), ('0001-01-01 BC'), ('2024-02-29 01:02:03.1'), ('2024-02-29 01:02:03.000001'), ('1969-12-31 23:59:59.5')",
            "'2000-01-01'::timestamp + (random() - 0.5) * interval '9000 years'"
        ),
        (
            "timestamptz", .timestamptz,
            "('infinity'), ('-infinity'), ('4714-11-24 00:00:00+00 BC'), ('294276-12-31 23:59:59.999999+00'), ('2024-06-30 12:00:00.12+05:30'), ('0044-03-15 BC')",
            "'2000-01-01'::timestamptz + (random() - 0.5) * interval '9000 years'"
        ),
    ]

    @Test(arguments: TestServers.majors)
    func everyTypeHasTheTotalsOfItsText(major: Int) async throws {
        let connection = try await Connection.open(try await TestServers.freshDatabase(major))
        _ = try await connection.rows("SELECT setseed(0.25)")
        for (type, binary, nasty, random) in Self.values {
            try await connection.execute(
                """
                CREATE TABLE public.t (id int8 GENERATED ALWAYS AS IDENTITY, v \(type));
                INSERT INTO public.t (v) VALUES (NULL);
                INSERT INTO public.t (v) VALUES \(nasty);
                INSERT INTO public.t (v) SELECT \(random) FROM generate_series(1, 3000);
                """)
            let number = try await connection.rows(
                "SELECT atttypid FROM pg_attribute WHERE attrelid = 'public.t'::regclass AND attname = 'v'")
            #expect(BinaryColumn(type: UInt32(number[0][0] ?? "") ?? 0) == binary)
            if try await differs(connection, "SELECT v FROM public.t", [binary]) {
                for row in try await connection.rows("SELECT id, left(v::text, 100) FROM public.t ORDER BY id") {
                    let isWrong = try await differs(connection, "SELECT v FROM public.t WHERE id = \(row[0] ?? "")", [binary])
                    #expect(!isWrong, "\(type): \(row[1] ?? "NULL")")
                }
            }
            // With neighbours, as they are in tables.
            #expect(
                !(try await differs(connection, "SELECT id, v, id, v FROM public.t", [.int8, binary, .int8, binary])), "\(type)")
            try await connection.execute("DROP TABLE public.t")
        }
    }

    private func differs(_ connection: Connection, _ query: String, _ columns: [BinaryColumn]) async throws -> Bool {
        let text = try await connection.copyOut("COPY (\(query)) TO STDOUT") { _ in }
        let counted = Total()
        let binary = try await connection.copyOut("COPY (\(query)) TO STDOUT (FORMAT binary)", binary: columns) {
            counted.add($0)
        }
        return text != binary || counted.value != Int(text.bytes)
    }

    @Test(arguments: ["LATIN1", "SQL_ASCII", "EUC_JP", "MULE_INTERNAL"])
    func rowsInOtherEncodingsToo(encoding: String) async throws {
        let database = try await TestServers.freshDatabase(options: "TEMPLATE template0 ENCODING '\(encoding)' LOCALE 'C'")
        let connection = try await Connection.open(database)
        try await connection.execute(
            "CREATE TABLE public.t (v text); INSERT INTO public.t SELECT E'a\\nb\\\\' || n FROM generate_series(1, 300) n")
        let words: [String: [UInt8]] = [
            "LATIN1": [0xE9, 0xFF], "SQL_ASCII": [0x81, 0xFE], "EUC_JP": [0xA4, 0xDC], "MULE_INTERNAL": [0x81, 0xE9],
        ]
        _ = try await connection.copyIn(
            "COPY public.t FROM STDIN", from: Pieces([words[encoding, default: []] + Array("\\n\n".utf8)]))
        #expect(!(try await differs(connection, "SELECT v FROM public.t", [.text])))
    }

    @Test func noRowsAndNoColumns() async throws {
        let connection = try await Connection.open(try await TestServers.freshDatabase())
        #expect(!(try await differs(connection, "SELECT 1 WHERE false", [.int4])))
        #expect(!(try await differs(connection, "SELECT FROM generate_series(1, 1000)", [])))
    }

    @Test func theWidestRows() async throws {
        let connection = try await Connection.open(try await TestServers.freshDatabase())
        let nulls = Array(repeating: "NULL::text", count: 1600).joined(separator: ", ")
        let texts = Array(repeating: #"E'0123456789\t'"#, count: 1600).joined(separator: ", ")
        let columns = [BinaryColumn](repeating: .text, count: 1600)
        #expect(!(try await differs(connection, "SELECT \(nulls) FROM generate_series(1, 50)", columns)))
        #expect(!(try await differs(connection, "SELECT \(texts)::text FROM generate_series(1, 50)", columns)))
    }

    @Test(arguments: Route.allCases)
    func rowsOfOtherTypesThanThoseGivenAreAnErrorAndTheConnectionStaysUsable(route: Route) async throws {
        let connection = try await Connection.open(try await route.freshDatabase())
        let error = await postgresError {
            _ = try await connection.copyOut(
                "COPY (SELECT generate_series(1, 1000000000)) TO STDOUT (FORMAT binary)", binary: [.int8]
            ) { _ in }
        }
        #expect(error?.code == .protocolViolation)
        #expect(error?.description.contains("4 bytes in a column of type int8") == true)
        #expect(try await connection.rows("SELECT 1") == [["1"]])
    }

    @Test func anErrorAmidTheRowsIsTold() async throws {
        let connection = try await Connection.open(try await TestServers.freshDatabase())
        let error = await postgresError {
            _ = try await connection.copyOut(
                "COPY (SELECT 1 / (50000 - g) FROM generate_series(1, 100000) g) TO STDOUT (FORMAT binary)", binary: [.int4]
            ) { _ in }
        }
        #expect(error?.sqlState == "22012")
        #expect(try await connection.rows("SELECT 1") == [["1"]])
    }

    @Test func textWhereBinaryRowsAreAwaitedIsRefused() async throws {
        let connection = try await Connection.open(try await TestServers.freshDatabase())
        let error = await postgresError {
            _ = try await connection.copyOut("COPY (SELECT 1) TO STDOUT", binary: [.int4]) { _ in }
        }
        #expect(error?.code == .protocolViolation)
    }

    /// Measured in a process of its own, where no other test uses memory.
    @Test func aLongValueIsReadInLittleMemory() async throws {
        let url = TestServers.url(try await TestServers.freshDatabase())
        await #expect(processExitsWith: .success) { [url = url as String] in
            let connection = try await Connection.open(try ConnectionString(url))
            let (query, peak) = ("COPY (SELECT repeat('0123456789abcdef', %)::bytea, 1) TO STDOUT (FORMAT binary)", Peak())
            let short = query.replacingOccurrences(of: "%", with: "1024")
            _ = try await connection.copyOut(short, binary: [.bytea, .int4]) { _ in }
            let before = residentBytes()
            let long = query.replacingOccurrences(of: "%", with: "4 << 20")
            let result = try await connection.copyOut(long, binary: [.bytea, .int4]) { _ in peak.note(residentBytes()) }
            precondition(result.rows == 1 && result.bytes == 128 << 20 + 6)
            precondition(peak.value - before < 4 << 20, "\(peak.value - before) bytes more")
        }
    }
}

private final class Total: @unchecked Sendable {
    // Only ever touched by the connection's thread, and read when that is done.
    private(set) var value = 0
    func add(_ count: Int) { value += count }
}
