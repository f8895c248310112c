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

    init(_ text: String) {
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
            } else {
                body.append(line)
            }
        }
        end()
        for key in definitions.keys { definitions[key]?.sort() }
    }

    /// The definitions in the form in which they are compared. Which parts of an object's name are quoted is up to the server's
    /// major.
    func comparable(_ form: DefinitionForm) -> [Object: [String]] {
        var result: [Object: [String]] = [:]
        for (object, texts) in definitions where form.tells(of: object, texts) {
            let key =
                form.acrossMajors
                ? Object(kind: object.kind, schema: object.schema, name: object.name.filter { $0 != "\"" }) : object
            result[key, default: []] += texts.map { form.of($0, object) }
        }
        // The whole definition may be what is left out: rights that take away and give again, an owner alone.
        return result.mapValues { $0.filter { !$0.isEmpty }.sorted() }.filter { !$0.value.isEmpty }
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
