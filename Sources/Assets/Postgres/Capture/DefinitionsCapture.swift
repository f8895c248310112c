internal import Foundation
internal import Language
internal import Postgres
internal import Vault

/// Writes the definitions: `schema.dump` and its text; on Supabase `managed.dump` too, which holds the managed schemas beside all
/// others.
struct DefinitionsCapture {
    let target: ConnectionString
    let snapshot: ExportedSnapshot
    let options: CaptureOptions
    let catalog: Catalog
    let tools: ArchiveTools
    let writer: SnapshotWriter

    /// What the archive with everything in it holds.
    func run() async throws -> Archive {
        let managed = catalog.isSupabase ? Array(Set(catalog.relations.map(\.name.schema)).union(Supabase.managedSchemas)) : []
        guard catalog.isSupabase else {
            let archive = try await dump([])
            try await store(archive, "schema.dump")
            try await storeText(of: archive, "pre-data", arguments: ["--section=pre-data"])
            try await storeText(of: archive, "post-data", arguments: ["--section=post-data"])
            return try await tools.contents(of: archive)
        }
        let schemas = managed.filter(Supabase.managedSchemas.contains).sorted()
        let own = try await dump(schemas.map { "--exclude-schema=\(Self.pattern($0))" })
        try await store(own, "schema.dump")
        let ownContents = try await tools.contents(of: own)
        // What a project of the platform already has stays out of the text, so that psql can load it there.
        let lists = try TemporaryFolder()
        defer { lists.remove() }
        for (name, isLate) in [("pre-data", false), ("post-data", true)] {
            let list = try lists.write(ownContents.list { !Supabase.isPlatforms($0) && $0.comesAfterRows == isLate }, as: name)
            try await storeText(of: own, name, arguments: ["--use-list=\(list)"])
        }

        // The login may not even lock the platform's migration history; nobody needs its definition.
        let closed = catalog.relations.filter { catalog.isManaged($0.name) && !$0.isReadable && $0.kind != .sequence }
        let whole = try await dump(closed.map { "--exclude-table=\(Self.pattern($0.name.schema)).\(Self.pattern($0.name.name))" })
        try await store(whole, "managed.dump")
        try await storeText(of: whole, "managed-pre-data", arguments: ["--section=pre-data"])
        try await storeText(of: whole, "managed-post-data", arguments: ["--section=post-data"])
        return try await tools.contents(of: whole)
    }

    private func dump(_ arguments: [String]) async throws -> [UInt8] {
        do {
            return try await tools.dump(
                target, snapshot: snapshot.name, encoding: catalog.database.encoding,
                lockTimeout: options.lockTimeoutMilliseconds,
                options: arguments)
        } catch let failure as ArchiveTools.DumpFailure {
            throw try await explain(failure)
        }
    }

    /// `pg_dump` says nothing but a text, in the server's language; the statement it quotes is always the same.
    private func explain(_ failure: ArchiveTools.DumpFailure) async throws -> any Error {
        let said = AssetError(
            .programFailed,
            "pg_dump could not read the definitions: \(failure.text.trimmingCharacters(in: .whitespacesAndNewlines))")
        let isCutOff = ["server closed the connection", "terminating connection", "connection to server"].contains {
            failure.text.contains($0)
        }
        if isCutOff {
            return PostgresError(
                .connectionLost, "The connection to \(target.description) is lost: \(failure.text.prefix(500))", cause: said)
        }
        let locked = try? await withConnection(target) { connection in
            try await LockHolder.find(for: catalog.relations.map(\.oid), on: connection)
        }
        if failure.text.contains("LOCK TABLE"), let locked {
            return LockHolder.error(nil, locked, waited: options.lockTimeout, cause: said)
        }
        let hasVanished = try? await withConnection(target) { connection in
            try await definitionsHaveChanged(since: snapshot, on: connection)
        }
        return hasVanished == true ? ChangedDuringBackup(table: nil, what: "was dropped or altered", cause: said) : said
    }

    private func definitionsHaveChanged(since snapshot: ExportedSnapshot, on connection: Connection) async throws -> Bool {
        let now = try await DefinitionsStamp.read(on: connection)
        try await connection.execute(snapshot.adoption)
        let then = try await DefinitionsStamp.read(on: connection)
        try await connection.execute("COMMIT")
        return now != then
    }

    private func store(_ bytes: [UInt8], _ path: String) async throws {
        let entry = try writer.entry(path, content: .file)
        try await onBlockingThread { try entry.write(bytes) }
        try await entry.finish()
    }

    private func storeText(of archive: [UInt8], _ name: String, arguments: [String]) async throws {
        let entry = try writer.entry(name + ".sql", content: .file)
        try await tools.script(of: archive, arguments: arguments) { try entry.write($0) }
        try await entry.finish()
    }

    /// A name as a pattern that matches nothing else.
    private static func pattern(_ name: String) -> String { SQL.identifier(name) }
}
