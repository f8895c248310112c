internal import Language
internal import Postgres

/// Decides what a restore does, from what the snapshot holds and what the target is. Does nothing itself.
struct RestorePlanner {
    let snapshot: String
    let manifest: PostgresManifest
    /// The archive that `archivePath` names.
    let archive: Archive
    let target: TargetSurvey
    let options: RestoreOptions
    /// Of the wanted tables that exist on the target, those that hold rows.
    let filled: Set<TableName>

    /// A project of the platform has the platform's schemas already; anything else takes them from the snapshot too.
    static func archivePath(_ manifest: PostgresManifest, _ target: TargetSurvey) -> String {
        manifest.platform == .supabase && !target.isSupabase ? "managed.dump" : "schema.dump"
    }

    private var intoPlatform: Bool { manifest.platform == .supabase && target.isSupabase }

    func plan() throws(AssetError) -> RestorePlan {
        guard target.server.major >= manifest.server.number / 10_000 else {
            throw AssetError(
                .unsuitableTarget,
                "The snapshot is from PostgreSQL \(manifest.server.version), and the target runs the older \(target.server).",
                hint: "Restore into PostgreSQL \(manifest.server.number / 10_000) or newer.")
        }
        var plan = RestorePlan(
            snapshot: snapshot,
            target: .init(
                database: target.database, server: target.server.description, isSupabase: target.isSupabase,
                contents: target.contents),
            clears: false, roles: [], tables: [], sequences: [], refreshes: [], largeObjects: 0, appliesSettings: false,
            leftOut: [],
            definitions: .init(archive: Self.archivePath(manifest, target)))
        if !options.only.isEmpty {
            try planOnly(&plan)
        } else if options.contents == .rows {
            try planRows(&plan)
        } else {
            planEverything(&plan)
        }
        return plan
    }

    // MARK: - The whole

    private func planEverything(_ plan: inout RestorePlan) {
        plan.clears = !target.contents.isEmpty
        plan.roles = options.withoutOwners ? [] : missingRoles(manifest.roles.filter(\.isNeeded))
        let unavailable = unavailableExtensions(keeping: plan.clears)
        let excluded = self.excluded(unavailable)
        plan.leftOut = excluded.leftOut
        let wanted = archive.entries.filter { !excluded.numbers.contains($0.number) }
        plan.definitions.beforeRows = wanted.filter { !$0.comesAfterRows }.map(\.number)
        let late = wanted.filter(\.comesAfterRows)
        let triggers = archive.dependants(of: Set(late.filter { $0.kind == "EVENT TRIGGER" }.map(\.number)))
        plan.definitions.afterRows = late.filter { !triggers.contains($0.number) }.map(\.number)
        plan.definitions.atTheEnd = late.filter { triggers.contains($0.number) }.map(\.number)

        planPlatformRows(&plan)
        let missing = Set(archive.entries.filter { excluded.numbers.contains($0.number) }.filter(\.isRelation).map(\.oid))
        let hasRows = options.contents == .everything
        for table in manifest.tables {
            if let action = action(for: table, missing: missing, unavailable: unavailable, &plan.leftOut) {
                plan.tables.append(step(table, hasRows ? action : .define))
            }
        }
        plan.appliesSettings = true
        guard hasRows else { return }
        plan.sequences = manifest.sequences.filter { sequence in
            guard !missing.contains(sequence.oid), !isMember(sequence.tableName, of: unavailable) else { return false }
            return !(intoPlatform && sequence.isManaged) || setsManaged(sequence, plan.tables, &plan.leftOut)
        }.map(\.tableName)
        plan.refreshes = manifest.materializedViews.filter { $0.isPopulated && !missing.contains($0.oid) }.map(\.tableName)
        plan.largeObjects = manifest.largeObjects.count
    }

    private func action(
        for table: PostgresManifest.Table, missing: Set<UInt32>, unavailable: Set<String>, _ leftOut: inout [RestorePlan.LeftOut]
    ) -> RestorePlan.Table.Action? {
        if let name = table.ofExtension {
            return unavailable.contains(name) ? nil : .load
        }
        if intoPlatform, table.isManaged {
            return managedAction(for: table, &leftOut)
        }
        return missing.contains(table.oid) ? nil : .create
    }

