import Crypto
import Foundation
import ObjectStore
import Testing

@testable import Vault

/// A vault committed under `Tests/Fixtures/vaults`: `vault/`, `key`, `recovery-key`, and what must come out of it in
/// `expected.json`.
struct GoldenVault: CustomTestStringConvertible, Sendable {
    let name: String

    static let folder =
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().path + "/Fixtures/vaults"

    /// Every golden vault there is, of every format version.
    static let all: [GoldenVault] = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [])
        .filter { $0.hasPrefix("v") }.sorted().map { GoldenVault(name: $0) }

    var testDescription: String { name }
    var folder: String { Self.folder + "/" + name }

    struct Expected: Codable {
        struct Entry: Codable, Equatable {
            var path: String
            var parts: [Int64]
            var sha256: String
        }

        struct Snapshot: Codable {
            var id: String
            var asset: String
            var kind: String
            var tags: [String]
            var facts: [String: String]
            var entries: [Entry]
        }

        struct Record: Codable, Equatable {
            var id: String
            var kind: String
            var body: String
        }

        var vault: String
        var snapshots: [Snapshot]
        var records: [Record]
    }

    var expected: Expected {
        get throws { try JSONDecoder().decode(Expected.self, from: try bytes("expected.json")) }
    }

    var store: DirectoryStore { DirectoryStore(folder + "/vault") }

    var keys: KeyFile {
        get throws { try KeyFile(Array(try bytes("key")), name: "key") }
    }

    var recovery: RecoveryKey {
        get throws { try RecoveryKey(String(decoding: try bytes("recovery-key"), as: UTF8.self)) }
    }

    func bytes(_ file: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: folder + "/" + file)) }
}

extension GoldenVault.Expected.Entry {
    init(_ entry: Vault.Entry, in reader: SnapshotReader) async throws {
        var hash = SHA256()
        for try await piece in reader.bytes(of: entry) { hash.update(data: piece) }
        self.init(path: entry.path, parts: entry.partSizes, sha256: Array(hash.finalize()).hex)
    }
}
