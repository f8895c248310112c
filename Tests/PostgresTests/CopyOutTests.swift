import Foundation
import Language
import Postgres
import TestServers
import Testing

struct CopyOutTests {
    private static let manyRows = "COPY (SELECT g, repeat('x', g % 100) FROM generate_series(1, 200000) g) TO STDOUT"

    @Test(arguments: Route.allCases)
    func rowsArriveAsTheServerWritesThem(route: Route) async throws {
        let connection = try await Connection.open(try await route.freshDatabase())
        let bytes = Bytes()
        let result = try await connection.copyOut(Self.manyRows) { bytes.take($0) }
        var expected: [UInt8] = []
        for row in 1...200_000 {
            expected += Array("\(row)\t".utf8) + [UInt8](repeating: UInt8(ascii: "x"), count: row % 100) + [10]
        }
        #expect(bytes.all == expected)
        #expect(result == totals(expected))
        #expect(result.rows == 200_000)
        #expect(result.bytes == Int64(expected.count))
    }

    @Test(arguments: TestServers.majors)
    func valuesAreEscapedAsThePostgreSQLManualSays(major: Int) async throws {
        let connection = try await Connection.open(try await TestServers.freshDatabase(major))
        let bytes = Bytes()
        let result = try await connection.copyOut(
            "COPY (VALUES (E'a\\nb\\tc\\\\d', NULL, ''), ('é', '1', E'\\r')) TO STDOUT"
        ) { bytes.take($0) }
        #expect(bytes.text == "a\\nb\\tc\\\\d\t\\N\t\né\t1\t\\r\n")
        #expect(result.rows == 2)
    }

    @Test func anEmptyTableGivesNothing() async throws {
        let connection = try await Connection.open(try await TestServers.freshDatabase())
        let bytes = Bytes()
        let result = try await connection.copyOut("COPY (SELECT 1 WHERE false) TO STDOUT") { bytes.take($0) }
        #expect(result == CopyTotals())
        #expect(bytes.all.isEmpty)
    }

    @Test func rowsWithoutColumnsAreEmptyLines() async throws {
        let connection = try await Connection.open(try await TestServers.freshDatabase())
        try await connection.execute(
            "CREATE TABLE public.n (); INSERT INTO public.n DEFAULT VALUES; INSERT INTO public.n DEFAULT VALUES")
        let bytes = Bytes()
        let result = try await connection.copyOut("COPY public.n TO STDOUT") { bytes.take($0) }
        #expect(bytes.all == [10, 10])
        #expect(result.rows == 2)
    }

    @Test func theChecksumDoesNotDependOnTheOrderOfRows() async throws {
        let connection = try await Connection.open(try await TestServers.freshDatabase())
        let rows = "SELECT g, md5(g::text) FROM generate_series(1, 5000) g ORDER BY g"
        let up = try await connection.copyOut("COPY (\(rows)) TO STDOUT") { _ in }
        let down = try await connection.copyOut("COPY (\(rows) DESC) TO STDOUT") { _ in }
        #expect(up == down)
        let fewer = try await connection.copyOut("COPY (\(rows) LIMIT 4999) TO STDOUT") { _ in }
        #expect(fewer.checksum != up.checksum)
    }

