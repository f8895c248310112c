import ArgumentParser
import Language
import Reporting
import Vault

/// `reprise key rotate`
struct KeyRotate: Command {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "rotate",
            abstract: say("Replace a holder's key by a new one, and revoke the old. Needs the recovery key."),
            discussion: examples(
                ("reprise key rotate alice --out alice-2.key", "after alice's key file was lost or seen"),
                about:
                    "New signing and reader keys: new packs are sealed for the new reader alone, and what is there is opened to it. What the old key could open, it still opens; the keys that name chunks and seal the index stay the same."
            ))
    }

    @OptionGroup var global: GlobalOptions

    @Argument(help: help("The holder's name, or the key's id."))
    var holder: String

    @Option(help: help("The key file to write.", valueName: "file"))
    var out: String

    @Flag(
        help: help("Lock the key file with a passphrase: typed, or from REPRISE_NEW_PASSPHRASE or REPRISE_NEW_PASSPHRASE_FILE."))
    var passphrase = false

    @Option(help: help("The vault. (default: the plan's first)"))
    var vault: String?

    func run(_ invocation: Invocation) async throws -> ExitStatus {
        let console = invocation.console
        let workspace = Workspace(try invocation.plan(), invocation)
        let vaultPlan = try workspace.vaultPlan(vault)
        let file = try await NewKeyFile(out, isLocked: passphrase, workspace, invocation)
        let vault = try await workspace.openWithRecovery(vaultPlan).vault
        let old = try await vault.keyInForce(holder)
        let keys = try await file.add(holder: old.holder, roles: Set(old.roles), to: vault)
        let granted = try await NewKeyFile.grant(keys, in: vault, on: console)
        _ = try await workspace.revoke(old.id, in: vault, vaultPlan)
        console.result(
            KeyAdd.Made(
                key: keys.id.description, holder: old.holder, keyFile: file.path, roles: keys.roles.map(\.rawValue).sorted(),
                granted: granted)
        ) {
            console.print("Key file: \(file.path), for \(old.holder). The old key \(old.id) is revoked." as Phrase)
        }
        console.say(
            "Put it in the place of the old key file on the host of its holder. The old key still opens what was sealed for it before."
        )
        console.next("reprise key list", "shows who holds a key")
        return .done
    }
}
