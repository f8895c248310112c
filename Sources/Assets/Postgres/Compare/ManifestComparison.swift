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
        /// Of the tables.
        public var rows: Int64
        public var bytes: Int64
        public var largeObjects: Int64
        /// Sorted by subject.
        public var differences: [Difference]

        public var isEqual: Bool { differences.isEmpty }
    }

    /// Throws `PostgresError` where the target cannot be reached at all; whatever is wrong with one table is a difference.
    public func run(progress: @escaping @Sendable (RestoreProgress) -> Void = { _ in }) async throws -> Result {
        try await heartbeat.watch(target) { try await compare(progress) }
    }

    var heartbeat = Heartbeat()
    /// Bytes of COPY text from which on a table is read in binary form.
    var leastBinaryBytes = RunningComparison.leastBinaryBytes

    private func compare(_ progress: @escaping @Sendable (RestoreProgress) -> Void) async throws -> Result {
        let meter = RestoreMeter(report: progress)
        meter.enter(.comparing)
        let comparison = start()
        meter.change {
            $0.tables = comparison.groups.count
            $0.expectedBytes = comparison.groups.reduce(0) { $0 + $1.expected.bytes }
        }
        try await comparison.read(comparison.groups.indices, of: target, jobs: jobs) { count in
            meter.change { $0.bytes += Int64(count) }
        }
        return comparison.result
    }

    /// A comparison of which nothing has been read yet.
    func start() -> RunningComparison {
        RunningComparison(
            groups, largeObjects: comparesLargeObjects ? Int64(manifest.largeObjects.count) : 0,
            leastBinaryBytes: leastBinaryBytes)
    }

    private var groups: [RunningComparison.Group] {
        var groups: [RunningComparison.Group] = []
        var roots: [TableName: Int] = [:]
        for table in manifest.tables where wanted?.contains(table.tableName) ?? true {
            let expected = CopyTotals(rows: table.rows, bytes: table.bytes, checksum: table.checksum)
            if let root = table.loadThrough {
                if let index = roots[root] {
                    groups[index].expected = groups[index].expected + expected
                    groups[index].tables.append(table.tableName)
                    continue
                }
                roots[root] = groups.count
                groups.append(
                    RunningComparison.Group(
                        subject: root.description, tables: [table.tableName],
                        query: RowQuery(table: root, columns: table.columns, includesDescendants: true),
                        expected: expected))
            } else {
                groups.append(
                    RunningComparison.Group(
                        subject: table.tableName.description, tables: [table.tableName],
                        query: RowQuery(table: table.tableName, columns: table.columns, configuration: table.condition),
                        expected: expected))
            }
        }
        if comparesLargeObjects {
            groups.append(
                RunningComparison.Group(subject: "large objects", tables: [], query: nil, expected: manifest.largeObjects.rows))
        }
        return groups
    }
}
