import Foundation

/// A lock around whatever the closure touches. For state that `Mutex` cannot hold, such as what a closure that throws changes in
/// place; the type that has one says what it guards.
final class Lock: Sendable {
    private let lock = NSLock()

    func locked<Value, Failure: Error>(_ body: () throws(Failure) -> Value) throws(Failure) -> Value {
        lock.lock()
        defer { lock.unlock() }
        return try body()
    }
}
