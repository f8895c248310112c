public import Foundation
import Language
public import Plan
public import Vault

/// What is printed and kept offline: from these pages and the vault alone, everything comes back.
///
/// With the recovery key whole it is one document; with shares each share has a page of its own to be given to somebody, and the
/// pages before them hold no secret.
public struct Kit: Sendable {
    /// What opens the vault.
    public enum Secret: Sendable {
        case key(RecoveryKey)
        /// All shares of one splitting.
        case shares([RecoveryShare], fingerprint: String)
    }

    let project: String
    private let vaultName: String
    private let location: String
    private let vault: VaultID
    private let secret: Secret
    private let made: Date
    private let kinds: Set<AssetPlan.Kind>
    private let plan: String

    /// - Parameters:
    ///   - location: where the vault is, as a person finds it.
    ///   - secret: of a key, one that has its fingerprint.
    ///   - made: when the kit was made.
    ///   - kinds: of the plan's assets: how each is brought back stands in the kit.
    ///   - plan: the text of the plan file, which holds no secret.
    public init(
        project: String, vaultName: String, location: String, vault: VaultID, secret: Secret, made: Date,
        kinds: Set<AssetPlan.Kind>, plan: String
    ) {
        self.project = project
        self.vaultName = vaultName
        self.location = location
        self.vault = vault
        self.secret = secret
        self.made = made
        self.kinds = kinds
        self.plan = plan
    }

    /// A piece of a page.
    enum Section: Sendable {
        case title(Phrase)
        case heading(Phrase)
        case paragraph(Phrase)
        case warning(Phrase)
        /// What is known of the vault, name by name.
        case facts([(name: Phrase, value: String)])
        /// To be typed or read as it stands.
        case verbatim(String)
        /// The recovery key in lines, and as a code.
        case key(lines: [String], code: String)
        /// The words of a share in their order, and as a code.
        case words([String], code: String)
    }

    /// The pages, each on paper of its own where the next one must not be beside it.
    var pages: [[Section]] {
        switch secret {
        case .key(let key): [front(key), guide]
        case .shares(let shares, let fingerprint):
            [cover(shares, fingerprint), guide] + shares.map { page(of: $0, among: shares.count, fingerprint) }
        }
    }

    private func front(_ key: RecoveryKey) -> [Section] {
        [
            .title("Recovery kit: \(project)"),
            .warning(
                "Print this page, keep it away from every computer, and delete the file. Whoever holds it can read every backup."),
            .heading("What it opens"),
            .facts(facts(key.fingerprintText ?? "")),
            .heading("The recovery key"),
            .key(lines: Self.lines(of: key), code: key.text.uppercased()),
            .paragraph(
                "Blanks, hyphens and upper or lower case do not matter; the letters O, I and L are read as the digits 0 and 1. The last characters are a checksum: a mistyped key is refused."
            ),
            .paragraph("Prove now that this paper opens the vault, and again every few months:"),
            .verbatim("reprise kit test"),
        ]
    }

    private func cover(_ shares: [RecoveryShare], _ fingerprint: String) -> [Section] {
        let threshold = shares.first?.threshold ?? 0
        return [
            .title("Recovery kit: \(project)"),
            .paragraph(
                "The recovery key of this vault is split into \(shares.count) shares. Any \(threshold) of them open every backup; fewer tell nothing. This page holds no secret."
            ),
            .warning(
                "Give each of the pages at the end to another person or place, keep none of them on a computer, and delete the file."
            ),
            .heading("What it opens"),
            .facts(facts(fingerprint)),
            .heading("Who has which share"),
            .verbatim(shares.map { "\($0.number)  ______________________________________" }.joined(separator: "\n\n")),
            .paragraph("Prove now that these papers open the vault, and again every few months:"),
            .verbatim("reprise kit test"),
        ]
    }

