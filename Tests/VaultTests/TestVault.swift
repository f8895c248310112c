import Foundation
import ObjectStore
import TestStores

@testable import Vault

/// A vault in a store of its own, by default a temporary directory that goes away with this object.
final class TestVault: Sendable {
    let folder: String
    let store: any ObjectStore
    let keys: KeyFile
    let recovery: RecoveryKey

    /// - Parameter store: where the vault is made; nil for a directory.
    init(
        roles: Set<Role> = [.writer, .reader, .keeper], in store: (any ObjectStore)? = nil,
        chunking: VaultConfig.Chunking = .standard,
        packBytes: Int = 16 << 20
    ) async throws {
        folder = FileManager.default.temporaryDirectory.path + "/reprise-vault-" + UUID().uuidString
        if let store {
            self.store = store
        } else {
            let directory = DirectoryStore(folder + "/vault")
            try await directory.prepare()
            self.store = directory
        }
        let made = try await LockedVault.make(
            in: self.store, holder: "test", roles: roles, chunking: chunking, packBytes: packBytes)
        keys = made.keys
        recovery = made.recovery
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    func open(_ store: (any ObjectStore)? = nil, cache: String = "cache") async throws -> OpenVault {
        try await LockedVault(in: store ?? self.store).open(with: keys, cacheFolder: folder + "/" + cache)
    }

    func snapshot(_ vault: OpenVault, asset: String = "db", _ contents: [String: [UInt8]]) async throws -> SnapshotRecord {
        try await vault.snapshot(asset: asset, contents)
    }

    func contents(_ reader: SnapshotReader) async throws -> [String: [UInt8]] { try await reader.contents() }

    func bytes(of entry: Entry, in reader: SnapshotReader, part: Int? = nil) async throws -> [UInt8] {
        try await reader.wholeBytes(of: entry, part: part)
    }

    func random(_ count: Int, seed: UInt64 = 1) -> [UInt8] { TestBytes.random(count, seed: seed) }

    func rows(_ count: Int) -> [UInt8] { TestBytes.rows(count) }
}

extension VaultConfig.Chunking {
    /// Chunks so small that a few kilobytes make many, and a megabyte lists of lists.
    static let tiny = VaultConfig.Chunking(
        rows: ChunkSizes(least: 64, usual: 1024, most: 4096), file: ChunkSizes(least: 256, usual: 4096, most: 16384))
}

extension OpenVault {
    /// Writes a snapshot with these entries; those with `rows` in their path are cut like rows. By one worker packs are filled
    /// with the same at every run.
    func snapshot(asset: String = "db", _ contents: [String: [UInt8]], workers: Int = 1) async throws -> SnapshotRecord {
        let writer = try await startSnapshot(asset: asset, kind: "test", host: "here", workers: workers)
        do {
            for (path, bytes) in contents.sorted(by: { $0.key < $1.key }) {
                let entry = try writer.entry(path, content: path.contains("rows") ? .rows : .file)
                // Writing blocks, which the threads that run tasks must not.
                try await onOwnThread {
                    Result {
                        for start in stride(from: 0, to: bytes.count, by: 700_001) {
                            try entry.write(Array(bytes[start..<min(bytes.count, start + 700_001)]))
                        }
                    }
                }.get()
                try await entry.finish()
            }
            return try await writer.commit(instant: Date(), tags: [], facts: [:])
        } catch {
            await writer.abandon()
            throw error
        }
    }
}

extension SnapshotReader {
    /// The bytes of every entry.
    func contents() async throws -> [String: [UInt8]] {
        var found: [String: [UInt8]] = [:]
        for entry in try await entries() { found[entry.path] = try await wholeBytes(of: entry) }
        return found
    }

    func wholeBytes(of entry: Entry, part: Int? = nil) async throws -> [UInt8] {
        var found: [UInt8] = []
        for try await piece in bytes(of: entry, part: part) { found += piece }
        return found
    }
}

enum TestBytes {
    /// Bytes without any pattern, the same in every run.
    static func random(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
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
    static func rows(_ count: Int) -> [UInt8] {
        var text: [UInt8] = []
        for number in 0..<count {
            text += Array("\(number)\tcustomer-\(number &* 7919 % 10007)\t\(number &* 31 % 977).50\n".utf8)
        }
        return text
    }
}
