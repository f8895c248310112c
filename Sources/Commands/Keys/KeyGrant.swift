import ArgumentParser
import Language
import Reporting
import Vault

/// `reprise key grant`
struct KeyGrant: Command {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "grant", abstract: say("Open everything in a vault to a reader. Needs the recovery key."),
            discussion: examples(
                ("reprise key grant alice", "after «key add» was cut off, or a backup ran beside it"),
                about:
                    "«key add» and «key rotate» do this themselves. What was granted before is granted again, which does no harm and takes 32 bytes a pack."
            ))
    }

    @OptionGroup var global: GlobalOptions

    @Argument(help: help("The holder's name, or the key's id."))
    var holder: String

    @Option(help: help("The vault. (default: the plan's first)"))
    var vault: String?

    struct Granted: Encodable {
        let key, holder: String
        /// Content keys.
        let granted: Int
    }

    func run(_ invocation: Invocation) async throws -> ExitStatus {
        let console = invocation.console
        let workspace = Workspace(try invocation.plan(), invocation)
        let vault = try await workspace.openWithRecovery(workspace.vaultPlan(vault)).vault
        let key = try await vault.keyInForce(holder)
        guard key.roles.contains(.reader) else {
            throw CommandError(
                .usage, "The key of \(key.holder) opens nothing: it is no reader's.",
                hint: "«reprise key add --role reader» makes one that does.")
        }
        let granted = try await NewKeyFile.grant(key.id, of: key.holder, in: vault, on: console)
        console.result(Granted(key: key.id.description, holder: key.holder, granted: granted)) {
            console.print(
                granted == 0
                    ? "Everything was open to \(key.holder) already." as Phrase
                    : "\(count: granted) {pack or snapshot|packs and snapshots} of others {is|are} open to \(key.holder)."
                        as Phrase)
        }
        return .done
    }
}
