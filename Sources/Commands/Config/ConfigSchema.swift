import ArgumentParser
import Language
import Plan

/// Prints the JSON Schema of the plan file.
struct ConfigSchema: Command {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "schema", abstract: say("Print the JSON Schema of the plan file, for editors."),
            discussion: examples(
                ("reprise config schema > reprise.schema.json", "a file for an editor"),
                about: """
                    An editor with a YAML language server completes and checks the plan when its first line is \
                    `# yaml-language-server: $schema=reprise.schema.json`.
                    """))
    }

    @OptionGroup var global: GlobalOptions

    func run(_ invocation: Invocation) async throws -> ExitStatus {
        invocation.console.print(Plan.schema)
        return .done
    }
}
