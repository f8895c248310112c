internal import Language
internal import Postgres
internal import Vault

/// Carries out a plan.
struct RestoreRun {
    let snapshot: SnapshotReader
    let target: ConnectionString
    let options: RestoreOptions
    let plan: RestorePlan
    let manifest: PostgresManifest
    let survey: TargetSurvey
    let definitions: DefinitionsLoader
    let meter: RestoreMeter

    func run() async throws -> RestoreReport {
        var leftOut = plan.leftOut
        if plan.clears {
            meter.enter(.clearing)
            try await withConnection(target) { try await TargetClearing(connection: $0, survey: survey).run() }
        }
        let created = plan.roles.filter { $0.action == .create }.map(\.name)
        if !created.isEmpty {
            meter.enter(.roles)
            leftOut += try await withConnection(target) {
                try await RoleMaker(connection: $0, manifest: manifest, survey: survey).make(created)
            }
        }
        guard plan.definitions.count > 0 else { return try await load(&leftOut) }
        let rights = try await withConnection(target) { connection in
            let rights = try await DefaultRights.read(on: connection)
            try await rights.suspend(on: connection)
            return rights
        }
        // A whole snapshot of a like server brings its own; what went on living, and what is the platform's, keeps the target's.
        let keepsAll = !options.only.isEmpty || (survey.isSupabase && manifest.platform != .supabase)
        do {
            let report = try await load(&leftOut)
            try await withConnection(target) { connection in
                try await rights.reinstate(on: connection) {
                    keepsAll || survey.isSupabase && Supabase.isReserved(role: $0)
                }
            }
            return report
        } catch {
            try? await withConnection(target) { try await rights.reinstate(on: $0) { _ in true } }
            throw error
        }
    }

    private func load(_ leftOut: inout [RestorePlan.LeftOut]) async throws -> RestoreReport {
        meter.enter(.definitions)
        let lost = try await makeBeforeRows(&leftOut)
        let comparison = options.comparesRows && options.contents != .definitions ? comparison(without: lost) : nil
        let finishes = finishes(without: lost)
        try await loadRows(without: lost, comparing: comparison, finishes)
        if plan.largeObjects > 0 {
            meter.enter(.largeObjects)
            try await LargeObjectsLoader(
                target: target, snapshot: snapshot, manifest: manifest, withoutOwners: options.withoutOwners,
                roles: roles, replaces: options.contents == .rows
            ).run()
            if let comparison { try await compareLargeObjects(comparison) }
        }
        meter.enter(.indexes)
        let made = lost.union(finishes.flatMap(\.indexes).map(\.number))
        try await makeAfterRows(plan.definitions.afterRows.filter { !made.contains($0) }, &leftOut)
        try await finish(without: lost, analyzed: Set(finishes.filter(\.isAnalyzed).map(\.table)), &leftOut)
        if let comparison { try await compareAgain(comparison) }
        let totals = meter.totals
        var plan = plan
        plan.definitions.remove(lost)
        return RestoreReport(
            plan: plan, phases: meter.phases(), rows: totals.rows, bytes: totals.bytes, leftOut: leftOut,
            comparison: comparison?.result)
    }

    // MARK: - Definitions

    /// Makes schemas and extensions by themselves first: an extension that is there and yet cannot be made takes with it what
    /// needs it.
    private func makeBeforeRows(_ leftOut: inout [RestorePlan.LeftOut]) async throws -> Set<Int> {
        let archive = definitions.archive
        let first = Set(archive.entries.filter { $0.kind == "SCHEMA" || $0.kind == "EXTENSION" }.map(\.number))
        let failures = try await definitions.make(plan.definitions.beforeRows.filter(first.contains))
        let (extensions, others) = failures.partitioned { failure in
            failure.entry.map { archive[$0]?.kind == "EXTENSION" } ?? false
        }
        if let error = definitions.error(others) { throw error }
        var lost: Set<Int> = []
        for failure in extensions {
            guard let number = failure.entry, let entry = archive[number] else { continue }
            leftOut.append(.init(subject: entry.title, reason: .refused, because: failure.message))
            let dependants = archive.dependants(of: [number])
            leftOut += archive.entries.filter { dependants.contains($0.number) && $0.number != number && $0.isNamedWhenLeftOut }
                .map {
                    .init(subject: $0.title, reason: .needsExtension, because: entry.label)
                }
            lost.formUnion(dependants)
        }
        try await make(plan.definitions.beforeRows.filter { !first.contains($0) && !lost.contains($0) }, jobs: 1, &leftOut)
        return lost
    }

