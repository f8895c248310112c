import Foundation
import Language
import Postgres
import Synchronization

/// Loads a stranger's script with `psql`, in its restricted mode: of its own commands, which could run any program, it takes
/// none.
///
/// Where the script goes to another database another `psql` goes on, because that is such a command too.
struct ScriptLoad {
    let path: String
    let sandbox: Sandbox

    /// Returns how the last `psql` ended, with what all of them said.
    func run(into database: String) async throws -> (succeeded: Bool, errorText: String) {
        try await requireRestriction()
        let source = ScriptSource(path)
        var database: String? = database
        var errorText = ""
        while let name = database {
            // Goes on after errors, because some mean nothing: a script may first drop what is not there.
            let result = try await sandbox.run(
                "psql", database: name,
                arguments: ["-X", "-q", "-b", "-o", "/dev/null", "-c", "\\restrict \(Self.key())", "-f", "-"],
                input: ScriptPart(source: source))
            errorText += result.errorText
            guard result.succeeded else { return (false, errorText) }
            database = source.takeNext()
        }
        return (true, errorText)
    }

    /// A `psql` that does not know its restricted mode would say so, and go on without it.
    private func requireRestriction() async throws {
        let said = Mutex<[UInt8]>([])
        try await Program.run(sandbox.installation.program("psql"), arguments: ["--help=commands"]) { piece in
            said.withLock { $0.append(contentsOf: piece) }
        }.checked()
        guard String(decoding: said.withLock { $0 }, as: UTF8.self).contains("\\restrict ") else {
            throw ImportError(
                .unsafeProgram,
                "The psql of \(sandbox.installation.description) cannot be kept from running programs that a script names.",
                hint: "Install a newer minor release of it: 14.19, 15.14, 16.10, 17.6 and later can.")
        }
    }

    /// What ends the restricted mode; nobody who wrote a script can know it.
    private static func key() -> String {
        (0..<4).map { _ in String(UInt64.random(in: 0...UInt64.max), radix: 36) }.joined()
    }
}

/// The script of a load: read once, from its beginning to its end.
///
/// `@unchecked Sendable`: it is used by one part at a time, whose `psql` has ended before the next begins.
private final class ScriptSource: @unchecked Sendable {
    private let pieces: FilePieces.Iterator
    private var lexer = ScriptLexer()
    private var waiting: [ScriptLexer.Event] = []
    private var isOver = false
    private var next: String?

    init(_ path: String) { pieces = FilePieces(path: path).makeAsyncIterator() }

    /// The database in which the script goes on; nil at its end.
    func takeNext() -> String? {
        defer { next = nil }
        return next
    }

    /// The next bytes for the database it is in; nil where it goes to another one, or ends.
    func bytes() async throws -> [UInt8]? {
        while true {
            while !waiting.isEmpty {
                switch waiting.removeFirst() {
                case .bytes(let bytes): return bytes
                case .connect(let database):
                    next = database
                    return nil
                }
            }
            if isOver { return nil }
            if let piece = try await pieces.next() {
                waiting = lexer.take(piece)
            } else {
                isOver = true
                waiting = lexer.finish()
            }
        }
    }
}

/// What goes to one database.
private struct ScriptPart: AsyncSequence, AsyncIteratorProtocol, Sendable {
    let source: ScriptSource

    func makeAsyncIterator() -> ScriptPart { self }
    mutating func next() async throws -> [UInt8]? { try await source.bytes() }
}
