public import ArgumentParser
import Language

/// The command line's root. `Reprise.run` is the way in; the argument parser's own `main` is not used, because errors and signals
/// are handled here.
public struct Reprise: AsyncParsableCommand {
    public static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "reprise",
            abstract: say("Keeps an application recoverable: takes backups, proves that they restore, brings them back."),
            discussion: say(
                """
                Every command takes --plan, --lang, --recovery, --json, --no-color, --quiet and --verbose. Data goes to standard output, everything else to standard error.

                Exit status: 0 done, 1 failed, 2 objective missed, 64 usage, 65 damaged data, 69 service unreachable, 73 cannot write, 75 busy (try again), \
                77 not permitted, 78 bad plan, 130 interrupted.
                """),
            version: Version.current,
            subcommands: [
                Init.self, DoctorRun.self,
                Backup.self, Import.self, Snapshots.self, Ls.self, Pin.self, Unpin.self,
                RestoreRun.self, Export.self,
                Check.self, Prune.self, CopyRun.self, TamperTestRun.self,
                Key.self, KitGroup.self,
                DrillRun.self, Status.self, Demo.self, Config.self, Completion.self, Debug.self,
            ])
    }

    public init() {}
}