    // MARK: - The platform's own tables

    /// Rows of a table that the platform made: those that the login may not write are left out, and named.
    private func managedAction(
        for table: PostgresManifest.Table, _ leftOut: inout [RestorePlan.LeftOut]
    ) -> RestorePlan.Table.Action? {
        let name = table.tableName
        guard let there = target.tables[name] else {
            if table.rows > 0 { leftOut.append(.init(subject: name.description, reason: .missingOnPlatform)) }
            return nil
        }
        let isFilled = filled.contains(name)
        // Nothing to take away and nothing to put in.
        guard table.rows > 0 || isFilled else { return there.takesRows ? .load : nil }
        guard there.takesRows, !isFilled || there.rights.deletes else {
            leftOut.append(
                .init(
                    subject: name.description, reason: .mayNotWrite, because: String(table.rows),
                    advice: Supabase.maker(of: name)))
            return nil
        }
        return isFilled ? .replace : .load
    }

    /// Whether a sequence of the platform is set: one whose table gets its rows must not give out their numbers again.
    private func setsManaged(
        _ sequence: PostgresManifest.Sequence, _ tables: [RestorePlan.Table], _ leftOut: inout [RestorePlan.LeftOut]
    ) -> Bool {
        let owner = sequence.ownedBy.flatMap { owner in tables.first { $0.name == owner } }
        guard target.sequences.contains(sequence.tableName), owner != nil || sequence.ownedBy == nil else { return false }
        if target.settableSequences.contains(sequence.tableName) { return true }
        if owner?.rows ?? 0 > 0 {
            leftOut.append(
                .init(subject: "sequence \(sequence.tableName)", reason: .refused, because: "permission denied for sequence"))
        }
        return false
    }

    /// Secrets are encrypted by a key that belongs to their project, so that their rows mean nothing elsewhere.
    private func planPlatformRows(_ plan: inout RestorePlan) {
        guard intoPlatform, options.contents != .definitions else { return }
        let isUnknown = manifest.warnings.contains { $0.code == .platformRowsNotKept && $0.subject == Supabase.secrets.schema }
        let count = manifest.counts["secrets"]
        guard count ?? (isUnknown ? 1 : 0) > 0 else { return }
        plan.leftOut.append(
            .init(
                subject: Supabase.secrets.description, reason: .platformOnly, because: count.map { String($0) },
                advice: Supabase.maker(of: Supabase.secrets)))
    }

    /// What is not made, and why, as far as people need to know.
    private func excluded(_ unavailable: Set<String>) -> (numbers: Set<Int>, leftOut: [RestorePlan.LeftOut]) {
        var numbers: Set<Int> = []
        var leftOut: [RestorePlan.LeftOut] = []
        for name in unavailable.sorted() {
            leftOut.append(.init(subject: name, reason: .extensionUnavailable))
            let own = Set(archive.entries.filter { $0.isExtension(named: name) }.map(\.number))
            let dependants = archive.dependants(of: own)
            for entry in archive.entries
            where dependants.contains(entry.number) && !own.contains(entry.number) && entry.isNamedWhenLeftOut {
                leftOut.append(.init(subject: entry.title, reason: .needsExtension, because: name))
            }
            numbers.formUnion(dependants)
        }
        for entry in archive.entries {
            if isThereAlready(entry) { numbers.insert(entry.number) }
            if options.isSandbox, entry.kind == "SUBSCRIPTION" {
                numbers.formUnion(archive.dependants(of: [entry.number]))
                leftOut.append(.init(subject: entry.title, reason: .subscription))
            }
        }
        return (numbers, leftOut)
    }

    /// What every database, or every project of the platform, has by itself, and what belongs to somebody else there.
    private func isThereAlready(_ entry: Archive.Entry) -> Bool {
        if intoPlatform, Supabase.isPlatforms(entry) { return true }
        let installed = entry.dependsOn.contains { number in
            archive[number].map { each in
                each.kind == "EXTENSION" && target.installedExtensions.contains { each.isExtension(named: $0) }
            } ?? false
        }
        return entry.kind == "COMMENT" && installed && !target.isSuperuser
    }

