import ArgumentParser
import Language
import Reporting
import Vault

/// `reprise key revoke`
struct KeyRevoke: Command {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "revoke", abstract: say("Let a key count no more. Needs the recovery key."),
            discussion: examples(
                ("reprise key revoke web2", "a server that was stolen or retired"),
                about:
                    "What the key signed until now still counts, and nothing that it signs later; nobody seals for its reader any more. It opens what it could open, wherever its holder finds it: take the store's credentials from them too."
            ))
    }

    @OptionGroup var global: GlobalOptions

    @Argument(help: help("The holder's name, or the key's id."))
    var holder: String

    @Option(help: help("The vault. (default: the plan's first)"))
    var vault: String?

    struct Revoked: Encodable {
        let key, holder: String
        let snapshotsThatCount, snapshotsThatDoNot: Int
    }

    func run(_ invocation: Invocation) async throws -> ExitStatus {
        let console = invocation.console
        let workspace = Workspace(try invocation.plan(), invocation)
        let vaultPlan = try workspace.vaultPlan(vault)
        let vault = try await workspace.openWithRecovery(vaultPlan).vault
        let key = try await vault.keyInForce(holder)
        let found = try await workspace.revoke(key.id, in: vault, vaultPlan)
        console.result(
            Revoked(
                key: key.id.description, holder: key.holder, snapshotsThatCount: found.kept, snapshotsThatDoNot: found.late)
        ) {
            console.print(
                "The key of \(key.holder) is revoked. Its \(count: found.kept) {snapshot|snapshots} so far still {counts|count}."
                    as Phrase)
        }
        if found.late > 0 {
            console.warn(
                "\(count: found.late) {snapshot was|snapshots were} signed with it while it was being revoked, and {does|do} not count."
            )
        }
        if key.roles.contains(.reader) {
            console.say("It still opens what was sealed for it before. Take the store's credentials from its holder too.")
        }
        console.next("reprise key list", "shows who holds a key")
        return .done
    }
}
