/// What is known of one statement of a script while its bytes go by, without keeping them: whether rows follow it, and whether it
/// plainly reaches out of the server.
///
/// What a function's body or a `DO` block would do is not looked into.
struct ScriptStatement: Sendable {
    /// Of open parentheses.
    private(set) var depth = 0
    /// Its first words, for people.
    private(set) var beginning = ""
    private var word: [UInt8] = []
    /// The first two words.
    private var first: [String] = []
    /// Of a COPY, outside of parentheses: whether what comes next says from where or to where.
    private var isAtPlace = false
    private(set) var hasRows = false
    private var isReaching = false

    private static let mostBeginning = 120
    private static let mostWord = 64
    /// What a SELECT that stands alone has no business with in a dump.
    private static let reaching: Set<String> = [
        "pg_read_file", "pg_read_binary_file", "pg_ls_dir", "pg_stat_file", "lo_import", "lo_export", "pg_file_write",
        "pg_file_unlink", "pg_file_rename", "dblink_connect", "dblink_exec",
    ]

    var isEmpty: Bool { beginning.isEmpty }
    /// Of the word that is being read.
    var wordBytes: Int { word.count }
    var reachesOut: Bool { isReaching || first == ["alter", "system"] || first.first == "load" }

    static func isWord(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "_") || byte >= 0x80 || (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte)
            || (0x61...0x7a).contains(byte)
    }

    /// A byte outside of quotes and comments.
    mutating func take(_ byte: UInt8) {
        if byte > 0x20 || !beginning.isEmpty, beginning.utf8.count < Self.mostBeginning {
            beginning.unicodeScalars.append(byte < 0x80 && byte >= 0x20 ? Unicode.Scalar(byte) : byte < 0x20 ? " " : "?")
        }
        if Self.isWord(byte) {
            if word.count < Self.mostWord { word.append((0x41...0x5a).contains(byte) ? byte | 0x20 : byte) }
            return
        }
        endWord()
        if byte == UInt8(ascii: "(") { depth += 1 }
        if byte == UInt8(ascii: ")") { depth = max(0, depth - 1) }
    }

    /// A constant begins: of a COPY, maybe the name of a file.
    mutating func quote() {
        // The letters before it, as in E'…' or U&'…', are no word.
        word = []
        if isAtPlace { isReaching = true }
        isAtPlace = false
        mark("'…'")
    }

    /// A quoted name begins.
    mutating func name() {
        endWord()
        isAtPlace = false
        mark("\"…\"")
    }

    private mutating func mark(_ text: String) {
        if beginning.utf8.count < Self.mostBeginning { beginning += text }
    }

    /// The word that was read is whole.
    mutating func endWord() {
        guard !word.isEmpty else { return }
        let text = String(decoding: word, as: UTF8.self)
        word = []
        if first.count < 2 { first.append(text) }
        if first[0] == "copy", depth == 0 {
            if isAtPlace {
                if text == "stdin" { hasRows = true }
                if text == "program" { isReaching = true }
                isAtPlace = false
            } else if first.count > 1, text == "from" || text == "to" {
                isAtPlace = true
            }
        }
        if first[0] == "select", Self.reaching.contains(text) { isReaching = true }
    }
}
