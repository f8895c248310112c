import Foundation
import Language
import TestNumbers
import TestServers
import Testing

@testable import Postgres

/// Rows of COPY text come into binary form exactly, or not at all.
struct BinaryRowsWriterTests {
    private func written(_ columns: [BinaryColumn], _ pieces: [[UInt8]]) throws(UnsuitableRows) -> [UInt8] {
        var writer = BinaryRowsWriter(columns)
        var binary: [UInt8] = []
        for piece in pieces { binary += try writer.write(piece) }
        return try binary + writer.finish()
    }

    /// What the reader, which knows how servers write, makes of it.
    private func totals(_ columns: [BinaryColumn], binary: [UInt8]) throws -> CopyTotals {
        var reader = BinaryRows(columns)
        try binary.withUnsafeBytes { try reader.update($0) }
        return try reader.finish()
    }

    private func text(_ query: String, _ connection: Connection) async throws -> [UInt8] {
        let bytes = Bytes()
        _ = try await connection.copyOut("COPY (\(query)) TO STDOUT", into: bytes.take)
        return bytes.all
    }

    // MARK: - By itself

    private static let columns: [BinaryColumn] = [.int4, .text, .bytea, .jsonb, .bool, .timestamptz, .uuid, .date]
    private static let row = line([
        "-12", #"a\tb\\c\né and what is longer than a register of the processor"#, #"\\x00ff5c"#, #"{"a": "b\\\\n"}"#, "t",
        "0044-03-15 12:00:00.0625+00 BC", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "2024-02-29",
    ])
    private static let nulls = line([String](repeating: #"\N"#, count: 8))

    private static func line(_ values: [String]) -> String { values.joined(separator: "\t") + "\n" }

    @Test func theTextMayBeCutAnywhere() throws {
        let text = Array((Self.row + Self.nulls + Self.row).utf8)
        let whole = try written(Self.columns, [text])
        #expect(try totals(Self.columns, binary: whole) == PostgresTests.totals(text))
        for cut in 0...text.count {
            #expect(try written(Self.columns, [Array(text[..<cut]), Array(text[cut...])]) == whole, "cut at \(cut)")
        }
        #expect(try written(Self.columns, text.map { [$0] }) == whole)
        #expect(try totals(Self.columns, binary: written(Self.columns, [])) == PostgresTests.totals([]))
    }

    /// As a server never writes them; some of it would take them as input all the same.
    private static let unsuitable: [(BinaryColumn, [String])] = [
        (.int2, ["", "+1", "01", " 1", "1 ", "32768", "-32769", "1.0", "0x1", "--1", "-0", "-", "one", #"\\N"#, #"\N1"#]),
        (.int4, ["2147483648", "-2147483649", "18446744073709551617", String(repeating: "9", count: 40)]),
        (.int8, ["9223372036854775808", String(repeating: "1", count: 100)]), (.oid, ["-1", "4294967296"]),
        (.bool, ["true", "T", "1", "", "tt"]), (.text, [#"\x41"#, #"\101"#, #"\a"#, #"\."#, #"a\N"#, #"\Na"#, #"a\"#]),
        (.jsonb, [#"\."#]), (.bytea, ["", "x", #"\x00"#, #"\\x0"#, #"\\xAB"#, #"\\x0g"#, #"\\X00"#, #"\\x 00"#, #"\\\\000"#]),
        (
            .uuid,
            [
                "", "A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11", "a0eebc999c0b4ef8bb6d6bb9bd380a11",
                "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a1",
            ]
        ),
        (
            .date,
            [
                "", "2023-02-29", "2024-2-3", "24-02-03", "2024-02-03 ", "2024-13-01", "02/03/2024", "infinity ", "Infinity", "y",
                "0000-01-01", "2024-02-03 bc", "99999999-01-01", "2024-0000000000000000000000000000000000000001-01",
            ]
        ),
        (
            .timestamp,
            [
                "2024-02-03", "2024-02-03 24:00:00", "2024-02-03 01:02:60", "2024-02-03 01:02:03.10",
                "2024-02-03 01:02:03.1234567", "2024-02-03T01:02:03", "2024-02-03 01:02:03+00", "999999-01-01 00:00:00",
            ]
        ),
        (.timestamptz, ["2024-02-03 01:02:03", "2024-02-03 01:02:03+02", "2024-02-03 01:02:03+05:30", "now"]),
    ]

    @Test(arguments: unsuitable)
    func whatNoServerWritesIsNotTaken(column: BinaryColumn, values: [String]) {
        for value in values {
            #expect(throws: UnsuitableRows.self, "\(value)") { try written([column], [Array((value + "\n").utf8)]) }
            #expect(throws: UnsuitableRows.self, "\(value)") { try written([column, .text], [Array((value + "\ta\n").utf8)]) }
            #expect(throws: UnsuitableRows.self, "\(value)") {
                try written([.text, column], [Array(("a\t" + value + "\n").utf8)])
            }
        }
    }

    @Test func rowsOfOtherColumnsAreNotTaken() {
        for text in ["1\n", "1\t2\t3\n", "1\t2", "\n", "1\t2\n1\n", "1\t2\n\n", "1\n2\t3\n", "1\t2\n3"] {
            #expect(throws: UnsuitableRows.self, "\(text)") { try written([.int4, .int4], [Array(text.utf8)]) }
            #expect(throws: UnsuitableRows.self, "\(text)") { try written([.text, .text], [Array(text.utf8)]) }
        }
    }

    @Test func aRowThatIsTooLongToBeHeldIsNotTaken() throws {
        let piece = [UInt8](repeating: UInt8(ascii: "x"), count: 1 << 20)
        var writer = BinaryRowsWriter([.text])
        for _ in 0..<16 { #expect(try writer.write(piece).isEmpty) }
        #expect(throws: UnsuitableRows.self) { _ = try writer.write(piece) }
    }

    /// A server would hold a thousand of them at once.
    @Test func rowsThatTogetherAreTooLongAreNotTaken() throws {
        let row = [UInt8](repeating: UInt8(ascii: "x"), count: 120_000) + [10]
        var writer = BinaryRowsWriter([.text])
        for _ in 0..<800 { _ = try writer.write(row) }
        #expect(throws: UnsuitableRows.self) { for _ in 0..<200 { _ = try writer.write(row) } }
        var other = BinaryRowsWriter([.text])
        for _ in 0..<2500 { _ = try other.write(Array(row[80_000...])) }
    }

    /// Bytes that are no rows of so many columns take no more room than rows.
    @Test func manyEmptyLinesAreNoRowsOfManyColumns() {
        let columns = [BinaryColumn](repeating: .int8, count: 1600)
        #expect(throws: UnsuitableRows.self) { try written(columns, [[UInt8](repeating: 10, count: 1 << 20)]) }
    }

    /// Some bytes changed, lost or doubled: what comes out says the very same, or nothing does.
    @Test(arguments: 0..<16)
    func noTextMakesItGoWrong(seed: Int) throws {
        let text = Array((Self.row + Self.nulls + Self.row).utf8)
        var numbers = SeededGenerator(seed: UInt64(seed))
        var taken = 0
        for _ in 0..<2000 {
            var bytes = text
            for _ in 0..<Int.random(in: 1...3, using: &numbers) {
                let place = Int.random(in: 0..<bytes.count, using: &numbers)
                switch Int.random(in: 0..<5, using: &numbers) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &numbers)
                case 1: bytes[place] = Array("\\\t\n0-+:. ".utf8).randomElement(using: &numbers)!
                case 2: bytes.remove(at: place)
                case 3: bytes.insert(bytes[place], at: place)
                default: bytes[place] ^= 1
                }
            }
            let cut = Int.random(in: 0...bytes.count, using: &numbers)
            // Of memory of their own, so that a step over an end can be noticed.
            guard let binary = try? written(Self.columns, [Array(bytes[..<cut]), Array(bytes[cut...])]) else { continue }
            taken += 1
            #expect(try totals(Self.columns, binary: binary) == PostgresTests.totals(bytes))
        }
        // Damage that always or never shows would test only half of it.
        #expect((200..<1800).contains(taken), "\(taken)")
    }

    // MARK: - With servers

    @Test(arguments: TestServers.majors)
    func valuesOfEveryTypeArriveAsTheyAre(major: Int) async throws {
        let connection = try await Connection.open(try await TestServers.freshDatabase(major))
        _ = try await connection.rows("SELECT setseed(0.5)")
        for (type, binary, nasty, random) in BinaryCopyTests.values {
            try await connection.execute(
                """
                CREATE TABLE public.t (id int8 GENERATED BY DEFAULT AS IDENTITY, v \(type), w \(type));
                INSERT INTO public.t (v) VALUES (NULL); INSERT INTO public.t (v) VALUES \(nasty); UPDATE public.t SET w = v;
                INSERT INTO public.t (v, w) SELECT \(random), \(random) FROM generate_series(1, 2000);
                CREATE TABLE public.u (LIKE public.t);
                """)
            let text = try await text("SELECT * FROM public.t", connection)
            let columns = [.int8, binary, binary]
            #expect(try totals(columns, binary: written(columns, [text])) == PostgresTests.totals(text), "\(type)")
            var numbers = SeededGenerator(seed: 7)
            let rows = try await connection.copyIn(
                "COPY public.u FROM STDIN (FORMAT binary)", from: Pieces(pieces(text, ofAtMost: 100_000, &numbers)),
                binary: columns)
            #expect(rows == text.count { $0 == 10 })
            let differences = try await connection.rows(
                "SELECT count(*) FROM (SELECT id, v::text, w::text FROM public.t EXCEPT ALL SELECT id, v::text, w::text FROM public.u) d"
            )
            #expect(differences == [["0"]], "\(type)")
            try await connection.execute("DROP TABLE public.t, public.u")
        }
    }

    @Test func afterUnsuitableRowsNothingIsThereAndTheConnectionGoesOn() async throws {
        let connection = try await Connection.open(try await TestServers.freshDatabase())
        try await connection.execute("CREATE TABLE public.t (v int)")
        let good = Array(String(repeating: "1\n", count: 100_000).utf8)
        await #expect(throws: UnsuitableRows.self) {
            try await connection.copyIn(
                "COPY public.t FROM STDIN (FORMAT binary)", from: Pieces([good, good, Array("+1\n".utf8)]), binary: [.int4])
        }
        #expect(try await connection.rows("SELECT count(*) FROM public.t") == [["0"]])
        let added = try await connection.copyIn("COPY public.t FROM STDIN", from: Pieces([good, Array("+1\n".utf8)]))
        #expect(added == 100_001)
    }
}
