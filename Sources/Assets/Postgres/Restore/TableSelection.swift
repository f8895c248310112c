internal import Language
internal import Postgres

/// Which entries of an archive bring back some tables and what hangs on them, and nothing else.
struct TableSelection {
    let archive: Archive
    let manifest: PostgresManifest
    let target: TargetSurvey
    /// By their numbers on the source.
    let tables: Set<UInt32>

    private var own: Set<Int> { Set(archive.entries.filter { $0.isRelation && tables.contains($0.oid) }.map(\.number)) }

    /// Sequences that come with the tables.
    var sequences: Set<UInt32> {
        guard let numbers = try? numbers() else { return [] }
        return Set(archive.entries.filter { $0.kind == "SEQUENCE" && numbers.contains($0.number) }.map(\.oid))
    }

    func numbers() throws(AssetError) -> Set<Int> {
        let own = own
        guard !own.isEmpty else { return [] }
        var selected = own
        // What a column's default or type needs comes along where the target lacks it.
        var queue = Array(own)
        while let number = queue.popLast() {
            for need in archive[number]?.dependsOn ?? [] where !selected.contains(need) {
                guard let entry = archive[need], !exists(entry) else { continue }
                guard entry.kind != "EXTENSION" || target.availableExtensions.contains(where: { entry.isExtension(named: $0) })
                else {
                    throw AssetError(
                        .unsuitableTarget, "A table asked for needs \(entry.title.lowercased()), which the target does not have.")
                }
                // Another table that is needed, by inheritance or by a type, is not what was asked for.
                guard entry.kind != "TABLE" else {
                    throw AssetError(
                        .unsuitableTarget, "A table asked for needs \(entry.title), which the target does not have.",
                        hint: "Ask for it too with --only.")
                }
                selected.insert(need)
                queue.append(need)
            }
        }
        // What hangs on the tables: everything that needs them and is no relation or function of its own.
        var grew = true
        while grew {
            grew = false
            for entry in archive.entries where !selected.contains(entry.number) && hangs(entry, on: selected) {
                selected.insert(entry.number)
                grew = true
            }
        }
        return selected
    }

    private static let attached: Set<String> = [
        "ACL", "COMMENT", "SECURITY LABEL", "DEFAULT", "CONSTRAINT", "CHECK CONSTRAINT", "FK CONSTRAINT", "INDEX", "INDEX ATTACH",
        "TABLE ATTACH",
        "TRIGGER", "RULE", "POLICY", "ROW SECURITY", "STATISTICS", "PUBLICATION TABLE", "SEQUENCE OWNED BY", "SEQUENCE",
    ]

    private func hangs(_ entry: Archive.Entry, on selected: Set<Int>) -> Bool {
        guard Self.attached.contains(entry.kind), entry.dependsOn.contains(where: selected.contains) else { return false }
        // A sequence needs the schema it is in, as many things do; it comes along when a selected table owns it.
        if entry.kind == "SEQUENCE" { return entry.dependsOn.contains { own.contains($0) } || ownsSequence(entry.oid) }
        // A key of another table needs that table; a trigger its function; a publication must be there to be joined.
        return entry.dependsOn.allSatisfy { number in
            guard !selected.contains(number), let need = archive[number] else { return true }
            return exists(need)
        }
    }

    private func ownsSequence(_ oid: UInt32) -> Bool {
        guard let owner = manifest.sequences.first(where: { $0.oid == oid })?.ownedBy else { return false }
        return manifest.tables.contains { $0.tableName == owner && tables.contains($0.oid) }
    }

    /// Whether the target has what this entry would make, as far as we can tell by its number on the source. What we cannot tell
    /// is taken to be there: then the target itself will say what is missing.
    private func exists(_ entry: Archive.Entry) -> Bool {
        switch entry.kind {
        case "TABLE":
            return name(of: entry.oid).map { target.tables[$0] != nil } ?? true
        case "SCHEMA":
            return target.schemas.contains { entry.label.hasPrefix("- \($0) ") }
        case "SEQUENCE":
            return manifest.sequences.first { $0.oid == entry.oid }.map { target.sequences.contains($0.tableName) } ?? true
        case "TYPE", "DOMAIN", "FUNCTION":
            return target.objects.contains { entry.label.hasPrefix($0 + " ") }
        case "EXTENSION":
            return target.installedExtensions.contains { entry.isExtension(named: $0) }
        case "PUBLICATION":
            return target.publications.contains { entry.label.hasPrefix("- \($0) ") }
        default:
            return true
        }
    }

    private func name(of oid: UInt32) -> TableName? {
        manifest.tables.first { $0.oid == oid }?.tableName ?? manifest.partitionedTables.first { $0.oid == oid }?.tableName
    }
}
