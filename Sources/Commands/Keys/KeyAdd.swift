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
                    "The recovery key is typed, piped in, or in the file that REPRISE_RECOVERY_KEY_FILE names. Writers seal for a new reader from their next backup on; what is there is opened to it at once."
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
                console.print("\(console.figures.count(granted)) packs and snapshots that were there are open to it." as Phrase)
            }
        }
        console.say(
            "Bring the file to its holder by a safe way, and delete it here. On the other host REPRISE_KEY_FILE names it.")
        console.next("reprise key list", "shows who holds a key")
        return .done
    }
}

extension Role: ExpressibleByArgument {}

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
        let vault = try await workspace.openWithRecovery(workspace.vaultPlan(vault)).vault
        let key = try await vault.keyInForce(holder)
        let found = try await vault.revokeKey(key.id)
        console.result(
            Revoked(
                key: key.id.description, holder: key.holder, snapshotsThatCount: found.kept, snapshotsThatDoNot: found.late)
        ) {
            console.print("The key of \(key.holder) is revoked. Its \(found.kept) snapshots so far still count." as Phrase)
        }
        if found.late > 0 {
            console.warn("\(found.late) snapshots were signed with it while it was being revoked, and do not count.")
        }
        if key.roles.contains(.reader) {
            console.say("It still opens what was sealed for it before. Take the store's credentials from its holder too.")
        }
        console.next("reprise key list", "shows who holds a key")
        return .done
    }
}

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
        try await vault.revokeKey(old.id)
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
