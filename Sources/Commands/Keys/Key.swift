import ArgumentParser
import Foundation
import Language
import Plan
import Reporting
import Vault

/// `reprise key`
struct Key: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "key", abstract: say("Lists, adds and revokes the keys of a vault; locks a key file."),
            subcommands: [KeyList.self, KeyAdd.self, KeyGrant.self, KeyRevoke.self, KeyRotate.self, KeyPassphrase.self])
    }
}

/// `reprise key list`
struct KeyList: Command {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "list", abstract: say("List who holds a key, and what it may do."),
            discussion: examples(("reprise key list", "of the plan's first vault"), about: "Needs no reader key."))
    }

    @OptionGroup var global: GlobalOptions

    @Option(help: help("The vault. (default: the plan's first)"))
    var vault: String?

    struct Line: Encodable {
        let key, holder: String
        let roles: [String]
        let added: Date
        let revoked: Date?
        let isRecovery, isOwn: Bool

        init(_ key: VaultKey, own: KeyID) {
            self.key = key.id.description
            holder = key.holder
            roles = key.roles.map(\.rawValue)
            added = key.added
            revoked = key.revoked
            isRecovery = key.isRecovery
            isOwn = key.id == own
        }
    }

    func run(_ invocation: Invocation) async throws -> ExitStatus {
        let console = invocation.console
        let workspace = Workspace(try invocation.plan(), invocation)
        let vault = try await workspace.open(workspace.vaultPlan(vault))
        let keys = try await vault.allKeys()
        console.result(keys.map { Line($0, own: vault.keys.id) }) {
            let timezone = workspace.plan.project.timezone
            let figures = console.figures
            var table = Table([.init("HOLDER"), .init("ROLES"), .init("KEY"), .init("SINCE"), .init("STATE")])
            for key in keys {
                let state: Phrase =
                    key.revoked.map { "revoked \(figures.instant($0, in: timezone))" }
                    ?? (key.id == vault.keys.id ? "this key" : key.isRecovery ? "adds and revokes keys" : "in force")
                table.add([
                    key.holder, key.roles.map(\.rawValue).joined(separator: " "), key.id.description,
                    figures.instant(key.added, in: timezone), state.rendered(in: console.language),
                ])
            }
            console.print(table)
        }
        return .done
    }
}

extension OpenVault {
    /// The key in force that somebody means by its holder's name, or by its id.
    func keyInForce(_ named: String) async throws -> VaultKey {
        let all = try await allKeys()
        let found = all.filter { $0.revoked == nil && ($0.holder == named || $0.id.description == named.lowercased()) }
        if let revoked = all.first(where: { $0.holder == named || $0.id.description == named.lowercased() }), found.isEmpty {
            throw CommandError(.usage, "The key of \(revoked.holder) is revoked already.")
        }
        guard let key = found.first else {
            throw CommandError(.usage, "The vault has no key of \(named).", hint: "«reprise key list» shows all.")
        }
        guard found.count == 1 else {
            throw CommandError(
                .usage, "\(found.count) keys are held by \(named): name one by its id.",
                hint: "They are: \(found.map(\.id.description).joined(separator: ", ")).")
        }
        guard !key.isRecovery else {
            throw CommandError(
                .usage, "The recovery key cannot be revoked or replaced: everything hangs on it.",
                hint: "If somebody else may have it, make a new vault, and back up into that.")
        }
        return key
    }
}

/// Where the file of a new key goes, and how it is locked.
struct NewKeyFile {
    let path: String
    let passphrase: String?

    /// Fails where there is a file: it may be the only key to a vault.
    init(_ path: String, isLocked: Bool, _ workspace: Workspace, _ invocation: Invocation) async throws {
        self.path = Paths.absolute(path, from: invocation.folder)
        guard !FileManager.default.fileExists(atPath: self.path) else {
            throw CommandError(
                .fileExists, "There is a file at \(self.path) already.",
                hint: "It may be the only key to a vault: it is never overwritten. Name another one.")
        }
        passphrase = isLocked ? try await workspace.passphrases.choose() : nil
    }

    func write(_ keys: KeyFile) async throws {
        let bytes: [UInt8]
        if let passphrase { bytes = await LockedKeyFile.lock(keys, with: passphrase) } else { bytes = keys.encoded }
        try PrivateFile.create(path, String(decoding: bytes, as: UTF8.self))
    }

    /// Adds a key to the vault and writes its file; a file whose key the vault did not take is removed.
    func add(holder: String, roles: Set<Role>, to vault: OpenVault) async throws -> KeyFile {
        do {
            return try await vault.addKey(holder: holder, roles: roles) { try await write($0) }
        } catch {
            let wasWritten = (error as? CommandError)?.code != .fileNotWritten
            if wasWritten { try? FileManager.default.removeItem(atPath: path) }
            throw error
        }
    }

    /// Opens what is in the vault to a new reader, with a progress line.
    static func grant(_ keys: KeyFile, in vault: OpenVault, on console: Console) async throws -> Int {
        guard keys.roles.contains(.reader) else { return 0 }
        return try await grant(keys.id, of: keys.holder, in: vault, on: console)
    }

    /// As above. A backup that is running opens to the reader what it puts, but for what it is putting at this moment.
    static func grant(_ key: KeyID, of holder: String, in vault: OpenVault, on console: Console) async throws -> Int {
        let granted = try await console.progress("grant", "Opening what is there to \(holder)", unit: .objects) { progress in
            try await vault.grantAll(to: key) { done, total in progress.set(done: done, total: total) }
        }
        if try await vault.hasBackups() {
            console.say(
                "A backup is running, or was cut off. If «reprise check» with the new key names what is not sealed to it, run «reprise key grant \(holder)»."
            )
        }
        return granted
    }
}
