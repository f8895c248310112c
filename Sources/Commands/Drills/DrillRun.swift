import ArgumentParser
import Assets
import Foundation
import Language
import Ledger
import Plan
import Recovery
import Vault

/// `reprise drill`
struct DrillRun: Command {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "drill",
            abstract: say("Rehearse a recovery: restore into a throw-away server and prove that everything came back."),
            discussion: examples(
                ("reprise drill", "the newest snapshot of every asset"),
                ("reprise drill db --snapshot 01kx", "an older one"),
                about:
                    "Every row is compared with what was recorded when the snapshot was taken; then the structure, constraints, sequences, indexes and the plan's own questions. The result is signed and kept in the vault. The exit status is 2 when something does not hold or took longer than the objective allows."
            ))
    }

    @OptionGroup var global: GlobalOptions

    @Argument(help: help("The asset. (default: all)"))
    var asset: String?

    @Option(help: help("An id, its first characters, or «latest»."))
    var snapshot = "latest"

    @Option(help: help("The vault. (default: the plan's first)"))
    var vault: String?

    func run(_ invocation: Invocation) async throws -> ExitStatus {
        let workspace = Workspace(try invocation.plan(), invocation)
        let vault = try await workspace.open(workspace.vaultPlan(vault))
        try vault.require(.reader)
        var isKept = true
        var refusal: VaultError?
        for asset in try workspace.assets(asset.map { [$0] } ?? []) {
            let record = try await vault.snapshot(snapshot, of: asset.name)
            let item =
                asset.files == nil
                ? try await Self.rehearse(record, of: asset, in: vault, at: workspace.sandboxPlace(), on: invocation.console)
                : try await Self.rehearseFiles(record, of: asset, in: vault, below: workspace.drillFolder, on: invocation.console)
            DrillPage(item: item, asset: asset, record: record, zone: workspace.plan.project.timezone).show(
                on: invocation.console)
            isKept = isKept && DrillPage.isKept(item.evidence, asset)
            refusal = refusal ?? item.refusal
        }
        invocation.console.next("reprise status", "shows where everything stands")
        // A drill is there for its evidence: without, it is not done, whatever it found.
        return isKept ? refusal?.exitStatus ?? .done : .objectiveMissed
    }

    static func rehearseFiles(
        _ record: SnapshotRecord, of asset: AssetPlan, in vault: OpenVault, below folder: String, on console: Console
    ) async throws -> KeptEvidence {
        let drill = FilesDrill(asset: asset, vault: vault, folder: folder, host: HostName.own)
        return try await console.progress("drill", "Rehearsing the recovery of \(asset.name)") { progress in
            try await drill.run(record) { phase, done in
                progress.set(done: done, total: record.sourceBytes, item: phase.title.rendered(in: console.language))
            }
        }
    }

    static func rehearse(
        _ record: SnapshotRecord, of asset: AssetPlan, in vault: OpenVault, at place: SandboxPlace, on console: Console
    ) async throws -> KeptEvidence {
        let drill = Drill(asset: asset, vault: vault, place: place, host: HostName.own)
        return try await console.progress("drill", "Rehearsing the recovery of \(asset.name)") { progress in
            try await drill.run(record) { phase, restore in
                progress.set(
                    done: restore?.bytes ?? 0, total: restore?.expectedBytes, item: console.name(phase.rawValue, phase.title))
            }
        }
    }
}
