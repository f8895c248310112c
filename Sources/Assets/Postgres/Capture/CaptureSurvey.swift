internal import Language
internal import Postgres

/// What there is to capture, found out before anything is read.
struct CaptureSurvey {
    let connection: Connection
    let snapshot: ExportedSnapshot
    let options: CaptureOptions

    struct Findings: Sendable {
        var catalog: Catalog
        var stamp: [[String?]]
        /// In the order of the manifest.
        var tables: [Catalog.Relation]
        /// Largest first.
        var work: [Work]
        var expectedBytes: Int64
        var materializedViews: [PostgresManifest.MaterializedView]
    }

    func run() async throws -> Findings {
        try await connection.execute(snapshot.adoption)
        var catalog = try await CatalogReader(connection: connection).read()
        let stamp = try await DefinitionsStamp.read(on: connection)
        let views = try await materializedViews(of: catalog)
        // From here on outside the snapshot: nothing keeps the tables' and sequences' own files but a lock.
        try await connection.execute("COMMIT")
        if let problem = ReadProblems(catalog).error { throw problem }
        try await sample(&catalog)
        let tables = catalog.copied
        let sizes = try await sizes(of: tables)
        return Findings(
            catalog: catalog, stamp: stamp, tables: tables, work: work(for: tables, sizes, catalog),
            expectedBytes: sizes.values.reduce(0) { $0 + $1.bytes }, materializedViews: views)
    }

    private struct Size {
        var blocks: Int64
        var bytes: Int64
    }

    private func sizes(of tables: [Catalog.Relation]) async throws -> [UInt32: Size] {
        let list = "{" + tables.map { String($0.oid) }.joined(separator: ",") + "}"
        do {
            try await connection.execute("SET lock_timeout = \(options.lockTimeoutMilliseconds)")
            // A table that has been dropped meanwhile has no size; whoever copies it will tell.
            let rows = try await connection.rows(
                """
                SELECT t.oid, coalesce(pg_catalog.pg_relation_size(t.oid, 'main') / pg_catalog.current_setting('block_size')::bigint, 0),
                       coalesce(pg_catalog.pg_table_size(t.oid), 0)
                FROM pg_catalog.unnest($1::pg_catalog.oid[]) t(oid)
                """, [list])
            return Dictionary(
                rows.map { (CatalogReader.oid($0[0]), Size(blocks: Int64($0[1] ?? "") ?? 0, bytes: Int64($0[2] ?? "") ?? 0)) },
                uniquingKeysWith: { first, _ in first })
        } catch {
            guard error.code == .lockTimeout else { throw error }
            let holder = try? await LockHolder.find(for: tables.map(\.oid), on: connection)
            throw LockHolder.error(nil, holder, waited: options.lockTimeout, cause: error)
        }
    }

    private func work(for tables: [Catalog.Relation], _ sizes: [UInt32: Size], _ catalog: Catalog) -> [Work] {
        // Ranges of blocks are read without scanning the whole table from 14 on.
        let partBytes = connection.serverVersion.major >= 14 ? options.partBytes : Int64.max
        var work: [Work] = []
        if catalog.largeObjects.count > 0 {
            work.append(
                Work(source: .largeObjects, tableIndex: nil, path: LargeObjectsScript.rowsPath, part: 0, isLastOfTable: false))
        }
        let order = tables.indices.sorted { (sizes[tables[$0].oid]?.bytes ?? 0, $1) > (sizes[tables[$1].oid]?.bytes ?? 0, $0) }
        for index in order {
            let size = sizes[tables[index].oid] ?? Size(blocks: 0, bytes: 0)
            let isWhole = tables[index].configuration != nil
            let plan = PartPlan(blocks: size.blocks, bytes: isWhole ? 0 : size.bytes, partBytes: partBytes)
            for (number, part) in plan.parts.enumerated() {
                work.append(
                    Work(
                        source: .table(tables[index], part), tableIndex: index, path: tables[index].name.rowsPath, part: number,
                        isLastOfTable: number == plan.parts.count - 1))
            }
        }
        return work
    }

    private func materializedViews(of catalog: Catalog) async throws -> [PostgresManifest.MaterializedView] {
        let views = catalog.relations.filter { $0.kind == .materializedView }.map {
            PostgresManifest.MaterializedView(
                schema: $0.name.schema, name: $0.name.name, oid: $0.oid, isPopulated: $0.isPopulated)
        }
        var needs: [UInt32: Set<UInt32>] = [:]
        for row in try await connection.rows(RefreshScript.query) {
            needs[CatalogReader.oid(row[0]), default: []].insert(CatalogReader.oid(row[1]))
        }
        return RefreshScript.ordered(views, needs: needs)
    }

    /// Reads where the sequences stand. Their files are no part of any snapshot; a value read after it is one that no row of the
    /// snapshot has passed, unless the sequence was set back in between, which gives it another file or is somebody's `setval`.
    private func sample(_ catalog: inout Catalog) async throws {
        let page = 200
        for start in stride(from: 0, to: catalog.sequences.count, by: page) {
            let indices = start..<min(start + page, catalog.sequences.count)
            let query = indices.map { index in
                "SELECT \(index), last_value, is_called FROM \(catalog.sequences[index].tableName.sql)"
            }.joined(separator: " UNION ALL ")
            do {
                for row in try await connection.rows(query) {
                    guard let index = row[0].flatMap({ Int($0) }), let value = row[1].flatMap({ Int64($0) }) else { continue }
                    catalog.sequences[index].lastValue = value
                    catalog.sequences[index].isCalled = row[2] == "t"
                }
            } catch {
                guard RowCopier.tellsOfChange(error) else { throw error }
                throw ChangedDuringBackup(table: nil, what: "was dropped", cause: error)
            }
        }
    }
}