    @Test(arguments: Route.allCases)
    func whatTheReceiverThrowsComesOutAndTheConnectionStaysUsable(route: Route) async throws {
        struct Full: Error {}
        let connection = try await Connection.open(try await route.freshDatabase())
        await #expect(throws: Full.self) {
            _ = try await connection.copyOut("COPY (SELECT generate_series(1, 1000000000)) TO STDOUT") { _ in throw Full() }
        }
        #expect(try await connection.rows("SELECT 1") == [["1"]])
    }

    @Test(arguments: Route.allCases)
    func anErrorAmidTheRowsIsToldAndTheConnectionStaysUsable(route: Route) async throws {
        let connection = try await Connection.open(try await route.freshDatabase())
        let error = await postgresError {
            _ = try await connection.copyOut("COPY (SELECT 1 / (50000 - g) FROM generate_series(1, 100000) g) TO STDOUT") { _ in }
        }
        #expect(error?.code == .sqlError)
        #expect(error?.sqlState == "22012")
        #expect(error?.description.contains("division by zero") == true)
        #expect(try await connection.rows("SELECT 1") == [["1"]])
    }

    @Test(arguments: ["SELECT 1", "CREATE TABLE public.t ()", "COPY public.u FROM STDIN", ""])
    func aStatementThatIsNoCopyOutIsRefused(sql: String) async throws {
        let connection = try await Connection.open(try await TestServers.freshDatabase())
        try await connection.execute("CREATE TABLE public.u (a int)")
        let error = await postgresError { _ = try await connection.copyOut(sql) { _ in } }
        #expect(error?.code == .sqlError)
        #expect(try await connection.rows("SELECT 1") == [["1"]])
    }

    @Test(arguments: Route.allCases)
    func binaryFormatIsRefusedAndTheServerIsNotLeftWaiting(route: Route) async throws {
        let database = try await route.freshDatabase()
        let connection = try await Connection.open(database)
        let process = try await connection.rows("SELECT pg_backend_pid()")[0][0] ?? ""
        let error = await postgresError {
            _ = try await connection.copyOut("COPY (SELECT generate_series(1, 1000000000)) TO STDOUT (FORMAT binary)") { _ in }
        }
        #expect(error?.code == .protocolViolation)
        let watcher = try await Connection.open(database)
        try await watcher.waitUntil("SELECT NOT EXISTS (SELECT FROM pg_stat_activity WHERE pid = \(process))")
        #expect(await postgresError { try await connection.execute("SELECT 1") }?.code == .connectionLost)
    }

    @Test func aHeaderLineIsNotTakenForARow() async throws {
        let connection = try await Connection.open(try await TestServers.freshDatabase())
        let error = await postgresError { _ = try await connection.copyOut("COPY (SELECT 1 AS a) TO STDOUT (HEADER)") { _ in } }
        #expect(error?.code == .protocolViolation)
        #expect(try await connection.rows("SELECT 1") == [["1"]])
    }

    @Test func copiesAlternateWithStatementsInATransaction() async throws {
        let connection = try await Connection.open(try await TestServers.freshDatabase())
        try await connection.execute("BEGIN; CREATE TABLE public.t AS SELECT g FROM generate_series(1, 10) g")
        let first = try await connection.copyOut("COPY public.t TO STDOUT") { _ in }
        try await connection.execute("DELETE FROM public.t WHERE g > 4")
        let second = try await connection.copyOut("COPY public.t TO STDOUT") { _ in }
        try await connection.execute("ROLLBACK")
        #expect((first.rows, second.rows) == (10, 4))
        #expect(try await connection.rows("SELECT to_regclass('public.t')") == [[nil]])
    }

    @Test func namesAreUnicodeAndRowsAreInTheDatabasesOwnEncoding() async throws {
        let database = try await TestServers.freshDatabase(options: "TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'")
        let connection = try await Connection.open(database)
        #expect(connection.dataEncoding == "LATIN1")
        try await connection.execute("CREATE TABLE public.\"café\" (\"été\" text); INSERT INTO public.\"café\" VALUES ('né')")
        #expect(
            try await connection.rows("SELECT relname, (SELECT * FROM public.café) FROM pg_class WHERE relname LIKE 'caf%'") == [
                ["café", "né"]
            ])
        let bytes = Bytes()
        let out = try await connection.copyOut("COPY public.\"café\" TO STDOUT") { bytes.take($0) }
        #expect(bytes.all == [UInt8(ascii: "n"), 0xE9, 10])
        #expect(out.rows == 1)
        let added = try await connection.copyIn("COPY public.\"café\" FROM STDIN", from: Pieces([bytes.all]))
        #expect(added == 1)
        #expect(try await connection.rows("SELECT DISTINCT \"été\" FROM public.\"café\"") == [["né"]])
        // Also when a transaction around it fails.
        try await connection.execute("BEGIN")
        #expect(
            await postgresError { _ = try await connection.copyOut("COPY public.gibtsnicht TO STDOUT") { _ in } }?.sqlState
                == "42P01")
        try await connection.execute("ROLLBACK")
        #expect(try await connection.rows("SELECT 'é'") == [["é"]])
    }

    @Test func aDatabaseWithoutAnEncodingGivesItsBytes() async throws {
        let database = try await TestServers.freshDatabase(options: "TEMPLATE template0 ENCODING 'SQL_ASCII' LOCALE 'C'")
        let connection = try await Connection.open(database)
        try await connection.execute("CREATE TABLE public.t (a text)")
        let line: [UInt8] = [0xFF, 0xE9, 10]
        #expect(try await connection.copyIn("COPY public.t FROM STDIN", from: Pieces([line])) == 1)
        let bytes = Bytes()
        _ = try await connection.copyOut("COPY public.t TO STDOUT") { bytes.take($0) }
        #expect(bytes.all == line)
    }
}
