public import ArgumentParser
import Assets
import Foundation
import Language
import Plan
public import Recovery
import Vault

/// `reprise export`
struct Export: Command {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "export",
            abstract: say("Write a snapshot as plain files that psql, pg_restore or tar load without Reprise."),
            discussion: examples(
                ("reprise export db --format sql --to shop.sql", "one script for psql"),
                ("reprise export db --format directory --to shop.dir", "for pg_restore -j"),
                ("reprise export db --format custom --to shop.dump", "one archive for pg_restore"),
                ("reprise export uploads --to uploads.tar", "files, for tar"),
                about:
                    "The formats directory and custom are written by pg_dump from a throw-away server into which the snapshot is restored first. Exported files are not encrypted."
            ))
    }

    @OptionGroup var global: GlobalOptions

    @Argument(help: help("The asset. (default: the only one)"))
    var asset: String?

    @Option(help: help("sql, directory or custom; of files: folder or tar. (default: sql, tar)"))
    var format: ExportFormat?

    @Option(help: help("The file or folder to write; it must not exist.", valueName: "path"))
    var to: String

    @Option(help: help("An id, its first characters, or «latest»."))
    var snapshot = "latest"

    @Option(help: help("The vault. (default: the plan's first)"))
    var vault: String?

    private struct Made: Encodable {
        let snapshot: String
        let format: String
        let path: String
    }

    func run(_ invocation: Invocation) async throws -> ExitStatus {
        let console = invocation.console
        let workspace = Workspace(try invocation.plan(), invocation)
        let asset = try workspace.asset(asset)
        let vault = try await workspace.open(workspace.vaultPlan(vault))
        let record = try await vault.snapshot(snapshot, of: asset.name)
        let reader = try await vault.read(record)
        let path = Paths.absolute(to, from: invocation.folder)
        guard !FileManager.default.fileExists(atPath: path) else {
            throw CommandError(.fileExists, "There is something at \(path) already.", hint: "Name a path that is free.")
        }
        let format = format ?? (asset.files == nil ? .sql : .tar)
        guard format.isOfFiles == (asset.files != nil) else {
            throw CommandError(
                .usage, "\(asset.name) cannot be exported as \(format.rawValue).",
                hint: "A database: sql, directory or custom. Files: folder or tar.")
        }
        if asset.files != nil {
            try await console.progress("export", "Exporting \(asset.name)") { progress in
                try await FilesExport(reader: reader, jobs: asset.jobs).run(format, to: path) { done in
                    progress.set(done: done, total: record.sourceBytes)
                }
            }
            console.result(Made(snapshot: record.id.text, format: format.rawValue, path: path)) {
                console.print("Snapshot \(record.id) of \(asset.name) is at \(path)." as Phrase)
            }
            if format == .tar { console.next("tar -xpf \(to) -C FOLDER", "unpacks it into a folder") }
            return .done
        }
        let place = try workspace.sandboxPlace()
        try await console.progress("export", "Exporting \(asset.name)") { progress in
            try await SnapshotExport(reader: reader, jobs: asset.jobs, place: place).run(format, to: path) { done in
                progress.set(done: done, total: record.sourceBytes)
            }
        }
        console.result(Made(snapshot: record.id.text, format: format.rawValue, path: path)) {
            console.print("Snapshot \(record.id) of \(asset.name) is at \(path)." as Phrase)
        }
        let load = format == .sql ? "psql -X -v ON_ERROR_STOP=1 -d NEW_DATABASE -f \(to)" : "pg_restore -d NEW_DATABASE \(to)"
        console.next(load, "loads it into an empty database")
        return .done
    }
}

extension ExportFormat: ExpressibleByArgument {}
