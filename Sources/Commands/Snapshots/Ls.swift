import ArgumentParser
import Language
import Reporting
import Vault

/// `reprise ls`
struct Ls: Command {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "ls",
            abstract: say("List what a snapshot holds."),
            discussion: examples(
                ("reprise ls latest", "every entry of the newest snapshot"),
                ("reprise ls 01kx tables/public", "what lies below a path")))
    }

    @OptionGroup var global: GlobalOptions

    @Argument(help: help("An id, its first characters, or «latest»."))
    var snapshot: String

    @Argument(help: help("Only what is at or below this path."))
    var path: String?

    @Option(help: help("The vault. (default: the plan's first)"))
    var vault: String?

    private struct Line: Encodable {
        let path: String
        let bytes: Int64
    }

    func run(_ invocation: Invocation) async throws -> ExitStatus {
        let workspace = Workspace(try invocation.plan(), invocation)
        let vault = try await workspace.open(workspace.vaultPlan(vault))
        let reader = try await vault.read(try await vault.snapshot(snapshot, of: nil))
        let console = invocation.console
        var found = 0
        let below = path.map { $0.hasSuffix("/") ? String($0.dropLast()) : $0 }
        try await reader.eachEntry { entry in
            guard below == nil || entry.path == below || entry.path.hasPrefix(below! + "/") else { return }
            found += 1
            if console.settings.json {
                console.event(Line(path: entry.path, bytes: entry.size))
            } else {
                let size = console.figures.bytes(entry.size)
                console.print(String(repeating: " ", count: max(0, 9 - size.count)) + size + "  " + entry.path)
            }
        }
        guard found > 0 || path == nil else {
            throw CommandError(
                .usage, "The snapshot \(reader.record.id) has nothing at \(path ?? "").",
                hint: "`reprise ls \(snapshot)` lists all that it holds.")
        }
        return .done
    }
}
