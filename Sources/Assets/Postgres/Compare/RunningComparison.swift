internal import Language
internal import Postgres
internal import Synchronization

/// A comparison under way: any number of connections read parts of tables, in any order, and what they find is put together here.
///
/// Tables that are not small are read in binary form, which costs the server less; the checksum is of their text all the same,
/// which is written here. Whatever differs then, or cannot be read, is read again as the server's own text before it counts: a
/// mistake in the writing can cost time, and never be taken for a difference.
final class RunningComparison: Sendable {
    /// What is counted together: a table, or all partitions whose rows may have changed places.
    struct Group: Sendable {
        var subject: String
        /// Those whose rows must be there before the group is read.
        var tables: [TableName]
        /// Nil: the large objects.
        var query: RowQuery?
        var expected: CopyTotals
    }

    /// What one connection reads at once.
    struct Part: Sendable {
        let group: Int
        let query: String
        /// About, in bytes of COPY text.
        let size: Int64
        /// Of the columns, where rows come in binary form; nil where they come as text.
        var binary: [BinaryColumn]?
    }

    /// Of a table on the server's disk: so little that the last part leaves nobody else idle for long.
    private static let partBytes: Int64 = 32 << 20
    /// Bytes of COPY text from which on it is worth a question to read a table in binary form.
    static let leastBinaryBytes: Int64 = 4 << 20

    let groups: [Group]
    private let largeObjects: Int64
    private let leastBinaryBytes: Int64
    private let state = Mutex(State())

    private struct State {
        var found: [Int: CopyTotals] = [:]
        var unreadable: [Int: Unreadable] = [:]
        /// Parts in binary form that have not been read yet.
        var binaryParts: [Int: Int] = [:]
        /// Groups that are read as text, because reading them in binary form has not shown that they are as expected.
        var textOnly: Set<Int> = []

        mutating func forget(_ group: Int) {
            found[group] = nil
            unreadable[group] = nil
            binaryParts[group] = nil
        }
    }

    private struct Unreadable {
        let isMissing: Bool
        let message: String
    }

    init(
        _ groups: [Group], largeObjects: Int64 = 0, leastBinaryBytes: Int64 = RunningComparison.leastBinaryBytes
    ) {
        self.groups = groups
        self.largeObjects = largeObjects
        self.leastBinaryBytes = leastBinaryBytes
    }

    /// How `group` is read: a large table in parts, by which several connections get at it.
    func parts(of group: Int, on connection: Connection) async throws -> [Part] {
        let expected = groups[group].expected
        guard let query = groups[group].query else {
            return [Part(group: group, query: LargeObjectsScript.query, size: expected.bytes)]
        }
        var forms: [ColumnForm]?
        if expected.bytes >= leastBinaryBytes, !state.withLock({ $0.textOnly.contains(group) }) {
            forms = try await ColumnForm.all(of: query, on: connection)
        }
        let queries = try await self.queries(of: query, expected, on: connection)
        if forms != nil { state.withLock { $0.binaryParts[group] = queries.count } }
        return queries.map { query in
            Part(
                group: group, query: forms.map { query.copyOut(binary: $0) } ?? query.copyOut,
                size: expected.bytes / Int64(queries.count), binary: forms?.map(\.binary))
        }
    }

    private func queries(
        of query: RowQuery, _ expected: CopyTotals, on connection: Connection
    ) async throws -> [RowQuery] {
        // Sizes of small tables are not worth a question each.
        guard expected.bytes > 64 << 20, !query.includesDescendants, query.configuration == nil,
            connection.serverVersion.major >= 14
        else { return [query] }
        let row = try await connection.rows(
            """
            SELECT pg_catalog.pg_relation_size(pg_catalog.to_regclass($1), 'main') / pg_catalog.current_setting('block_size')::bigint,
                   pg_catalog.pg_table_size(pg_catalog.to_regclass($1))
            """, [query.table.sql]
        ).first
        let plan = PartPlan(
            blocks: Int64(row?[0] ?? "") ?? 0, bytes: Int64(row?[1] ?? "") ?? 0, partBytes: Self.partBytes)
        return plan.parts.map { part in
            var query = query
            query.part = part
            return query
        }
    }

