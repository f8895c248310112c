/// The statements of a script, without their semicolons and without comments between them: for what `pg_dump` and we write, not
/// for everything that psql takes.
///
/// Quoted names, constants and bodies may hold semicolons and line ends.
struct SQLStatements: Sendable {
    private(set) var all: [String] = []

    init(_ script: String) {
        let bytes = Array(script.utf8)
        var start = 0
        var index = 0
        func isWord(_ byte: UInt8) -> Bool {
            byte == UInt8(ascii: "_") || byte >= 0x80 || (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte)
                || (0x61...0x7a).contains(byte)
        }
        func isBlank(_ range: Range<Int>) -> Bool { bytes[range].allSatisfy { $0 == 32 || (9...13).contains($0) } }
        func end(at position: Int) {
            let text = String(decoding: bytes[start..<position], as: UTF8.self)
            let trimmed = text.drop { $0.isWhitespace }
            if !trimmed.isEmpty { all.append(String(trimmed[...(trimmed.lastIndex { !$0.isWhitespace } ?? trimmed.startIndex)])) }
        }
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: ";"):
                end(at: index)
                index += 1
                start = index
            case UInt8(ascii: "\""):
                index = Self.skip(bytes, from: index + 1, to: UInt8(ascii: "\""), backslashes: false)
            case UInt8(ascii: "'"):
                // E'…' where the E is no part of a word.
                let escapes =
                    index > 0 && (bytes[index - 1] | 0x20) == UInt8(ascii: "e") && (index < 2 || !isWord(bytes[index - 2]))
                index = Self.skip(bytes, from: index + 1, to: UInt8(ascii: "'"), backslashes: escapes)
            case UInt8(ascii: "-") where index + 1 < bytes.count && bytes[index + 1] == UInt8(ascii: "-"):
                let isBetween = isBlank(start..<index)
                while index < bytes.count, bytes[index] != UInt8(ascii: "\n") { index += 1 }
                if isBetween { start = index }
            case UInt8(ascii: "\\") where isBlank(start..<index):
                // A line for psql: \restrict and the like.
                while index < bytes.count, bytes[index] != UInt8(ascii: "\n") { index += 1 }
                start = index
            case UInt8(ascii: "$") where index == 0 || !isWord(bytes[index - 1]):
                var close = index + 1
                while close < bytes.count, isWord(bytes[close]) { close += 1 }
                let isTag =
                    close < bytes.count && bytes[close] == UInt8(ascii: "$")
                    && !(index + 1 < close && (0x30...0x39).contains(bytes[index + 1]))
                guard isTag else {
                    index += 1
                    continue
                }
                let tag = bytes[index...close]
                var body = close + 1
                while body < bytes.count,
                    !(bytes[body] == UInt8(ascii: "$") && body + tag.count <= bytes.count
                        && bytes[body..<(body + tag.count)].elementsEqual(tag))
                {
                    body += 1
                }
                index = min(bytes.count, body + tag.count)
            default:
                index += 1
            }
        }
        end(at: bytes.count)
    }

    /// The place after the closing mark; a doubled mark does not close.
    private static func skip(_ bytes: [UInt8], from start: Int, to mark: UInt8, backslashes: Bool) -> Int {
        var index = start
        while index < bytes.count {
            if backslashes, bytes[index] == UInt8(ascii: "\\") {
                index += 2
            } else if bytes[index] == mark {
                guard index + 1 < bytes.count, bytes[index + 1] == mark else { return index + 1 }
                index += 2
            } else {
                index += 1
            }
        }
        return bytes.count
    }
}

/// Takes quoted names apart.
enum QuotedNames {
    /// `"a", "b ""x""", PUBLIC` at the front of `text`: the names, unquoted, and where they end.
    static func list(in text: Substring) -> (names: [Name], rest: Substring) {
        var names: [Name] = []
        var rest = text
        while let name = next(&rest) {
            names.append(name)
            guard rest.hasPrefix(", ") else { break }
            rest = rest.dropFirst(2)
        }
        return (names, rest)
    }

    struct Name: Equatable {
        var text: String
        /// Without quotes it is a word of SQL: PUBLIC, CURRENT_USER.
        var isQuoted: Bool

        var sql: String { isQuoted ? "\"" + text.replacing("\"", with: "\"\"") + "\"" : text }
    }

    /// Takes one name off the front.
    static func next(_ text: inout Substring) -> Name? {
        guard text.first == "\"" else {
            let word = text.prefix { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "$" }
            guard !word.isEmpty else { return nil }
            text = text[word.endIndex...]
            return Name(text: String(word), isQuoted: false)
        }
        var rest = text.dropFirst()
        var name = ""
        while let quote = rest.firstIndex(of: "\"") {
            name += rest[..<quote]
            rest = rest[rest.index(after: quote)...]
            guard rest.first == "\"" else {
                text = rest
                return Name(text: name, isQuoted: true)
            }
            name += "\""
            rest = rest.dropFirst()
        }
        return nil
    }
}

/// `CREATE POLICY "p" ON "s"."t" AS … FOR … TO "a", "b" USING (…)` taken apart at its roles.
struct PolicyText: Equatable {
    /// Up to and with ` TO `.
    let head: String
    var roles: [QuotedNames.Name]
    let tail: String

    /// Nil where it names no role: then it is for everybody.
    init?(_ text: String) {
        guard text.hasPrefix("CREATE POLICY ") else { return nil }
        var rest = text.dropFirst("CREATE POLICY ".count)
        guard QuotedNames.next(&rest) != nil, rest.hasPrefix(" ON "), Self.dropOn(&rest) else { return nil }
        // Only keywords stand between the table and the roles.
        while rest.hasPrefix(" AS ") || rest.hasPrefix(" FOR ") {
            rest = rest.dropFirst(rest.hasPrefix(" AS ") ? 4 : 5)
            _ = QuotedNames.next(&rest)
        }
        guard rest.hasPrefix(" TO ") else { return nil }
        rest = rest.dropFirst(4)
        head = String(text[..<rest.startIndex])
        (roles, rest) = QuotedNames.list(in: rest)
        guard !roles.isEmpty else { return nil }
        tail = String(rest)
    }

    private static func dropOn(_ rest: inout Substring) -> Bool {
        rest = rest.dropFirst(4)
        guard QuotedNames.next(&rest) != nil else { return false }
        guard rest.first == "." else { return true }
        rest = rest.dropFirst()
        return QuotedNames.next(&rest) != nil
    }

    var text: String { head + roles.map(\.sql).joined(separator: ", ") + tail }

    var withSortedRoles: String {
        var copy = self
        copy.roles.sort { ($0.isQuoted ? 1 : 0, $0.text) < ($1.isQuoted ? 1 : 0, $1.text) }
        return copy.text
    }
}
