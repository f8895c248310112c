import Foundation
import Postgres
import Synchronization
import TestNumbers

/// Collects what a copy delivers.
final class Bytes: Sendable {
    private let state = Mutex<(bytes: [UInt8], largest: Int)>(([], 0))

    func take(_ piece: UnsafeRawBufferPointer) {
        state.withLock {
            $0.bytes.append(contentsOf: piece)
            $0.largest = max($0.largest, piece.count)
        }
    }

    /// Takes note of the size alone.
    func weigh(_ piece: UnsafeRawBufferPointer) {
        state.withLock { $0.largest = max($0.largest, piece.count) }
    }

    var all: [UInt8] { state.withLock { $0.bytes } }
    var text: String { String(decoding: all, as: UTF8.self) }
    var largestPiece: Int { state.withLock { $0.largest } }
}

func totals(_ bytes: [UInt8]) -> CopyTotals {
    var hasher = RowHasher()
    bytes.withUnsafeBytes { hasher.update($0) }
    return hasher.finish()
}

/// `bytes` in pieces of at most `most` each, some of them empty.
func pieces(_ bytes: [UInt8], ofAtMost most: Int, _ numbers: inout SeededGenerator) -> [[UInt8]] {
    var pieces: [[UInt8]] = []
    var start = 0
    while start < bytes.count {
        let count = min(bytes.count - start, Int.random(in: 0...most, using: &numbers))
        pieces.append(Array(bytes[start..<start + count]))
        start += count
    }
    return pieces
}

/// The error of `code` that `body` throws; anything else is a failure of the caller's expectation.
func postgresError(_ body: () async throws -> Void) async -> PostgresError? {
    do {
        try await body()
        return nil
    } catch {
        return error as? PostgresError
    }
}
