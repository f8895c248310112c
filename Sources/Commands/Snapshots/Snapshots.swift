import ArgumentParser
import Foundation
import Language
import Plan
import Reporting
import Vault

/// `reprise snapshots`
struct Snapshots: Command {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "snapshots",
            abstract: say("List the snapshots of a vault, oldest first."),
            discussion: examples(
                ("reprise snapshots", "all of them"),
                ("reprise snapshots db --tag before-migration", "of one asset, with a tag"),
                about: "Needs no reader key."))
    }

    @OptionGroup var global: GlobalOptions

    @Argument(help: help("Only of this asset."))
    var asset: String?

    @Option(help: help("Only with this tag.", valueName: "word"))
    var tag: String?

    @Option(help: help("The vault. (default: the plan's first)"))
    var vault: String?

    func run(_ invocation: Invocation) async throws -> ExitStatus {
        let workspace = Workspace(try invocation.plan(), invocation)
        let vault = try await workspace.open(workspace.vaultPlan(vault))
        let survey = try await vault.survey()
        let shown = survey.snapshots
            .filter { (asset == nil || $0.asset == asset) && (tag == nil || $0.tags.contains(tag ?? "")) }
            .sorted { ($0.instant, $0.id) < ($1.instant, $1.id) }
        let console = invocation.console
        console.result(shown) {
            guard !shown.isEmpty else { return console.say("There is no snapshot yet. «reprise backup» makes one.") }
            let figures = console.figures
            var table = Table([
                .init("SNAPSHOT"), .init("ASSET"), .init("STOOD AT"), .init("SIZE", .right), .init("ADDED", .right),
                .init("TAGS"),
            ])
            for record in shown {
                table.add([
                    record.id.text, record.asset, figures.instant(record.instant, in: workspace.plan.project.timezone),
                    figures.bytes(record.sourceBytes), figures.bytes(record.storedBytes), record.tags.joined(separator: " "),
                ])
            }
            console.print(table)
        }
        for problem in survey.problems { console.explain(problem) }
        return survey.problems.isEmpty ? .done : .damagedData
    }
}
