internal import Postgres

/// What the workers of a restore take from: first every load, then, table by table as soon as its rows are there, the reading
/// back of them. So nobody idles while the last table is being loaded.
actor RowQueue {
    enum Step: Sendable {
        case load(Load)
        /// Ask how large a loaded group is, and cut it into parts.
        case cut(group: Int)
        case compare(RunningComparison.Part)
    }

    private var loads: ArraySlice<Load>
    private var cuts: [Int] = []
    private var parts: [RunningComparison.Part] = []
    /// Loads that a group still waits for.
    private var waiting: [Int: Int] = [:]
    private var groups: [TableName: Int] = [:]
    /// Steps that somebody is at, and that may lead to others.
    private var underWay = 0
    private var idle: [CheckedContinuation<Void, Never>] = []
    private var isStopped = false

    /// - Parameter comparison: nil where nothing is to be read back. Groups of whose tables none is loaded here are there
    ///   already.
    init(_ loads: [Load], comparison: RunningComparison?) {
        self.loads = loads[...]
        for (number, group) in (comparison?.groups ?? []).enumerated() where group.query != nil {
            for table in group.tables { groups[table] = number }
            waiting[number] = 0
        }
        for load in loads {
            if let group = groups[load.table.tableName] { waiting[group, default: 0] += 1 }
        }
        cuts = waiting.filter { $0.value == 0 }.keys.sorted(by: >)
    }

    /// The next step; waits while one that is under way may bring more. Nil at the end. Each is to be reported as `finished`.
    func next() async -> Step? {
        while !isStopped {
            if let step = take() {
                underWay += 1
                return step
            }
            guard underWay > 0 else { break }
            await withCheckedContinuation { idle.append($0) }
        }
        return nil
    }

    private func take() -> Step? {
        if let load = loads.popFirst() { return .load(load) }
        if let group = cuts.popLast() { return .cut(group: group) }
        return parts.popLast().map { .compare($0) }
    }

    /// - Parameter found: the parts into which a group was cut.
    func finished(_ step: Step, found: [RunningComparison.Part] = []) {
        underWay -= 1
        if case .load(let load) = step, let group = groups[load.table.tableName] {
            waiting[group, default: 0] -= 1
            if waiting[group] == 0 { cuts.append(group) }
        }
        if !found.isEmpty { parts = (parts + found).sorted { $0.size < $1.size } }
        wake()
    }

    /// A worker has failed: the others need not go on.
    func stop() {
        isStopped = true
        wake()
    }

    private func wake() {
        for one in idle { one.resume() }
        idle = []
    }
}
