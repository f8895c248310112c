import ArgumentParser
import Assets
import Foundation
import Language
import Plan
import Postgres
import Reporting
import Vault

/// `reprise backup`
struct Backup: Command {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "backup",
            abstract: say("Take a snapshot of every asset, or of those named."),
            discussion: examples(
                ("reprise backup", "all assets of the plan"),
                ("reprise backup db --tag before-migration", "one asset, with a word to find it again by"),
                ("reprise backup uploads", "a folder; what has not changed since the last time is not read again"),
                about:
                    "A snapshot is listed once it is complete. A backup that is cut off leaves nothing behind that counts; the next one finds what was already stored."
            ))
    }

    @OptionGroup var global: GlobalOptions

    @Argument(help: help("The assets. (default: all)"))
    var assets: [String] = []

    @Option(help: help("A word kept with the snapshot; may be repeated.", valueName: "word"))
    var tag: [String] = []

    @Option(help: help("The vault. (default: the plan's first)"))
    var vault: String?

    func validate() throws { try Tag.require(tag) }

    func run(_ invocation: Invocation) async throws -> ExitStatus {
        let workspace = Workspace(try invocation.plan(), invocation)
        let chosen = try workspace.assets(assets)
        let place = try workspace.vaultPlan(vault)
        let vault = try await workspace.open(place)
        var isComplete = true
        for asset in chosen {
            if let files = asset.files {
                let backup = FilesBackup(asset: asset, files: files, workspace: workspace)
                isComplete = try await backup.run(into: vault, tags: tag, on: invocation.console) && isComplete
                continue
            }
            let taken = try await Self.take(asset, workspace.connection(asset), into: vault, tags: tag, on: invocation.console)
            Self.show(taken, on: invocation.console)
        }
        if place.parity { await Self.protect(vault, on: invocation.console) }
        invocation.console.next("reprise drill", "proves that it can be restored")
        return isComplete ? .done : .failed
    }

    /// Takes a snapshot with a progress line.
    static func take(
        _ asset: AssetPlan, _ connection: ConnectionString, into vault: OpenVault, tags: [String], on console: Console
    ) async throws -> SnapshotRecord {
        try vault.require(.writer)
        let capture = PostgresCapture(connection, options: CaptureOptions(lockTimeout: asset.lockTimeout, jobs: asset.jobs))
        return try await console.progress("backup", "Backing up \(asset.name)") { progress in
            try await capture.run(tags: tags) {
                try await vault.startSnapshot(asset: asset.name, kind: PostgresCapture.kind, host: HostName.own)
            } progress: { now in
                progress.set(done: now.bytes, total: now.expectedBytes)
            }.0
        }
    }

    /// Adds parity to what has none. The snapshots are taken: where it cannot be added that is told, and the next backup tries
    /// again.
    static func protect(_ vault: OpenVault, on console: Console) async {
        do {
            let report = try await console.progress("protect", "Adding parity") { progress in
                try await vault.protect { progress.set(done: $0, total: $1) }
            }
            if report.added.packs > 0 {
                console.say(
                    "Parity for \(count: report.added.packs) {pack|packs} was added and takes \(console.figures.bytes(report.written))."
                )
            }
            for name in report.damaged { console.warn("\(name) is damaged, and no parity protects it.") }
        } catch {
            console.warn("No parity was added: \(ErrorReport(error).message)")
        }
    }

    static func show(_ record: SnapshotRecord, on console: Console) {
        console.result(record) {
            let figures = console.figures
            let time = figures.duration(.seconds(record.finished.timeIntervalSince(record.started)))
            let tables = Int64(record.facts["tables"] ?? "") ?? 0
            let rows = Int64(record.facts["rows"] ?? "") ?? 0
            console.print(
                "Snapshot \(record.id) of \(record.asset): \(count: tables) {table|tables}, \(count: rows) {row|rows}, \(figures.bytes(record.sourceBytes)) in \(time)."
                    as Phrase)
            // What is new includes the snapshot's own lists: of a first one a little more than its source.
            console.print(
                record.newBytes >= record.sourceBytes
                    ? "All of it was new and takes \(figures.bytes(record.storedBytes)) in the vault." as Phrase
                    : "\(figures.bytes(record.newBytes)) of it were new and take \(figures.bytes(record.storedBytes)) in the vault."
                        as Phrase)
        }
    }
}
