import ArgumentParser
import Language

/// The plan as a file: is it right, what may it say, what does it say.
struct Config: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "config", abstract: say("Check and show the plan file."),
            subcommands: [ConfigValidate.self, ConfigSchema.self, ConfigShow.self])
    }
}
