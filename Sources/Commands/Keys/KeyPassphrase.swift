import ArgumentParser
import Foundation
import Language
import Vault

/// `reprise key passphrase`
struct KeyPassphrase: Command {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "passphrase", abstract: say("Lock this host's key file with a passphrase, or change or remove it."),
            discussion: examples(
                ("reprise key passphrase", "asks for the new one twice"),
                ("reprise key passphrase --remove", "a plain key file again"),
                about:
                    "Later commands ask for it, or take it from REPRISE_PASSPHRASE or the file that REPRISE_PASSPHRASE_FILE names. The new one can come from REPRISE_NEW_PASSPHRASE or REPRISE_NEW_PASSPHRASE_FILE. It is never an argument."
            ))
    }

    @OptionGroup var global: GlobalOptions

    @Flag(help: help("Leave the key file without a passphrase."))
    var remove = false

    @Option(help: help("The vault. (default: the plan's first)"))
    var vault: String?

    private struct Changed: Encodable {
        let keyFile: String
        let locked: Bool
    }

    func run(_ invocation: Invocation) async throws -> ExitStatus {
        let console = invocation.console
        let workspace = Workspace(try invocation.plan(), invocation)
        let vaultPlan = try workspace.vaultPlan(vault)
        guard let path = workspace.keyPath(vaultPlan) else {
            throw CommandError(
                .usage, "The plan takes the key of this vault from the environment, where nothing can be written.",
                hint: "Put the key file into a file, and name that with REPRISE_KEY_FILE.")
        }
        let keys = try await workspace.keyFile(vaultPlan)
        let bytes: [UInt8]
        if remove {
            bytes = keys.encoded
        } else {
            bytes = await LockedKeyFile.lock(keys, with: try await workspace.passphrases.choose())
        }
        try PrivateFile.replace(path, bytes)
        console.result(Changed(keyFile: path, locked: !remove)) {
            let text: Phrase =
                remove
                ? "The key file \(path) has no passphrase any more." : "The key file \(path) is locked with the passphrase."
            console.print(text)
        }
        if !remove {
            console.say("A copy of the file from before is not locked. Without the passphrase only the kit opens the vault.")
        }
        return .done
    }
}
