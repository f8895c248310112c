import ArgumentParser
import Assets
import Language
import Plan
import Protection
import Vault

/// `reprise doctor`
struct DoctorRun: Command {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "doctor",
            abstract: say("Check everything that a backup and a drill need, and say what to do about what is missing."),
            discussion: examples(
                ("reprise doctor", "vault, keys, disk, database, privileges, programs"),
                about: "Exit status 1 when a backup cannot work; warnings do not change it."))
    }

    @OptionGroup var global: GlobalOptions

    @Option(help: help("The vault. (default: the plan's first)"))
    var vault: String?

    private struct Document: Encodable {
        struct Line: Encodable {
            let name: String
            let verdict: String
            let message: String
            let remedy: String?
        }
        let ready: Bool
        let findings: [Line]
    }

    func run(_ invocation: Invocation) async throws -> ExitStatus {
        let console = invocation.console
        let workspace = Workspace(try invocation.plan(), invocation)
        let vaultPlan = try workspace.vaultPlan(vault)
        var findings: [Finding] = []
        do {
            let store = try workspace.store(vaultPlan)
            let keys = try await workspace.keyFile(vaultPlan, for: (try? await LockedVault(in: store))?.id)
            findings += await VaultDoctor(store: store, keys: keys, cacheFolder: workspace.cacheFolder).examine()
        } catch let error as any ExplainedError {
            findings.append(Finding("keys.file", failure: error))
        }
        for asset in workspace.plan.assets {
            if let files = asset.files {
                findings += await FilesDoctor(
                    asset: asset.name, folder: workspace.filesFolder(files), avoided: workspace.ownFolders
                ).examine()
                continue
            }
            do {
                findings += await DatabaseDoctor(asset: asset.name, connection: try workspace.connection(asset)).examine()
            } catch let error as any ExplainedError {
                findings.append(Finding("\(asset.name).url", failure: error))
            }
        }
        let isReady = !findings.contains { $0.verdict == .bad }
        let document = Document(
            ready: isReady,
            findings: findings.map {
                .init(
                    name: $0.name, verdict: $0.verdict.rawValue, message: $0.message.description, remedy: $0.remedy?.description)
            })
        console.result(document) {
            for finding in findings { show(finding, on: console) }
        }
        if isReady { console.next("reprise backup", "takes a snapshot") }
        return isReady ? .done : .failed
    }

    private func show(_ finding: Finding, on console: Console) {
        let mark =
            switch finding.verdict {
            case .good: console.style.green("✓")
            case .warning: console.style.yellow("!")
            case .bad: console.style.red("✗")
            }
        console.print("\(mark) " + finding.message.rendered(in: console.language))
        if let remedy = finding.remedy { console.print("    → " + remedy.rendered(in: console.language)) }
    }
}
