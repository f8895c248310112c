/// What becomes of a line of a script that is a command of `psql`.
enum ScriptCommand: Sendable, Equatable {
    /// It means nothing where we load.
    case none
    /// `pg_dumpall` and `pg_dump --create` go to another database.
    case connect(String)
    /// It is left to `psql`, which says that it is not allowed.
    case refused

    private static let meaningless = ["restrict", "unrestrict", "echo", "qecho", "timing"]

    /// - Parameter line: with its backslash and end.
    init(_ line: String) {
        let text = line.dropFirst().trimmingSuffix { $0.isWhitespace }
        let name = text.prefix { $0.isLetter || $0 == "_" }
        let argument = text.dropFirst(name.count).drop { $0 == " " || $0 == "\t" }
        if Self.meaningless.contains(String(name)) || (name == "set" && argument.hasPrefix("ON_ERROR_STOP")) {
            self = .none
        } else if name == "connect" || name == "c", let database = Self.database(argument) {
            self = .connect(database)
        } else {
            self = .refused
        }
    }

    /// The database of `\connect name`, `\connect "a name"` or `\connect -reuse-previous=on "dbname='a name'"`; nil where it says
    /// anything more.
    private static func database(_ argument: Substring) -> String? {
        var text = argument
        var isConnectionString = false
        if text.hasPrefix("-reuse-previous=on ") {
            text = text.dropFirst("-reuse-previous=on ".count)
            isConnectionString = true
        }
        var name: String
        if text.hasPrefix("\""), text.hasSuffix("\""), text.count > 2 {
            let inside = text.dropFirst().dropLast().replacing("\"\"", with: "\u{0}")
            guard !inside.contains("\"") else { return nil }
            name = String(inside.replacing("\u{0}", with: "\""))
        } else {
            guard !text.isEmpty, text.allSatisfy({ $0.isLetter || $0.isNumber || "_-.$".contains($0) }), text.first != "-" else {
                return nil
            }
            name = String(text)
        }
        guard isConnectionString else { return name }
        guard name.hasPrefix("dbname='"), name.hasSuffix("'") else { return nil }
        var found = ""
        var isEscaped = false
        for character in name.dropFirst("dbname='".count).dropLast() {
            if !isEscaped, character == "'" { return nil }
            if !isEscaped, character == "\\" {
                isEscaped = true
            } else {
                found.append(character)
                isEscaped = false
            }
        }
        return isEscaped || found.isEmpty ? nil : found
    }
}

extension StringProtocol {
    /// Without what `isEnd` holds for at its end.
    fileprivate func trimmingSuffix(_ isEnd: (Character) -> Bool) -> SubSequence {
        var end = endIndex
        while end > startIndex, isEnd(self[index(before: end)]) { end = index(before: end) }
        return self[..<end]
    }
}
