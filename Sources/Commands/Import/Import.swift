import ArgumentParser
import Foundation
import Language
import Plan
import Postgres
import Recovery
import Reporting
import SystemPackage
import Vault

/// `reprise import`
struct Import: Command {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "import",
            abstract: say("Make a snapshot of a dump that is there already."),
            discussion: examples(
                ("reprise import old.sql --asset db", "a script of pg_dump"),
                ("reprise import shop.dump.gz --asset db --at 2025-03-01T02:00:00Z", "a packed archive, and when it was made"),
                ("reprise import server.sql --asset db --database shop", "one database of a pg_dumpall"),
                about:
                    "The dump is loaded into a throw-away server and backed up from there: what cannot be loaded is told before it counts. Functions in a dump are programs that run while it is loaded, as nobody where root imports it: import only dumps that you trust."
            ))
    }

    @OptionGroup var global: GlobalOptions

    @Argument(help: help("A .sql script, an archive of pg_dump, or the folder of a pg_dump -Fd."))
    var file: String

    @Option(help: help("The asset it is a dump of. (default: the only one)"))
    var asset: String?

    @Option(
        help: help(
            "When it was made: 2025-03-01T02:00:00Z. (default: what it says, else when the file was written)", valueName: "time"))
    var at: String?

    @Option(help: help("Of several databases in the dump, this one.", valueName: "name"))
    var database: String?

    @Flag(help: help("Go on where the throw-away server refuses something, and say what."))
    var keepGoing = false

    @Option(help: help("A word kept with the snapshot; may be repeated.", valueName: "word"))
    var tag: [String] = []

    @Option(help: help("The vault. (default: the plan's first)"))
    var vault: String?

    /// How far the clock of who made the dump may be ahead of this one, in seconds.
    private static let clockTolerance: TimeInterval = 300

    private struct Made: Encodable {
        let snapshot: SnapshotRecord
        let refused: [Phrase]
    }

    func validate() throws { try Tag.require(tag) }

    func run(_ invocation: Invocation) async throws -> ExitStatus {
        let console = invocation.console
        let workspace = Workspace(try invocation.plan(), invocation)
        let asset = try workspace.asset(asset)
        guard asset.files == nil else {
            throw CommandError(
                .usage, "The asset \(asset.name) is a folder, not a database.",
                hint: "Name the asset that the dump is of: a database, with --asset.")
        }
        let instant = try self.instant()
        let vault = try await workspace.open(workspace.vaultPlan(vault))
        let dump = DumpImport(
            Paths.absolute(file, from: invocation.folder), under: workspace.sandboxFolder,
            options: .init(database: database, instant: instant, keepsGoing: keepGoing, jobs: asset.jobs))
        let outcome = try await console.progress("import", "Importing \(file)") { progress in
            try await dump.run(asset: asset.name, host: HostName.own, tags: tag, into: vault) { phase in
                switch phase {
                case .unpacking: progress.set(done: 0, total: nil, item: say("unpack"))
                case .loading: progress.set(done: 0, total: nil, item: say("load"))
                case .backingUp(let bytes): progress.set(done: bytes, total: nil)
                }
            }
        }
        let record = outcome.record
        console.result(Made(snapshot: record, refused: outcome.refused)) {
            let figures = console.figures
            let tables = Int64(record.facts["tables"] ?? "") ?? 0
            let rows = Int64(record.facts["rows"] ?? "") ?? 0
            console.print(
                "Snapshot \(record.id) of \(record.asset): \(count: tables) {table|tables}, \(count: rows) {row|rows}, as of \(figures.instant(record.instant, in: workspace.plan.project.timezone))."
                    as Phrase)
            for refusal in outcome.refused { console.print("Not in it: \(refusal)" as Phrase) }
        }
        console.next("reprise drill \(asset.name) --snapshot \(record.id.text.prefix(12))", "proves that it can be restored")
        return outcome.refused.isEmpty ? .done : .failed
    }

    private func instant() throws -> Date? {
        guard let at else { return nil }
        guard let date = try? Date(at, strategy: .iso8601) else {
            throw CommandError(.usage, "«\(at)» is no time.", hint: "Write it as 2025-03-01T02:00:00Z.")
        }
        guard date.timeIntervalSinceNow <= Self.clockTolerance else {
            throw CommandError(.usage, "«\(at)» is in the future.", hint: "Say when the dump was made, with --at.")
        }
        return date
    }
}
