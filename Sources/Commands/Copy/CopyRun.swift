import ArgumentParser
import Foundation
import Language
import Ledger
import Plan
import Reporting
import Vault

/// `reprise copy`
struct CopyRun: Command {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "copy",
            abstract: say("Bring the copies of a vault up to date."),
            discussion: examples(
                ("reprise copy", "every other vault of the plan gets what the first one has and it lacks"),
                ("reprise copy --to offsite --dry-run", "show what one of them would get"),
                ("reprise copy --from offsite --to local", "the other way, after a loss"),
                about:
                    "A copy is made with «reprise init --vault NAME --copy-of NAME». Data move as they are stored: nothing is read from the source and nothing is opened, so no key that reads is needed. Each copy keeps the snapshots that its own «keep» in the plan says, and its own time to let them go. A vault with keys of its own gets what the first one has opened and sealed anew: that takes a reader key of the one and a writer key of the other.\n\nEvery pack is compared with its checksum on the way; what is damaged is not copied, and named. Cut off anywhere, the next run goes on. Backups and prunes may run meanwhile on either side. A removable copy that is not there is no error."
            ))
    }

    @OptionGroup var global: GlobalOptions

    @Option(help: help("The vault to copy from. (default: the plan's first)", valueName: "vault"))
    var from: String?

    @Option(help: help("A vault to bring up to date; may be repeated. (default: all others)", valueName: "vault"))
    var to: [String] = []

    @Option(help: help("Only snapshots of this asset; may be repeated.", valueName: "asset"))
    var asset: [String] = []

    @Flag(help: help("Only show what would be done."))
    var dryRun = false

    func run(_ invocation: Invocation) async throws -> ExitStatus {
        let console = invocation.console
        let workspace = Workspace(try invocation.plan(), invocation)
        let sourcePlan = try workspace.vaultPlan(from)
        let targets = try self.targets(workspace, besides: sourcePlan)
        for name in asset { _ = try workspace.asset(name) }
        let source = try await workspace.open(sourcePlan)
        let page = CopyPage(from: sourcePlan.name, timezone: workspace.plan.project.timezone, console: console)
        var failures: [any Error] = []
        var isDamaged = false
        // What cannot be read cannot travel; the others do.
        for problem in try await source.survey().problems {
            isDamaged = true
            console.warn(problem.message)
        }
        for target in targets {
            switch await workspace.findCopy(target, of: source) {
            case .absent: page.showAbsent(target)
            case .failed(let error):
                failures.append(error)
                page.showFailed(target, error)
            case .open(let vault):
                do {
                    let isWhole = try await bring(source, sourcePlan, to: vault, target, workspace, page)
                    if !isWhole { isDamaged = true }
                } catch let error as any ExplainedError where !Task.isCancelled {
                    // The other copies get theirs first.
                    failures.append(error)
                    page.showFailed(target, error)
                }
            }
        }
        if let failure = failures.first { return ErrorReport(failure).exitStatus }
        if isDamaged {
            console.next("reprise check --repair", "fetches from a copy what is damaged, where one has it")
            return .damagedData
        }
        console.next("reprise status", "shows where the copies stand")
        return .done
    }

    private func targets(_ workspace: Workspace, besides source: VaultPlan) throws -> [VaultPlan] {
        let named = try to.map { try workspace.vaultPlan($0) }
        if named.contains(where: { $0.name == source.name }) {
            throw CommandError(.usage, "The vault \(source.name) cannot be copied to itself.")
        }
        let all = named.isEmpty ? workspace.plan.vaults.filter { $0.name != source.name } : named
        guard !all.isEmpty else {
            throw CommandError(
                .usage, "The plan has no other vault to copy to.",
                hint:
                    "Name one under `vaults:`, such as `offsite: { url: \"s3://bucket/vault\" }`, then run «reprise init --vault offsite --copy-of \(source.name)»."
            )
        }
        return all
    }

    /// Whether everything that was to come could be copied.
    private func bring(
        _ source: OpenVault, _ sourcePlan: VaultPlan, to vault: OpenVault, _ target: VaultPlan, _ workspace: Workspace,
        _ page: CopyPage
    ) async throws -> Bool {
        let (wanted, isSound) = try await wanted(from: source, by: vault, target, workspace, page.console)
        if dryRun {
            page.show(try await source.copyPlan(wanted, to: vault), target)
            return isSound
        }
        let started = Date()
        let report = try await page.console.progress("copy", "Copying to \(target.name)") { progress in
            try await source.copy(wanted, to: vault, host: HostName.own) { progress.set(done: $0, total: $1) }
        }
        if target.parity, !report.copied.isEmpty { await Backup.protect(vault, on: page.console) }
        if !report.copied.isEmpty { await remember(source, vault, target, since: started, page.console) }
        page.show(report, target)
        return isSound && report.skipped.allSatisfy { $0.reason.code == .letGo } && report.damaged.isEmpty
    }

    /// What the copy lacks and would keep, the newest first, and whether all of the copy can be read. What cannot, there or here,
    /// says nothing of what is kept: at worst something comes later.
    private func wanted(
        from source: OpenVault, by copy: OpenVault, _ target: VaultPlan, _ workspace: Workspace, _ console: Console
    ) async throws -> (snapshots: [SnapshotRecord], isSound: Bool) {
        let lacking = try await source.snapshots(lackingIn: copy)
        let there = try await copy.survey()
        let said = try await EvidenceLog(copy).survey()
        let problems = there.problems + said.problems
        for problem in problems { console.warn("\(target.name): \(problem.message)") }
        let both = lacking + there.snapshots
        let retention = RetentionPlan(
            of: workspace.plan, in: target, snapshots: both,
            evidence: try await EvidenceLog(source).survey().items.map(\.evidence) + said.items.map(\.evidence),
            pins: try await PinLog(source).survey().pins + PinLog(copy).survey().pins, now: Date())
        let dropped = Set(retention.dropped.map(\.id))
        let names = Set(asset.flatMap { [$0, AssetPlan.keptBeforeRestore($0)] })
        let wanted = lacking.filter { !dropped.contains($0.id) && (names.isEmpty || names.contains($0.asset)) }
            .sorted { ($1.instant, $1.id) < ($0.instant, $0.id) }
        return (wanted, problems.isEmpty)
    }

    /// Leaves word at the source of what the copy holds by now, for a status while the copy is away.
    private func remember(
        _ source: OpenVault, _ copy: OpenVault, _ target: VaultPlan, since started: Date, _ console: Console
    ) async {
        do {
            try await EvidenceLog(source).add(CopyMemory.evidence(of: copy, named: target.name, from: source, since: started))
        } catch {
            console.warn("What \(target.name) holds could not be noted: \(ErrorReport(error).message)")
        }
    }
}
