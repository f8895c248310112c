import Foundation
import TestServers
import Testing

@Suite("The doctor names what a backup lacks", .endToEnd)
struct DoctorTests {
    @Test(arguments: TestServers.majors) func allIsWell(major: Int) async throws {
        let (host, _) = try await Host.withShop(major)
        let report = try await host.run("doctor", "--json").succeeded().json()
        #expect(report["ready"].bool == true)
        #expect(report["findings"].list.allSatisfy { $0["verdict"].text == "good" }, "\(report)")
        let names = report["findings"].list.compactMap { $0["name"].text }
        for part in [
            "vault.reachable", "vault.writable", "keys.roles", "disk.vault", "db.reachable", "db.privileges", "db.pg_dump",
            "db.tls",
        ] {
            #expect(names.contains(part), "\(part) in \(names)")
        }
        try await host.run("doctor").succeeded().says("✓")
        #expect(try await host.run("snapshots", "--json").json() == .list([]), "it changes nothing")
    }

    @Test func itNamesTheTablesThatTheLoginMayNotRead() async throws {
        let (host, shop) = try await Host.withShop()
        let role = "e2e_poor_\(shop.database.name.suffix(6))"
        let secret = UUID().uuidString
        try await shop.database.execute(
            "CREATE ROLE \(role) LOGIN PASSWORD '\(secret)'; GRANT USAGE ON SCHEMA shop TO \(role); GRANT SELECT ON shop.customers TO \(role)"
        )
        let poor = ["DATABASE_URL": shop.database.url.replacing(/\/\/[^@]*@/, with: "//\(role):\(secret)@")]
        let report = try await host.run("doctor", "--json", environment: poor).ended(1).json()
        let finding = try #require(report["findings"].list.first { $0["name"].text == "db.privileges" })
        #expect(finding["verdict"].text == "bad")
        #expect(finding["message"].text?.contains("shop.orders") == true)
        #expect(finding["message"].text?.contains(/shop\.customers\b/) == false)
        #expect(finding["remedy"].text?.isEmpty == false)
        // A backup refuses with the same words rather than leave them out.
        let backup = try await host.run("backup", environment: poor).ended(77).says("shop.orders")
        #expect(!backup.errors.contains(secret))
        #expect(try await host.snapshots().isEmpty)
        try await shop.database.execute("DROP OWNED BY \(role); DROP ROLE \(role)")
    }

    @Test func itGoesOnWhenSomethingIsMissing() async throws {
        let (host, shop) = try await Host.withShop()
        let noServer = shop.database.url.replacing(/:\d+\//, with: ":1/")
        let unreachable = try await host.run("doctor", "--json", environment: ["DATABASE_URL": noServer]).ended(1).json()
        #expect(unreachable["ready"].bool == false)
        #expect(unreachable["findings"].list.contains { $0["name"].text == "vault.writable" && $0["verdict"].text == "good" })
        #expect(unreachable["findings"].list.contains { $0["name"].text == "db.reachable" && $0["verdict"].text == "bad" })
        try FileManager.default.moveItem(atPath: host.path("vault"), toPath: host.path("unplugged"))
        let noVault = try await host.run("doctor", "--json").ended(1).json()
        #expect(
            noVault["findings"].list.contains {
                $0["name"].text == "vault.reachable" && $0["verdict"].text == "bad" && $0["remedy"].text != nil
            })
        #expect(noVault["findings"].list.contains { $0["name"].text == "db.privileges" && $0["verdict"].text == "good" })
        try await host.run("doctor", environment: ["REPRISE_KEY_FILE": "nosuch"]).ended(1).says("no key file")
    }
}
