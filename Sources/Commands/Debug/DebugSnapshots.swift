import ArgumentParser
import Assets
import Foundation
import Language
import ObjectStore
import Reporting
import Vault

/// `reprise debug snapshots`: a vault of many snapshots, to measure what lists them.
struct DebugSnapshots: Command {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "snapshots",
            abstract: say(
                "Invent snapshots of an asset of files in the plan's first vault, or time how long listing them takes."),
            shouldDisplay: false)
    }

    @OptionGroup var global: GlobalOptions

    @Argument(help: help("The asset."))
    var asset: String

    @Option(help: help("How many snapshots to invent, one an hour until now."))
    var count = 0

    @Option(help: help("With 0 snapshots: milliseconds that the store takes for each request, and an empty cache."))
    var latency = 0

    private struct Measured: Encodable {
        let snapshots: Int
        let seconds: Double
    }

    func run(_ invocation: Invocation) async throws -> ExitStatus {
        let workspace = Workspace(try invocation.plan(), invocation)
        let start = ContinuousClock.now
        var found = count
        if count > 0 {
            let vault = try await workspace.open(workspace.vaultPlan(nil))
            try await vault.inventSnapshots(
                count, asset: asset, kind: FilesCapture.kind, host: HostName.own, every: 3600, entries: Self.entries
            ) { done in invocation.console.say("\(done) of \(count) snapshots are written." as Phrase) }
        } else {
            let cache = FileManager.default.temporaryDirectory.path + "/reprise-debug-\(UInt64.random(in: 0 ... .max))"
            defer { try? FileManager.default.removeItem(atPath: cache) }
            let plan = try workspace.vaultPlan(nil)
            let store = try DelayedStore(workspace.store(plan), delay: .milliseconds(latency))
            let keys = try await workspace.keyFile(plan)
            let vault = try await LockedVault(in: store).open(with: keys, cacheFolder: cache)
            found = try await vault.snapshots().count
        }
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        invocation.console.result(Measured(snapshots: found, seconds: seconds)) {
            invocation.console.print("\(found) snapshots in \(invocation.console.figures.duration(.seconds(seconds)))." as Phrase)
        }
        return .done
    }

    /// A tree of a folder and one small file that is another in each snapshot.
    @Sendable private static func entries(_ number: Int) -> [OpenVault.InventedEntry] {
        let time = FileFacts.Time(seconds: 1_700_000_000 + Int64(number), nanoseconds: 0)
        let own = getuid()
        let group = getgid()
        let folder = FileFacts(kind: .directory, mode: 0o755, uid: own, gid: group, modified: time)
        let file = FileFacts(kind: .file, mode: 0o644, uid: own, gid: group, modified: time)
        return [
            .init(path: FilesManifest.root, file: folder),
            .init(path: FilesManifest.root + "/note", bytes: Array("The note with the number \(number).\n".utf8), file: file),
            .init(path: FilesManifest.path, bytes: Array(manifest.utf8)),
        ]
    }

    private static let manifest = """
        {"counts":{"bytes":0,"changed":0,"excluded":0,"files":1,"folders":1,"links":0,"others":0,"unchanged":0,"unreadable":0,\
        "vanished":0},"exclude":[],"format":1,"problems":[],"source":"/invented"}
        """
}

/// A store that is far away: each request takes a while, and any number may be under way.
private struct DelayedStore: ObjectStore {
    let inner: any ObjectStore
    let delay: Duration

    init(_ inner: any ObjectStore, delay: Duration) {
        self.inner = inner
        self.delay = delay
    }

    var location: String { inner.location }

    var isFar: Bool { true }

    private func wait() async { try? await Task.sleep(for: delay) }

    func put(_ key: ObjectKey, _ bytes: [UInt8], ifAbsent: Bool) async throws(StoreError) {
        await wait()
        try await inner.put(key, bytes, ifAbsent: ifAbsent)
    }

    func get(_ key: ObjectKey, range: Range<Int>?) async throws(StoreError) -> [UInt8] {
        await wait()
        return try await inner.get(key, range: range)
    }

    func list(_ prefix: String, after: ObjectKey?, limit: Int) async throws(StoreError) -> [ObjectFacts] {
        await wait()
        return try await inner.list(prefix, after: after, limit: limit)
    }

    func head(_ key: ObjectKey) async throws(StoreError) -> ObjectFacts? {
        await wait()
        return try await inner.head(key)
    }

    func delete(_ key: ObjectKey) async throws(StoreError) {
        await wait()
        try await inner.delete(key)
    }
}
