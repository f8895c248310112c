import Dispatch
import Foundation
import Synchronization

/// Lets a run end cleanly when the user or the system asks it to: the first signal cancels its task, a second one ends the
/// process at once.
///
/// Ending at once is safe too (whatever is cut off in a vault is garbage, never damage); the first signal only spares the garbage
/// and the helper programs.
enum Interruption {
    enum Outcome<Value: Sendable>: Sendable {
        case finished(Value)
        /// The body ended without a value after a signal.
        case interrupted(signal: Int32)
    }

    /// Runs `body` in a task that the signals cancel.
    ///
    /// - Throws: what `body` throws, unless a signal came before: then its error is only the cancellation's echo.
    static func run<Value: Sendable>(
        on signals: [Int32] = [SIGINT, SIGTERM], onSecond: @escaping @Sendable (Int32) -> Void = { exit(128 + $0) },
        _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Outcome<Value> {
        let received = Mutex<Int32?>(nil)
        let task = Task { try await body() }
        let sources = signals.map { number in
            // The default action would end the process before the source is asked.
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler {
                let first = received.withLock { seen in
                    defer { seen = seen ?? number }
                    return seen
                }
                if let first { onSecond(first) } else { task.cancel() }
            }
            source.activate()
            return source
        }
        defer {
            for source in sources { source.cancel() }
            for number in signals { signal(number, SIG_DFL) }
        }
        let result = await task.result
        if case .failure = result, let number = received.withLock({ $0 }) { return .interrupted(signal: number) }
        return .finished(try result.get())
    }
}
