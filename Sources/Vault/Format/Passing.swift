import Synchronization

/// A value that may be taken once, within a time.
final class Passing<Value: Sendable>: Sendable {
    private let held = Mutex<(value: Value, until: ContinuousClock.Instant)?>(nil)

    func put(_ value: Value, for time: Duration) {
        held.withLock { $0 = (value, .now + time) }
    }

    /// Nil where it was taken, or its time is over.
    func take() -> Value? {
        held.withLock { held in
            defer { held = nil }
            return held.flatMap { ContinuousClock.now < $0.until ? $0.value : nil }
        }
    }
}
