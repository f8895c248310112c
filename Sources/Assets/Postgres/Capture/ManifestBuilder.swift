internal import Postgres

/// Puts the manifest together from what a capture found and counted.
struct ManifestBuilder {
    let snapshot: ExportedSnapshot
    let server: ServerVersion
    let dumpedBy: String
    let survey: CaptureSurvey.Findings
    let archive: Archive
    let results: [WorkResult]
    let warnings: [PostgresManifest.Warning]

    var manifest: PostgresManifest {
        let catalog = survey.catalog
        return PostgresManifest(
            format: PostgresManifest.currentFormat,
            server: .init(number: server.number, version: server.description, dumpedBy: dumpedBy), database: catalog.database,
            lsn: snapshot.lsn, instant: snapshot.instant, platform: catalog.platform, extensions: extensions, tables: tables,
            partitionedTables: partitionedTables,
            sequences: catalog.sequences.filter { !catalog.isSupabase || Supabase.keepsRows(of: $0.tableName) },
            materializedViews: survey.materializedViews, largeObjects: largeObjects, roles: catalog.roles,
            memberships: catalog.memberships, settings: catalog.settings, databaseGrants: catalog.databaseGrants,
            tablespaces: catalog.tablespaces, counts: catalog.counts, warnings: warnings + platformWarnings)
    }

    private var tables: [PostgresManifest.Table] {
        let catalog = survey.catalog
        let names = Dictionary(catalog.relations.map { ($0.oid, $0.name) }) { first, _ in first }
        var totals: [Int: [Int: CopyTotals]] = [:]
        for result in results {
            if let table = result.table { totals[table, default: [:]][result.part] = result.totals }
        }
        return survey.tables.enumerated().map { index, relation in
            let parts = (totals[index] ?? [:]).sorted { $0.key < $1.key }.map(\.value)
            return PostgresManifest.Table(
                schema: relation.name.schema, name: relation.name.name, kind: kind(of: relation), owner: relation.owner,
                oid: relation.oid,
                columns: relation.columns, condition: relation.configuration?.condition,
                ofExtension: relation.configuration?.ofExtension,
                partitionOf: relation.parent.flatMap { names[$0] }, loadThrough: relation.loadThrough.flatMap { names[$0] },
                isManaged: catalog.isManaged(relation.name), rows: parts.reduce(0) { $0 + $1.rows },
                bytes: parts.reduce(0) { $0 + $1.bytes },
                checksum: parts.reduce(RowChecksum()) { $0 + $1.checksum },
                parts: parts.map { .init(rows: $0.rows, bytes: $0.bytes) },
                indexes: relation.indexes, constraints: relation.constraints)
        }
    }

    private func kind(of relation: Catalog.Relation) -> PostgresManifest.Table.Kind {
        if relation.configuration != nil { return .extensionConfiguration }
        if relation.isUnlogged { return .unlogged }
        return relation.parent == nil ? .table : .partition
    }

    private var partitionedTables: [PostgresManifest.PartitionedTable] {
        let catalog = survey.catalog
        let names = Dictionary(catalog.relations.map { ($0.oid, $0.name) }) { first, _ in first }
        return catalog.relations.filter { $0.kind == .partitionedTable }.map {
            PostgresManifest.PartitionedTable(
                schema: $0.name.schema, name: $0.name.name, oid: $0.oid, partitionOf: $0.parent.flatMap { names[$0] },
                isManaged: catalog.isManaged($0.name))
        }
    }

    /// By `pg_dump`'s own graph, the one that a restore without the extension will follow.
    private var extensions: [PostgresManifest.Extension] {
        let names = Dictionary(survey.catalog.relations.map { ($0.oid, $0.name) }) { first, _ in first }
        return survey.catalog.extensions.map { each in
            var each = each
            let own = Set(archive.entries.filter { $0.isExtension(named: each.name) }.map(\.number))
            let relations = archive.dependants(of: own).compactMap { archive[$0] }.filter(\.isRelation).compactMap {
                names[$0.oid]
            }
            let ofItsOwn = survey.catalog.relations.filter { $0.configuration?.ofExtension == each.name }.map(\.name)
            each.neededBy = Set(relations + ofItsOwn).sorted()
            return each
        }
    }

    private var largeObjects: PostgresManifest.LargeObjects {
        let totals = results.first { $0.table == nil }?.totals ?? CopyTotals()
        return .init(count: survey.catalog.largeObjects.count, rows: totals)
    }

    private var platformWarnings: [PostgresManifest.Warning] {
        guard survey.catalog.isSupabase else { return [] }
        let schemas = Set(
            survey.catalog.relations.filter { $0.kind == .table && !Supabase.keepsRows(of: $0.name) }.map(\.name.schema))
        return schemas.subtracting(Supabase.schemasWithRows).sorted().map { .init(code: .platformRowsNotKept, subject: $0) }
    }
}

extension Archive.Entry {
    /// `- hstore` with the owner, whom extensions do not have, after it.
    func isExtension(named name: String) -> Bool { kind == "EXTENSION" && label.trimmingSuffix(" ") == "- \(name)" }
}

extension String {
    fileprivate func trimmingSuffix(_ suffix: Character) -> String {
        var text = self[...]
        while text.last == suffix { text = text.dropLast() }
        return String(text)
    }
}
