internal import Language
internal import Postgres
internal import Vault

/// Rows, and all that is done with a table as soon as it has them.
extension RestoreRun {
    func comparison(without lost: Set<Int>) -> RunningComparison {
        let missing = missing(lost)
        let gone = Set(manifest.tables.filter { missing.contains($0.oid) }.map(\.tableName))
        var comparison = ManifestComparison(
            manifest, with: target, tables: plan.loaded.filter { !gone.contains($0) }, largeObjects: plan.largeObjects > 0)
        comparison.leastBinaryBytes = options.leastBinaryBytes
        return comparison.start()
    }

    func compareLargeObjects(_ comparison: RunningComparison) async throws {
        guard let group = comparison.groups.firstIndex(where: { $0.query == nil }) else { return }
        try await compare([group], of: comparison)
    }

    /// A row may show the name of what was made after it (`regclass` and its like): what differs is read once more at the end.
    func compareAgain(_ comparison: RunningComparison) async throws {
        let different = comparison.different
        guard !different.isEmpty else { return }
        for group in different { comparison.forget(group) }
        try await compare(different, of: comparison)
    }

    private func compare(_ groups: [Int], of comparison: RunningComparison) async throws {
        try await comparison.read(groups, of: target, jobs: options.jobs) { [meter] count in
            meter.change { $0.comparedBytes += Int64(count) }
        }
    }

    /// What is made while rows are loaded: of tables that are made here, or that are there and get nothing but rows.
    func finishes(without lost: Set<Int>) -> [TableFinish] {
        let wanted = Set(plan.tables.filter { $0.action == .create }.map(\.name))
        let missing = missing(lost)
        return TableFinish.all(
            of: manifest.tables.filter { wanted.contains($0.tableName) && !missing.contains($0.oid) },
            late: Set(plan.definitions.afterRows).subtracting(lost),
            in: definitions.archive, leastBytes: options.largeTableBytes)
    }

    func loadRows(
        without lost: Set<Int>, comparing comparison: RunningComparison?, _ finishes: [TableFinish]
    ) async throws {
        let missing = missing(lost)
        let tables = Dictionary(manifest.tables.map { ($0.tableName, $0) }) { first, _ in first }
        let entries = Dictionary(try await snapshot.entries().map { ($0.path, $0) }) { first, _ in first }
        var ordered: [Load] = []
        var parallel: [Load] = []
        // A table is loaded in one transaction, whose rows come in frozen, unless the other workers would wait for its end.
        let share = plan.tables.reduce(0) { $0 + $1.bytes } / Int64(max(1, options.jobs))
        // Made just now by this login, or by one who may do everything: nothing hangs on it yet.
        for step in plan.tables where step.action != .define {
            guard let table = tables[step.name], !missing.contains(table.oid) else { continue }
            guard let entry = entries[table.path], entry.partSizes.count == table.parts.count else {
                throw AssetError(.damagedSnapshot, "The snapshot lacks the rows of table \(step.name).")
            }
            if table.ofExtension != nil || step.action == .replace {
                ordered.append(
                    Load(
                        table: table, entry: entry, part: nil, manner: step.action == .replace ? .replacing : .plain,
                        isLastOfTable: true))
            } else if table.parts.count == 1 || table.bytes <= share {
                let mayFreeze =
                    step.action == .create && table.loadThrough == nil && (survey.isSuperuser || options.withoutOwners)
                parallel.append(
                    Load(table: table, entry: entry, part: nil, manner: mayFreeze ? .frozen : .plain, isLastOfTable: true))
            } else {
                for part in table.parts.indices {
                    parallel.append(
                        Load(table: table, entry: entry, part: part, manner: .plain, isLastOfTable: part == table.parts.count - 1)
                    )
                }
            }
        }
        guard !ordered.isEmpty || !parallel.isEmpty else { return }
        meter.enter(.rows)
        meter.change { [ordered, parallel] in
            $0.tables = ordered.count + Set(parallel.map(\.table.tableName)).count
            $0.expectedBytes = plan.tables.reduce(0) { $0 + $1.bytes } * (comparison == nil ? 1 : 2)
        }
        // Where keys cannot be put off, a table comes after those it refers to.
        if !ordered.isEmpty {
            // Their triggers may touch each other's rows: these tables are compared once all of them are loaded.
            try await load(try await byReference(ordered), jobs: survey.maySkipTriggers ? options.jobs : 1, comparing: nil, [])
        }
        parallel.sort { $0.size > $1.size }
        try await load(parallel, jobs: options.jobs, comparing: comparison, finishes)
    }

    private func load(
        _ loads: [Load], jobs: Int, comparing comparison: RunningComparison?, _ finishes: [TableFinish]
    ) async throws {
        let definitions = definitions
        let loader = RowLoader(
            target: target, snapshot: snapshot, manifest: manifest, survey: survey,
            queue: RowQueue(loads, comparison: comparison, finishes: finishes), comparison: comparison, meter: meter,
            leastBinaryBytes: options.leastBinaryBytes, leastBinaryRow: options.leastBinaryRow
        ) { number in
            if let error = definitions.error(try await definitions.make([number])) { throw error }
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<jobs { group.addTask { try await loader.run() } }
            try await group.waitForAll()
        }
    }

    private func byReference(_ loads: [Load]) async throws -> [Load] {
        let keys = try await withConnection(target) { connection in
            try await connection.rows(
                """
                SELECT n.nspname, c.relname, fn.nspname, fc.relname
                FROM pg_catalog.pg_constraint k
                JOIN pg_catalog.pg_class c ON c.oid = k.conrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
                JOIN pg_catalog.pg_class fc ON fc.oid = k.confrelid JOIN pg_catalog.pg_namespace fn ON fn.oid = fc.relnamespace
                WHERE k.contype = 'f' AND k.conrelid <> k.confrelid
                """)
        }
        var needs: [TableName: Set<TableName>] = [:]
        for key in keys {
            needs[TableName(schema: key[0] ?? "", name: key[1] ?? ""), default: []].insert(
                TableName(schema: key[2] ?? "", name: key[3] ?? ""))
        }
        var waiting = loads
        var result: [Load] = []
        while !waiting.isEmpty {
            let open = Set(waiting.map(\.table.tableName))
            let ready =
                waiting.firstIndex { (needs[$0.table.tableName] ?? []).isDisjoint(with: open.subtracting([$0.table.tableName])) }
                ?? 0
            result.append(waiting.remove(at: ready))
        }
        return result
    }
}

extension Load {
    var size: Int64 { part.map { table.parts[$0].bytes } ?? table.bytes }
    var rows: Int64 { part.map { table.parts[$0].rows } ?? table.rows }
}
