/// The text of a dump cut into definitions, by the comments with which `pg_dump` heads each:
/// ```
/// --
/// -- Name: orders; Type: TABLE; Schema: app; Owner: app_owner
/// --
/// ```
struct DefinitionTexts: Equatable {
    /// Of each object, its definitions in order; nearly always one.
    private(set) var definitions: [Object: [String]] = [:]

    struct Object: Hashable, Comparable, CustomStringConvertible {
        let kind: String
        let schema: String
        let name: String

        var description: String { schema == "-" ? "\(kind.lowercased()) \(name)" : "\(kind.lowercased()) \(schema).\(name)" }

        static func < (left: Object, right: Object) -> Bool { left.description < right.description }
    }

    /// - Parameter ignoresOwners: leaves `ALTER … OWNER TO` out.
    init(_ text: String, ignoresOwners: Bool = false) {
        var object: Object?
        var body: [Substring] = []
        // Both are set once for all the tables that follow, so that their place says nothing about one table.
        var accessMethod: Substring = ""
        var tablespace: Substring = ""
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        func end() {
            guard let object else { return }
            var text = body.joined(separator: "\n")
            while text.hasSuffix("\n") { text.removeLast() }
            // The server sorts default rights by the numbers of their roles, which are others on every server.
            if object.kind == "DEFAULT ACL" { text = text.split(separator: "\n").sorted().joined(separator: "\n") }
            definitions[object, default: []].append(text)
        }
        var index = 0
        while index < lines.count {
            let line = lines[index]
            if line == "--", index + 2 < lines.count, lines[index + 2] == "--", let header = Self.object(lines[index + 1]) {
                end()
                object = header
                body = []
                if ["TABLE", "MATERIALIZED VIEW", "INDEX", "CONSTRAINT"].contains(header.kind) {
                    body = [accessMethod, tablespace]
                }
                index += 3
                continue
            }
            index += 1
            if line.hasPrefix("SET default_table_access_method = ") {
                accessMethod = line
                if let object, object.kind == "TABLE" || object.kind == "MATERIALIZED VIEW", body.count > 1,
                    body.dropFirst(2).allSatisfy(\.isEmpty)
                {
                    body[0] = line
                }
            } else if line.hasPrefix("SET default_tablespace = ") {
                tablespace = line
                if object != nil, body.count > 1, body.dropFirst(2).allSatisfy(\.isEmpty) { body[1] = line }
            } else if line.hasPrefix("\\restrict ") || line.hasPrefix("\\unrestrict ")
                || line == "-- PostgreSQL database dump complete" || line == "--"
            {
                continue
            } else if ignoresOwners, line.hasPrefix("ALTER "), line.contains(" OWNER TO "), line.hasSuffix(";") {
                continue
            } else {
                body.append(line)
            }
        }
        end()
        for key in definitions.keys { definitions[key]?.sort() }
    }

    /// With no quotes in the objects' names: which parts of a name are quoted is up to the server's major.
    var withoutQuotes: DefinitionTexts {
        var copy = self
        copy.definitions = [:]
        for (object, texts) in definitions {
            let plain = Object(kind: object.kind, schema: object.schema, name: object.name.filter { $0 != "\"" })
            copy.definitions[plain, default: []] += texts
        }
        return copy
    }

    private static func object(_ line: Substring) -> Object? {
        guard line.hasPrefix("-- Name: "), let type = line.firstRange(of: "; Type: ") else { return nil }
        let name = line[line.index(line.startIndex, offsetBy: 9)..<type.lowerBound]
        let rest = line[type.upperBound...]
        guard let schema = rest.firstRange(of: "; Schema: ") else { return nil }
        let after = rest[schema.upperBound...]
        let end =
            after.firstRange(of: "; Owner: ")?.lowerBound ?? after.firstRange(of: "; Tablespace: ")?.lowerBound ?? after.endIndex
        return Object(kind: String(rest[..<schema.lowerBound]), schema: String(after[..<end]), name: String(name))
    }
}
