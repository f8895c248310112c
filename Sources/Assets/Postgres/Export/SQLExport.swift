internal import Language
public import Vault

/// One stream of SQL that makes a whole database out of an empty one with nothing but `psql -X -f`: what `reprise export --format
/// sql` writes.
///
/// Memory is bounded whatever the size of the tables.
public struct SQLExport: Sendable {
    private let snapshot: SnapshotReader

    public init(_ snapshot: SnapshotReader) { self.snapshot = snapshot }

    /// Hands the text on in order, in pieces of at most a few megabytes. `write` may block. Throws what `write` throws,
    /// `AssetError` (`damagedSnapshot`, `newerFormat`) and `VaultError`.
    public func run(into write: @escaping @Sendable ([UInt8]) throws -> Void) async throws {
        let manifest = try await PostgresManifest.read(from: snapshot)
        let entries = Dictionary(try await snapshot.entries().map { ($0.path, $0) }) { first, _ in first }
        for step in LoadScript(manifest: manifest, destination: .plain).steps {
            switch step {
            case .sql(let text): try await emit(text, write)
            case .script(let path): try await copy(try entry(path, entries), write)
            case .rows(let rows):
                try await emit(rows.statement + ";\n", write)
                if rows.count > 0 { try await copy(try entry(rows.path, entries), write) }
                try await emit("\\.\n\n", write)
            }
        }
    }

    private func entry(_ path: String, _ entries: [String: Entry]) throws(AssetError) -> Entry {
        guard let entry = entries[path] else { throw AssetError(.damagedSnapshot, "The snapshot lacks \(path).") }
        return entry
    }

    private func copy(_ entry: Entry, _ write: @escaping @Sendable ([UInt8]) throws -> Void) async throws {
        for try await piece in snapshot.bytes(of: entry) { try await onBlockingThread { try write(piece) } }
    }

    private func emit(_ text: String, _ write: @escaping @Sendable ([UInt8]) throws -> Void) async throws {
        try await onBlockingThread { try write(Array(text.utf8)) }
    }
}