    private func unavailableExtensions(keeping clears: Bool) -> Set<String> {
        Set(manifest.extensions.map(\.name)).subtracting(target.availableExtensions).subtracting(target.installedExtensions)
    }

    private func isMember(_ sequence: TableName, of unavailable: Set<String>) -> Bool {
        guard let owner = manifest.sequences.first(where: { $0.tableName == sequence })?.ownedBy else { return false }
        return manifest.tables.first { $0.tableName == owner }?.ofExtension.map(unavailable.contains) ?? false
    }

    private func missingRoles(_ needed: [PostgresManifest.Role]) -> [RestorePlan.Role] {
        var names = Set(needed.map(\.name))
        // A role's rights may come to it through others.
        var grew = true
        while grew {
            let more = manifest.memberships.filter {
                names.contains($0.member) && !names.contains($0.role) && !$0.role.hasPrefix("pg_")
            }
            grew = !more.isEmpty
            names.formUnion(more.map(\.role))
        }
        return manifest.roles.map(\.name).filter { names.contains($0) && !target.roles.contains($0) }.map {
            RestorePlan.Role(name: $0, action: target.mayCreateRoles ? .create : .missing)
        }
    }

    private func step(_ table: PostgresManifest.Table, _ action: RestorePlan.Table.Action) -> RestorePlan.Table {
        .init(
            name: table.tableName, action: action, rows: action == .define ? 0 : table.rows,
            bytes: action == .define ? 0 : table.bytes)
    }

    // MARK: - Rows alone

    private func planRows(_ plan: inout RestorePlan) throws(AssetError) {
        planPlatformRows(&plan)
        for table in manifest.tables where !(table.ofExtension.map { !target.installedExtensions.contains($0) } ?? false) {
            if intoPlatform, table.isManaged {
                if let action = managedAction(for: table, &plan.leftOut) {
                    if table.rows > 0 { try checkTaking(table) }
                    plan.tables.append(step(table, action))
                }
                continue
            }
            try checkTaking(table)
            plan.tables.append(step(table, filled.contains(table.tableName) ? .replace : .load))
        }
        plan.sequences = manifest.sequences.filter {
            !(intoPlatform && $0.isManaged) || setsManaged($0, plan.tables, &plan.leftOut)
        }.map(\.tableName)
        plan.refreshes = manifest.materializedViews.filter(\.isPopulated).map(\.tableName)
        plan.largeObjects = manifest.largeObjects.count
    }

    /// Whether a table that is there can take the rows.
    private func checkTaking(_ table: PostgresManifest.Table) throws(AssetError) {
        guard let there = target.tables[table.loadThrough ?? table.tableName] else {
            throw AssetError(
                .unsuitableTarget, "The target has no table \(table.tableName).", hint: "Restore it whole: without --data-only.")
        }
        guard there.takesRows, !filled.contains(table.tableName) || there.rights.deletes else {
            throw AssetError(
                .unsuitableTarget, "This login may not write rows of table \(table.tableName).",
                hint:
                    "Grant it SELECT, INSERT and DELETE there, and BYPASSRLS where row-level security holds for it; or log in as the table's owner."
            )
        }
        let missing = table.columns.filter { !there.columns.contains($0) }
        guard missing.isEmpty else {
            throw AssetError(
                .unsuitableTarget,
                "Table \(table.tableName) of the target cannot take the columns \(missing.joined(separator: ", ")).",
                hint:
                    "The table has changed since the snapshot. Restore into an empty database, and copy what you need from there."
            )
        }
    }

    // MARK: - Some tables

