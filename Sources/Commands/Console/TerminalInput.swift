import Foundation
import Language
import Synchronization

/// Reads what a person types on the terminal, without blocking the threads that run tasks.
///
/// Nil at the end of input, and when the task is cancelled.
enum TerminalInput {
    static var isThere: Bool { isatty(STDIN_FILENO) == 1 }

    /// Shows nothing of what is typed until `body` ends, also between two questions.
    static func silently<Value>(_ body: () async throws -> Value) async rethrows -> Value {
        let restore = Echo.off()
        defer { restore?() }
        return try await body()
    }

    static func line() async -> String? {
        await read { $0.last == UInt8(ascii: "\n") }.map { bytes in
            String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .newlines)
        }
    }

    /// Everything up to the end of standard input. Nil where that is longer than any secret is.
    static func rest(atMost limit: Int) async -> String? {
        guard let bytes = await read(atMost: limit + 1, until: { _ in false }), bytes.count <= limit else { return nil }
        return String(validating: bytes, as: UTF8.self)
    }

    /// Reads until `isEnough`, the end, or so many bytes.
    private static func read(atMost limit: Int = 64 << 10, until isEnough: @escaping @Sendable ([UInt8]) -> Bool) async
        -> [UInt8]?
    {
        let isCancelled = Flag(false)
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                Thread.detachNewThread {
                    var bytes: [UInt8] = []
                    var byte: UInt8 = 0
                    while bytes.count < limit, !isEnough(bytes) {
                        // Waits in short stretches, so that an interruption is noticed.
                        var wait = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
                        let ready = poll(&wait, 1, 100)
                        if isCancelled.value { return continuation.resume(returning: nil) }
                        guard ready != 0, !(ready < 0 && errno == EINTR) else { continue }
                        let count = Foundation.read(STDIN_FILENO, &byte, 1)
                        if count < 0, errno == EINTR { continue }
                        guard count == 1 else { break }
                        bytes.append(byte)
                    }
                    continuation.resume(returning: bytes.isEmpty ? nil : bytes)
                }
            }
        } onCancel: {
            isCancelled.set(true)
        }
    }

    /// A flag that closures share.
    private final class Flag: Sendable {
        private let state: Mutex<Bool>

        init(_ value: Bool) { state = Mutex(value) }

        var value: Bool { state.withLock { $0 } }

        func set(_ value: Bool) { state.withLock { $0 = value } }
    }

    /// Whether the terminal shows what is typed.
    private enum Echo {
        /// Turns it off; the result turns it on again, and so does the end of the process.
        static func off() -> (() -> Void)? {
            var state = termios()
            guard tcgetattr(STDIN_FILENO, &state) == 0, state.c_lflag & tcflag_t(ECHO) != 0 else { return nil }
            atexit {
                var state = termios()
                if tcgetattr(STDIN_FILENO, &state) == 0 {
                    state.c_lflag |= tcflag_t(ECHO)
                    tcsetattr(STDIN_FILENO, TCSANOW, &state)
                }
            }
            var silent = state
            silent.c_lflag &= ~tcflag_t(ECHO)
            guard tcsetattr(STDIN_FILENO, TCSANOW, &silent) == 0 else { return nil }
            return {
                var state = state
                tcsetattr(STDIN_FILENO, TCSANOW, &state)
            }
        }
    }
}
