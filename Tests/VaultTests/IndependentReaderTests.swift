import Foundation
import ObjectStore
import Synchronization
import Testing

@testable import Vault

private let python = ProcessInfo.processInfo.environment["REPRISE_PYTHON"]

/// What is written today is read by `tools/read_vault.py`, which shares no code with us.
@Suite(
    .enabled(
        if: python != nil,
        "needs the Python of scripts/setup test: run it as scripts/with-tools swift test"))
struct IndependentReaderTests {
    private static let reader =
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path + "/tools/read_vault.py"

    @Test(arguments: [VaultConfig.Chunking.standard, .tiny]) func aFreshVaultIsReadByTheIndependentReader(
        chunking: VaultConfig.Chunking
    ) async throws {
        let bench = try await TestVault(chunking: chunking, packBytes: 1 << 18)
        let vault = try await bench.open()
        var contents: [String: [UInt8]] = ["empty": [], "a/b/c": [1, 2, 3], "noise": TestBytes.random(600_000)]
        contents["rows"] = TestBytes.rows(30_000)
        let first = try await vault.snapshot(contents)
        contents["rows"]?.removeFirst(5000)
        let second = try await vault.snapshot(asset: "other", contents)
        try await vault.append(kind: "evidence", body: Data("{}".utf8))
        vault.bundleSizes.withLock { $0.leastObjects = 2 }
        #expect(try await vault.prune(PruneOrder(host: "here")).bundles.written == 1, "which it passes over")
        let key = bench.folder + "/key"
        try Data(bench.keys.encoded).write(to: URL(fileURLWithPath: key))

        let checked = try await run("--key", key, bench.folder + "/vault", "verify")
        #expect(checked.status == 0, "\(checked.text)")
        #expect(checked.text.hasPrefix("2 snapshots, 1 records, "))
        #expect(checked.text.hasSuffix("all is as it was written\n"))

        let target = bench.folder + "/unpacked"
        let unpacked = try await run(
            bench.folder + "/vault", "unpack", second.id.text, target, environment: ["REPRISE_RECOVERY_KEY": bench.recovery.text])
        #expect(unpacked.status == 0, "\(unpacked.text)")
        for (path, bytes) in contents {
            #expect(try Data(contentsOf: URL(fileURLWithPath: target + "/" + path)) == Data(bytes), "\(path)")
        }
        let listed = try await run("--key", key, bench.folder + "/vault", "list")
        #expect(listed.text.split(separator: "\n").map { String($0.prefix(26)) } == [first.id.text, second.id.text])
    }

    @Test func aCopyIsReadByTheIndependentReader() async throws {
        let bench = try await TestVault(chunking: .tiny, packBytes: 1 << 16)
        let vault = try await bench.open()
        let contents = ["noise": TestBytes.random(60_000), "rows": TestBytes.rows(300)]
        for asset in ["a", "b", "c"] { _ = try await vault.snapshot(asset: asset, contents) }
        let folder = bench.folder + "/copy"
        let store = DirectoryStore(folder)
        try await store.prepare()
        _ = try await LockedVault.makeCopy(of: vault, in: store)
        let copy = try await LockedVault(in: store).open(with: bench.keys, cacheFolder: bench.folder + "/cache")
        let all = try await vault.snapshots()
        // «b» is never brought, and «a» is let go: both are missing links.
        _ = try await vault.copy([all[2], all[0]], to: copy, host: "here")
        _ = try await copy.prune(PruneOrder(forget: [.init(id: all[0].id, rule: "test")], host: "here"))
        // What is let go there stands here, and what it says travels back.
        _ = try await copy.copy([], to: vault, host: "here")
        let key = bench.folder + "/key"
        try Data(bench.keys.encoded).write(to: URL(fileURLWithPath: key))
        for (place, count) in [(folder, 1), (bench.folder + "/vault", 3)] {
            let checked = try await run("--key", key, place, "verify")
            #expect(checked.status == 0 && checked.text.hasPrefix("\(count) snapshots, "), "\(checked.text)")
        }
        let target = bench.folder + "/unpacked"
        let unpacked = try await run(
            folder, "unpack", all[2].id.text, target, environment: ["REPRISE_RECOVERY_KEY": bench.recovery.text])
        #expect(unpacked.status == 0, "\(unpacked.text)")
        for (path, bytes) in contents {
            #expect(try Data(contentsOf: URL(fileURLWithPath: target + "/" + path)) == Data(bytes), "\(path)")
        }
    }

    private func run(_ arguments: String..., environment: [String: String] = [:]) async throws -> (status: Int32, text: String) {
        let python = try #require(python)
        return try await onOwnThread {
            Result {
                let process = Process()
                process.executableURL = URL(fileURLWithPath: python)
                process.arguments = [Self.reader] + arguments
                process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
                let output = Pipe()
                process.standardOutput = output
                process.standardError = output
                try process.run()
                let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
                process.waitUntilExit()
                return (process.terminationStatus, text)
            }
        }.get()
    }
}
