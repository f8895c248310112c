/// The list of contents of a `pg_dump -Fc` archive, as `pg_restore --list --verbose` prints it: every definition, and on which
/// others it depends. It is the same graph that `pg_restore` itself follows.
struct Archive: Sendable {
    /// In the archive's order, which respects every dependency.
    let entries: [Entry]
    private let byNumber: [Int: Int]

    struct Entry: Sendable, Hashable {
        /// The archive's own number of the definition.
        let number: Int
        /// Of the catalog the object is in on the source, and of the object; 0 for what hangs on another object.
        let catalog: UInt32
        let oid: UInt32
        /// `TABLE`, `FK CONSTRAINT`, `ACL` and so on; everything before the schema.
        let kind: String
        /// Schema, name and owner as they are printed: for reading, and for telling an owner by the end.
        let label: String
        var dependsOn: [Int] = []
        /// Made once the rows are there: indexes, keys, triggers, and all rights, without which an owner who took his own rights
        /// away could not load his rows.
        var comesAfterRows = false

        /// An object of its own, not a remark on another.
        var isRelation: Bool {
            catalog == 1259 && ["TABLE", "FOREIGN TABLE", "VIEW", "MATERIALIZED VIEW", "SEQUENCE"].contains(kind)
        }
    }

    /// - Parameters:
    ///   - list: of `pg_restore --list --verbose`.
    ///   - postData: of `pg_restore --list --section=post-data`.
    init(list: String, postData: String) {
        var entries: [Entry] = []
        for line in list.split(separator: "\n", omittingEmptySubsequences: true) {
            if line.hasPrefix(Self.dependencies), !entries.isEmpty {
                entries[entries.count - 1].dependsOn =
                    line.dropFirst(Self.dependencies.count).split(separator: " ").compactMap { Int($0) }
            } else if !line.hasPrefix(";"), let entry = Self.entry(line) {
                entries.append(entry)
            }
        }
        let late = Set(postData.split(separator: "\n").compactMap { $0.hasPrefix(";") ? nil : Self.entry($0)?.number })
        for index in entries.indices {
            entries[index].comesAfterRows = late.contains(entries[index].number) || entries[index].kind == "ACL"
        }
        self.entries = entries
        byNumber = Dictionary(entries.enumerated().map { ($0.element.number, $0.offset) }) { first, _ in first }
    }

    private static let dependencies = ";\tdepends on: "

    subscript(number: Int) -> Entry? { byNumber[number].map { entries[$0] } }

    /// `numbers` and everything that cannot be without them.
    func dependants(of numbers: Set<Int>) -> Set<Int> {
        var found = numbers
        var grew = true
        // Nearly always one pass: the archive's order puts what is needed first. Only loops broken by pg_dump need another.
        while grew {
            grew = false
            for entry in entries where !found.contains(entry.number) && entry.dependsOn.contains(where: found.contains) {
                found.insert(entry.number)
                grew = true
            }
        }
        return found
    }

    /// The text for `pg_restore --use-list`: those entries, in the archive's order.
    func list(_ isWanted: (Entry) -> Bool) -> String {
        entries.filter(isWanted).map { "\($0.number); \($0.catalog) \($0.oid) \($0.kind)\n" }.joined()
    }

    /// `12; 1259 16652 TABLE app customer app_owner`
    private static func entry(_ line: Substring) -> Entry? {
        let fields = line.split(separator: " ", maxSplits: 3, omittingEmptySubsequences: true)
        guard fields.count == 4, fields[0].hasSuffix(";"), let number = Int(fields[0].dropLast()),
            let catalog = UInt32(fields[1]),
            let oid = UInt32(fields[2])
        else { return nil }
        let rest = fields[3]
        // The longest name of a kind wins: "TABLE ATTACH" before "TABLE".
        let kind = kinds.first { rest.hasPrefix($0 + " ") } ?? String(rest.prefix { $0 != " " })
        return Entry(number: number, catalog: catalog, oid: oid, kind: kind, label: String(rest.dropFirst(kind.count + 1)))
    }

    /// Kinds of more than one word, longest first.
    private static let kinds = [
        "FOREIGN DATA WRAPPER", "PUBLICATION TABLES IN SCHEMA", "TEXT SEARCH CONFIGURATION", "TEXT SEARCH DICTIONARY",
        "TEXT SEARCH PARSER",
        "TEXT SEARCH TEMPLATE", "MATERIALIZED VIEW DATA", "MATERIALIZED VIEW", "PROCEDURAL LANGUAGE", "SEQUENCE OWNED BY",
        "PUBLICATION TABLE",
        "CHECK CONSTRAINT", "DATABASE PROPERTIES", "OPERATOR FAMILY", "OPERATOR CLASS", "FOREIGN TABLE", "FK CONSTRAINT",
        "ACCESS METHOD",
        "EVENT TRIGGER", "SUBSCRIPTION TABLE", "SECURITY LABEL", "TABLE ATTACH", "INDEX ATTACH", "ROW SECURITY", "USER MAPPING",
        "DEFAULT ACL", "SEQUENCE SET",
        "LARGE OBJECT", "BLOB METADATA", "SHELL TYPE", "STATISTICS DATA",
    ].sorted { $0.utf8.count > $1.utf8.count }
}
