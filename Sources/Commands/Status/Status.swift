import ArgumentParser
import Foundation
import Language
import Ledger
import Plan
import Reporting
import Vault

/// `reprise status`
struct Status: Command {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "status",
            abstract: say("Say what could be restored now, what is proven, and whether the objectives hold."),
            discussion: examples(
                ("reprise status", "all assets; exit status 2 when an objective is missed or not known to hold"),
                ("reprise status --json", "the same for a monitor"),
                about: "Needs no reader key and does not touch the database."))
    }

    @OptionGroup var global: GlobalOptions

    @Option(help: help("The vault. (default: the plan's first)"))
    var vault: String?

    func run(_ invocation: Invocation) async throws -> ExitStatus {
        let workspace = Workspace(try invocation.plan(), invocation)
        let vault = try await workspace.open(workspace.vaultPlan(vault))
        let status = try await Self.compute(workspace, vault)
        let page = StatusPage(
            status: status, project: workspace.plan.project, vault: vault, figures: invocation.console.figures)
        page.show(on: invocation.console)
        page.advise(on: invocation.console)
        return status.isKept ? .done : .objectiveMissed
    }

    static func compute(_ workspace: Workspace, _ vault: OpenVault) async throws -> PlanStatus {
        // That the printed key works is the recovery key's own word, or nobody's.
        let evidence = try await EvidenceLog(vault).all().filter { item in
            item.evidence.act != .kit || vault.key(item.signer)?.isRecovery ?? false
        }
        return PlanStatus(
            of: workspace.plan, snapshots: try await vault.snapshots(), evidence: evidence.map(\.evidence),
            storedBytes: try await vault.storedBytes(), now: Date())
    }
}
