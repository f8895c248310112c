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
        let vaultPlan = try workspace.vaultPlan(vault)
        let vault = try await workspace.open(vaultPlan)
        let known = try await Known(vault)
        for problem in known.problems { invocation.console.warn(problem.message) }
        let status = try await Self.compute(workspace, known)
        let copies = try await Self.copies(workspace, known, vaultPlan)
        for copy in copies.vaults where copy.presence == .here && copy.vault.name != vaultPlan.name {
            if let problem = copy.problem { invocation.console.warn("\(copy.vault.name): \(problem)") }
        }
        let page = StatusPage(
            status: status, copies: copies, project: workspace.plan.project, vault: vault, figures: invocation.console.figures)
        page.show(on: invocation.console)
        page.advise(on: invocation.console)
        if !known.problems.isEmpty {
            invocation.console.next("reprise check --repair", "says what to do about what cannot be read", vault: self.vault)
        }
        guard status.isKept else { return .objectiveMissed }
        return known.problems.isEmpty ? .done : .damagedData
    }

    /// What an open vault holds, read once.
    struct Known {
        let vault: OpenVault
        let snapshots: [SnapshotRecord]
        /// Oldest first.
        let evidence: [EvidenceLog.Item]
        /// What is wrong with snapshots and records that cannot be read.
        let problems: [VaultError]

        init(_ vault: OpenVault) async throws {
            self.vault = vault
            let listed = try await vault.survey()
            let said = try await EvidenceLog(vault).survey()
            snapshots = listed.snapshots
            evidence = said.items
            problems = listed.problems + said.problems
        }
    }

    static func compute(_ workspace: Workspace, _ known: Known) async throws -> PlanStatus {
        let vault = known.vault
        // That the printed key works is the recovery key's own word, or nobody's.
        let evidence = known.evidence.filter { item in
            if item.evidence.act == .kit { return vault.key(item.signer)?.isRecovery ?? false }
            // What was found in another copy proves nothing of this one.
            return item.evidence.copy == vault.copy
        }
        return PlanStatus(
            of: workspace.plan, snapshots: known.snapshots, evidence: evidence.map(\.evidence),
            storedBytes: try await vault.storedBytes(), now: Date())
    }

    /// Every vault of the plan, of which one is open.
    static func copies(_ workspace: Workspace, _ own: Known, _ plan: VaultPlan) async throws -> CopiesStatus {
        let vault = own.vault
        var found: [(plan: VaultPlan, state: Workspace.FoundCopy)] = []
        for other in workspace.plan.vaults {
            found.append((other, other.name == plan.name ? .open(vault) : await workspace.findCopy(other, of: vault)))
        }
        var known: [SnapshotRecord] = []
        var evidence: [Evidence] = []
        var statuses: [String: CopyStatus] = [:]
        for case (let plan, .open(let copy)) in found {
            do {
                let there = copy === vault ? own : try await Known(copy)
                let said = there.evidence.map(\.evidence)
                known += there.snapshots
                evidence += said
                statuses[plan.name] = CopyStatus(
                    here: plan, copy: copy.copy, snapshots: there.snapshots, evidence: said, device: workspace.device(plan),
                    problem: there.problems.first?.message)
            } catch let error as VaultError {
                statuses[plan.name] = CopyStatus(unreachable: plan, error.message)
            }
        }
        evidence.sort { $0.finished < $1.finished }
        for (plan, state) in found {
            switch state {
            case .open: break
            case .absent: statuses[plan.name] = CopyStatus(away: plan, evidence: evidence, known: known)
            case .failed(let error): statuses[plan.name] = CopyStatus(unreachable: plan, ErrorReport(error).message)
            }
        }
        return CopiesStatus(workspace.plan, workspace.plan.vaults.compactMap { statuses[$0.name] })
    }
}
