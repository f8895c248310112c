internal import Language
public import Postgres

/// Compares the rows of a live database with a manifest: counts and checksums, table by table, read as the backup read them.
///
/// Reads every row and locks nothing. A database that is written to meanwhile differs, of course.
public struct ManifestComparison: Sendable {
    private let manifest: PostgresManifest
    private let target: ConnectionString
    private let jobs: Int
    private let wanted: Set<TableName>?
    private let comparesLargeObjects: Bool

    /// - Parameters:
    ///   - tables: those to compare; nil for all of the manifest.
    ///   - largeObjects: whether to compare them too.
    public init(
        _ manifest: PostgresManifest, with target: ConnectionString, tables: [TableName]? = nil, largeObjects: Bool = true,
        jobs: Int = 2
    ) {
        self.manifest = manifest
        self.target = target
        self.jobs = max(1, jobs)
        wanted = tables.map(Set.init)
        comparesLargeObjects = largeObjects && manifest.largeObjects.count > 0
    }

    public struct Difference: Sendable, Equatable, Codable {
        public enum Kind: String, Sendable, Codable {
            case missing
            /// The number of rows differs.
            case rows
            /// As many rows, and not the same ones.
            case contents
            /// The table could not be read; `found` is why.
            case unreadable
        }
        /// A table, or `large objects`.
        public var subject: String
        public var kind: Kind
        public var expectedRows: Int64
        public var foundRows: Int64?
        public var found: String?
    }

    public struct Result: Sendable, Equatable, Codable {
        public var tables: Int
        public var rows: Int64
        public var bytes: Int64
        /// Sorted by subject.
        public var differences: [Difference]

        public var isEqual: Bool { differences.isEmpty }
    }

    /// Throws `PostgresError` where the target cannot be reached at all; whatever is wrong with one table is a difference.
    public func run(progress: @escaping @Sendable (RestoreProgress) -> Void = { _ in }) async throws -> Result {
        try await heartbeat.watch(target) { try await compare(progress) }
    }

    var heartbeat = Heartbeat()

