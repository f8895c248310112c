internal import Postgres

/// What the workers of a restore take from: first every load; then, table by table as soon as its rows are there, what makes a
/// large table whole, and the reading back of all of them. So nobody idles while the last table is being loaded.
///
/// An index cannot be halved among workers and comes before the parts of a comparison, which can. No step is handed out that
/// would wait for the lock of another.
actor RowQueue {
    enum Step: Sendable {
        case load(Load)
        /// Make an index of a loaded table.
        case index(TableFinish.Index, of: TableName)
        /// Gather the statistics of a table that has its indexes.
        case analyze(TableName)
        /// Ask how large a loaded group is, and cut it into parts.
        case cut(group: Int)
        case compare(RunningComparison.Part)
    }

    /// Who is at a table that is being made whole.
    private struct Use {
        var readers = 0
        var builders = 0
        var isExclusive = false
        var isFree: Bool { readers + builders == 0 }
    }

    private var loads: ArraySlice<Load>
    /// Of which something has not begun yet.
    private var finishes: [TableFinish]
    private var uses: [TableName: Use] = [:]
    private var cuts: [Int] = []
    private var parts: [RunningComparison.Part] = []
    /// Loads that a table still waits for.
    private var loading: [TableName: Int] = [:]
    /// Loads that a group still waits for.
    private var waiting: [Int: Int] = [:]
    private var groups: [TableName: Int] = [:]
    private let tables: [[TableName]]
    /// Steps that somebody is at, and that may lead to others.
    private var underWay = 0
    private var idle: [CheckedContinuation<Void, Never>] = []
    private var isStopped = false

    /// - Parameters:
    ///   - comparison: nil where nothing is to be read back. Groups of whose tables none is loaded here are there already.
    ///   - finishes: what makes tables whole, in the order in which they should be.
    init(_ loads: [Load], comparison: RunningComparison?, finishes: [TableFinish] = []) {
        self.loads = loads[...]
        self.finishes = finishes
        let all = comparison?.groups ?? []
        tables = all.map(\.tables)
        for finish in finishes { uses[finish.table] = Use() }
        for (number, group) in all.enumerated() where group.query != nil {
            for table in group.tables { groups[table] = number }
            waiting[number] = 0
        }
        for load in loads {
            loading[load.table.tableName, default: 0] += 1
            if let group = groups[load.table.tableName] { waiting[group, default: 0] += 1 }
        }
        cuts = waiting.filter { $0.value == 0 }.keys.sorted(by: >)
    }

    /// The next step; waits while one that is under way may bring more. Nil at the end. Each is to be reported as `finished`.
    func next() async -> Step? {
        while !isStopped {
            if let step = take() {
                underWay += 1
                note(step, by: 1)
                return step
            }
            guard underWay > 0 else { break }
            await withCheckedContinuation { idle.append($0) }
        }
        return nil
    }

    private func take() -> Step? {
        if let load = loads.popFirst() { return .load(load) }
        if let step = takeFinish() { return step }
        if let index = cuts.lastIndex(where: isReadable) { return .cut(group: cuts.remove(at: index)) }
        return parts.lastIndex { isReadable($0.group) }.map { .compare(parts.remove(at: $0)) }
    }

    private func takeFinish() -> Step? {
        for place in finishes.indices where loading[finishes[place].table, default: 0] == 0 {
            let table = finishes[place].table
            guard let use = uses[table], !use.isExclusive else { continue }
            if let next = finishes[place].indexes.firstIndex(where: { !$0.isExclusive || use.isFree }) {
                let index = finishes[place].indexes.remove(at: next)
                if finishes[place].indexes.isEmpty, !finishes[place].isAnalyzed { finishes.remove(at: place) }
                return .index(index, of: table)
            }
            if finishes[place].indexes.isEmpty, use.builders == 0 {
                finishes.remove(at: place)
                return .analyze(table)
            }
        }
        return nil
    }

    private func isReadable(_ group: Int) -> Bool {
        tables[group].allSatisfy { !(uses[$0]?.isExclusive ?? false) }
    }

    /// Keeps who is at which table; `change` is 1 at a step's beginning and -1 at its end.
    private func note(_ step: Step, by change: Int) {
        switch step {
        case .load: break
        case .index(let index, let table):
            uses[table]?.builders += change
            if index.isExclusive { uses[table]?.isExclusive = change > 0 }
        case .analyze(let table): uses[table]?.readers += change
        case .cut(let group): for table in tables[group] { uses[table]?.readers += change }
        case .compare(let part): for table in tables[part.group] { uses[table]?.readers += change }
        }
    }

    /// - Parameter found: the parts into which a group was cut, or is to be read again.
    func finished(_ step: Step, found: [RunningComparison.Part] = []) {
        underWay -= 1
        note(step, by: -1)
        if case .load(let load) = step {
            loading[load.table.tableName, default: 1] -= 1
            if let group = groups[load.table.tableName] {
                waiting[group, default: 0] -= 1
                if waiting[group] == 0 { cuts.append(group) }
            }
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