    private func make(_ numbers: [Int], jobs: Int, _ leftOut: inout [RestorePlan.LeftOut]) async throws {
        let failures = try await definitions.make(numbers, jobs: jobs)
        let (tolerated, others) = failures.partitioned { failure in
            failure.kind(in: definitions.archive).map { toleratedKinds.contains($0) } ?? false
        }
        if let error = definitions.error(others) { throw error }
        leftOut += tolerated.map { failure in
            .init(
                subject: failure.entry.flatMap { definitions.archive[$0]?.title } ?? failure.statement ?? "",
                reason: options.withoutOwners && failure.kind(in: definitions.archive) == "USER MAPPING" ? .needsRole : .refused,
                because: failure.message)
        }
    }

    /// Indexes of partitions are attached one after the other, between what they need and what needs them. A server marks an
    /// index valid when the last below it is attached, and looks only at what is committed: of two that are attached at once,
    /// under two partitions of one table, neither is the last, and the index above stays invalid for ever; no key can refer to
    /// it.
    ///
    /// Rights come last and one after the other: who passes on a right to a table needs his own to its schema by then.
    private func makeInParallel(_ numbers: [Int], _ leftOut: inout [RestorePlan.LeftOut]) async throws {
        let archive = definitions.archive
        let (rights, numbers) = numbers.partitioned { archive[$0].map { RightsLoader.rights.contains($0.kind) } ?? false }
        let attached = Set(numbers.filter { archive[$0]?.kind == "INDEX ATTACH" })
        let late = archive.dependants(of: attached)
        try await make(numbers.filter { !late.contains($0) }, jobs: options.jobs, &leftOut)
        try await make(numbers.filter(attached.contains), jobs: 1, &leftOut)
        try await make(numbers.filter { late.contains($0) && !attached.contains($0) }, jobs: options.jobs, &leftOut)
        try await make(rights, jobs: 1, &leftOut)
    }

    /// What may be refused without the restore being void. Without owners, mappings of roles that are not there; beside tables
    /// that went on living, what no longer fits those.
    private var toleratedKinds: Set<String> {
        var kinds: Set<String> = options.withoutOwners ? ["USER MAPPING"] : []
        if !options.only.isEmpty {
            kinds.formUnion([
                "FK CONSTRAINT", "VIEW", "MATERIALIZED VIEW", "RULE", "TRIGGER", "FUNCTION", "PROCEDURE", "AGGREGATE",
                "STATISTICS", "PUBLICATION TABLE",
            ])
        }
        return kinds
    }

    /// Whether roles may be missing that have rights: then rights and policies are made one by one.
    private var mayLackRoles: Bool { options.withoutOwners || !options.only.isEmpty }

    /// That the target has, with those that were made just now.
    private var roles: Set<String> { survey.roles.union(plan.roles.filter { $0.action == .create }.map(\.name)) }

    private func makeAfterRows(_ numbers: [Int], _ leftOut: inout [RestorePlan.LeftOut]) async throws {
        let archive = definitions.archive
        guard mayLackRoles else { return try await makeInParallel(numbers, &leftOut) }
        func script(_ kinds: Set<String>) async throws -> (numbers: [Int], text: String) {
            let wanted = numbers.filter { archive[$0].map { kinds.contains($0.kind) } ?? false }
            return (wanted, wanted.isEmpty ? "" : try await definitions.script(of: wanted))
        }
        let (policies, rights) = (try await script(RightsLoader.policies), try await script(RightsLoader.rights))
        // Comments hang on policies; rights come last, because an owner may lack some.
        let late = archive.dependants(of: Set(policies.numbers))
        let loaded = Set(policies.numbers + rights.numbers)
        let others = numbers.filter { !loaded.contains($0) }
        try await makeInParallel(others.filter { !late.contains($0) }, &leftOut)
        let (lost, first) = try await withConnection(target) { connection in
            var loader = RightsLoader(connection: connection, roles: roles)
            try await loader.run(policies.text)
            return (loader.lostPolicies, loader.findings)
        }
        let without = archive.dependants(of: Set(lost.map { policies.numbers[$0] }))
        try await make(others.filter { late.contains($0) && !without.contains($0) }, jobs: 1, &leftOut)
        let second = try await withConnection(target) { connection in
            var loader = RightsLoader(connection: connection, roles: roles)
            try await loader.run(rights.text)
            return loader.findings
        }
        leftOut += RightsLoader.joined(first + second)
    }

    /// Relations that are not made.
    func missing(_ lost: Set<Int>) -> Set<UInt32> {
        Set(definitions.archive.entries.filter { lost.contains($0.number) && $0.isRelation }.map(\.oid))
    }

    // MARK: - After the rows