    /// Reads a part; returns what is to be read after it: all of its group as text, where reading it in binary form has come to
    /// an end and did not give what is expected. What the server refuses is a difference; a lost connection is thrown.
    func read(
        _ part: Part, on connection: Connection, count: @escaping @Sendable (_ bytes: Int) -> Void
    ) async throws -> [Part] {
        guard let columns = part.binary else {
            try await note(part) { try await connection.copyOut(part.query) { count($0.count) } }
            return []
        }
        do {
            try await note(part) { try await connection.copyOut(part.query, binary: columns, count: count) }
        } catch let error as PostgresError where error.code == .protocolViolation {
            state.withLock { $0.unreadable[part.group] = Unreadable(isMissing: false, message: error.message.description) }
        }
        let isToBeReadAgain = state.withLock { state in
            state.binaryParts[part.group, default: 1] -= 1
            guard state.binaryParts[part.group] == 0, difference(part.group, state) != nil else { return false }
            state.forget(part.group)
            state.textOnly.insert(part.group)
            return true
        }
        return isToBeReadAgain ? try await parts(of: part.group, on: connection) : []
    }

    private func note(_ part: Part, _ read: () async throws -> CopyTotals) async throws {
        do {
            let totals = try await read()
            state.withLock { $0.found[part.group] = ($0.found[part.group] ?? CopyTotals()) + totals }
        } catch let error as PostgresError where error.code == .sqlError {
            let isMissing = ["42P01", "3F000"].contains(error.sqlState)
            state.withLock {
                $0.unreadable[part.group] = Unreadable(isMissing: isMissing, message: error.message.description)
            }
        }
    }

    /// Reads `wanted` over up to `jobs` connections of its own, the largest parts first.
    func read(
        _ wanted: some Sequence<Int>, of target: ConnectionString, jobs: Int, count: @escaping @Sendable (_ bytes: Int) -> Void
    ) async throws {
        let parts = try await withConnection(target) { connection in
            var parts: [Part] = []
            for group in wanted { parts += try await self.parts(of: group, on: connection) }
            return parts.sorted { $0.size > $1.size }
        }
        let queue = PartQueue(parts)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<min(jobs, max(1, parts.count)) {
                group.addTask { [self] in
                    try await withConnection(target) { connection in
                        while let part = await queue.next() {
                            await queue.add(try await read(part, on: connection, count: count))
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    /// Groups that differ from what is expected. To read one again, `forget` it first.
    var different: [Int] {
        state.withLock { state in groups.indices.filter { difference($0, state) != nil } }
    }

    func forget(_ group: Int) { state.withLock { $0.forget(group) } }

    /// What was found, once every part of every group has been read.
    var result: ManifestComparison.Result {
        state.withLock { state in
            let differences = groups.indices.compactMap { difference($0, state) }
            return ManifestComparison.Result(
                tables: groups.reduce(0) { $0 + $1.tables.count },
                rows: state.found.reduce(0) { groups[$1.key].query == nil ? $0 : $0 + $1.value.rows },
                bytes: state.found.values.reduce(0) { $0 + $1.bytes }, largeObjects: largeObjects,
                differences: differences.sorted { $0.subject < $1.subject })
        }
    }

    private func difference(_ number: Int, _ state: State) -> ManifestComparison.Difference? {
        let group = groups[number]
        let expected = group.expected
        let found = state.found[number] ?? CopyTotals()
        if let unreadable = state.unreadable[number] {
            return .init(
                subject: group.subject, kind: unreadable.isMissing ? .missing : .unreadable, expectedRows: expected.rows,
                found: unreadable.message)
        }
        guard found.rows == expected.rows else {
            return .init(subject: group.subject, kind: .rows, expectedRows: expected.rows, foundRows: found.rows)
        }
        guard found.checksum == expected.checksum else {
            return .init(subject: group.subject, kind: .contents, expectedRows: expected.rows, foundRows: found.rows)
        }
        return nil
    }
}

private actor PartQueue {
    private var parts: ArraySlice<RunningComparison.Part>
    init(_ parts: [RunningComparison.Part]) { self.parts = parts[...] }
    func next() -> RunningComparison.Part? { parts.popFirst() }
    func add(_ more: [RunningComparison.Part]) { parts += more }
}

extension CopyTotals {
    static func + (left: CopyTotals, right: CopyTotals) -> CopyTotals {
        CopyTotals(rows: left.rows + right.rows, bytes: left.bytes + right.bytes, checksum: left.checksum + right.checksum)
    }
}
