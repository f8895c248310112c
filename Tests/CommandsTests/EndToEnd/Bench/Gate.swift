import Testing

/// Lets a few tests of this target run at once: each of them starts programs and servers of its own, and a machine has few cores.
struct Gate: SuiteTrait, TestTrait, TestScoping {
    let isRecursive = true

    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable @concurrent () async throws -> Void
    ) async throws {
        guard testCase != nil else { return try await function() }
        await Self.places.take()
        do {
            try await function()
        } catch {
            await Self.places.give()
            throw error
        }
        await Self.places.give()
    }

    private static let places = Places(3)
}

extension Trait where Self == Gate {
    static var endToEnd: Gate { Gate() }
}

/// A number of places, given in the order in which they are asked for.
actor Places {
    private var free: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(_ count: Int) { free = count }

    func take() async {
        guard free == 0 else { return free -= 1 }
        await withCheckedContinuation { waiting.append($0) }
    }

    func give() {
        if waiting.isEmpty { free += 1 } else { waiting.removeFirst().resume() }
    }
}
