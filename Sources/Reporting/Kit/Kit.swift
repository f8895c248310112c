public import Foundation
public import Language
public import Vault

/// What is printed and kept offline: from this page and the vault alone, everything comes back.
public struct Kit: Sendable {
    private let project: String
    private let vaultName: String
    private let location: String
    private let vault: VaultID
    private let recovery: RecoveryKey
    private let made: Date
    private let plan: String

    /// - Parameters:
    ///   - location: where the vault is, as a person finds it.
    ///   - plan: the text of the plan file, which holds no secret.
    public init(
        project: String, vaultName: String, location: String, vault: VaultID, recovery: RecoveryKey, made: Date, plan: String
    ) {
        self.project = project
        self.vaultName = vaultName
        self.location = location
        self.vault = vault
        self.recovery = recovery
        self.made = made
        self.plan = plan
    }

    /// The kit as plain text.
    public func text(in language: Language) -> String {
        sections.map { section in
            switch section {
            case .title(let phrase):
                let title = phrase.rendered(in: language)
                return title + "\n" + String(repeating: "=", count: title.count) + "\n"
            case .heading(let phrase):
                let title = phrase.rendered(in: language)
                return "\n" + title + "\n" + String(repeating: "-", count: title.count) + "\n"
            case .paragraph(let phrase): return phrase.rendered(in: language) + "\n"
            case .verbatim(let text):
                let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
                return "\n" + lines.map { $0.isEmpty ? "" : "    " + $0 }.joined(separator: "\n") + "\n\n"
            }
        }.joined()
    }

    private enum Section {
        case title(Phrase)
        case heading(Phrase)
        case paragraph(Phrase)
        case verbatim(String)
    }

    private var sections: [Section] {
        [
            .title("Recovery kit: \(project)"),
            .paragraph(
                "Print this page, keep it away from every computer, and delete the file. Whoever holds it can read every backup."),
            .heading("What it opens"),
            .paragraph("The vault «\(vaultName)» with the id \(vault), made on \(day(made)), at:"),
            .verbatim(location),
            .heading("The recovery key"),
            .verbatim(recoveryLines),
            .paragraph(
                "Blanks, hyphens and upper or lower case do not matter; the letters O, I and L are read as the digits 0 and 1. The last characters are a checksum: a mistyped key is refused."
            ),
            .heading("How to bring everything back"),
            .paragraph("1. Install Reprise on any Linux machine, with the PostgreSQL programs, and copy or mount the vault."),
            .paragraph(
                "2. Put the plan below into a file reprise.yaml, with the vault's new place, and write the recovery key into a file that only you may read:"
            ),
            .verbatim("umask 077; cat > recovery.key"),
            .paragraph("3. Name that file, look at what there is, and restore into an empty database:"),
            .verbatim(
                "export REPRISE_RECOVERY_KEY_FILE=recovery.key\nreprise snapshots\nreprise restore ASSET --to postgresql://USER@HOST/NEW_DATABASE"
            ),
            .heading("How to read the vault without Reprise"),
            .paragraph(
                "The format is documented in docs/FORMAT.md of the project, and tools/read_vault.py reads it with nothing but Python and two common packages:"
            ),
            .verbatim(
                "pip install cryptography zstandard\npython3 read_vault.py --recovery-key-file recovery.key VAULT list\npython3 read_vault.py --recovery-key-file recovery.key VAULT unpack SNAPSHOT FOLDER\ncd FOLDER && psql -d NEW_DATABASE -f load.sql"
            ),
            .heading("The plan"),
            .verbatim(plan),
        ]
    }

    /// The key in lines that can be typed.
    private var recoveryLines: String {
        let groups = recovery.text.split(separator: "-")
        let label = groups.prefix(2).joined(separator: "-")
        let rest = Array(groups.dropFirst(2))
        let lines = stride(from: 0, to: rest.count, by: 5).map { rest[$0..<min($0 + 5, rest.count)].joined(separator: "-") }
        return ([label] + lines).joined(separator: "\n")
    }

    private func day(_ date: Date) -> String {
        date.formatted(.iso8601.year().month().day())
    }
}
