internal import Language
internal import Postgres

/// Which entries of an archive bring back some tables and what hangs on them, and nothing else.
struct TableSelection {
    let archive: Archive
    let manifest: PostgresManifest
    let target: TargetSurvey
    /// By their numbers on the source.
    let tables: Set<UInt32>

    /// By the number of their views.
    private let returnRules: [Int: Archive.Entry]

    init(archive: Archive, manifest: PostgresManifest, target: TargetSurvey, tables: Set<UInt32>) {
        (self.archive, self.manifest, self.target, self.tables) = (archive, manifest, target, tables)
        var rules: [Int: Archive.Entry] = [:]
        for entry in archive.entries where entry.kind == "RULE" && entry.label.contains(" _RETURN ") {
            for number in entry.dependsOn where archive[number]?.kind == "VIEW" && entry.names(archive[number]) {
                rules[number] = entry
            }
        }
        returnRules = rules
    }

    private var own: Set<Int> { Set(archive.entries.filter { $0.isRelation && tables.contains($0.oid) }.map(\.number)) }

    struct Result {
        /// Of the archive: the tables, what they need and what hangs on them.
        var numbers: Set<Int> = []
        /// Views, functions and the like that went with the tables when those were lost, and come back with them.
        var putBack: [Archive.Entry] = []
        var lost: [RestorePlan.LeftOut] = []
    }

    func result() throws(AssetError) -> Result {
        let own = own
        guard !own.isEmpty else { return Result() }
        var selected = try withNeeds(own)
        // What the tables' loss took along: they themselves and all that hangs on them, not what they need.
        var gone = own
        var putBack: Set<Int> = []
        var grew = true
        while grew {
            grew = false
            for entry in archive.entries where !selected.contains(entry.number) {
                let isOwned = hangs(entry, on: selected)
                let isComputed = !isOwned && isComputed(entry, from: gone) && missingNeed(of: entry, beside: selected) == nil
                guard isOwned || isComputed else { continue }
                selected.insert(entry.number)
                if isComputed { putBack.insert(entry.number) }
                grew = true
            }
            for entry in archive.entries
            where !gone.contains(entry.number) && selected.contains(entry.number)
                && needs(of: entry).contains(where: gone.contains)
            {
                gone.insert(entry.number)
                grew = true
            }
        }
        return Result(
            numbers: selected, putBack: archive.entries.filter { putBack.contains($0.number) },
            lost: lost(with: gone, beside: selected))
    }

    /// What a column's default or type needs comes along where the target lacks it.
    private func withNeeds(_ own: Set<Int>) throws(AssetError) -> Set<Int> {
        var selected = own
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
        return selected
    }

    /// Objects of their own that are made from other objects, and go with those.
    private static let computed: Set<String> = [
        "VIEW", "MATERIALIZED VIEW", "FUNCTION", "PROCEDURE", "AGGREGATE", "TYPE", "DOMAIN",
    ]

    private func isComputed(_ entry: Archive.Entry, from gone: Set<Int>) -> Bool {
        Self.computed.contains(entry.kind) && needs(of: entry).contains(where: gone.contains) && !exists(entry)
    }

    /// A view that needs a key, or itself, is made twice: empty, and by a rule once there is what it needs.
    private func needs(of entry: Archive.Entry) -> [Int] {
        guard entry.kind == "VIEW", let rule = returnRules[entry.number] else { return entry.dependsOn }
        return entry.dependsOn + rule.dependsOn.filter { $0 != entry.number }
    }

    private func missingNeed(of entry: Archive.Entry, beside selected: Set<Int>) -> Archive.Entry? {
        needs(of: entry).lazy.filter { !selected.contains($0) }.compactMap { archive[$0] }.first { !exists($0) }
    }

    /// What went with the tables and does not come back, and why.
    private func lost(with gone: Set<Int>, beside selected: Set<Int>) -> [RestorePlan.LeftOut] {
        var lost: [RestorePlan.LeftOut] = []
        // A view that stays lost takes what was made from it along.
        var gone = gone
        for entry in archive.entries
        where !selected.contains(entry.number) && needs(of: entry).contains(where: gone.contains) {
            if Self.computed.contains(entry.kind) || Self.attached.contains(entry.kind) {
                let isThere = Self.computed.contains(entry.kind) ? exists(entry) : isAttachedAlready(entry)
                guard !isThere, entry.isNamedWhenLeftOut, let need = missingNeed(of: entry, beside: selected) else { continue }
                lost.append(.init(subject: entry.title, reason: .lost, because: need.title))
                gone.insert(entry.number)
            } else if entry.kind == "TABLE" || entry.kind == "FOREIGN TABLE", !exists(entry) {
                lost.append(.init(subject: entry.title, reason: .lost, because: "--only"))
                gone.insert(entry.number)
            } else if entry.kind == "TABLE", let name = name(of: entry.oid), let there = target.tables[name],
                let known = manifest.tables.first(where: { $0.oid == entry.oid })
            {
                // A column of a lost table's row type goes with it.
                for column in known.columns where !there.columns.contains(column) && !there.generatedColumns.contains(column) {
                    lost.append(.init(subject: "column \(column) of \(name)", reason: .lost, because: "ALTER TABLE"))
                }
            }
        }
        return lost
    }

    private static let attached: Set<String> = [
        "ACL", "COMMENT", "SECURITY LABEL", "DEFAULT", "CONSTRAINT", "CHECK CONSTRAINT", "FK CONSTRAINT", "INDEX", "INDEX ATTACH",
        "TABLE ATTACH",
        "TRIGGER", "RULE", "POLICY", "ROW SECURITY", "STATISTICS", "PUBLICATION TABLE", "SEQUENCE OWNED BY", "SEQUENCE",
    ]

    private func hangs(_ entry: Archive.Entry, on selected: Set<Int>) -> Bool {
        guard Self.attached.contains(entry.kind), entry.dependsOn.contains(where: selected.contains) else { return false }
        // A sequence needs the schema it is in, as many things do; it comes along when a selected table owns it.
        if entry.kind == "SEQUENCE" {
            return !exists(entry) && entry.dependsOn.contains { own.contains($0) } || ownsSequence(entry.oid)
        }
        guard !isAttachedAlready(entry) else { return false }
        // A key of another table needs that table; a trigger its function; a publication must be there to be joined.
        return entry.dependsOn.allSatisfy { number in
            guard !selected.contains(number), let need = archive[number] else { return true }
            return exists(need)
        }
    }

    /// Whether something of this name hangs on another table of the target already: what went on living is left as it is.
    private func isAttachedAlready(_ entry: Archive.Entry) -> Bool {
        target.has(entry.kind == "CHECK CONSTRAINT" ? "CONSTRAINT" : entry.kind, entry.label)
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
        case "TYPE", "DOMAIN", "FUNCTION", "PROCEDURE", "AGGREGATE":
            return target.objects.contains { entry.label.hasPrefix($0 + " ") }
        case "VIEW", "MATERIALIZED VIEW", "FOREIGN TABLE":
            return target.has(entry.kind, entry.label)
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

extension Archive.Entry {
    /// Whether this rule's label, "schema view _RETURN owner", is of `view`, "schema view owner".
    fileprivate func names(_ view: Archive.Entry?) -> Bool {
        guard let view, let mark = label.firstRange(of: " _RETURN ") else { return false }
        return view.label.hasPrefix(label[..<mark.lowerBound] + " ")
    }
}
