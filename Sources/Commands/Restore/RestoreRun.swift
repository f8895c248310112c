import ArgumentParser
import Assets
import Foundation
import Language
import Ledger
import Plan
import Postgres
import Recovery
import Vault

/// `reprise restore`
struct RestoreRun: Command {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "restore",
            abstract: say("Bring a snapshot back into a database and compare what came back, or into a folder."),
            discussion: examples(
                ("reprise restore db --to postgresql://me@host/new", "everything, into an empty database"),
                ("reprise restore db --to env:DATABASE_URL --only public.orders", "one table that was lost"),
                ("reprise restore uploads --to ./restored --only 'images/*.png'", "files, beside the ones there are"),
                ("reprise restore uploads --in-place --dry-run", "what would be replaced where they belong"),
                ("reprise restore uploads --in-place --delete --dry-run", "and what would be deleted to make it what it was"),
                (
                    "reprise restore db --to env:DATABASE_URL --overwrite",
                    "replaces what is there, after a question and a safety snapshot"
                ),
                about:
                    "The target's password comes from PGPASSWORD, ~/.pgpass or the variable that env: names, never from the arguments."
            ))
    }

    @OptionGroup var global: GlobalOptions

    @Argument(help: help("The asset. (default: the only one)"))
    var asset: String?

    @Option(help: help("An id, its first characters, or «latest»."))
    var snapshot = "latest"

    @Option(
        help: help(
            "The database to restore into: a URL without a password, env:NAME or file:PATH. Of files: the folder; with --in-place by default the asset's own.",
            valueName: "target"))
    var to: String?

    @Option(
        parsing: .upToNextOption,
        help: help("Only these tables. Of files: these paths, or patterns as in a .gitignore.", valueName: "name"))
    var only: [String] = []

    @Flag(help: help("Of files: let the folder's files that differ be replaced; the others are left alone."))
    var inPlace = false

    @Flag(help: help("Of files, with --in-place: delete what the snapshot does not have. What the plan excludes stays."))
    var delete = false

    @Flag(help: help("Of files: read and compare those that are there with the same size and time."))
    var compare = false

    @Flag(help: help("Definitions without rows."))
    var schemaOnly = false

    @Flag(help: help("Rows into tables that are there already."))
    var dataOnly = false

    @Flag(help: help("Everything belongs to the login; rights of missing roles are left out."))
    var noOwner = false

    @Option(help: help("Connections that load rows and build indexes. (default: the plan's)", valueName: "n"))
    var jobs: Int?

    @Flag(help: help("Replace what the target holds."))
    var overwrite = false

    @Option(help: help("The target database's or folder's name, in place of typing it.", valueName: "name"))
    var confirm: String?

    @Flag(help: help("Say what would be done and do nothing."))
    var dryRun = false

    @Flag(help: help("Do not compare rows afterwards."))
    var noVerify = false

    @Option(help: help("The vault. (default: the plan's first)"))
    var vault: String?

    func validate() throws {
        if schemaOnly, dataOnly { throw ValidationError(say("--schema-only and --data-only contradict each other.")) }
        if delete, !inPlace { throw ValidationError(say("--delete goes with --in-place only.")) }
        if let jobs, !AssetPlan.allowedJobs.contains(jobs) { throw ValidationError(say("--jobs takes a number from 1 to 64.")) }
    }

    func run(_ invocation: Invocation) async throws -> ExitStatus {
        let console = invocation.console
        let workspace = Workspace(try invocation.plan(), invocation)
        let asset = try workspace.asset(asset)
        if let files = asset.files {
            try refuse(databaseOptions: asset)
            return try await FilesRestoreCommand(
                asset: asset, files: files, options: self, workspace: workspace, console: console
            )
            .run()
        }
        guard !inPlace, !compare else {
            throw CommandError(.usage, "--in-place and --compare are for files, and \(asset.name) is a database.")
        }
        guard let to else {
            throw CommandError(
                .usage, "Say where to restore to, with --to.",
                hint: "For example: reprise restore \(asset.name) --to postgresql://me@host/new")
        }
        let vault = try await workspace.open(workspace.vaultPlan(vault))
        let record = try await vault.snapshot(snapshot, of: asset.name)
        let reader = try await vault.read(record)
        let target = try workspace.target(to)
        let options = RestoreOptions(
            only: try tables(), contents: schemaOnly ? .definitions : dataOnly ? .rows : .everything, withoutOwners: noOwner,
            jobs: jobs ?? asset.jobs, overwrite: overwrite, comparesRows: !noVerify)
        let restore = PostgresRestore(reader, into: target, options: options)
        let plan = try await restore.plan()
        if dryRun {
            console.result(RestorePlanDocument(plan)) { for line in plan.lines { console.print(line) } }
            return .done
        }
        if plan.destroys, overwrite {
            try confirmed(plan, on: console)
            let safety = try await safetySnapshot(of: target, asset, into: vault, on: console)
            console.say("What the target holds is kept as snapshot \(safety.id) (asset \(safety.asset)).")
        }
        let run = ProvenRestore(restore: restore, plan: plan, reader: reader)
        let outcome = try await console.progress("restore", "Restoring \(asset.name)") { progress in
            try await run.run(asset: asset.name, host: HostName.own, log: EvidenceLog(vault)) { now in
                progress.set(
                    done: now.bytes + now.comparedBytes, total: now.expectedBytes,
                    item: console.name(now.phase.rawValue, now.phase.title))
            }
        }
        return RestorePage(outcome: outcome, plan: plan, record: record).show(on: console)
    }

    private func refuse(databaseOptions asset: AssetPlan) throws {
        guard !schemaOnly, !dataOnly, !noOwner, !overwrite, !noVerify else {
            throw CommandError(
                .usage,
                "--schema-only, --data-only, --no-owner, --overwrite and --no-verify are for databases, and \(asset.name) is a folder.",
                hint: "--in-place replaces files that differ.")
        }
    }

    private func tables() throws -> [TableName] {
        try only.flatMap { $0.split(separator: ",").map(String.init) }.map { text in
            guard let name = TableName(text) else {
                throw CommandError(
                    .usage, "«\(text)» is no table name.",
                    hint: "Write table, or schema.table, with double quotes where a name has dots.")
            }
            return name
        }
    }

    /// Nothing is overwritten before its database's name was typed.
    private func confirmed(_ plan: RestorePlan, on console: Console) throws {
        let name = plan.target.database
        if let confirm {
            guard confirm == name else {
                throw CommandError(
                    .usage, "--confirm says «\(confirm)», and the target database is «\(name)». Nothing was touched.")
            }
            return
        }
        for line in plan.lines { console.say(line) }
        let typed = console.ask("What database \(name) holds will be replaced. Type its name to go on:")
        guard let typed else {
            throw CommandError(
                .usage, "Nobody is there to confirm that database \(name) may be overwritten. Nothing was touched.",
                hint: "In a script add --confirm \(name).")
        }
        guard typed.trimmingCharacters(in: .whitespaces) == name else {
            throw CommandError(.usage, "That is not the database's name. Nothing was touched.")
        }
    }

    private func safetySnapshot(
        of target: ConnectionString, _ asset: AssetPlan, into vault: OpenVault, on console: Console
    ) async throws -> SnapshotRecord {
        guard vault.keys.roles.contains(.writer) else {
            throw CommandError(
                .usage, "Overwriting takes a safety snapshot first, and this key file has not the writer role.",
                hint: "Use a key file that has it, or restore into an empty database.")
        }
        var safety = asset
        safety.name = AssetPlan.keptBeforeRestore(asset.name)
        return try await Backup.take(safety, target, into: vault, tags: [AssetPlan.safetyTag], on: console)
    }
}
