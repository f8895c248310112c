import Foundation
import Language
import Plan
import Vault

/// The passphrase of a key file: from the environment, from a file, or from the terminal. Never from an argument, which everybody
/// on the machine can see.
struct PassphraseInput {
    let console: Console
    let secrets: SecretReader
    /// Where the command was started: whoever names a file in a variable means it from there.
    let folder: String

    /// Shorter ones are tried out in no time.
    private static let shortest = 8

    /// Opens a locked key file; on a terminal with three tries.
    func open(_ locked: LockedKeyFile, at path: String) async throws -> KeyFile {
        if let given = try given("REPRISE_PASSPHRASE") { return try await locked.open(with: given) }
        guard canAsk else {
            throw CommandError(
                .secretUnreadable, "The key file \(path) is locked with a passphrase, and nobody is there to type it.",
                hint:
                    "Put the passphrase into a file of mode 0600 and name that with REPRISE_PASSPHRASE_FILE, or run the command on a terminal."
            )
        }
        return try await TerminalInput.silently { try await tried(locked, at: path) }
    }

    private func tried(_ locked: LockedKeyFile, at path: String) async throws -> KeyFile {
        for attempt in 1... {
            guard let typed = try await ask("Passphrase of the key file \(path):"), !typed.isEmpty else {
                throw CommandError(.secretUnreadable, "No passphrase was typed.")
            }
            do throws(VaultError) {
                return try await locked.open(with: typed)
            } catch {
                guard error.code == .wrongPassphrase, attempt < 3 else { throw error }
                console.explain(error)
            }
        }
        preconditionFailure("the third try returns or throws")
    }

    /// A new passphrase, typed twice.
    func choose() async throws -> String {
        if let given = try given("REPRISE_NEW_PASSPHRASE") { return try checked(given) }
        guard canAsk else {
            throw CommandError(
                .secretUnreadable, "Nobody is there to type the new passphrase.",
                hint:
                    "Put it into a file of mode 0600 and name that with REPRISE_NEW_PASSPHRASE_FILE, or run the command on a terminal."
            )
        }
        let answers = try await TerminalInput.silently { [try await ask("New passphrase:"), try await ask("The same again:")] }
        guard let typed = answers[0], let again = answers[1] else {
            throw CommandError(.secretUnreadable, "No passphrase was typed.")
        }
        guard typed == again else { throw CommandError(.usage, "The two passphrases differ. Nothing was changed.") }
        return try checked(typed)
    }

    private func checked(_ passphrase: String) throws -> String {
        guard passphrase.count >= Self.shortest else {
            throw CommandError(
                .usage, "A passphrase has at least \(Self.shortest) characters. Nothing was changed.",
                hint: "Several words that have nothing to do with each other are good, and easy to keep in mind.")
        }
        return passphrase
    }

    private var canAsk: Bool { TerminalInput.isThere && console.error.isTerminal && !console.settings.json }

    private func ask(_ question: Phrase) async throws -> String? {
        try? console.error.write(question.rendered(in: console.language) + " ")
        let typed = await TerminalInput.line()
        try? console.error.write("\n")
        try Task.checkCancellation()
        return typed
    }

    /// What the variable says, or the file that it names with `_FILE` behind it.
    private func given(_ name: String) throws -> String? {
        if let value = secrets.environment[name], !value.isEmpty { return value }
        guard let path = secrets.environment[name + "_FILE"], !path.isEmpty else { return nil }
        let whole = Paths.absolute(Paths.expandingHome(path, environment: secrets.environment), from: folder)
        return try secrets.value(of: .file(whole), at: name + "_FILE")
    }
}
