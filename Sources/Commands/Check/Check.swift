import ArgumentParser
import Foundation
import Language
import Ledger
import ObjectStore
import Plan
import Reporting
import Vault

/// `reprise check`
struct Check: Command {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "check",
            abstract: say("Check that a vault holds what it lists, unharmed, and repair it."),
            discussion: examples(
                ("reprise check", "every object is there, signed and chained; every chunk has its place"),
                ("reprise check --read-data 10%", "and a tenth of the packs is read, another tenth each time"),
                ("reprise check --read-data all", "and every byte is read"),
                ("reprise check --repair", "put right what was found"),
                (
                    "reprise check --repair --give-up snapshots/01m829fxmetdg2k0vr6hq5wbzn",
                    "go on without a snapshot that cannot be read and that no copy has"
                ),
                about:
                    "Packs are hashed, and with a reader key opened and compared with their names too. What was found is kept as evidence.\n\nA repair rebuilds a lost index from the packs, saves what is good of damaged packs, fetches what is lost or cannot be read from the plan's other copies of the vault, and lets the next backup store again what is lost there too. It deletes nothing that can be read, and backups may run meanwhile. It needs a key file with the keeper role; to look into damaged packs the reader role too. The recovery key of the kit has both."
            ))
    }

    @OptionGroup var global: GlobalOptions

    @Option(help: help("Read packs too: a share such as 10%, or «all».", valueName: "share"))
    var readData: Share?

    @Flag(help: help("Put right what is found, and what earlier checks have found."))
    var repair = false

    @Option(
        help: help(
            "With --repair: go on without an object that cannot be read, by the name that a check gives it; may be repeated. A snapshot is let go by that.",
            valueName: "object"))
    var giveUp: [String] = []

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

    func validate() throws {
        if !giveUp.isEmpty, !repair { throw ValidationError(say("--give-up goes with --repair only.")) }
    }

    func run(_ invocation: Invocation) async throws -> ExitStatus {
        let console = invocation.console
        let workspace = Workspace(try invocation.plan(), invocation)
        let vaultPlan = try workspace.vaultPlan(vault)
        let vault = try await workspace.open(vaultPlan)
        if repair { try vault.require(.keeper) }
        let started = Date()
        let earlier = await earlierChecks(vault)
        // Each check looks at what those before it found, so the last good one has settled all before.
        let unsettled = earlier.reversed().prefix { $0.outcome != .passed }
        let suspects = Set(unsettled.flatMap { $0.checks.filter { $0.outcome == .failed }.map(\.name.description) })
        let cursor = earlier.last { $0.facts["cursor"] != nil }?.facts["cursor"]
        let found = try await console.progress("check", "Checking") { progress in
            try await vault.check(readData?.depth ?? .structure, after: cursor, suspects: suspects) { done, total in
                progress.set(done: done, total: total)
            }
        }
        let page = CheckPage(timezone: workspace.plan.project.timezone, vault: self.vault, console: console)
        let (copies, unreached) = repair ? await workspace.copies(of: vault, besides: vaultPlan) : ([], [])
        if !giveUp.isEmpty, let first = unreached.first {
            throw StoreError(
                .unreachable, "The vault \(first) of the plan could not be asked, and may have what is to be given up.",
                hint: "Run the same command again when it can be reached, or take it out of the plan if it is gone for good.")
        }
        let isFetching = found.lacksObjects || (!copies.isEmpty && found.lacksChunks)
        guard repair, found.canBeRepaired || isFetching || !giveUp.isEmpty else {
            console.warn(ifUnkept: try await EvidenceLog(vault).keep(evidence(found, since: started)))
            console.result(CheckPage.Document(found, repaired: repair ? (RepairReport.nothing, found) : nil)) {
                page.show(found)
                if repair { page.showNothingToRepair() }
            }
            page.next(after: found)
            return Self.status(of: found)
        }
        let done = try await console.progress("repair", "Repairing") { progress in
            try await vault.repair(
                found, host: HostName.own, from: copies.map(\.vault), givingUp: Set(giveUp), asksEveryCopy: unreached.isEmpty
            ) {
                progress.set(done: $0, total: $1)
            }
        }
        // What is still wrong: the packs that were read and not put aside are as they were.
        let left = try await console.progress("check", "Checking") { progress in
            try await vault.check(.structure, suspects: Set(found.problems.map(\.object)).union(suspects)) { done, total in
                progress.set(done: done, total: total)
            }
        }
        console.warn(ifUnkept: try await EvidenceLog(vault).keep(evidence(left, since: started, repairing: found)))
        console.result(CheckPage.Document(left, repaired: (done, found))) {
            page.show(found)
            page.show(done, canRead: vault.keys.roles.contains(.reader))
            page.showLeft(left)
        }
        page.next(after: left)
        return Self.status(of: left)
    }

    private static func status(of report: CheckReport) -> ExitStatus {
        guard report.problems.isEmpty else { return .damagedData }
        return report.notSealed.isEmpty ? .done : .notPermitted
    }

    /// Evidence that cannot be read costs the place to go on at, and what to look at again; the check reports it.
    private func earlierChecks(_ vault: OpenVault) async -> [Evidence] {
        ((try? await EvidenceLog(vault).survey())?.items ?? []).map(\.evidence).filter { $0.act == .check }
    }

    /// - Parameter found: what was wrong before a repair.
    private func evidence(_ report: CheckReport, since started: Date, repairing found: CheckReport? = nil) -> Evidence {
        let read = found ?? report
        var facts = [
            "snapshots": String(report.snapshots), "packs": String(report.packs), "packsRead": String(read.packsRead),
            "bytesRead": String(read.bytesRead),
        ]
        facts["cursor"] = read.cursor
        if readData?.depth == .everything { facts["depth"] = "all" }
        if let found { facts["problemsBeforeRepair"] = String(found.problems.count) }
        return Evidence(
            act: .check, started: started, finished: Date(), host: HostName.own,
            outcome: !report.problems.isEmpty ? .failed : read.notSealed.isEmpty ? .passed : .partly,
            checks: report.problems.map { .init(name: Phrase(verbatim: $0.object), outcome: .failed, found: $0.message) },
            unproven: read.notSealed.isEmpty
                ? []
                : [
                    "\(count: read.notSealed.count) {pack or snapshot is|packs and snapshots are} not sealed to the key of this check."
                ],
            facts: facts)
    }
}
