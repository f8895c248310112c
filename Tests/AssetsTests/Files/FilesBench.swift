import Foundation
import ObjectStore
import Testing
import Vault

@testable import Assets

/// A tree, a vault, and a place to restore to, all below a folder that goes away with this object.
final class FilesBench: Sendable {
    let folder: String
    let source: String
    let vault: OpenVault
    let keys: KeyFile

    let store: DirectoryStore

    init() async throws {
        folder = FileManager.default.temporaryDirectory.path + "/reprise-files-" + UUID().uuidString
        source = folder + "/source"
        try FileManager.default.createDirectory(atPath: source, withIntermediateDirectories: true)
        store = DirectoryStore(folder + "/vault")
        try await store.prepare()
        let made = try await LockedVault.make(in: store, holder: "test", roles: [.writer, .reader, .keeper])
        keys = made.keys
        vault = try await LockedVault(in: store).open(with: made.keys, cacheFolder: folder + "/cache")
    }

    deinit { FilesRemoval.remove(folder) }

    var options: FilesCaptureOptions { FilesCaptureOptions(jobs: 2) }

    func write(_ path: String, _ bytes: [UInt8], mode: Int = 0o644) throws {
        let file = source + "/" + path
        try FileManager.default.createDirectory(
            atPath: (file as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        try Data(bytes).write(to: URL(fileURLWithPath: file))
        chmod(file, mode_t(mode))
    }

    /// Sets back the times of everything, so that nothing counts as written just now.
    func age(seconds: Int = 3600) async throws {
        _ = try await sh("find \(source) -depth -exec touch -h -d '-\(seconds) seconds' {} +")
        // Change times cannot be set; what was changed before the scan's start by more than the granularity is believed.
        try await Task.sleep(for: .milliseconds(3300))
    }

    @discardableResult
    func capture(
        _ options: FilesCaptureOptions? = nil, vault other: OpenVault? = nil
    ) async throws -> (SnapshotRecord, FilesManifest) {
        let vault = other ?? vault
        return try await FilesCapture(source, options: options ?? self.options).run(asset: "files") {
            try await vault.startSnapshot(asset: "files", kind: FilesCapture.kind)
        }
    }

    @discardableResult
    func restore(
        _ record: SnapshotRecord, to target: String, _ options: FilesRestoreOptions = FilesRestoreOptions(),
        vault other: OpenVault? = nil
    ) async throws -> FilesRestoreReport {
        let reader = try await (other ?? vault).read(record)
        return try await FilesRestore(reader, into: folder + "/" + target, options: options).run()
    }

    func compare(_ record: SnapshotRecord, with target: String) async throws -> FilesComparison.Result {
        try await FilesComparison(vault.read(record), with: folder + "/" + target).run()
    }

    /// What `find` and `sha256sum` say of a tree: every name with its kind, mode, size, time, link target, number of names, and
    /// the sum of its bytes. Shares no code with us.
    func listing(_ path: String) async throws -> [String] {
        let facts = try await sh(
            "cd \(path) && find . -mindepth 1 -printf '%P|%y|%m|%U|%G|%T@|%l|%n\\0' | sed -z 's/\\n/\\\\n/g' | tr '\\0' '\\n' | LC_ALL=C sort"
        )
        let sums = try await sh(
            "cd \(path) && find . -type f -print0 | LC_ALL=C sort -z | xargs -0 -r sha256sum")
        let sizes = try await sh(
            "cd \(path) && find . -type f -printf '%P|%s\\0' | sed -z 's/\\n/\\\\n/g' | tr '\\0' '\\n' | LC_ALL=C sort")
        return (facts + sums + sizes).split(separator: "\n").map(String.init)
    }

    func sh(_ script: String) async throws -> String {
        try await onOwnThread {
            Result {
                let process = Process()
                process.executableURL = URL(fileURLWithPath: "/bin/bash")
                process.arguments = ["-c", script]
                let output = Pipe()
                process.standardOutput = output
                try process.run()
                let data = output.fileHandleForReading.readDataToEndOfFile()
                process.waitUntilExit()
                guard process.terminationStatus == 0 else {
                    throw ScriptFailed(script: script, status: process.terminationStatus)
                }
                // Names may be no UTF-8.
                return String(decoding: data, as: UTF8.self)
            }
        }.get()
    }

    struct ScriptFailed: Error {
        let script: String
        let status: Int32
    }

    static func noise(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
        var state = seed
        return [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            for index in 0..<count {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                buffer[index] = UInt8(truncatingIfNeeded: state >> 56)
            }
            filled = count
        }
    }
}
