internal import Language
internal import Postgres
internal import Synchronization

/// `pg_dump` and `pg_restore` of one installation, run against archives that are held in memory: an archive of definitions is a
/// few megabytes, and `pg_dump` itself holds all of them.
struct ArchiveTools: Sendable {
    let installation: Installation

    /// Dumps definitions as they stand in `snapshot`. A table is waited for at most `lockTimeout`.
    func dump(
        _ target: ConnectionString, snapshot: String, encoding: String, lockTimeout: Int64, options: [String] = []
    ) async throws -> [UInt8] {
        let collected = Mutex<[UInt8]>([])
        let arguments =
            [
                "--format=custom", "--schema-only", "--snapshot=\(snapshot)", "--encoding=\(encoding)",
                "--lock-wait-timeout=\(lockTimeout)",
                "--quote-all-identifiers", "--no-password",
            ] + options
        let result = try await Program.run(
            installation.program("pg_dump"), arguments: arguments, environment: SessionSettings.environment(for: target)
        ) { piece in
            collected.withLock { $0.append(contentsOf: piece) }
        }
        guard result.status == 0 else { throw DumpFailure(text: result.errorText) }
        return collected.withLock { $0 }
    }

    func contents(of archive: [UInt8]) async throws -> Archive {
        Archive(
            list: try await text(of: archive, arguments: ["--list", "--verbose"]),
            postData: try await text(of: archive, arguments: ["--list", "--section=post-data"]))
    }

    /// The SQL of a part of an archive, in pieces as they come.
    func script(
        of archive: [UInt8], arguments: [String], into receive: @escaping @Sendable (UnsafeRawBufferPointer) throws -> Void
    ) async throws {
        var arguments = arguments + ["--file=-"]
        // Its marks are random otherwise, and equal definitions would not be equal bytes.
        if try await knowsRestrictKey { arguments.append("--restrict-key=reprise") }
        try await restore(archive, arguments: arguments, into: receive)
    }

    func text(of archive: [UInt8], arguments: [String]) async throws -> String {
        let collected = Mutex<[UInt8]>([])
        try await restore(archive, arguments: arguments) { piece in collected.withLock { $0.append(contentsOf: piece) } }
        return String(decoding: collected.withLock { $0 }, as: UTF8.self)
    }

    private func restore(
        _ archive: [UInt8], arguments: [String], into receive: @escaping @Sendable (UnsafeRawBufferPointer) throws -> Void
    ) async throws {
        let result = try await Program.run(
            installation.program("pg_restore"), arguments: arguments, environment: ["LC_ALL": "C"], input: Pieces([archive]),
            output: receive)
        guard result.status == 0 else {
            throw AssetError(.programFailed, "pg_restore could not read the definitions: \(result.errorText)")
        }
    }

    private var knowsRestrictKey: Bool {
        get async throws {
            let help = Mutex<[UInt8]>([])
            _ = try await Program.run(installation.program("pg_restore"), arguments: ["--help"], environment: ["LC_ALL": "C"]) {
                piece in
                help.withLock { $0.append(contentsOf: piece) }
            }
            return String(decoding: help.withLock { $0 }, as: UTF8.self).contains("--restrict-key")
        }
    }

    /// What `pg_dump` said when it gave up.
    struct DumpFailure: Error {
        let text: String
    }
}

/// Pieces that are already there, as a sequence that is waited for.
struct Pieces: AsyncSequence, Sendable {
    typealias Element = [UInt8]
    let pieces: [[UInt8]]

    init(_ pieces: [[UInt8]]) { self.pieces = pieces }

    struct Iterator: AsyncIteratorProtocol {
        var rest: ArraySlice<[UInt8]>
        mutating func next() async -> [UInt8]? { rest.popFirst() }
    }

    func makeAsyncIterator() -> Iterator { Iterator(rest: pieces[...]) }
}
