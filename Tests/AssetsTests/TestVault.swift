import Foundation
import ObjectStore
import Vault

/// A vault in a temporary directory that goes away with this object.
final class TestVault: Sendable {
    let folder: String
    let vault: OpenVault

    init() async throws {
        folder = FileManager.default.temporaryDirectory.path + "/reprise-assets-" + UUID().uuidString
        let store = DirectoryStore(folder + "/vault")
        try await store.prepare()
        let made = try await LockedVault.make(in: store, holder: "test", roles: [.writer, .reader, .keeper])
        vault = try await LockedVault(in: store).open(with: made.keys, cacheFolder: folder + "/cache")
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    func start() async throws -> SnapshotWriter { try await vault.startSnapshot(asset: "db", kind: "postgres") }

    func bytes(of path: String, in snapshot: SnapshotReader) async throws -> [UInt8] {
        guard let entry = try await snapshot.entry(path) else { return [] }
        var bytes: [UInt8] = []
        for try await piece in snapshot.bytes(of: entry) { bytes += piece }
        return bytes
    }

    /// Writes every entry as a file, as `reprise export` does.
    func unpack(_ snapshot: SnapshotReader, into folder: String) async throws {
        for entry in try await snapshot.entries() {
            let file = URL(fileURLWithPath: folder + "/" + entry.path)
            try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(try await bytes(of: entry.path, in: snapshot)).write(to: file)
        }
    }
}
