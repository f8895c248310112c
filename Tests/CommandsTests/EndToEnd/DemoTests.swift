import Foundation
import TestServers
import Testing

@Suite("The demo shows the whole round", .endToEnd)
struct DemoTests {
    @Test func onItsOwnShopItLeavesNothingBehind() async throws {
        let host = try Host()
        let demo = try await host.run("demo").succeeded()
        demo.says("DROP TABLE", "PASSED", "reprise init && reprise backup && reprise drill")
        #expect(demo.output.contains("times smaller"))
        #expect(host.files(below: ".").isEmpty)
        try await host.leavesNothing()
    }

    @Test func onSomebodysDatabaseItOnlyReads() async throws {
        let shop = try await Shop.make()
        let role = "e2e_reader_\(shop.database.name.suffix(6))"
        let secret = UUID().uuidString
        try await shop.database.execute(
            """
            CREATE ROLE \(role) LOGIN PASSWORD '\(secret)' IN ROLE pg_read_all_data;
            ALTER ROLE \(role) SET default_transaction_read_only = on;
            DO $$ DECLARE number oid; BEGIN
                FOR number IN SELECT oid FROM pg_largeobject_metadata LOOP
                    EXECUTE format('GRANT SELECT ON LARGE OBJECT %s TO \(role)', number);
                END LOOP;
            END $$;
            """)
        let before = try await shop.database.dump()
        let url = shop.database.url.replacing(/\/\/[^@]*@/, with: "//\(role):\(secret)@")
        let host = try Host(environment: ["DATABASE_URL": url])
        try await host.run("demo", "--database", "env:DATABASE_URL").succeeded().says("reading only", "PASSED")
        #expect(try await shop.database.dump() == before)
        try await host.leavesNothing()
        #expect(host.files(below: ".").isEmpty)
        try await shop.database.execute("DROP OWNED BY \(role); DROP ROLE \(role)")
    }
}