    private func page(of share: RecoveryShare, among count: Int, _ fingerprint: String) -> [Section] {
        [
            .title("Share \(share.number) of \(count): \(project)"),
            .paragraph(
                "Any \(share.threshold) of the \(count) shares open every backup of this vault; this one alone tells nothing. Keep it where the others are not."
            ),
            .words(share.words, code: share.words.joined(separator: " ").uppercased()),
            .paragraph(
                "The first four letters of each word are enough. A wrong word is noticed, and which one it is. The words are those of SLIP-0039, which other programs read too."
            ),
            .heading("What it opens"),
            .facts(facts(fingerprint)),
            .paragraph(
                "On a machine with Reprise and the vault: «reprise snapshots --recovery» asks for the shares one after the other, in any order."
            ),
        ]
    }

    private func facts(_ fingerprint: String) -> [(name: Phrase, value: String)] {
        [
            ("Vault", vaultName), ("Place", location), ("Id", vault.description), ("Fingerprint", fingerprint),
            ("Kit made", made.formatted(.iso8601.year().month().day())),
        ]
    }

    private var isShared: Bool { if case .shares = secret { true } else { false } }

    private var hasDatabases: Bool { kinds.contains(.postgres) }
    private var hasFiles: Bool { kinds.contains(.files) }

    /// The third step, and what is typed for it.
    private var restoring: (step: Phrase, commands: String) {
        var commands = ["export REPRISE_RECOVERY_KEY_FILE=recovery.key", "reprise snapshots"]
        if hasDatabases { commands.append("reprise restore ASSET --to postgresql://USER@HOST/NEW_DATABASE") }
        if hasFiles { commands.append("reprise restore ASSET --to NEW_FOLDER") }
        let step: Phrase =
            if !hasFiles {
                "3. Name that file, look at what there is, and restore into an empty database:"
            } else if !hasDatabases {
                "3. Name that file, look at what there is, and restore into a new folder:"
            } else {
                "3. Name that file, look at what there is, and restore into an empty database or a new folder:"
            }
        return (step, commands.joined(separator: "\n"))
    }

    /// What is typed to read the vault without the program.
    private var reading: String {
        var commands = [
            "pip install cryptography zstandard" + (isShared ? " shamir-mnemonic" : ""),
            "python3 read_vault.py --recovery-key-file recovery.key VAULT list",
            "python3 read_vault.py --recovery-key-file recovery.key VAULT unpack SNAPSHOT FOLDER",
        ]
        if hasDatabases { commands.append("cd FOLDER && psql -d NEW_DATABASE -f load.sql") }
        return commands.joined(separator: "\n")
    }

    private var guide: [Section] {
        [
            .heading("How to bring everything back"),
            .paragraph(
                hasDatabases
                    ? "1. Install Reprise on any Linux machine, with the PostgreSQL programs, and copy or mount the vault."
                    : "1. Install Reprise on any Linux machine, and copy or mount the vault."),
            isShared
                ? .paragraph(
                    "2. Put the plan below into a file reprise.yaml, with the vault's new place, and bring enough shares together, each typed behind an empty line into a file that only you may read:"
                )
                : .paragraph(
                    "2. Put the plan below into a file reprise.yaml, with the vault's new place, and write the recovery key into a file that only you may read:"
                ),
            .verbatim("umask 077; cat > recovery.key"),
            .paragraph(restoring.step),
            .verbatim(restoring.commands),
            .paragraph("Without a file: every command takes --recovery, and then asks for what is on the paper."),
            .heading("How to read the vault without Reprise"),
            .paragraph(
                isShared
                    ? "The format is documented in docs/FORMAT.md of the project, and tools/read_vault.py reads it with nothing but Python and three common packages:"
                    : "The format is documented in docs/FORMAT.md of the project, and tools/read_vault.py reads it with nothing but Python and two common packages:"
            ),
            .verbatim(reading),
            .heading("The plan"),
            .verbatim(plan),
        ]
    }

    /// The key in lines that can be typed.
    private static func lines(of key: RecoveryKey) -> [String] {
        let groups = key.text.split(separator: "-")
        let label = groups.prefix(2).joined(separator: "-")
        let rest = Array(groups.dropFirst(2))
        let lines = stride(from: 0, to: rest.count, by: 5).map { rest[$0..<min($0 + 5, rest.count)].joined(separator: "-") }
        return [label] + lines
    }
}
