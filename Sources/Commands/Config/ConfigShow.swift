import ArgumentParser
import Language
import Plan

/// Shows the plan as it is understood, with every default written out.
struct ConfigShow: Command {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "show", abstract: say("Show the plan as it is understood, with every default written out."),
            discussion: examples(
                ("reprise config show", "as YAML"),
                ("reprise config show --json", "as JSON"),
                about: "It shows where secrets are to be found, never the secrets."))
    }

    @OptionGroup var global: GlobalOptions

    func run(_ invocation: Invocation) async throws -> ExitStatus {
        let plan = try invocation.plan().plan
        invocation.console.result(PlanDescription(plan)) { invocation.console.printRaw(plan.yaml) }
        return .done
    }
}
