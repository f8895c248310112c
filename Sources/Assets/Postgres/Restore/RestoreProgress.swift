internal import Synchronization

/// How far a restore is.
public struct RestoreProgress: Sendable, Equatable {
    public enum Phase: String, Sendable, CaseIterable {
        case clearing, roles, definitions, rows, largeObjects, indexes, sequences, refreshing, settings, statistics, comparing
    }
    public var phase = Phase.roles
    public var tables = 0
    public var tablesDone = 0
    public var rows: Int64 = 0
    /// Of COPY text.
    public var bytes: Int64 = 0
    /// Read back and compared, of COPY text.
    public var comparedBytes: Int64 = 0
    /// Of both, in the end.
    public var expectedBytes: Int64 = 0
}

/// Counts what several workers do and tells of it.
final class RestoreMeter: Sendable {
    private let state = Mutex(RestoreProgress())
    private let durations = Mutex<[(RestoreProgress.Phase, ContinuousClock.Instant)]>([])
    private let report: @Sendable (RestoreProgress) -> Void

    init(report: @escaping @Sendable (RestoreProgress) -> Void) { self.report = report }

    func change(_ body: (inout RestoreProgress) -> Void) {
        let now = state.withLock { state in
            body(&state)
            return state
        }
        report(now)
    }

    var totals: RestoreProgress { state.withLock { $0 } }

    func enter(_ phase: RestoreProgress.Phase) {
        durations.withLock { $0.append((phase, .now)) }
        change { $0.phase = phase }
    }

    /// How long each phase took, in order.
    func phases(until end: ContinuousClock.Instant = .now) -> [RestoreReport.Phase] {
        durations.withLock { entries in
            entries.indices.map { index in
                let next = index + 1 < entries.count ? entries[index + 1].1 : end
                return RestoreReport.Phase(name: entries[index].0.rawValue, duration: entries[index].1.duration(to: next))
            }
        }
    }
}

/// What a restore did.
public struct RestoreReport: Sendable {
    public struct Phase: Sendable, Equatable {
        public let name: String
        public let duration: Duration
    }
    public var plan: RestorePlan
    /// In order.
    public var phases: [Phase]
    public var rows: Int64
    public var bytes: Int64
    /// Known from the plan, and what turned out on the way.
    public var leftOut: [RestorePlan.LeftOut]
    /// Of the rows that were loaded; nil where nobody wanted it.
    public var comparison: ManifestComparison.Result?
}
