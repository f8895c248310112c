import Foundation
import Postgres
import TestNumbers
import TestServers
import Testing

struct CopyInTests {
    private func table(_ route: Route = .socket) async throws -> Connection {
        let connection = try await Connection.open(try await route.freshDatabase())
        try await connection.execute("CREATE TABLE public.t (a int, b text)")
        return connection
    }

    @Test(arguments: Route.allCases)
    func whatGoesInComesOutWhereverThePiecesAreCut(route: Route) async throws {
        let connection = try await table(route)
        var rows: [UInt8] = []
        for row in 0..<50_000 { rows += Array("\(row)\tline \\n of \(row)\n".utf8) }
        var numbers = SeededGenerator(seed: 7)
        var pieces: [[UInt8]] = []
        var start = 0
        while start < rows.count {
            let count = min(
                rows.count - start, Int.random(in: 0...[1, 7, 5000, 600_000].randomElement(using: &numbers)!, using: &numbers))
            pieces.append(Array(rows[start..<start + count]))
            start += count
        }
        #expect(try await connection.copyIn("COPY public.t FROM STDIN", from: Pieces(pieces)) == 50_000)
        let bytes = Bytes()
        let result = try await connection.copyOut("COPY public.t TO STDOUT") { bytes.take($0) }
        #expect(bytes.all == rows)
        #expect(result == totals(rows))
    }

    @Test(arguments: Route.allCases)
    func aRefusedRowEndsTheCopyAtOnce(route: Route) async throws {
        let connection = try await table(route)
        let taken = Counter()
        let error = await postgresError {
            _ = try await connection.copyIn(
                "COPY public.t FROM STDIN",
                from: EndlessPieces(piece: Array(repeating: Array("x\ty\n".utf8), count: 20_000).flatMap { $0 }, taken: taken))
        }
        #expect(error?.sqlState == "22P02")
        #expect(try await connection.rows("SELECT count(*) FROM public.t") == [["0"]])
        #expect(taken.value < 1000)
    }

    @Test func whenTheSourceFailsNothingIsKept() async throws {
        struct Torn: Error {}
        let connection = try await table()
        await #expect(throws: Torn.self) {
            _ = try await connection.copyIn("COPY public.t FROM STDIN", from: Pieces([Array("1\ta\n2\tb\n".utf8)], then: Torn()))
        }
        #expect(try await connection.rows("SELECT count(*) FROM public.t") == [["0"]])
    }

    /// Also when everything has been sent and only the end is missing: rows of 256 KiB fill a message.
    @Test(arguments: [1, 262_141])
    func aCancelledCopyKeepsNothingEvenWhenItsSourceEndsQuietly(length: Int) async throws {
        let connection = try await table()
        let (stream, sender) = AsyncStream.makeStream(of: [UInt8].self)
        sender.yield(Array("1\t\(String(repeating: "a", count: length))\n".utf8))
        let begun = Counter()
        let task = Task {
            await postgresError {
                _ = try await connection.copyIn(
                    "COPY public.t FROM STDIN",
                    from: stream.map {
                        begun.add(); return $0
                    })
            }
        }
        await begun.reach(1)
        // The connection does one thing at a time.
        #expect(await postgresError { try await connection.execute("SELECT 1") }?.code == .connectionBusy)
        task.cancel()
        #expect(await task.value?.code == .cancelled)
        #expect(try await connection.rows("SELECT count(*) FROM public.t") == [["0"]])
        sender.finish()
    }

    @Test func aCopyThatWaitsForALockCanBeCancelled() async throws {
        let connection = try await table()
        let other = try await Connection.open(connection.target)
        try await other.execute("BEGIN; LOCK TABLE public.t")
        let task = Task {
            await postgresError {
                _ = try await connection.copyIn("COPY public.t FROM STDIN", from: Pieces([Array("1\ta\n".utf8)]))
            }
        }
        try await other.waitUntil(
            "SELECT count(*) = 1 FROM pg_catalog.pg_locks WHERE NOT granted AND relation = 'public.t'::regclass")
        task.cancel()
        #expect(await task.value?.code == .cancelled)
        #expect(try await connection.rows("SELECT 1") == [["1"]])
        await other.close()
    }

    @Test(arguments: ["SELECT 1", "COPY public.t TO STDOUT", "CREATE TABLE public.v ()", ""])
    func aStatementThatIsNoCopyInIsRefused(sql: String) async throws {
        let connection = try await table()
        try await connection.execute("INSERT INTO public.t SELECT g, repeat('x', 100) FROM generate_series(1, 10000) g")
        #expect(await postgresError { _ = try await connection.copyIn(sql, from: Pieces([])) }?.code == .sqlError)
        #expect(try await connection.rows("SELECT 1") == [["1"]])
    }

    @Test func aMissingTableIsToldBeforeAnyRowIsAskedFor() async throws {
        let connection = try await table()
        let taken = Counter()
        let error = await postgresError {
            _ = try await connection.copyIn("COPY public.missing FROM STDIN", from: EndlessPieces(piece: [10], taken: taken))
        }
        #expect(error?.sqlState == "42P01")
        #expect(taken.value == 0)
    }

    @Test(arguments: Route.allCases)
    func aServerThatEndsTheSessionAmidTheRowsIsNoticed(route: Route) async throws {
        let connection = try await table(route)
        let process = try await connection.rows("SELECT pg_backend_pid()")[0][0]
        let other = try await Connection.open(connection.target)
        let taken = Counter()
        let task = Task {
            await postgresError {
                _ = try await connection.copyIn(
                    "COPY public.t FROM STDIN", from: EndlessPieces(piece: Array("1\ta\n".utf8), taken: taken))
            }
        }
        await taken.reach(1000)
        _ = try await other.rows("SELECT pg_terminate_backend($1::int)", [process])
        #expect(await task.value?.code == .connectionLost)
        await other.close()
    }
}

extension Connection {
    /// Asks a hundred times a second until `sql` says true: nobody else tells when it does.
    func waitUntil(_ sql: String) async throws {
        while try await rows(sql) != [["t"]] { try await Task.sleep(for: .milliseconds(10)) }
    }
}
