import ArgumentParser
import Foundation
import Language
import Plan
import Reporting
import Vault

/// `reprise kit`
struct KitGroup: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "kit", abstract: say("Writes the recovery kit anew; proves that the printed one opens the vault."),
            subcommands: [KitPrint.self, KitTest.self], defaultSubcommand: KitPrint.self)
    }
}

/// `reprise kit print`, which `reprise kit` alone is too.
struct KitPrint: Command {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "print", abstract: say("Write the recovery kit anew, whole or in shares. Needs the recovery key."),
            discussion: examples(
                ("reprise kit", "a page to print, beside the key file"),
                ("reprise kit --shares 2/3 --out shares.html", "a page for each of three people, any two of whom open the vault"),
                ("reprise kit --out kit.txt", "as plain text"),
                about:
                    "The recovery key is kept nowhere: it is typed, piped in, or in the file that REPRISE_RECOVERY_KEY_FILE names. Shares that were made before still open the vault."
            ))
    }

    @OptionGroup var global: GlobalOptions

    @Option(help: help("Split the recovery key into shares: how many open the vault, of how many.", valueName: "k/n"))
    var shares: KitShares?

    @Option(
        help: help(
            "Where the kit is written: plain text where the name ends with .txt, else a page to print; may be repeated. (default: beside the key file)",
            valueName: "file"))
    var out: [String] = []

    @Option(help: help("The vault. (default: the plan's first)"))
    var vault: String?

    private struct Written: Encodable {
        let files: [String]
        let shares, threshold: Int?
        let fingerprint: String
    }

    func run(_ invocation: Invocation) async throws -> ExitStatus {
        let console = invocation.console
        let file = try invocation.plan()
        let workspace = Workspace(file, invocation)
        let vaultPlan = try workspace.vaultPlan(vault)
        let named = out.map { Paths.absolute($0, from: invocation.folder) }
        let paths = named.isEmpty ? [workspace.privateFolder + "/" + vaultPlan.name + "-kit.html"] : named
        for path in paths where FileManager.default.fileExists(atPath: path) {
            throw CommandError(
                .fileExists, "There is a file at \(path) already.",
                hint: "It may be a kit that nobody has printed yet. Move it away, or name another one with --out.")
        }
        // Before anybody types a long key in vain.
        for path in paths { try PrivateFile.requirePlace(path) }
        let (opened, recovery) = try await workspace.openWithRecovery(vaultPlan)
        let kit = Kit(
            project: file.plan.project.name, vaultName: vaultPlan.name, location: workspace.vaultLocation(vaultPlan),
            vault: opened.id, secret: KitShares.secret(of: recovery, shares), made: Date(),
            kinds: Set(file.plan.assets.map(\.kind)), plan: (try? String(contentsOfFile: file.path, encoding: .utf8)) ?? "")
        let language = console.language
        try PrivateFile.create(
            paths.map { ($0, $0.hasSuffix(".txt") ? kit.text(in: language) : kit.html(in: language)) })
        let fingerprint = recovery.fingerprintText ?? ""
        console.result(Written(files: paths, shares: shares?.count, threshold: shares?.threshold, fingerprint: fingerprint)) {
            for path in paths { console.print("Recovery kit: \(path)" as Phrase) }
        }
        console.say(
            "Print it, keep it away from this machine, and delete the file. The vault's fingerprint on it: \(fingerprint).")
        console.next("reprise kit test", "proves that what is on the paper opens the vault")
        return .done
    }
}
