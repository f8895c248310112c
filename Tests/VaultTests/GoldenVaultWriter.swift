import Crypto
import Foundation
import ObjectStore
import Testing

@testable import Vault

/// Writes the golden vaults. Those that are committed stay as they are: this is for a new format version, or a new case under a
/// new name.
///
///     REPRISE_WRITE_GOLDEN_VAULTS=1 swift test --filter GoldenVaultWriter
@Suite(
    .enabled(
        if: ProcessInfo.processInfo.environment["REPRISE_WRITE_GOLDEN_VAULTS"] == "1", "writes new golden vaults: only on demand")
)
struct GoldenVaultWriter {
    /// Chunks of a kilobyte: lists of lists of lists, many packs; one key file with every role.
    @Test func manySmallChunks() async throws {
        try await write("v1-small-chunks", roles: [.writer, .reader, .keeper], chunking: .tiny, packBytes: 1 << 16) { golden in
            let table = (0..<60).flatMap { _ in TestBytes.rows(2000) }
            try await golden.snapshot(
                "db", "postgres",
                [
                    ("manifest.json", .file, [Array(#"{"tables":2}"#.utf8)]),
                    ("tables/public/orders.copy", .rows, [table, [], TestBytes.rows(300)]),
                    ("tables/public/caf%C3%A9.copy", .rows, [TestBytes.rows(10)]),
                    ("empty", .file, [[]]),
                    ("noise.bin", .file, [TestBytes.random(75_000)]),
                ], tags: ["first", "été"], facts: ["server": "15.18"])
            try await golden.snapshot(
                "uploads", "files",
                [
                    ("ünïcode ☃/a \"name\"\n\\ that is odd", .file, [Array("odd".utf8)]),
                    ("zeros", .file, [[UInt8](repeating: 0, count: 100_000)]),
                    ("noise-again.bin", .file, [TestBytes.random(75_000)]),
                ], tags: [], facts: [:])
            try await golden.record(#"{"act":"drill","outcome":"passed"}"#)
            try await golden.snapshot(
                "db", "postgres", [("tables/public/orders.copy", .rows, [Array(table.dropFirst(30_000)), TestBytes.rows(310)])],
                tags: [], facts: ["server": "15.18"])
            try await golden.record(#"{"act":"check","outcome":"failed"}"#)
        }
    }

    /// The sizes that `init` chooses; the host holds a writer key only, so that the recovery key alone reads.
    @Test func standardSizesAndAWriterAlone() async throws {
        try await write("v1-standard-write-only", roles: [.writer], chunking: .standard, packBytes: 16 << 20) { golden in
            try await golden.snapshot(
                "db", "postgres",
                [
                    ("tables/public/customers.copy", .rows, [TestBytes.rows(8000), TestBytes.rows(8000)]),
                    ("noise.bin", .file, [TestBytes.random(10_000, seed: 2)]),
                ], tags: [], facts: [:])
            try await golden.snapshot(
                "db", "postgres", [("tables/public/customers.copy", .rows, [TestBytes.rows(8000)])], tags: [], facts: [:])
        }
    }

    /// Keys that were added and revoked after `init`, a reader that was granted what was there, a snapshot that does not count
    /// because its writer's key was revoked before, a key file with a passphrase, and shares of the recovery key.
    @Test func keysThatCameAndWent() async throws {
        let name = "v1-keys"
        try await write(name, roles: [.writer, .reader, .keeper], chunking: .tiny, packBytes: 1 << 16) { golden in
            try await golden.snapshot("db", "postgres", [("tables/one.copy", .rows, [TestBytes.rows(900)])], tags: [], facts: [:])
            let folder = GoldenVault(name: name).folder
            let cache = FileManager.default.temporaryDirectory.path + "/reprise-golden-" + UUID().uuidString
            defer { try? FileManager.default.removeItem(atPath: cache) }
            let recovery = try #require(golden.recovery)
            let locked = try await LockedVault(in: GoldenVault(name: name).store)
            let authority = try await locked.open(
                with: locked.keys(from: recovery, holder: "recovery"), cacheFolder: cache + "/recovery")
            let second = try await authority.addKey(holder: "second", roles: [.writer]) { _ in }
            let alice = try await authority.addKey(holder: "alice", roles: [.reader]) { _ in }
            _ = try await authority.grantAll(to: alice.id)
            let theirs = Golden(vault: try await locked.open(with: second, cacheFolder: cache + "/second"))
            try await theirs.snapshot(
                "web", "files", [("index.html", .file, [Array("<p>été</p>".utf8)])], tags: ["second"], facts: [:])
            try await theirs.record(#"{"act":"check","outcome":"passed"}"#)
            golden.expected.snapshots += theirs.expected.snapshots
            golden.expected.records += theirs.expected.records
            try await authority.revokeKey(second.id)
            try await golden.snapshot(
                "db", "postgres", [("tables/one.copy", .rows, [TestBytes.rows(1000)])], tags: [], facts: [:])
            try await Self.forge(second, in: authority, recovery)
            try Data(alice.encoded).write(to: URL(fileURLWithPath: folder + "/alice-key"))
            let cheap = LockedKeyFile.Cost(n: 1 << 14, r: 8, p: 1)
            try Data(await LockedKeyFile.lock(alice, with: "phrase de passe à garder", cost: cheap)).write(
                to: URL(fileURLWithPath: folder + "/alice-key-locked"))
            let shares = recovery.shares(2, of: 3)
            let text = [shares[2], shares[0]].map { $0.words.joined(separator: " ") }.joined(separator: "\n\n") + "\n"
            try Data(text.utf8).write(to: URL(fileURLWithPath: folder + "/shares"))
        }
    }

    /// A snapshot by a key that may not write any more, of what another one holds.
    private static func forge(_ keys: KeyFile, in vault: OpenVault, _ recovery: RecoveryKey) async throws {
        let first = try #require(try await vault.listedSnapshots().found.first)
        let envelope = try #require(try await vault.envelope(first.record.id))
        let body = try envelope.body(with: recovery.reader, vault: vault.id)
        let (id, record) = (SnapshotID(at: Date()), envelope.record)
        let forged = SnapshotRecord(
            id: id, asset: record.asset, kind: record.kind, started: record.started, instant: record.instant,
            finished: record.finished, host: "elsewhere", tags: [], sourceBytes: record.sourceBytes, newBytes: 0, storedBytes: 0,
            entryCount: record.entryCount, facts: [:])
        try await vault.putNew(
            SnapshotEnvelope.objectName(id),
            SnapshotEnvelope.seal(forged, reach: envelope.reach, body: body, vault: vault.id, keys: keys, previous: []))
    }

    /// After prunes: packs that were put together from others, a snapshot that was let go, tombstones, and a prune that waits for
    /// a session of another machine.
    @Test func pruned() async throws {
        try await write("v1-pruned", roles: [.writer, .reader, .keeper], chunking: .tiny, packBytes: 1 << 17) { golden in
            let noise = TestBytes.random(60_000, seed: 4)
            let table = (0..<60).flatMap { _ in TestBytes.rows(2000) }
            try await golden.snapshot(
                "db", "postgres", [("tables/public/orders.copy", .rows, [table]), ("noise.bin", .file, [noise])], tags: [],
                facts: [:])
            try await golden.snapshot(
                "db", "postgres",
                [
                    ("tables/public/orders.copy", .rows, [Array(table.dropFirst(40_000))]),
                    ("noise.bin", .file, [Array(noise.prefix(20_000))]),
                ],
                tags: ["kept"], facts: [:])
            try await golden.record(#"{"act":"check","outcome":"passed"}"#)
            let given = try await golden.vault.startSnapshot(asset: "db", kind: "postgres", host: "golden.example", workers: 1)
            await given.abandon()
            try await golden.prune(forgetting: 0)
            for number in 0..<3 as Range<UInt64> {
                try await golden.snapshot(
                    "small", "files", [("own.bin", .file, [TestBytes.random(9000, seed: 40 + number)])], tags: [], facts: [:])
            }
            let elsewhere = Session(work: .backup, asset: "db", host: "other.example", started: Date(), process: nil)
            let id = ULID(at: Date())
            try await golden.vault.putNew(
                Session.objectName(id),
                SealedNote.session.seal(OpenVault.json(elsewhere), id: id, vault: golden.vault.id, keys: golden.vault.keys))
            await golden.vault.renew(id)
            try await golden.prune(forgetting: 1)
        }
    }

    private func write(
        _ name: String, roles: Set<Role>, chunking: VaultConfig.Chunking, packBytes: Int, _ fill: (Golden) async throws -> Void
    ) async throws {
        let golden = GoldenVault(name: name)
        try #require(!FileManager.default.fileExists(atPath: golden.folder), "a golden vault is never written anew")
        try await golden.store.prepare()
        let made = try await LockedVault.make(
            in: golden.store, holder: "golden", roles: roles, chunking: chunking, packBytes: packBytes)
        let cache = FileManager.default.temporaryDirectory.path + "/reprise-golden-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: cache) }
        let vault = try await LockedVault(in: golden.store).open(with: made.keys, cacheFolder: cache)
        let writing = Golden(vault: vault)
        writing.recovery = made.recovery
        try await fill(writing)
        try Data(made.keys.encoded).write(to: URL(fileURLWithPath: golden.folder + "/key"))
        try Data((made.recovery.text + "\n").utf8).write(to: URL(fileURLWithPath: golden.folder + "/recovery-key"))
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try encoder.encode(writing.expected).write(to: URL(fileURLWithPath: golden.folder + "/expected.json"))
    }
}

/// A golden vault being written, with what is expected of it taken from what goes in.
private final class Golden {
    let vault: OpenVault
    var recovery: RecoveryKey?
    var expected: GoldenVault.Expected

    init(vault: OpenVault) {
        self.vault = vault
        expected = .init(vault: vault.id.description, snapshots: [], records: [])
    }

    func snapshot(
        _ asset: String, _ kind: String, _ entries: [(path: String, content: ContentKind, parts: [[UInt8]])], tags: [String],
        facts: [String: String]
    ) async throws {
        let writer = try await vault.startSnapshot(asset: asset, kind: kind, host: "golden.example", workers: 1)
        for entry in entries {
            for (number, part) in entry.parts.enumerated() {
                let output = try writer.entry(entry.path, content: entry.content, part: number)
                try output.write(part)
                try await output.finish()
            }
        }
        let record = try await writer.commit(instant: Date(), tags: tags, facts: facts)
        let sorted = entries.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
        expected.snapshots.append(
            .init(
                id: record.id.text, asset: asset, kind: kind, tags: tags, facts: facts,
                entries: sorted.map { entry in
                    .init(
                        path: entry.path, parts: entry.parts.map { Int64($0.count) },
                        sha256: Array(SHA256.hash(data: entry.parts.flatMap { $0 })).hex)
                }))
    }

    /// Lets go the snapshot that stands there in `expected`.
    func prune(forgetting number: Int) async throws {
        let id = try #require(SnapshotID(expected.snapshots.remove(at: number).id))
        let report = try await vault.prune(PruneOrder(forget: [.init(id: id, rule: "golden")], host: "golden.example"))
        #expect(!report.plan.condemned.isEmpty)
    }

    func record(_ body: String) async throws {
        let record = try await vault.append(kind: "evidence", body: Data(body.utf8))
        expected.records.append(.init(id: record.id.text, kind: "evidence", body: body))
    }
}
