import ArgumentParser
import Foundation
import Language
import Ledger
import Reporting
import Vault

/// `reprise check`
struct Check: Command {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "check",
            abstract: say("Check that a vault holds what it lists, unharmed."),
            discussion: examples(
                ("reprise check", "every object is there, signed and chained; every chunk has its place"),
                ("reprise check --read-data 10%", "and a tenth of the packs is read, another tenth each time"),
                ("reprise check --read-data all", "and every byte is read"),
                about:
                    "Packs are hashed, and with a reader key opened and compared with their names too. What was found is kept as evidence."
            ))
    }

    @OptionGroup var global: GlobalOptions

    @Option(help: help("Read packs too: a share such as 10%, or «all».", valueName: "share"))
    var readData: Share?

    @Option(help: help("The vault. (default: the plan's first)"))
    var vault: String?

    struct Share: ExpressibleByArgument {
        let depth: CheckDepth

        init?(argument: String) {
            if argument == "all" || argument == "100%" {
                depth = .everything
            } else if argument.hasSuffix("%"), let percent = Int(argument.dropLast()), (1...99).contains(percent) {
                depth = .share(percent: percent)
            } else {
                return nil
            }
        }
    }

    func run(_ invocation: Invocation) async throws -> ExitStatus {
        let console = invocation.console
        let workspace = Workspace(try invocation.plan(), invocation)
        let vault = try await workspace.open(workspace.vaultPlan(vault))
        let started = Date()
        let cursor = await lastCursor(vault)
        let report = try await console.progress("check", "Checking") { progress in
            try await vault.check(readData?.depth ?? .structure, after: cursor) { done, total in
                progress.set(done: done, total: total)
            }
        }
        try await EvidenceLog(vault).add(evidence(report, since: started))
        show(report, on: console)
        return report.problems.isEmpty ? .done : .damagedData
    }

    /// Where the last check of a share ended. Evidence that cannot be read only costs the place to go on at; the check reports
    /// it.
    private func lastCursor(_ vault: OpenVault) async -> String? {
        let items = (try? await EvidenceLog(vault).all()) ?? []
        return items.last { $0.evidence.act == .check && $0.evidence.facts["cursor"] != nil }?.evidence.facts["cursor"]
    }

    private func evidence(_ report: CheckReport, since started: Date) -> Evidence {
        var facts = [
            "snapshots": String(report.snapshots), "packs": String(report.packs), "packsRead": String(report.packsRead),
            "bytesRead": String(report.bytesRead),
        ]
        facts["cursor"] = report.cursor
        return Evidence(
            act: .check, started: started, finished: Date(), host: HostName.own,
            outcome: report.problems.isEmpty ? .passed : .failed,
            checks: report.problems.map { .init(name: Phrase(verbatim: $0.object), outcome: .failed, found: $0.message) },
            facts: facts)
    }

    private func show(_ report: CheckReport, on console: Console) {
        console.result(Document(report)) { page(report, on: console) }
    }

    private func page(_ report: CheckReport, on console: Console) {
        let figures = console.figures
        console.print(
            "\(count: report.snapshots) {snapshot|snapshots}, \(count: report.records) {record|records} and \(count: report.packs) {pack|packs} (\(figures.bytes(report.packBytes))) are listed."
                as Phrase)
        if report.packsRead > 0 {
            let how: Phrase =
                report.chunksWereOpened
                ? "hashed, opened and compared with their names" : "hashed (no reader key here to open them)"
            console.print(
                "\(count: report.packsRead) {pack|packs} (\(figures.bytes(report.bytesRead))) {was|were} read: \(how)." as Phrase)
        }
        if report.unlistedPacks > 0 {
            console.print(
                "\(count: report.unlistedPacks) {pack is|packs are} left over from backups that were cut off: no damage."
                    as Phrase)
        }
        if report.revokedSnapshots > 0 {
            console.print(
                "\(count: report.revokedSnapshots) {snapshot was|snapshots were} signed with a key after it was revoked, and {does|do} not count."
                    as Phrase)
        }
        for problem in report.problems {
            console.print(console.style.red("✗ " + problem.object) + ": " + problem.message.rendered(in: console.language))
            if !problem.snapshots.isEmpty {
                console.print("  It touches the snapshots \(problem.snapshots.map(\.text).joined(separator: ", "))." as Phrase)
            }
        }
        let verdict: Phrase = report.problems.isEmpty ? "Nothing is wrong." : "Problems: \(figures.count(report.problems.count))."
        console.print(verdict)
    }

    private struct Document: Encodable {
        struct Problem: Encodable {
            let object: String
            let message: String
            let snapshots: [String]
        }
        let snapshots: Int
        let records: Int
        let packs: Int
        let packBytes: Int64
        let packsRead: Int
        let bytesRead: Int64
        let chunksWereOpened: Bool
        let unlistedPacks: Int
        let revokedSnapshots: Int
        let problems: [Problem]

        init(_ report: CheckReport) {
            snapshots = report.snapshots
            records = report.records
            packs = report.packs
            packBytes = report.packBytes
            packsRead = report.packsRead
            bytesRead = report.bytesRead
            chunksWereOpened = report.chunksWereOpened
            unlistedPacks = report.unlistedPacks
            revokedSnapshots = report.revokedSnapshots
            problems = report.problems.map {
                Problem(object: $0.object, message: $0.message.description, snapshots: $0.snapshots.map(\.text))
            }
        }
    }
}
