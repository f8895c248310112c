public import ArgumentParser
import Foundation
import Language
import Reporting
public import Vault

/// `reprise key add`
struct KeyAdd: Command {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "add", abstract: say("Make a key file for another host or person. Needs the recovery key."),
            discussion: examples(
                ("reprise key add --role writer --holder web2 --out web2.key", "a second server, which cannot read its backups"),
                ("reprise key add --role reader --holder alice --out alice.key --passphrase", "somebody who restores"),
                about:
                    "The recovery key is typed, piped in, or in the file that REPRISE_RECOVERY_KEY_FILE names. Writers seal for a new reader from their next backup on; what is there is opened to it at once, and so is what running backups put."
            ))
    }

    @OptionGroup var global: GlobalOptions

    @Option(help: help("What the key may do: writer, reader or keeper; may be repeated.", valueName: "role"))
    var role: [Role]

    @Option(help: help("For whom it is: a host or a person.", valueName: "name"))
    var holder: String

    @Option(help: help("The key file to write.", valueName: "file"))
    var out: String

    @Flag(
        help: help("Lock the key file with a passphrase: typed, or from REPRISE_NEW_PASSPHRASE or REPRISE_NEW_PASSPHRASE_FILE."))
    var passphrase = false

    @Option(help: help("The vault. (default: the plan's first)"))
    var vault: String?

    struct Made: Encodable {
        let key, holder, keyFile: String
        let roles: [String]
        /// Content keys of what was there before.
        let granted: Int
    }

    func run(_ invocation: Invocation) async throws -> ExitStatus {
        let console = invocation.console
        let workspace = Workspace(try invocation.plan(), invocation)
        guard (1...100).contains(holder.utf8.count), !holder.contains(where: \.isNewline) else {
            throw CommandError(.usage, "A holder's name is one line of at most 100 bytes.")
        }
        let vaultPlan = try workspace.vaultPlan(vault)
        let file = try await NewKeyFile(out, isLocked: passphrase, workspace, invocation)
        let vault = try await workspace.openWithRecovery(vaultPlan).vault
        guard try await !vault.allKeys().contains(where: { $0.holder == holder && $0.revoked == nil }) else {
            throw CommandError(
                .usage, "There is a key of \(holder) already.",
                hint: "Choose another name, or replace it with «reprise key rotate \(holder)».")
        }
        let keys = try await file.add(holder: holder, roles: Set(role), to: vault)
        let granted = try await NewKeyFile.grant(keys, in: vault, on: console)
        console.result(
            Made(
                key: keys.id.description, holder: holder, keyFile: file.path, roles: keys.roles.map(\.rawValue).sorted(),
                granted: granted)
        ) {
            console.print(
                "Key file: \(file.path), for \(holder) (\(keys.roles.map(\.rawValue).sorted().joined(separator: ", ")))."
                    as Phrase)
            if granted > 0 {
                console.print(
                    "\(count: granted) {pack or snapshot that was there is|packs and snapshots that were there are} open to it."
                        as Phrase)
            }
        }
        console.say(
            "Bring the file to its holder by a safe way, and delete it here. On the other host REPRISE_KEY_FILE names it.")
        console.next("reprise key list", "shows who holds a key")
        return .done
    }
}

extension Role: ExpressibleByArgument {}
