internal import Synchronization

/// How far a capture is.
public struct CaptureProgress: Sendable, Equatable {
    /// 1 at first; more when the capture had to start anew.
    public var attempt = 1
    public var tables = 0
    public var tablesDone = 0
    public var rows: Int64 = 0
    /// Of COPY text.
    public var bytes: Int64 = 0
    /// What the tables take on the server's disk: about what there is to read. Nil until it is known.
    public var expectedBytes: Int64?
}

/// Counts what several workers do and tells of it.
final class CaptureMeter: Sendable {
    private let state: Mutex<CaptureProgress>
    private let report: @Sendable (CaptureProgress) -> Void

    init(attempt: Int, report: @escaping @Sendable (CaptureProgress) -> Void) {
        state = Mutex(CaptureProgress(attempt: attempt))
        self.report = report
    }

    func change(_ body: (inout CaptureProgress) -> Void) {
        let now = state.withLock { state in
            body(&state)
            return state
        }
        report(now)
    }
}
