import Foundation
import Postgres
import Synchronization
import TestServers
import Testing

/// Rows of 64 MB pass in a few: measured in processes of their own, where no other test uses memory.
struct CopyMemoryTests {
    @Test(arguments: Route.allCases)
    func aLongRowComesOutInLittleMemory(route: Route) async throws {
        let url = try await route.freshDatabaseURL()
        await #expect(processExitsWith: .success) { [url = url as String] in
            let connection = try await Connection.open(try ConnectionString(url))
            _ = try await connection.copyOut("COPY (SELECT repeat('0123456789abcdef', 1 << 10), 1) TO STDOUT") { _ in }
            let before = residentBytes()
            let peak = Peak()
            let result = try await connection.copyOut("COPY (SELECT repeat('0123456789abcdef', 4 << 20), 1) TO STDOUT") {
                precondition($0.count <= 1 << 20 + 256 << 10)
                peak.note(residentBytes())
            }
            precondition(result.rows == 1 && result.bytes == 64 << 20 + 3)
            precondition(peak.value - before < 4 << 20, "\(peak.value - before) bytes more")
        }
    }

    @Test(arguments: Route.allCases)
    func aLongRowGoesInInLittleMemory(route: Route) async throws {
        let url = try await route.freshDatabaseURL()
        await #expect(processExitsWith: .success) { [url = url as String] in
            let connection = try await Connection.open(try ConnectionString(url))
            try await connection.execute("CREATE TABLE public.t (a int, b text)")
            let piece = [UInt8](repeating: UInt8(ascii: "y"), count: 1 << 20)
            _ = try await connection.copyIn("COPY public.t FROM STDIN", from: Pieces([Array("1\t".utf8), piece, [10]]))
            let before = residentBytes()
            let peak = Peak()
            let pieces = Pieces([Array("2\t".utf8)] + Array(repeating: piece, count: 64) + [[10]]).map {
                peak.note(residentBytes())
                return $0
            }
            let rows = try await connection.copyIn("COPY public.t FROM STDIN", from: pieces)
            precondition(rows == 1)
            precondition(peak.value - before < 4 << 20, "\(peak.value - before) bytes more")
            let length = try await connection.rows("SELECT length(b) FROM public.t WHERE a = 2")
            precondition(length == [["\(64 << 20)"]])
        }
    }
}

/// The memory that this process holds at this moment.
func residentBytes() -> Int {
    let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
    return (line?.split(separator: " ").compactMap { Int($0) }.first ?? 0) << 10
}

/// The largest value noted.
final class Peak: Sendable {
    private let largest = Mutex(0)

    func note(_ value: Int) { largest.withLock { $0 = max($0, value) } }

    var value: Int { largest.withLock { $0 } }
}
