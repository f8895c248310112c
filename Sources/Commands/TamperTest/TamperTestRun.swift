import ArgumentParser
import Foundation
import Language
import Ledger
import ObjectStore
import Plan
import Protection
import Vault

/// `reprise tamper-test`
struct TamperTestRun: Command {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "tamper-test",
            abstract: say("Try to delete and overwrite what is stored, with the credentials that backups use."),
            discussion: examples(
                ("reprise tamper-test", "on the server that takes the backups, with its own credentials"),
                about:
                    "One object is put as backups put theirs: a decoy that holds nothing. Then everything that a thief of these credentials could do to it is tried, and whether it can be read afterwards as it was. No other object and no setting of the bucket is touched. The result is signed and kept in the vault. The exit status is 2 when the data did not stay."
            ))
    }

    @OptionGroup var global: GlobalOptions

    @Option(help: help("The vault. (default: the plan's first)"))
    var vault: String?

    func run(_ invocation: Invocation) async throws -> ExitStatus {
        let console = invocation.console
        let workspace = Workspace(try invocation.plan(), invocation)
        let place = try workspace.vaultPlan(self.vault)
        let vault = try await workspace.open(place)
        let started = Date()
        let report = try await TamperTest(try workspace.store(place), of: vault.id).run()
        let item = try await EvidenceLog(vault).keep(Self.evidence(report, since: started))
        TamperPage(report: report, item: item, isFolder: place.bucket == nil, zone: workspace.plan.project.timezone).show(
            on: console)
        if report.isImmutable { console.next("reprise status", "shows where everything stands") }
        // As a drill: without its evidence it is not done, whatever it found.
        return report.isImmutable ? item.refusal?.exitStatus ?? .done : .objectiveMissed
    }

    private static func evidence(_ report: TamperReport, since started: Date) -> Evidence {
        var facts = ["decoy": report.decoy.text, "versions": report.isVersioned ? "true" : "false"]
        facts["lock"] = report.retention?.mode.rawValue
        return Evidence(
            act: .tamperTest, started: started, finished: Date(), host: HostName.own,
            outcome: report.isImmutable ? .passed : .failed,
            checks: report.attempts.map { attempt in
                .init(
                    name: attempt.attack.title,
                    outcome: attempt.held ? .passed : .failed,
                    expected: "refused, or the data stays", found: TamperPage.phrase(attempt.result))
            },
            facts: facts)
    }
}
