import Language
public import ObjectStore
import Synchronization

/// Decides whose operation on a store is next, so that a test goes through interleavings of its choice: every operation of a
/// party waits until the schedule lets it through, and only one is under way at a time.
public final class Schedule: Sendable {
    private struct State {
        var waiting: [Int: [CheckedContinuation<Void, Never>]] = [:]
        var finished: Set<Int> = []
        var isBusy = false
        /// Resumed when something changes that `step` may be waiting for.
        var watcher: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    public init() {}

    /// A store through which one party works.
    public func store(for party: Int, _ inner: any ObjectStore) -> any ObjectStore {
        ScheduledStore(inner: inner, party: party, schedule: self)
    }

    /// Says that a party will ask for nothing more.
    public func finish(_ party: Int) { change { $0.finished.insert(party) } }

    public func isFinished(_ party: Int) -> Bool { state.withLock { $0.finished.contains(party) } }

    /// Lets one operation of `party` through and waits until it is done; false where the party has finished.
    public func step(_ party: Int) async -> Bool {
        while true {
            let next = state.withLock { state -> CheckedContinuation<Void, Never>? in
                guard !state.isBusy, var queue = state.waiting[party], !queue.isEmpty else { return nil }
                let first = queue.removeFirst()
                state.waiting[party] = queue
                state.isBusy = true
                return first
            }
            if let next {
                next.resume()
                await wait { !$0.isBusy }
                return true
            }
            if isFinished(party) { return false }
            await wait { !($0.waiting[party] ?? []).isEmpty || $0.finished.contains(party) }
        }
    }

    private func wait(until isTrue: @Sendable (borrowing State) -> Bool) async {
        while true {
            let isDone = state.withLock { isTrue($0) }
            if isDone { return }
            await withCheckedContinuation { continuation in
                let now = state.withLock { state -> Bool in
                    if isTrue(state) { return true }
                    state.watcher = continuation
                    return false
                }
                if now { continuation.resume() }
            }
        }
    }

    private func change(_ work: (inout State) -> Void) {
        let watcher = state.withLock { state in
            work(&state)
            defer { state.watcher = nil }
            return state.watcher
        }
        watcher?.resume()
    }

    fileprivate func enter(_ party: Int) async {
        await withCheckedContinuation { continuation in
            change { $0.waiting[party, default: []].append(continuation) }
        }
    }

    fileprivate func leave() { change { $0.isBusy = false } }
}

private struct ScheduledStore: ObjectStore {
    let inner: any ObjectStore
    let party: Int
    let schedule: Schedule

    var location: String { inner.location }

    func put(_ key: ObjectKey, _ bytes: [UInt8], ifAbsent: Bool) async throws(StoreError) {
        await schedule.enter(party)
        defer { schedule.leave() }
        try await inner.put(key, bytes, ifAbsent: ifAbsent)
    }

    func get(_ key: ObjectKey, range: Range<Int>?) async throws(StoreError) -> [UInt8] {
        await schedule.enter(party)
        defer { schedule.leave() }
        return try await inner.get(key, range: range)
    }

    func list(_ prefix: String, after: ObjectKey?, limit: Int) async throws(StoreError) -> [ObjectFacts] {
        await schedule.enter(party)
        defer { schedule.leave() }
        return try await inner.list(prefix, after: after, limit: limit)
    }

    func head(_ key: ObjectKey) async throws(StoreError) -> ObjectFacts? {
        await schedule.enter(party)
        defer { schedule.leave() }
        return try await inner.head(key)
    }

    func delete(_ key: ObjectKey) async throws(StoreError) {
        await schedule.enter(party)
        defer { schedule.leave() }
        try await inner.delete(key)
    }
}
