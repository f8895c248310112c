import ArgumentParser
import Foundation
import Language
import Ledger
import Plan
import Reporting
import Vault

/// `reprise prune`
struct Prune: Command {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "prune",
            abstract: say("Let snapshots go by the plan's rules, and delete from a vault what none uses any more."),
            discussion: examples(
                ("reprise prune --dry-run", "show which snapshot would go and why, and how much space that frees"),
                ("reprise prune", "delete it"),
                ("reprise prune --forget 01m829fxme", "let a snapshot go first"),
                about:
                    "What is kept says «keep» in the plan, of the vault or else of the asset; without it all of an asset's snapshots stay. The newest one, the newest complete one, the newest proven one and pinned ones always stay.\n\nBackups, checks and restores may run meanwhile, on any host. Packs that a running backup may rely on are deleted by a later prune. Needs a key file with the keeper role, which can read nothing."
            ))
    }

    @OptionGroup var global: GlobalOptions

    @Flag(help: help("Only show what would be done."))
    var dryRun = false

    @Option(help: help("A snapshot to let go: an id or its first characters; may be repeated.", valueName: "snapshot"))
    var forget: [String] = []

    @Option(
        help: help(
            "After how many hours without a sign of life a session of another host is taken for dead; 0: every one, at once.",
            valueName: "hours"))
    var staleAfter = 24

    @Option(help: help("Rewrite a pack when this share of it is unused, in percent.", valueName: "percent"))
    var unused = 20

    @Option(help: help("The vault. (default: the plan's first)"))
    var vault: String?

    func validate() throws {
        guard (1...100).contains(unused), (0...87_600).contains(staleAfter) else {
            throw ValidationError(say("--unused takes 1 to 100, --stale-after 0 to 87600."))
        }
    }

    func run(_ invocation: Invocation) async throws -> ExitStatus {
        let console = invocation.console
        let workspace = Workspace(try invocation.plan(), invocation)
        let timezone = workspace.plan.project.timezone
        let vaultPlan = try workspace.vaultPlan(vault)
        let vault = try await workspace.open(vaultPlan)
        try vault.require(.keeper)
        let retention = RetentionPlan(
            of: workspace.plan, in: vaultPlan, snapshots: try await Self.snapshots(vault),
            evidence: try await EvidenceLog(vault).all().map(\.evidence),
            pins: try await PinLog(vault).all(), now: Date())
        let named = try await chosen(in: vault, pinned: retention)
        let ids = Set(named.map(\.id))
        let byRule = retention.dropped.filter { !ids.contains($0.id) }.map {
            PruneOrder.Forget(id: $0.id, rule: $0.reason.rendered(in: console.language))
        }
        let order = PruneOrder(
            forget: named + byRule, unusedShare: unused, staleAfter: TimeInterval(staleAfter) * 3600, host: HostName.own,
            addsParity: vaultPlan.parity)
        if dryRun {
            let plan = try await vault.prunePlan(order)
            console.result(PrunePage.Document(plan)) {
                // Without a rule there is nothing to explain.
                let hasRules = vaultPlan.keep != nil || workspace.plan.assets.contains { $0.keep != nil }
                if hasRules { console.print(retention.table(console.figures, timezone: timezone)) }
                PrunePage.show(plan, listing: hasRules ? ids : nil, in: timezone, on: console)
            }
            if plan.freedBytes > 0 || !plan.forget.isEmpty {
                let named = forget.map { " --forget " + $0 }.joined()
                console.next("reprise prune" + named, "does it", vault: self.vault)
            }
            return .done
        }
        let report = try await console.progress("prune", "Pruning") { progress in
            try await vault.prune(order) { done, total in progress.set(done: done, total: total) }
        }
        console.result(PrunePage.Document(report)) { PrunePage.show(report, in: timezone, on: console) }
        guard report.damaged.isEmpty else {
            console.next("reprise check --read-data all", "shows which snapshots that touches", vault: self.vault)
            return .damagedData
        }
        return .done
    }

    /// All of them: of one that cannot be read nobody knows what it uses.
    private static func snapshots(_ vault: OpenVault) async throws -> [SnapshotRecord] {
        let listed = try await vault.survey()
        if let problem = listed.problems.first { throw problem.withWayOut }
        return listed.snapshots
    }

    /// The snapshots that were named. What recovery rests on stays, whoever names it: the newest of an asset, the newest
    /// complete and the newest proven one, what is pinned.
    private func chosen(
        in vault: OpenVault, pinned retention: RetentionPlan<SnapshotID>
    ) async throws -> [PruneOrder.Forget] {
        var chosen: [PruneOrder.Forget] = []
        for name in forget {
            let record = try await vault.snapshot(name, of: nil)
            if let reason = Self.reasonToStay(record.id, retention.decisions.map(\.snapshot)) {
                throw CommandError(
                    .usage, "The snapshot \(record.id) of \(record.asset) stays: \(reason.text).",
                    hint: "Take another with «reprise backup», prove it with «reprise drill», or lift a pin with «reprise unpin»."
                )
            }
            chosen.append(PruneOrder.Forget(id: record.id, rule: "--forget"))
        }
        return chosen
    }

    /// With rules or without.
    private static func reasonToStay(_ id: SnapshotID, _ all: [RetentionPlan<SnapshotID>.Snapshot]) -> RetentionReason? {
        guard let named = all.first(where: { $0.id == id }) else { return nil }
        if named.isPinned { return .pinned }
        let own = all.filter { $0.asset == named.asset }
        func isNewest(_ some: [RetentionPlan<SnapshotID>.Snapshot]) -> Bool {
            some.max { ($0.instant, $0.id) < ($1.instant, $1.id) }?.id == id
        }
        if isNewest(own.filter { !$0.isSafety }) || own.count == 1 { return .newest }
        if isNewest(own.filter { !$0.isSafety && $0.isComplete }) { return .newestComplete }
        return isNewest(own.filter(\.isProven)) ? .newestProven : nil
    }
}
