import ArgumentParser
import Foundation
import Language
import Plan
import Reporting
import Vault

/// `reprise prune`
struct Prune: Command {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "prune",
            abstract: say("Delete from a vault what no snapshot uses any more."),
            discussion: examples(
                ("reprise prune --dry-run", "show what would go, and how much space that frees"),
                ("reprise prune", "delete it"),
                ("reprise prune --forget 01m829fxme", "let a snapshot go first"),
                about:
                    "Backups, checks and restores may run meanwhile, on any host. Packs that a running backup may rely on are deleted by a later prune. Needs a key file with the keeper role, which can read nothing."
            ))
    }

    @OptionGroup var global: GlobalOptions

    @Flag(help: help("Only show what would be done."))
    var dryRun = false

    @Option(help: help("A snapshot to let go: an id or its first characters; may be repeated.", valueName: "snapshot"))
    var forget: [String] = []

    @Option(
        help: help("After how many hours without a sign of life a session of another host is taken for dead.", valueName: "hours")
    )
    var staleAfter = 24

    @Option(help: help("Rewrite a pack when this share of it is unused, in percent.", valueName: "percent"))
    var unused = 20

    @Option(help: help("The vault. (default: the plan's first)"))
    var vault: String?

    func validate() throws {
        guard (1...100).contains(unused), (1...87_600).contains(staleAfter) else {
            throw ValidationError(say("--unused takes 1 to 100, --stale-after 1 to 87600."))
        }
    }

    func run(_ invocation: Invocation) async throws -> ExitStatus {
        let console = invocation.console
        let workspace = Workspace(try invocation.plan(), invocation)
        let timezone = workspace.plan.project.timezone
        let vault = try await workspace.open(workspace.vaultPlan(vault))
        try vault.require(.keeper)
        let order = PruneOrder(
            forget: try await chosen(in: vault), unusedShare: unused, staleAfter: TimeInterval(staleAfter) * 3600,
            host: HostName.own)
        if dryRun {
            let plan = try await vault.prunePlan(order)
            console.result(PrunePage.Document(plan)) { PrunePage.show(plan, in: timezone, on: console) }
            if plan.freedBytes > 0 || !plan.forget.isEmpty { console.next("reprise prune", "does it") }
            return .done
        }
        let report = try await console.progress("prune", "Pruning") { progress in
            try await vault.prune(order) { done, total in progress.set(done: done, total: total) }
        }
        console.result(PrunePage.Document(report)) { PrunePage.show(report, in: timezone, on: console) }
        guard report.damaged.isEmpty else {
            console.next("reprise check --read-data all", "shows which snapshots that touches")
            return .damagedData
        }
        return .done
    }

    /// The snapshots that were named. The newest of an asset is what recovery rests on: it stays.
    private func chosen(in vault: OpenVault) async throws -> [PruneOrder.Forget] {
        guard !forget.isEmpty else { return [] }
        var chosen: [SnapshotRecord] = []
        for name in forget { chosen.append(try await vault.snapshot(name, of: nil)) }
        let ids = Set(chosen.map(\.id))
        let kept = Set(try await vault.snapshots().filter { !ids.contains($0.id) }.map(\.asset))
        if let last = chosen.first(where: { !kept.contains($0.asset) }) {
            throw CommandError(
                .usage, "The snapshot \(last.id) is the last one of \(last.asset): it is kept.",
                hint: "Take another with «reprise backup» first.")
        }
        return chosen.map { PruneOrder.Forget(id: $0.id, rule: "--forget") }
    }
}
