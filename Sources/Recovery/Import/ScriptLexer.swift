/// Follows a script as `psql` reads it, piece by piece: what is a statement, a quoted text, a comment, or rows of a `COPY`.
///
/// It decides nothing about safety: `psql` itself refuses its own commands in a stranger's script (`ScriptLoad`). It tells where
/// the script goes to another database, whether it was cut short, and which of its statements plainly reach out of the server.
struct ScriptLexer: Sendable {
    enum Event: Sendable, Equatable {
        /// For `psql`, as it stands.
        case bytes([UInt8])
        /// The script goes on in the database of that name.
        case connect(String)
    }

    /// A statement that would read or write beside the database, or run a program.
    struct Reach: Sendable, Equatable {
        let line: Int
        /// Its first words.
        let statement: String
    }

    private(set) var reaches: [Reach] = []
    private(set) var line = 1
    /// Dumps that were begun and not ended, as their comments say.
    private var openDumps = 0

    private enum State {
        case plain, lineComment, rows
        case blockComment(depth: Int)
        /// Up to `end`; where `escapes`, a backslash takes the next byte along.
        case quoted(UInt8, escapes: Bool)
        /// Up to the tag, with its dollars.
        case dollar([UInt8])
    }
    private var state = State.plain
    private var statement = ScriptStatement()
    /// Of a line that begins with a backslash, what came so far: it is looked at when it is whole.
    private var held: [UInt8]?
    private var isLineStart = true
    private var previous: UInt8 = 0
    private var bordersComment = false
    /// Of a comment, its text; of a dollar, the tag or body so far, as much as decides.
    private var recent: [UInt8] = []
    /// Of the constant that was read last.
    private var hadEscapes = false
    /// As scripts from before PostgreSQL 9.1 have it.
    private var plainConstantsEscape = false

    private static let mostHeld = 8192
    private static let mostReaches = 20
    private static let newline = UInt8(ascii: "\n")

    /// Whether the script may end here.
    var isWhole: Bool {
        switch state {
        case .plain, .lineComment: statement.isEmpty && openDumps <= 0
        default: false
        }
    }

