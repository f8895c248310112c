internal import Foundation

/// How the text of a definition is written down for comparing: without what `pg_dump` does not promise to keep.
struct DefinitionForm: Sendable {
    /// Whether the two texts come from servers, or programs, of different majors, which word the same thing differently.
    let acrossMajors: Bool
    /// Leaves `ALTER … OWNER TO` out.
    var ignoresOwners = false

    /// Two definitions with the same form do the same.
    func of(_ text: String, _ object: DefinitionTexts.Object) -> String {
        var text = text
        if ignoresOwners { text = lines(text).filter { !isOwnership($0) }.joined(separator: "\n") }
        switch object.kind {
        case "ACL": text = rights(text, object)
        // The server sorts default rights by the numbers of their roles, which are others on every server.
        case "DEFAULT ACL": text = lines(text).filter { !$0.isEmpty }.sorted().joined(separator: "\n")
        // Its roles come in the order in which they were made.
        case "POLICY":
            text = SQLStatements(text).all.map { PolicyText($0)?.withSortedRoles ?? $0 }.joined(separator: ";\n")
        case "TABLE": text = inheritedColumns(text)
        default: break
        }
        guard acrossMajors else { return text }
        // The body of a function is kept as it was written.
        guard ["FUNCTION", "PROCEDURE"].contains(object.kind), let body = text.firstRange(of: "\n    AS ") else {
            return portable(text, object)
        }
        return portable(String(text[..<body.lowerBound]), object) + text[body.lowerBound...]
    }

    /// Objects that only one of two majors tells of.
    func tells(of object: DefinitionTexts.Object, _ texts: [String]) -> Bool {
        let isStandard = object.kind == "COMMENT" && texts.allSatisfy { $0.hasSuffix(" IS 'standard public schema';") }
        return !(acrossMajors && isStandard)
    }

    // MARK: - Rights

    /// Rights are a set: the order in which they were granted says nothing. Those under `SET SESSION AUTHORIZATION` keep who
    /// granted them.
    private func rights(_ text: String, _ object: DefinitionTexts.Object) -> String {
        var grantor = ""
        var all: Set<String> = []
        for statement in SQLStatements(text).all {
            if statement.hasPrefix("SET SESSION AUTHORIZATION ") {
                grantor = String(statement.dropFirst("SET SESSION AUTHORIZATION ".count))
            } else if statement == "RESET SESSION AUTHORIZATION" {
                grantor = ""
            } else {
                all.insert(grantor.isEmpty ? statement : "\(grantor): \(statement)")
            }
        }
        // Everything taken away and everything given again is where it was.
        for statement in all where statement.hasPrefix("REVOKE ALL ON ") {
            guard let from = statement.range(of: " FROM ", options: .backwards) else { continue }
            let again =
                "GRANT ALL ON " + statement[..<from.lowerBound].dropFirst("REVOKE ALL ON ".count) + " TO "
                + statement[from.upperBound...]
            if all.contains(again) { all.subtract([statement, again]) }
        }
        // What everybody may do in schema public by itself became less with 15, and so did what is taken away.
        if acrossMajors, object.name.filter({ $0 != "\"" }) == "SCHEMA public" {
            all = all.filter { $0.hasPrefix("GRANT ") && !$0.hasSuffix(" TO PUBLIC") }
        }
        return all.sorted().joined(separator: ";\n")
    }

    // MARK: - Tables

    /// The columns of a table that inherits come in the order of its parents when they are made anew: there they are a set.
    private func inheritedColumns(_ text: String) -> String {
        var lines = self.lines(text)
        guard let first = lines.firstIndex(where: { $0.hasPrefix("CREATE ") && $0.hasSuffix("(") }),
            let last = lines[first...].firstIndex(where: { $0.hasPrefix(")") }),
            last + 1 < lines.count, lines[last...].prefix(2).contains(where: { $0.contains("INHERITS (") })
        else { return text }
        let columns = lines[(first + 1)..<last].map { $0.hasSuffix(",") ? $0.dropLast() : $0 }
        lines.replaceSubrange((first + 1)..<last, with: columns.sorted())
        return lines.joined(separator: "\n")
    }

    // MARK: - Across majors

    /// Majors differ in quotes, brackets, blanks and in the qualifiers of columns; and in little else, of which this is all that
    /// is known.
    private func portable(_ text: String, _ object: DefinitionTexts.Object) -> String {
        var text = lines(text).map(ownership).joined(separator: "\n")
        if object.kind == "FOREIGN TABLE" { text = text.replacing("ALTER FOREIGN TABLE ONLY ", with: "ALTER FOREIGN TABLE ") }
        // From 18 on NOT NULL is a constraint, whose name shows where it is not the usual one.
        if ["TABLE", "FOREIGN TABLE"].contains(object.kind) {
            text = text.replacing(#/ CONSTRAINT "(?:[^"]|"")+" NOT NULL/#, with: " NOT NULL")
        }
        var result = ""
        var rest = text[...]
        while let character = rest.first {
            if character.isLetter || character == "_" || character == "\"" {
                let name = identifier(&rest)
                if rest.first == ".", let next = rest.dropFirst().first, next.isLetter || "_\"*".contains(next) {
                    rest.removeFirst()
                } else {
                    result += name
                }
            } else {
                rest.removeFirst()
                if !character.isWhitespace, character != "(", character != ")" { result.append(character) }
            }
        }
        return result
    }

    /// Takes an identifier, a keyword or the like off the front; without its quotes.
    private func identifier(_ text: inout Substring) -> String {
        guard text.first == "\"" else {
            let name = text.prefix { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "$" }
            text = text.dropFirst(name.count)
            return String(name)
        }
        text.removeFirst()
        var name = ""
        while let quote = text.firstIndex(of: "\"") {
            name += text[..<quote]
            text = text[text.index(after: quote)...]
            guard text.first == "\"" else { return name }
            text.removeFirst()
        }
        name += text
        text = ""
        return name
    }

    private func isOwnership(_ line: Substring) -> Bool {
        line.hasPrefix("ALTER ") && line.contains(" OWNER TO ") && line.hasSuffix(";")
    }

    /// Which word stands for a relation that is given to somebody.
    private func ownership(_ line: Substring) -> String {
        guard isOwnership(line) else { return String(line) }
        for word in ["ALTER VIEW ", "ALTER MATERIALIZED VIEW ", "ALTER SEQUENCE "] where line.hasPrefix(word) {
            return "ALTER TABLE " + line.dropFirst(word.count)
        }
        return String(line)
    }

    private func lines(_ text: String) -> [Substring] { text.split(separator: "\n", omittingEmptySubsequences: false) }
}
