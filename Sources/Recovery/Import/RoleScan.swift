import Foundation

/// Finds the roles that a script names, line by line, so that they can be made before it is loaded.
///
/// A name too many does no harm in a throw-away server; rows between `COPY … FROM stdin;` and `\.` are passed over.
struct RoleScan {
    private(set) var roles: Set<String> = []
    private var isInRows = false

    /// Of the parts of a line, those behind which a role's name or list of names stands.
    private static let marks = [" OWNER TO ", " TO ", " FROM ", " FOR ROLE ", " FOR USER ", " AUTHORIZATION ", "SET ROLE "]
    private static let beginnings = [
        "ALTER ", "GRANT ", "REVOKE ", "CREATE POLICY ", "CREATE SCHEMA ", "SET SESSION AUTH", "CREATE USER MAPPING ",
        "SET ROLE ",
    ]

    mutating func take(_ line: Substring) {
        if isInRows {
            if line == "\\." { isInRows = false }
            return
        }
        if line.hasPrefix("COPY "), line.hasSuffix(" FROM stdin;") {
            isInRows = true
            return
        }
        guard Self.beginnings.contains(where: line.hasPrefix) else { return }
        for mark in Self.marks {
            guard let range = line.range(of: mark, options: .backwards) else { continue }
            add(line[range.upperBound...])
        }
    }

    private mutating func add(_ list: Substring) {
        var rest = list
        while let name = Name(rest) {
            if name.isQuoted || !Self.isKeyword(name.text) { roles.insert(name.text) }
            let next = name.rest.drop { $0 == " " }
            guard next.first == "," else { return }
            rest = next.dropFirst().drop { $0 == " " }
        }
    }

    private static func isKeyword(_ word: String) -> Bool {
        ["public", "current_user", "session_user", "current_role", "default", "none", "group"].contains(word)
            || word.hasPrefix("pg_")
    }

    /// An identifier at the beginning of a text.
    private struct Name {
        var text = ""
        var isQuoted = false
        var rest: Substring

        init?(_ line: Substring) {
            rest = line
            isQuoted = line.first == "\""
            guard isQuoted else {
                let name = line.prefix { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "$" }
                guard let first = name.first, !first.isNumber else { return nil }
                text = name.lowercased()
                rest = line[name.endIndex...]
                return
            }
            rest.removeFirst()
            while let character = rest.popFirst() {
                if character == "\"" {
                    guard rest.first == "\"" else { break }
                    rest.removeFirst()
                }
                text.append(character)
            }
            if text.isEmpty { return nil }
        }
    }
}