    private func finish(
        without lost: Set<Int>, analyzed: Set<TableName>, _ leftOut: inout [RestorePlan.LeftOut]
    ) async throws {
        let missing = missing(lost)
        if !plan.sequences.isEmpty {
            meter.enter(.sequences)
            let wanted = Set(plan.sequences)
            let sequences = manifest.sequences.filter { wanted.contains($0.tableName) && !missing.contains($0.oid) }
            try await withConnection(target) { connection in
                for sequence in sequences { try await connection.execute(statement(for: sequence)) }
            }
        }
        if manifest.platform == .supabase, survey.isSupabase, options.only.isEmpty, options.contents != .rows {
            let script = try await snapshot.text(of: "managed-own.sql")
            leftOut += try await putBackOwn(script)
        }
        if !plan.refreshes.isEmpty {
            meter.enter(.refreshing)
            leftOut += try await refresh(without: missing)
        }
        if plan.appliesSettings {
            meter.enter(.settings)
            leftOut += try await applySettings()
        }
        if plan.tables.contains(where: { $0.action != .define }) {
            meter.enter(.statistics)
            try await analyze(besides: analyzed)
        }
        try await make(plan.definitions.atTheEnd.filter { !lost.contains($0) }, jobs: 1, &leftOut)
    }

    /// Beside tables that went on living, a sequence is never set back.
    private func statement(for sequence: PostgresManifest.Sequence) -> String {
        let statement = SequencesScript.statement(sequence)
        guard !options.only.isEmpty else { return statement }
        let isBehind = sequence.increment > 0 ? "<" : ">"
        return statement.dropLast()
            + " FROM \(sequence.tableName.sql) WHERE last_value \(isBehind) \(sequence.lastValue) OR NOT is_called;"
    }

    /// What cannot be filled, for instance because it reads a foreign table, is told; nothing is lost with it.
    private func refresh(without missing: Set<UInt32>) async throws -> [RestorePlan.LeftOut] {
        let wanted = Set(plan.refreshes)
        let views = manifest.materializedViews.filter { wanted.contains($0.tableName) && !missing.contains($0.oid) }
        return try await withConnection(target) { connection in
            var leftOut: [RestorePlan.LeftOut] = []
            for view in views {
                do throws(PostgresError) {
                    try await connection.execute(RefreshScript.statement(view))
                } catch {
                    guard error.code == .sqlError else { throw error }
                    leftOut.append(
                        .init(subject: "contents of \(view.tableName)", reason: .refused, because: error.message.description))
                }
            }
            return leftOut
        }
    }

    /// The project's own triggers and policies on the platform's tables. Who may make them is the platform's own affair, and told
    /// by no right in the catalog: each is tried by itself.
    private func putBackOwn(_ script: String) async throws -> [RestorePlan.LeftOut] {
        try await withConnection(target) { connection in
            var leftOut: [RestorePlan.LeftOut] = []
            for block in ManagedOwnScript.blocks(of: script) {
                do throws(PostgresError) {
                    try await connection.execute(block.statement)
                } catch {
                    guard error.code == .sqlError else { throw error }
                    leftOut.append(.init(subject: block.title, reason: .refused, because: error.message.description))
                }
            }
            return leftOut
        }
    }

    private func applySettings() async throws -> [RestorePlan.LeftOut] {
        try await withConnection(target) { connection in
            var leftOut: [RestorePlan.LeftOut] = []
            // What a new project of a platform has already its login may not be allowed to set.
            let present = try await CatalogReader.settings(on: connection)
            for statement in SettingsScript(manifest: manifest).statements(besides: present) {
                do throws(PostgresError) {
                    try await connection.execute("DO " + dollarQuoted("BEGIN \(statement.body) END"))
                } catch {
                    guard error.code == .sqlError else { throw error }
                    leftOut.append(.init(subject: statement.title, reason: .refused, because: error.message.description))
                }
            }
            return leftOut
        }
    }

    private func analyze(besides done: Set<TableName>) async throws {
        let names = try await withConnection(target) { connection in
            try await connection.rows(TargetQueries.analyzed).map { TableName(schema: $0[0] ?? "", name: $0[1] ?? "") }
        }
        let loaded = Set(plan.loaded)
        let wanted = names.filter { !done.contains($0) && (options.only.isEmpty || loaded.contains($0)) }
        let queue = NameQueue(wanted)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<min(options.jobs, max(1, wanted.count)) {
                group.addTask {
                    try await withConnection(target) { connection in
                        // A login that may not analyze somebody's table is warned by the server, not refused.
                        while let name = await queue.next() { try await connection.execute("ANALYZE \(name.sql)") }
                    }
                }
            }
            try await group.waitForAll()
        }
    }
}

private actor NameQueue {
    private var names: ArraySlice<TableName>
    init(_ names: [TableName]) { self.names = names[...] }
    func next() -> TableName? { names.popFirst() }
}

extension Array {
    /// Those that satisfy `test`, and the others.
    func partitioned(_ test: (Element) -> Bool) -> ([Element], [Element]) {
        (filter(test), filter { !test($0) })
    }
}
