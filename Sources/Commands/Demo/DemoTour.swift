import Assets
import Foundation
import Language
import Ledger
import ObjectStore
import Plan
import Postgres
import Recovery
import Reporting
import Vault

/// The steps of the demo, each told before it is done; everything is real.
struct DemoTour: Sendable {
    let console: Console
    let workspace: Workspace
    let folder: String
    let isOwnDatabase: Bool

    static var checks: [Assertion] {
        guard let some = try? Expectation("> 0") else { preconditionFailure("a valid expectation") }
        return [
            Assertion(name: "orders-exist", sql: "select count(*) from shop.orders", expect: some),
            Assertion(name: "customers-exist", sql: "select count(*) from shop.customers", expect: some),
        ]
    }

    private var asset: AssetPlan { workspace.plan.assets[0] }

    /// The round on a shop of our own.
    func shop() async throws -> ExitStatus {
        console.say("A tour with a throw-away shop. Nothing of yours is touched; the vault is made in \(folder).")
        step("Start a throw-away PostgreSQL server and fill it with a shop")
        let installation = try Installation.forSandbox(atLeast: 13)
        let server = try await Sandbox.start(installation, under: Sandbox.defaultFolder)
        do {
            let status = try await shop(on: server, installation)
            await server.stop()
            return status
        } catch {
            await server.stop()
            throw error
        }
    }

    private func shop(on server: Sandbox, _ installation: Installation) async throws -> ExitStatus {
        let database = try await server.createDatabase()
        let connection = try await Connection.open(database)
        try await connection.execute(DemoShop.schema)
        try await connection.execute(DemoShop.rows)
        try await connection.execute(DemoShop.keys)
        console.say("\(installation.description)")
        let vault = try await makeVault()

        step("Back it up")
        Backup.show(try await Backup.take(asset, database, into: vault, tags: [], on: console), on: console)

        step("Let the shop work for a while, and back it up again: only what is new is stored")
        try await connection.execute(DemoShop.changes)
        let second = try await Backup.take(asset, database, into: vault, tags: [], on: console)
        Backup.show(second, on: console)

        step("Lose a table: DROP TABLE \(DemoShop.lostTable) CASCADE")
        console.say("\(DemoShop.lostTable) has \(count: try await lostRows(connection)) {row|rows}.")
        try await connection.execute("DROP TABLE \(DemoShop.lostTable) CASCADE")
        do throws(PostgresError) {
            _ = try await lostRows(connection)
        } catch {
            console.say(error.message)
        }

        step("Bring it back")
        let reader = try await vault.read(second)
        guard let lost = TableName(DemoShop.lostTable) else { preconditionFailure("a valid table name") }
        let options = RestoreOptions(only: [lost], jobs: asset.jobs, comparesRows: true)
        let restore = PostgresRestore(reader, into: database, options: options)
        let plan = try await restore.plan()
        let outcome = try await ProvenRestore(restore: restore, plan: plan, reader: reader).run(
            asset: asset.name, host: HostName.own, log: EvidenceLog(vault)
        ) { _ in }
        guard RestorePage(outcome: outcome, plan: plan, record: second).show(on: console) == .done else { return .damagedData }
        console.say("\(DemoShop.lostTable) has \(count: try await lostRows(connection)) {row|rows} again.")
        await connection.close()
        return try await prove(vault, second)
    }

    private func lostRows(_ connection: Connection) async throws(PostgresError) -> Int64 {
        Int64(try await connection.rows("SELECT count(*) FROM \(DemoShop.lostTable)").first?[0] ?? "") ?? 0
    }

    /// The round on the user's own database, which is only read.
    func ownDatabase(_ database: ConnectionString) async throws -> ExitStatus {
        console.say("A tour with your own database, which is only read. The vault is made in \(folder).")
        let vault = try await makeVault()
        step("Back up \(database.description), reading only")
        Backup.show(try await Backup.take(asset, database, into: vault, tags: [], on: console), on: console)
        step("Back it up again: only what is new is stored")
        let second = try await Backup.take(asset, database, into: vault, tags: [], on: console)
        Backup.show(second, on: console)
        return try await prove(vault, second)
    }

    private func makeVault() async throws -> OpenVault {
        let vaultPlan = workspace.plan.vaults[0]
        let store = try workspace.store(vaultPlan)
        try await store.prepare()
        let made = try await LockedVault.make(in: store, holder: HostName.own, roles: Set(Role.allCases))
        try PrivateFile.create(workspace.privateFolder + "/local.key", String(decoding: made.keys.encoded, as: UTF8.self))
        let kit = Kit(
            project: workspace.plan.project.name, vaultName: vaultPlan.name, location: store.location, vault: made.keys.vault,
            secret: .key(made.recovery), made: Date(), kinds: [.postgres], plan: "")
        try PrivateFile.create(workspace.privateFolder + "/local-kit.txt", kit.text(in: console.language))
        return try await workspace.open(vaultPlan)
    }

    private func prove(_ vault: OpenVault, _ record: SnapshotRecord) async throws -> ExitStatus {
        step("Rehearse the recovery: restore into another throw-away server and compare everything")
        let item = try await DrillRun.rehearse(record, of: asset, in: vault, at: workspace.sandboxPlace(), on: console)
        DrillPage(item: item, asset: asset, record: record, zone: workspace.plan.project.timezone).show(on: console)

        step("Where everything stands")
        let known = try await Status.Known(vault)
        let status = try await Status.compute(workspace, known)
        StatusPage(
            status: status, copies: try await Status.copies(workspace, known, workspace.plan.vaults[0]),
            project: workspace.plan.project, vault: vault, figures: console.figures
        ).show(on: console)
        return item.evidence.outcome == .failed || !status.isKept ? .objectiveMissed : .done
    }

    private func step(_ title: Phrase) {
        console.say("")
        console.say("▸ \(title)")
    }
}
