public import Language

extension RestorePlan {
    /// The plan for people, one line each.
    public var lines: [Phrase] {
        var lines: [Phrase] = ["Restore snapshot \(snapshot) into database \(target.database) (PostgreSQL \(target.server))."]
        if clears { lines.append("Drop everything that database \(target.database) holds: \(Self.some(target.contents)).") }
        let created = roles.filter { $0.action == .create }.map(\.name)
        let missing = roles.filter { $0.action == .missing }.map(\.name)
        if !created.isEmpty { lines.append("Create roles, without passwords: \(Self.some(created)).") }
        if !missing.isEmpty { lines.append("Missing roles that this login may not create: \(Self.some(missing)).") }
        if definitions.count > 0 { lines.append("Create \(count: definitions.count) {definition|definitions}.") }
        let actions: [(Table.Action, Phrase)] = [
            (.create, "Create and load"), (.load, "Load"), (.replace, "Replace the rows of"), (.define, "Create without rows"),
        ]
        for (action, text) in actions {
            let tables = tables.filter { $0.action == action }
            guard !tables.isEmpty else { continue }
            let rows = tables.reduce(0) { $0 + $1.rows }
            lines.append(
                "\(text) \(count: tables.count) {table|tables} (\(count: rows) {row|rows}): \(Self.some(tables.map(\.name.description)))."
            )
        }
        if !putBack.isEmpty { lines.append("Put back what was lost with them: \(Self.some(putBack)).") }
        if largeObjects > 0 { lines.append("Load the large objects (\(count: largeObjects)).") }
        if !sequences.isEmpty { lines.append("Set \(count: sequences.count) {sequence|sequences}.") }
        if !refreshes.isEmpty { lines.append("Refresh materialized views: \(Self.some(refreshes.map(\.description))).") }
        if appliesSettings { lines.append("Apply the database's settings, rights and comment.") }
        return lines + leftOut.map { "Left out: \($0.message)" }
    }

    private static func some(_ names: [String], most: Int = 12) -> Phrase {
        let shown = names.prefix(most).joined(separator: ", ")
        return names.count > most ? "\(shown) and \(names.count - most) more" : "\(shown)"
    }
}
