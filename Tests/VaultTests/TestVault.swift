import Foundation
import ObjectStore

@testable import Vault

/// A vault in a temporary directory that goes away with this object.
final class TestVault: Sendable {
    let folder: String
    let store: DirectoryStore
    let keys: KeyFile
    let recovery: RecoveryKey

    init(roles: Set<Role> = [.writer, .reader, .keeper]) async throws {
        folder = FileManager.default.temporaryDirectory.path + "/reprise-vault-" + UUID().uuidString
        store = DirectoryStore(folder + "/vault")
        try await store.prepare()
        let made = try await LockedVault.make(in: store, holder: "test", roles: roles)
        keys = made.keys
        recovery = made.recovery
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    func open(_ store: (any ObjectStore)? = nil, cache: String = "cache") async throws -> OpenVault {
        try await LockedVault(in: store ?? self.store).open(with: keys, cacheFolder: folder + "/" + cache)
    }

    func snapshot(_ vault: OpenVault, asset: String = "db", _ contents: [String: [UInt8]]) async throws -> SnapshotRecord {
        let writer = try await vault.startSnapshot(asset: asset, kind: "test", host: "here", workers: 2)
        do {
            for (path, bytes) in contents.sorted(by: { $0.key < $1.key }) {
                let entry = try writer.entry(path, content: path.contains("rows") ? .rows : .file)
                for start in stride(from: 0, to: bytes.count, by: 700_001) {
                    try entry.write(Array(bytes[start..<min(bytes.count, start + 700_001)]))
                }
                try await entry.finish()
            }
            return try await writer.commit(instant: Date(), tags: [], facts: [:])
        } catch {
            await writer.abandon()
            throw error
        }
    }

    func contents(_ reader: SnapshotReader) async throws -> [String: [UInt8]] {
        var found: [String: [UInt8]] = [:]
        for entry in try await reader.entries() { found[entry.path] = try await bytes(of: entry, in: reader) }
        return found
    }

    func bytes(of entry: Entry, in reader: SnapshotReader, part: Int? = nil) async throws -> [UInt8] {
        var found: [UInt8] = []
        for try await piece in reader.bytes(of: entry, part: part) { found += piece }
        return found
    }

    /// Bytes without any pattern, the same in every run.
    func random(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
        var state = seed
        return [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            for index in 0..<count {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                buffer[index] = UInt8(truncatingIfNeeded: state >> 56)
            }
            initialized = count
        }
    }

    /// Lines like those of a table.
    func rows(_ count: Int) -> [UInt8] {
        var text: [UInt8] = []
        for number in 0..<count { text += Array("\(number)\tcustomer-\(number &* 7919 % 10007)\t\(number &* 31 % 977).50\n".utf8) }
        return text
    }
}
