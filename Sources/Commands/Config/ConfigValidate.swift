import ArgumentParser
import Language
import Plan

/// Says whether the plan is right, and if not, everything that is wrong with it at once.
struct ConfigValidate: Command {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "validate", abstract: say("Say whether the plan is right, and everything that is wrong with it."),
            discussion: examples(
                ("reprise config validate", "the plan of this folder"),
                ("reprise config validate --plan shop/reprise.yaml", "another one"),
                ("reprise config validate --json", "problems with path, line and column for programs"),
                about: "Reads the file only: `reprise doctor` tries what it says. Exit status 78 where something is wrong."))
    }

    @OptionGroup var global: GlobalOptions

    private struct Result: Encodable {
        let valid = true
        let file: String
        let vaults: [String]
        let assets: [String]
    }

    func run(_ invocation: Invocation) async throws -> ExitStatus {
        let file = try invocation.plan()
        let console = invocation.console
        let (vaults, assets) = (file.plan.vaults.map(\.name), file.plan.assets.map(\.name))
        console.result(Result(file: file.name, vaults: vaults, assets: assets)) {
            let phrase: Phrase =
                "The plan \(file.name) is right. Vaults: \(vaults.joined(separator: ", ")). Assets: \(assets.joined(separator: ", "))."
            console.print(phrase.rendered(in: console.language))
        }
        return .done
    }
}