    private func planOnly(_ plan: inout RestorePlan) throws(AssetError) {
        let tables = try chosen()
        var created: Set<UInt32> = []
        for table in tables {
            if target.tables[table.tableName] != nil {
                guard options.contents != .definitions else { continue }
                try checkTaking(table)
                plan.tables.append(step(table, filled.contains(table.tableName) ? .replace : .load))
            } else {
                guard options.contents != .rows else { throw noTable(table.tableName) }
                created.insert(table.oid)
                plan.tables.append(step(table, options.contents == .definitions ? .define : .create))
            }
        }
        let roots = chosenRoots()
        for root in roots where target.tables[root.tableName] == nil { created.insert(root.oid) }
        let selection = TableSelection(archive: archive, manifest: manifest, target: target, tables: created)
        let result = try selection.result()
        let numbers = result.numbers
        plan.putBack = result.putBack.map(\.title)
        plan.leftOut += result.lost
        let wanted = archive.entries.filter { numbers.contains($0.number) }
        plan.definitions.beforeRows = wanted.filter { !$0.comesAfterRows }.map(\.number)
        plan.definitions.afterRows = wanted.filter(\.comesAfterRows).map(\.number)
        let owners = Set(tables.filter { created.contains($0.oid) }.map(\.owner)).union(owners(of: result.putBack))
        plan.roles = options.withoutOwners ? [] : missingRoles(manifest.roles.filter { owners.contains($0.name) })
        guard options.contents != .definitions else { return }
        let sequences = Set(wanted.filter { $0.kind == "SEQUENCE" }.map(\.oid))
        let names = Set((tables.map(\.tableName)) + roots.map(\.tableName))
        plan.sequences = manifest.sequences.filter {
            $0.ownedBy.map(names.contains) ?? false || sequences.contains($0.oid)
        }.map(\.tableName)
        let views = Set(result.putBack.map(\.oid))
        plan.refreshes = manifest.materializedViews.filter { $0.isPopulated && views.contains($0.oid) }.map(\.tableName)
    }

    /// A label ends with its owner; names may have blanks in them.
    private func owners(of entries: [Archive.Entry]) -> Set<String> {
        Set(manifest.roles.map(\.name).filter { name in entries.contains { $0.label.hasSuffix(" " + name) } })
    }

    private func noTable(_ name: TableName) -> AssetError {
        AssetError(.unsuitableTarget, "The target has no table \(name).", hint: "Restore it whole: without --data-only.")
    }

    /// The tables asked for; a partitioned table stands for its partitions.
    private func chosen() throws(AssetError) -> [PostgresManifest.Table] {
        var wanted: Set<TableName> = []
        for name in options.only {
            let below = subtree(name)
            guard
                below.contains(where: { name in manifest.tables.contains { $0.tableName == name } })
                    || manifest.partitionedTables.contains(where: { $0.tableName == name })
            else {
                throw AssetError(
                    .noSuchTable, "The snapshot has no table \(name).",
                    hint: "«reprise ls \(snapshot)» lists what it holds. A table outside schema public is written schema.table.")
            }
            wanted.formUnion(below)
        }
        return manifest.tables.filter { wanted.contains($0.tableName) }
    }

    private func chosenRoots() -> [PostgresManifest.PartitionedTable] {
        let wanted = options.only.reduce(into: Set<TableName>()) { $0.formUnion(subtree($1)) }
        return manifest.partitionedTables.filter { wanted.contains($0.tableName) }
    }

    private func subtree(_ name: TableName) -> Set<TableName> {
        var found: Set<TableName> = [name]
        var grew = true
        while grew {
            let more =
                manifest.tables.filter { $0.partitionOf.map(found.contains) ?? false && !found.contains($0.tableName) }.map(
                    \.tableName)
                + manifest.partitionedTables.filter {
                    $0.partitionOf.map(found.contains) ?? false && !found.contains($0.tableName)
                }.map(\.tableName)
            grew = !more.isEmpty
            found.formUnion(more)
        }
        return found
    }
}

extension Archive.Entry {
    /// Whether people must be told that it is missing, rather than understand it from something else that is.
    var isNamedWhenLeftOut: Bool {
        !["COMMENT", "ACL", "DEFAULT", "SEQUENCE OWNED BY", "TABLE ATTACH", "INDEX ATTACH", "ROW SECURITY", "SECURITY LABEL"]
            .contains(kind)
    }

    /// "table app customer app_owner": as the archive lists it.
    var title: String { "\(kind.lowercased()) \(label)" }
}
