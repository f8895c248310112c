import Synchronization

/// Rows for `copyIn`: the given pieces, then an error where one is given, else the end.
struct Pieces: AsyncSequence, Sendable {
    private let pieces: [[UInt8]]
    private let error: (any Error)?

    init(_ pieces: [[UInt8]], then error: (any Error)? = nil) {
        self.pieces = pieces
        self.error = error
    }

    struct Iterator: AsyncIteratorProtocol {
        var rest: ArraySlice<[UInt8]>
        let error: (any Error)?

        mutating func next() async throws -> [UInt8]? {
            if let piece = rest.popFirst() { return piece }
            if let error { throw error }
            return nil
        }
    }

    func makeAsyncIterator() -> Iterator { Iterator(rest: pieces[...], error: error) }
}

/// The same piece for ever, counting how often it was asked for.
struct EndlessPieces: AsyncSequence, AsyncIteratorProtocol, Sendable {
    let piece: [UInt8]
    let taken: Counter

    func makeAsyncIterator() -> EndlessPieces { self }

    mutating func next() async -> [UInt8]? {
        taken.add()
        return piece
    }
}

/// Counts, and lets one task wait until the count is high enough.
final class Counter: Sendable {
    private let state = Mutex<(count: Int, goal: Int, waiting: CheckedContinuation<Void, Never>?)>((0, 0, nil))

    func add() {
        let reached = state.withLock { state -> CheckedContinuation<Void, Never>? in
            state.count += 1
            guard state.count >= state.goal else { return nil }
            defer { state.waiting = nil }
            return state.waiting
        }
        reached?.resume()
    }

    func reach(_ goal: Int) async {
        await withCheckedContinuation { continuation in
            let isReached = state.withLock { state in
                if state.count >= goal { return true }
                state.goal = goal
                state.waiting = continuation
                return false
            }
            if isReached { continuation.resume() }
        }
    }

    var value: Int { state.withLock { $0.count } }
}
