internal import Language
internal import Postgres
internal import Synchronization

/// A comparison under way: any number of connections read parts of tables, in any order, and what they find is put together here.
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
    }

    /// Of a table on the server's disk: so little that the last part leaves nobody else idle for long.
    private static let partBytes: Int64 = 32 << 20

    let groups: [Group]
    private let largeObjects: Int64
    private let state = Mutex(State())

    private struct State {
        var found: [Int: CopyTotals] = [:]
        var unreadable: [Int: Unreadable] = [:]
    }

    private struct Unreadable {
        let isMissing: Bool
        let message: String
    }

    init(_ groups: [Group], largeObjects: Int64 = 0) {
        self.groups = groups
        self.largeObjects = largeObjects
    }

    /// How `group` is read: a large table in parts, by which several connections get at it.
    func parts(of group: Int, on connection: Connection) async throws -> [Part] {
        let expected = groups[group].expected
        guard let query = groups[group].query else {
            return [Part(group: group, query: LargeObjectsScript.query, size: expected.bytes)]
        }
        // Sizes of small tables are not worth a question each.
        guard expected.bytes > 64 << 20, !query.includesDescendants, query.configuration == nil,
            connection.serverVersion.major >= 14
        else { return [Part(group: group, query: query.copyOut, size: expected.bytes)] }
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
            return Part(group: group, query: query.copyOut, size: expected.bytes / Int64(plan.parts.count))
        }
    }

    /// Reads a part. What the server refuses is a difference; a lost connection is thrown.
    func read(_ part: Part, on connection: Connection, count: @escaping @Sendable (_ bytes: Int) -> Void) async throws {
        do {
            let totals = try await connection.copyOut(part.query) { count($0.count) }
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
                        while let part = await queue.next() { try await read(part, on: connection, count: count) }
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    /// Groups that differ from what is expected. To read one again, `forget` it first.
    var different: [Int] {
        state.withLock { state in
            groups.indices.filter {
                Self.difference(groups[$0], state.found[$0] ?? CopyTotals(), state.unreadable[$0]) != nil
            }
        }
    }

    func forget(_ group: Int) {
        state.withLock {
            $0.found[group] = nil
            $0.unreadable[group] = nil
        }
    }

    /// What was found, once every part of every group has been read.
    var result: ManifestComparison.Result {
        state.withLock { state in
            let differences = groups.indices.compactMap { index in
                Self.difference(groups[index], state.found[index] ?? CopyTotals(), state.unreadable[index])
            }
            return ManifestComparison.Result(
                tables: groups.reduce(0) { $0 + $1.tables.count },
                rows: state.found.reduce(0) { groups[$1.key].query == nil ? $0 : $0 + $1.value.rows },
                bytes: state.found.values.reduce(0) { $0 + $1.bytes }, largeObjects: largeObjects,
                differences: differences.sorted { $0.subject < $1.subject })
        }
    }

    private static func difference(
        _ group: Group, _ found: CopyTotals, _ unreadable: Unreadable?
    ) -> ManifestComparison.Difference? {
        let expected = group.expected
        if let unreadable {
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
}

extension CopyTotals {
    static func + (left: CopyTotals, right: CopyTotals) -> CopyTotals {
        CopyTotals(rows: left.rows + right.rows, bytes: left.bytes + right.bytes, checksum: left.checksum + right.checksum)
    }
}
