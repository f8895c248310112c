internal import Postgres

/// What makes a large table whole as soon as its rows are there, while others are still being loaded: its indexes, keys that are
/// indexes, and after them its statistics. What small tables need is made at the end, for all of them at once.
struct TableFinish: Sendable, Equatable {
    struct Index: Sendable, Equatable {
        /// In the archive.
        let number: Int
        /// Nobody can read the table meanwhile: a key is added by `ALTER TABLE`.
        let isExclusive: Bool
    }

    let table: TableName
    /// Those that exclude everybody first.
    var indexes: [Index]
    /// Whether all that its statistics hang on is there once its indexes are.
    let isAnalyzed: Bool

    /// Bytes of COPY text from which on a table is worth a program of its own for each index.
    static let leastBytes: Int64 = 32 << 20

    /// Kinds of what an index may need without its contents hanging on any other table.
    private static let harmless: Set<String> = ["ACCESS METHOD", "COLLATION", "DOMAIN", "EXTENSION", "SCHEMA", "TYPE"]

    /// Of those among `tables` that are large enough, the largest first.
    ///
    /// - Parameter late: numbers of the definitions that are made once the rows are there. An index that needs another of them,
    ///   or a function, which may look into tables that lack their rows yet, is left to the end.
    static func all(
        of tables: [PostgresManifest.Table], late: Set<Int>, in archive: Archive, leastBytes: Int64
    ) -> [TableFinish] {
        let relations = Dictionary(
            archive.entries.filter { $0.kind == "TABLE" }.map { ($0.oid, $0.number) }, uniquingKeysWith: { first, _ in first })
        let numbers = Set(relations.values)
        var own: [Int: [Archive.Entry]] = [:]
        var parents: Set<Int> = []
        for entry in archive.entries {
            let needed = numbers.intersection(entry.dependsOn)
            if ["TABLE", "FOREIGN TABLE", "TABLE ATTACH"].contains(entry.kind) { parents.formUnion(needed) }
            guard late.contains(entry.number), ["INDEX", "CONSTRAINT", "STATISTICS"].contains(entry.kind) else { continue }
            for number in needed { own[number, default: []].append(entry) }
        }
        return tables.filter { $0.bytes >= leastBytes && $0.loadThrough == nil }.sorted { $0.bytes > $1.bytes }.compactMap {
            table in
            guard let number = relations[table.oid] else { return nil }
            let entries = own[number] ?? []
            let ready = entries.filter { entry in
                entry.kind != "STATISTICS"
                    && entry.dependsOn.allSatisfy { needed in
                        needed == number || !late.contains(needed) && archive[needed].map { harmless.contains($0.kind) } ?? true
                    }
            }
            let indexes = ready.map { Index(number: $0.number, isExclusive: $0.kind == "CONSTRAINT") }
            // Statistics of a parent are also those of its children, which may lack their rows yet.
            let isAnalyzed = table.partitionOf == nil && !parents.contains(number) && ready.count == entries.count
            guard !indexes.isEmpty || isAnalyzed else { return nil }
            let (exclusive, shared) = indexes.partitioned(\.isExclusive)
            return TableFinish(table: table.tableName, indexes: exclusive + shared, isAnalyzed: isAnalyzed)
        }
    }
}