    /// Takes the next bytes, and gives what becomes of them.
    mutating func take(_ bytes: [UInt8]) -> [Event] {
        var events: [Event] = []
        var output: [UInt8] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            let end = rest.firstIndex(of: Self.newline).map { $0 + 1 } ?? rest.endIndex
            let part = rest[..<end]
            rest = rest[end...]
            if isLineStart, part.first == UInt8(ascii: "\\"), mayBeCommand { held = [] }
            isLineStart = part.last == Self.newline
            if held == nil {
                lex(part)
                output += part
            } else {
                held? += part
                if isLineStart || (held?.count ?? 0) > Self.mostHeld { decide(&output, &events) }
            }
            if isLineStart { line += 1 }
        }
        if !output.isEmpty { events.append(.bytes(output)) }
        return events
    }

    /// There is nothing more.
    mutating func finish() -> [Event] {
        var events: [Event] = []
        var output: [UInt8] = []
        if held != nil { decide(&output, &events) }
        lex([Self.newline])
        if !output.isEmpty { events.append(.bytes(output)) }
        return events
    }

    private var mayBeCommand: Bool {
        switch state {
        case .plain, .rows: true
        default: false
        }
    }

    /// What becomes of a line that begins with a backslash.
    private mutating func decide(_ output: inout [UInt8], _ events: inout [Event]) {
        guard let bytes = held else { return }
        held = nil
        if case .rows = state {
            if bytes == Array("\\.\n".utf8) || bytes == Array("\\.\r\n".utf8) || bytes == Array("\\.".utf8) { state = .plain }
            output += bytes
            return
        }
        switch ScriptCommand(String(decoding: bytes, as: UTF8.self)) {
        case .none: output.append(Self.newline)  // the other lines keep their numbers
        case .connect(let database):
            if !output.isEmpty { events.append(.bytes(output)) }
            output = []
            events.append(.connect(database))
        case .refused: output += bytes
        }
    }

    // MARK: - Bytes

    private mutating func lex(_ bytes: ArraySlice<UInt8>) {
        if case .rows = state { return }
        for byte in bytes {
            bordersComment = false
            step(byte)
            // A star or slash at a comment's border belongs to no other.
            previous = bordersComment ? 0 : byte
        }
    }

    private mutating func step(_ byte: UInt8) {
        switch state {
        case .rows: break
        case .lineComment:
            guard byte == Self.newline else {
                if recent.count < 64 { recent.append(byte) }
                return
            }
            countDump()
            state = .plain
        case .blockComment(let depth):
            if previous == UInt8(ascii: "*"), byte == UInt8(ascii: "/") {
                state = depth == 1 ? .plain : .blockComment(depth: depth - 1)
                bordersComment = true
            } else if previous == UInt8(ascii: "/"), byte == UInt8(ascii: "*") {
                state = .blockComment(depth: depth + 1)
                bordersComment = true
            }
        case .quoted(let end, let escapes):
            if escapes, recent == [UInt8(ascii: "\\")] {
                recent = []
            } else if escapes, byte == UInt8(ascii: "\\") {
                recent = [byte]
            } else if byte == end {
                state = .plain
            }
        case .dollar(let tag): stepInDollar(byte, tag)
        case .plain: stepPlain(byte)
        }
    }

    private mutating func stepInDollar(_ byte: UInt8, _ tag: [UInt8]) {
        recent.append(byte)
        if recent.count > tag.count { recent.removeFirst() }
        if recent == tag {
            state = .plain
            recent = []
        }
    }

    private mutating func stepPlain(_ byte: UInt8) {
        if !recent.isEmpty {
            // Behind a dollar: a tag, unless something else ends it.
            if byte == UInt8(ascii: "$") {
                state = .dollar(recent + [byte])
                recent = []
                statement.quote()
                return
            }
            if ScriptStatement.isWord(byte), recent.count > 1 || !(0x30...0x39).contains(byte), recent.count < 64 {
                return recent.append(byte)
            }
            recent = []
        }
        switch byte {
        case UInt8(ascii: "'"):
            // A doubled one belongs to the constant: what was closed goes on.
            if previous != byte {
                hadEscapes = plainConstantsEscape || ((previous | 0x20) == UInt8(ascii: "e") && statement.wordBytes == 1)
                statement.quote()
            }
            state = .quoted(byte, escapes: hadEscapes)
        case UInt8(ascii: "\""):
            state = .quoted(byte, escapes: false)
            statement.name()
        case UInt8(ascii: "-") where previous == UInt8(ascii: "-"): state = .lineComment
        case UInt8(ascii: "*") where previous == UInt8(ascii: "/"):
            state = .blockComment(depth: 1)
            bordersComment = true
        case UInt8(ascii: "-"), UInt8(ascii: "/"): statement.endWord()
        case UInt8(ascii: "$") where !ScriptStatement.isWord(previous): recent = [byte]
        case UInt8(ascii: ";") where statement.depth == 0:
            statement.endWord()
            if statement.hasRows { state = .rows }
            if statement.reachesOut, reaches.count < Self.mostReaches {
                reaches.append(Reach(line: line, statement: statement.beginning))
            }
            if statement.beginning.lowercased() == "set standard_conforming_strings = off" { plainConstantsEscape = true }
            statement = ScriptStatement()
        default: statement.take(byte)
        }
    }

    private mutating func countDump() {
        let text = String(decoding: recent, as: UTF8.self).trimmingPrefix { $0 == " " || $0 == "-" }
        recent = []
        guard text.hasPrefix("PostgreSQL database ") else { return }
        if text.hasSuffix("dump complete") { openDumps -= 1 } else if text.hasSuffix("dump") { openDumps += 1 }
    }
}
