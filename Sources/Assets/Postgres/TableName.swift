import Foundation
internal import Postgres

/// A relation by schema and name, as the catalog spells them.
public struct TableName: Hashable, Comparable, Sendable, Codable, CustomStringConvertible {
    public let schema: String
    public let name: String

    public init(schema: String, name: String) {
        self.schema = schema
        self.name = name
    }

    /// Reads `name` (in `public`), `schema.name`, or either part in double quotes with `""` for a quote. Without quotes the case
    /// is kept: whoever types a table's name copies it from what we print. Nil when it is neither.
    public init?(_ text: String) {
        var parts: [String] = []
        var rest = Substring(text)
        repeat {
            var part = ""
            if rest.first == "\"" {
                rest = rest.dropFirst()
                while let quote = rest.firstIndex(of: "\"") {
                    part += rest[..<quote]
                    rest = rest[rest.index(after: quote)...]
                    guard rest.first == "\"" else { break }
                    part += "\""
                    rest = rest.dropFirst()
                    if !rest.contains("\"") { return nil }
                }
            } else {
                part = String(rest.prefix { $0 != "." && $0 != "\"" })
                rest = rest.dropFirst(part.count)
            }
            guard !part.isEmpty else { return nil }
            parts.append(part)
            guard rest.first == "." else { break }
            rest = rest.dropFirst()
        } while true
        guard rest.isEmpty, (1...2).contains(parts.count) else { return nil }
        self.init(schema: parts.count == 2 ? parts[0] : "public", name: parts[parts.count - 1])
    }

    /// Both parts quoted, for SQL.
    var sql: String { SQL.identifier(schema, name) }

    /// The entry that holds the rows.
    var rowsPath: String { "tables/\(Self.escaped(schema))/\(Self.escaped(name)).copy" }

    /// The table whose rows an entry holds, or nil where it holds something else.
    public init?(rowsPath path: String) {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == "tables", parts[2].hasSuffix(".copy"),
            let schema = String(parts[1]).removingPercentEncoding, let name = String(parts[2].dropLast(5)).removingPercentEncoding
        else { return nil }
        self.init(schema: schema, name: name)
    }

    /// `schema.name`, quoted only where a part would not be read back as it is.
    public var description: String { Self.shown(schema) + "." + Self.shown(name) }

    public static func < (left: TableName, right: TableName) -> Bool { (left.schema, left.name) < (right.schema, right.name) }

    private static func shown(_ part: String) -> String {
        part.contains { $0 == "." || $0 == "\"" || $0.isWhitespace } ? SQL.identifier(part) : part
    }

    /// Percent-encoded outside `[A-Za-z0-9_-]`, so that any name is a file name on any system.
    private static func escaped(_ part: String) -> String {
        var result = ""
        for byte in part.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "_"), UInt8(ascii: "-"):
                result.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                result += digits.utf8.count == 1 ? "%0" + digits : "%" + digits
            }
        }
        return result
    }
}
