internal import Foundation
internal import Postgres

extension ManagedOwnScript {
    /// One trigger or policy of the script: a statement of its own.
    struct Block: Equatable {
        let statement: String
        /// `policy "own files" on storage.objects`
        let title: String
    }

    /// The statements of a script that `text` wrote, so that one that is refused does not keep the others from being made.
    static func blocks(of script: String) -> [Block] {
        SQLStatements(script).all.map { Block(statement: $0, title: title(of: $0)) }
    }

    private static func title(of statement: String) -> String {
        for (mark, kind) in [
            ("EXECUTE 'CREATE TRIGGER ", "trigger"), ("EXECUTE 'CREATE CONSTRAINT TRIGGER ", "trigger"),
            ("EXECUTE 'CREATE POLICY ", "policy"), ("EXECUTE  E'CREATE TRIGGER ", "trigger"),
            ("EXECUTE  E'CREATE POLICY ", "policy"),
        ] {
            guard let found = statement.firstRange(of: mark) else { continue }
            var rest = statement[found.upperBound...]
            guard let name = QuotedNames.next(&rest) else { continue }
            // The table stands in the condition before it, as a constant: '"storage"."objects"'::pg_catalog.regclass
            var table = "?"
            if let end = statement.firstRange(of: "'::pg_catalog.regclass"),
                let start = statement[..<end.lowerBound].range(of: "= '", options: .backwards)
                    ?? statement[..<end.lowerBound].range(of: "E'", options: .backwards)
            {
                var quoted = statement[start.upperBound..<end.lowerBound]
                if let schema = QuotedNames.next(&quoted), quoted.first == "." {
                    quoted = quoted.dropFirst()
                    if let relation = QuotedNames.next(&quoted) {
                        table = TableName(schema: schema.text, name: relation.text).description
                    }
                }
            }
            return "\(kind) \(name.sql) on \(table)"
        }
        return String(statement.prefix(80))
    }
}
