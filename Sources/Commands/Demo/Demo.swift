import ArgumentParser
import Assets
import Foundation
import Language
import ObjectStore
import Plan
import Postgres
import Recovery
import Reporting
import Vault

/// `reprise demo`
struct Demo: Command {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "demo",
            abstract: say("Show the whole round on a throw-away shop, or on your own database without touching it."),
            discussion: examples(
                ("reprise demo", "starts a server, fills it, backs it up, loses a table, brings it back, proves it"),
                ("reprise demo --database env:DATABASE_URL", "backs up and drills your own database, reading only"),
                about: "Everything happens in a temporary folder that is removed afterwards."))
    }

    @OptionGroup var global: GlobalOptions

    @Option(help: help("Your own database: a URL without a password, env:NAME or file:PATH.", valueName: "url"))
    var database: String?

    @Flag(help: help("Keep the temporary folder with its vault."))
    var keep = false

    func run(_ invocation: Invocation) async throws -> ExitStatus {
        let folder = FileManager.default.temporaryDirectory.path + "/reprise-demo-" + UUID().uuidString.prefix(8).lowercased()
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        defer { if !keep { try? FileManager.default.removeItem(atPath: folder) } }
        var environment = invocation.environment
        environment["REPRISE_CACHE"] = folder + "/cache"
        for name in ["REPRISE_KEY_FILE", "REPRISE_RECOVERY_KEY_FILE"] { environment[name] = nil }
        let surroundings = Invocation(
            console: invocation.console, environment: environment, options: invocation.options, folder: invocation.folder)
        let place = PlanFile(name: PlanFile.usualName, folder: folder, path: folder + "/" + PlanFile.usualName, plan: plan)
        let workspace = Workspace(place, surroundings)
        let tour = DemoTour(console: invocation.console, workspace: workspace, folder: folder, isOwnDatabase: database != nil)
        let status: ExitStatus
        if let database {
            status = try await tour.ownDatabase(workspace.target(database))
        } else {
            status = try await tour.shop()
        }
        invocation.console.say("")
        invocation.console.say(
            keep ? "The vault, its key and its kit are in \(folder)." : "That folder is removed now; --keep keeps it.")
        invocation.console.next(
            "export DATABASE_URL=… && reprise init && reprise backup && reprise drill", "does the same for your own database")
        return status
    }

    private var plan: Plan {
        Plan(
            project: .init(name: "demo", timezone: .current),
            vaults: [VaultPlan(name: "local", url: "./vault")],
            assets: [
                AssetPlan(
                    name: "db", kind: .postgres, objectives: .init(rpo: .seconds(86_400), rto: .seconds(3600)),
                    url: .environment("DATABASE_URL"),
                    checks: database == nil ? DemoTour.checks : [])
            ])
    }
}