    private func compare(_ progress: @escaping @Sendable (RestoreProgress) -> Void) async throws -> Result {
        let meter = RestoreMeter(report: progress)
        meter.enter(.comparing)
        let groups = groups
        let work = try await parts(of: groups)
        meter.change { [groups] in
            $0.tables = groups.count
            $0.expectedBytes = groups.reduce(0) { $0 + $1.expected.bytes }
        }
        let queue = ComparisonQueue(work)
        let results = try await withThrowingTaskGroup(of: [(Int, Swift.Result<CopyTotals, Unreadable>)].self) { group in
            for _ in 0..<min(jobs, max(1, work.count)) { group.addTask { try await read(queue, groups, meter) } }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        var found: [Int: CopyTotals] = [:]
        var unreadable: [Int: Unreadable] = [:]
        for (index, result) in results {
            switch result {
            case .success(let totals): found[index] = (found[index] ?? CopyTotals()) + totals
            case .failure(let error): unreadable[index] = error
            }
        }
        let differences = groups.indices.compactMap { index in
            Self.difference(groups[index], found[index] ?? CopyTotals(), unreadable[index])
        }
        return Result(
            tables: groups.count, rows: found.values.reduce(0) { $0 + $1.rows }, bytes: found.values.reduce(0) { $0 + $1.bytes },
            differences: differences.sorted { $0.subject < $1.subject })
    }

    /// What is counted together: a table, or all partitions whose rows may have changed places.
    private struct Group: Sendable {
        var subject: String
        var query: RowQuery?
        var expected: CopyTotals
    }

    private struct Unreadable: Error {
        let isMissing: Bool
        let message: String
    }

    private var groups: [Group] {
        var groups: [Group] = []
        var roots: [TableName: Int] = [:]
        for table in manifest.tables where wanted?.contains(table.tableName) ?? true {
            let expected = CopyTotals(rows: table.rows, bytes: table.bytes, checksum: table.checksum)
            if let root = table.loadThrough {
                if let index = roots[root] {
                    groups[index].expected = groups[index].expected + expected
                    continue
                }
                roots[root] = groups.count
                groups.append(
                    Group(
                        subject: root.description,
                        query: RowQuery(table: root, columns: table.columns, includesDescendants: true),
                        expected: expected))
            } else {
                groups.append(
                    Group(
                        subject: table.tableName.description,
                        query: RowQuery(table: table.tableName, columns: table.columns, configuration: table.condition),
                        expected: expected))
            }
        }
        if comparesLargeObjects {
            groups.append(Group(subject: "large objects", query: nil, expected: manifest.largeObjects.rows))
        }
        return groups
    }

    private struct Part: Sendable {
        let group: Int
        let query: String
        let size: Int64
    }

    private func parts(of groups: [Group]) async throws -> [Part] {
        try await withConnection(target) { connection in
            var parts: [Part] = []
            for (index, group) in groups.enumerated() {
                guard let query = group.query else {
                    parts.append(Part(group: index, query: LargeObjectsScript.query, size: group.expected.bytes))
                    continue
                }
                // Sizes of small tables are not worth a question each.
                guard group.expected.bytes > 64 << 20, !query.includesDescendants, query.configuration == nil,
                    connection.serverVersion.major >= 14
                else {
                    parts.append(Part(group: index, query: query.copyOut, size: group.expected.bytes))
                    continue
                }
                let row = try await connection.rows(
                    """
                    SELECT pg_catalog.pg_relation_size(pg_catalog.to_regclass($1), 'main') / pg_catalog.current_setting('block_size')::bigint,
                           pg_catalog.pg_table_size(pg_catalog.to_regclass($1))
                    """, [query.table.sql]
                ).first
                let plan = PartPlan(
                    blocks: Int64(row?[0] ?? "") ?? 0, bytes: Int64(row?[1] ?? "") ?? 0, partBytes: CaptureOptions().partBytes)
                for part in plan.parts {
                    var query = query
                    query.part = part
                    parts.append(Part(group: index, query: query.copyOut, size: group.expected.bytes / Int64(plan.parts.count)))
                }
            }
            return parts.sorted { $0.size > $1.size }
        }
    }

    private func read(
        _ queue: ComparisonQueue<Part>, _ groups: [Group], _ meter: RestoreMeter
    ) async throws -> [(Int, Swift.Result<CopyTotals, Unreadable>)] {
        var results: [(Int, Swift.Result<CopyTotals, Unreadable>)] = []
        try await withConnection(target, settings: settings) { connection in
            while let part = await queue.next() {
                do {
                    let totals = try await connection.copyOut(part.query) { piece in
                        meter.change { $0.bytes += Int64(piece.count) }
                    }
                    meter.change { $0.rows += totals.rows }
                    results.append((part.group, .success(totals)))
                } catch let error as PostgresError {
                    guard error.code == .sqlError else { throw error }
                    let isMissing = ["42P01", "3F000"].contains(error.sqlState)
                    results.append((part.group, .failure(Unreadable(isMissing: isMissing, message: error.message.description))))
                }
            }
        }
        return results
    }

    private var settings: [String: String] { SessionSettings.connection }

    private static func difference(_ group: Group, _ found: CopyTotals, _ unreadable: Unreadable?) -> Difference? {
        let expected = group.expected
        if let unreadable {
            return Difference(
                subject: group.subject, kind: unreadable.isMissing ? .missing : .unreadable, expectedRows: expected.rows,
                found: unreadable.message)
        }
        guard found.rows == expected.rows else {
            return Difference(subject: group.subject, kind: .rows, expectedRows: expected.rows, foundRows: found.rows)
        }
        guard found.checksum == expected.checksum else {
            return Difference(subject: group.subject, kind: .contents, expectedRows: expected.rows, foundRows: found.rows)
        }
        return nil
    }
}

private actor ComparisonQueue<Part: Sendable> {
    private var parts: ArraySlice<Part>
    init(_ parts: [Part]) { self.parts = parts[...] }
    func next() -> Part? { parts.popFirst() }
}

extension CopyTotals {
    static func + (left: CopyTotals, right: CopyTotals) -> CopyTotals {
        CopyTotals(rows: left.rows + right.rows, bytes: left.bytes + right.bytes, checksum: left.checksum + right.checksum)
    }
}
