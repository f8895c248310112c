import Foundation
import Postgres
import SystemPackage
import TestServers
import Testing

/// What is read and written past libpq goes through its TLS session on every major that has one.
@Suite("Encrypted connections")
struct TLSTests {
    @Test("Rows go out and in unchanged", arguments: TLSServer.installations)
    func rows(_ installation: Installation) async throws {
        let server = try await TLSServer(installation).server()
        let name = try #require(try await server.createDatabase().database)
        let url = TestServers.url(try server.loopback(name)) + "?sslmode=require"
        let connection = try await Connection.open(try ConnectionString(url))
        #expect(connection.serverVersion.major == installation.major)
        #expect(try await connection.rows("SELECT ssl, version FROM pg_stat_ssl WHERE pid = pg_backend_pid()")[0][0] == "t")
        try await connection.execute(
            """
            CREATE TABLE public.a (id int, text text);
            INSERT INTO public.a SELECT i, repeat(md5(i::text), i % 400) FROM generate_series(1, 3000) i;
            CREATE TABLE public.b (LIKE public.a)
            """)
        let collected = Bytes()
        let totals = try await connection.copyOut("COPY public.a TO STDOUT") { collected.append($0) }
        #expect(totals.rows == 3000)
        let taken = try await connection.copyIn("COPY public.b FROM STDIN", from: Once(collected.all))
        #expect(taken == 3000)
        let different =
            "SELECT count(*) FROM ((TABLE public.a EXCEPT TABLE public.b) UNION ALL (TABLE public.b EXCEPT TABLE public.a)) x"
        #expect(try await connection.rows(different)[0][0] == "0")
        await connection.close()
    }

    private final class Bytes: @unchecked Sendable {
        // Only ever touched by the connection's thread, and by the test once that is done.
        private(set) var all: [UInt8] = []
        func append(_ piece: UnsafeRawBufferPointer) { all.append(contentsOf: piece) }
    }

    private struct Once: AsyncSequence, AsyncIteratorProtocol, Sendable {
        var piece: [UInt8]?
        init(_ piece: [UInt8]) { self.piece = piece }
        func makeAsyncIterator() -> Once { self }
        mutating func next() async -> [UInt8]? {
            defer { piece = nil }
            return piece
        }
    }
}
