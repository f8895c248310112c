internal import Foundation
internal import Synchronization

/// Wakes a connection's thread out of `poll`: a pipe of which the thread watches one end.
final class Wake: Sendable {
    let readEnd: Int32
    private let writeEnd: Int32

    /// Nil when the process may open no more files.
    init?() {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { return nil }
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
        (readEnd, writeEnd) = (ends[0], ends[1])
    }

    deinit {
        close(readEnd)
        close(writeEnd)
    }

    func poke() {
        // A full pipe wakes as well: there is nothing to do about the result.
        _ = withUnsafeBytes(of: UInt8(1)) { write(writeEnd, $0.baseAddress, 1) }
    }

    func drain() {
        withUnsafeTemporaryAllocation(byteCount: 64, alignment: 1) { buffer in
            while read(readEnd, buffer.baseAddress, buffer.count) > 0 {}
        }
    }
}

/// Whether the task that asked for one operation has been cancelled.
final class Cancellation: Sendable {
    private let requested = Atomic<Bool>(false)
    private let wake: Wake

    init(wake: Wake) { self.wake = wake }

    var isRequested: Bool { requested.load(ordering: .acquiring) }

    func request() {
        requested.store(true, ordering: .releasing)
        wake.poke()
    }
}

/// Runs `body`, which blocks on the caller's executor; when the task is cancelled, `cancellation` says so and the thread is
/// woken.
func watching<T: Sendable>(
    _ cancellation: Cancellation, isolation: isolated (any Actor)? = #isolation, _ body: () async -> T
) async -> T {
    await withTaskCancellationHandler(operation: body, onCancel: { cancellation.request() }, isolation: isolation)
}
