import Foundation
import Postgres
import TestServers
import Testing

@Suite("A restore brings back what was asked, and touches nothing else", .endToEnd)
struct RestoreTests {
    /// A host with a backup, its shop, and an empty database that TARGET names.
    private struct Bench {
        let host: Host
        let shop: Shop
        let target: Database

        init(_ major: Int = TestServers.newest) async throws {
            shop = try await Shop.make(major)
            target = try await Database.empty(major)
            host = try Host(databaseURL: shop.database.url, environment: ["TARGET": target.url])
            try await host.run("init").succeeded()
            try await host.run("backup").succeeded()
        }
    }

    @Test("Everything, into an empty database", arguments: TestServers.majors)
    func everything(major: Int) async throws {
        let bench = try await Bench(major)
        let before = try await bench.shop.database.dump()
        let plan = try await bench.host.run("restore", "db", "--to", "env:TARGET", "--dry-run").succeeded().says(
            "Create", "shop.orders")
        #expect(!plan.output.contains("Drop"))
        #expect(
            try await bench.target.value("SELECT count(*) FROM pg_namespace WHERE nspname = 'shop'") == "0",
            "a dry run changes nothing")
        try await bench.host.run("restore", "db", "--to", "env:TARGET").succeeded().says("every row as it was recorded")
        #expect(try await bench.target.dump() == before)
        #expect(try await bench.shop.database.dump() == before)
    }

    @Test func aSnapshotOfADatabaseIsNotRestoredAsFiles() async throws {
        let bench = try await Bench()
        let host = bench.host
        try host.write(
            """
            version: 1
            project: { name: shop, timezone: UTC, language: en }
            vaults:
              local: { url: ./vault }
            assets:
              db: { kind: files, path: ./uploads }

            """, to: "reprise.yaml", mode: 0o644)
        try await host.run("restore", "db", "--to", "out").ended(64).says("of the kind postgres", "Nothing was touched")
        #expect(!host.exists("out"))
        try await host.run("drill", "db").ended(64).says("of the kind postgres")
        #expect(try await host.run("status", "--json").json()["assets"][0]["last_drill"].text == nil, "it is no failed drill")
    }

    @Test("An older server's snapshot into a newer one") func upwards() async throws {
        let shop = try await Shop.make(TestServers.oldest)
        let target = try await Database.empty(TestServers.newest)
        let host = try Host(databaseURL: shop.database.url, environment: ["TARGET": target.url])
        try await host.run("init").succeeded()
        try await host.run("backup").succeeded()
        try await host.run("restore", "db", "--to", "env:TARGET").succeeded()
        // Each by its own pg_dump, which has its own order and its own settings.
        func rows(_ dump: String) -> [Substring] {
            dump.split(separator: "\n").filter { !$0.hasPrefix("--") && !$0.hasPrefix("SET ") }.sorted()
        }
        let (expected, found) = (try await rows(shop.database.dump("--data-only")), try await rows(target.dump("--data-only")))
        #expect(found == expected)
    }

    @Test func aDatabaseThatHoldsSomethingIsOnlyOverwrittenByName() async throws {
        let bench = try await Bench()
        let host = bench.host
        try await bench.target.execute("CREATE TABLE public.precious (word text); INSERT INTO public.precious VALUES ('kept')")
        let before = try await bench.target.dump()
        let name = bench.target.name
        try await host.run("restore", "db", "--to", "env:TARGET").ended(73).says("not empty", "precious", "--overwrite")
        try await host.run("restore", "db", "--to", "env:TARGET", "--overwrite").ended(64).says(
            "Nothing was touched", "--confirm \(name)")
        try await host.run("restore", "db", "--to", "env:TARGET", "--overwrite", "--confirm", "wrong").ended(64).says(
            "Nothing was touched", name)
        try await host.run("restore", "db", "--to", "env:TARGET", "--overwrite", "--dry-run").succeeded().says(
            "Drop everything", "precious")
        #expect(try await bench.target.dump() == before)
        #expect(try await host.run("snapshots", "--json").json().list.count == 1)

        try await host.run("restore", "db", "--to", "env:TARGET", "--overwrite", "--confirm", name).succeeded().says(
            "is kept as snapshot")
        #expect(try await bench.target.dump() == bench.shop.database.dump())

        // The safety snapshot brings the overwritten state back.
        let kept = try await host.run("snapshots", "--tag", "safety", "--json").json()
        let id = try #require(kept[0]["id"].text)
        let again = try await Database.empty()
        try await host.run("restore", "db", "--snapshot", id, "--to", "env:AGAIN", environment: ["AGAIN": again.url]).succeeded()
        #expect(try await again.dump() == before)
        // «latest» is still the asset's own newest.
        try await host.run("restore", "db", "--to", "env:TARGET", "--overwrite", "--dry-run").succeeded().says("shop.orders")
    }

    @Test func aLostTableComesBackWithAllThatHungOnIt() async throws {
        let bench = try await Bench()
        // What was computed from the table goes with it; a table is what was asked for.
        try await bench.shop.database.execute("DROP VIEW shop.spending CASCADE")
        let before = try await bench.shop.database.dump("--table=shop.*")
        try await bench.shop.database.execute("DROP TABLE shop.orders CASCADE")
        #expect(
            try await bench.shop.database.value("SELECT count(*) FROM pg_constraint WHERE conname = 'items_order_id_fkey'") == "0"
        )
        try await bench.host.run("restore", "db", "--to", "env:DATABASE_URL", "--only", "shop.orders").succeeded().says(
            "1,200 rows")
        let after = try await bench.shop.database.dump("--table=shop.*")
        let lost = Self.sorted(before).difference(from: Self.sorted(after)).insertions
        #expect(lost.isEmpty, "its index, its check, its trigger, its own foreign key and that of items: \(lost)")
        #expect(try await bench.shop.database.value("SELECT last_value FROM shop.orders_id_seq") == "1200")
    }

    /// `pg_dump` orders by dependency, then by oid: a table that was made anew may stand elsewhere.
    private static func sorted(_ dump: String) -> [String] { dump.split(separator: "\n").map(String.init).sorted() }

    @Test func oneTableIntoADatabaseThatHasItsRowsIsRefused() async throws {
        let bench = try await Bench()
        try await bench.shop.database.execute("UPDATE shop.items SET title = 'precious' WHERE line = 0")
        let before = try await bench.shop.database.dump()
        try await bench.host.run("restore", "db", "--to", "env:DATABASE_URL", "--only", "shop.items").ended(73).says("shop.items")
        #expect(try await bench.shop.database.dump() == before)
    }

    @Test func definitionsAndRowsComeSeparately() async throws {
        let bench = try await Bench()
        let host = bench.host
        try await host.run("restore", "db", "--to", "env:TARGET", "--schema-only").succeeded()
        #expect(try await bench.target.value("SELECT count(*) FROM shop.orders") == "0")
        #expect(try await bench.target.dump("--schema-only") == bench.shop.database.dump("--schema-only"))
        try await host.run("restore", "db", "--to", "env:TARGET", "--data-only").succeeded().says("every row as it was recorded")
        #expect(try await bench.target.dump("--table=shop.*") == bench.shop.database.dump("--table=shop.*"))
        try await host.run("restore", "db", "--to", "env:TARGET", "--data-only").ended(73).says("rows in shop.orders")
        try await host.run("restore", "db", "--to", "env:TARGET", "--data-only", "--schema-only").ended(64)
    }

    @Test("Rows that the target changes on their way in are told") func rowsThatTheTargetChangesAreTold() async throws {
        let bench = try await Bench()
        try await bench.host.run("restore", "db", "--to", "env:TARGET", "--schema-only").succeeded()
        // ALWAYS: even where triggers are set aside.
        try await bench.target.execute(
            """
            CREATE FUNCTION shop.meddle() RETURNS trigger LANGUAGE plpgsql AS
                'BEGIN IF NEW.id = 7 THEN NEW.name := ''somebody''; END IF; RETURN NEW; END';
            CREATE TRIGGER meddle BEFORE INSERT ON shop.customers FOR EACH ROW EXECUTE FUNCTION shop.meddle();
            ALTER TABLE shop.customers ENABLE ALWAYS TRIGGER meddle;
            """)
        let result = try await bench.host.run("restore", "db", "--to", "env:TARGET", "--data-only").ended(65)
        result.says("shop.customers")
        #expect(!result.output.contains("shop.orders:"))
    }

    @Test func withoutOwnersEverythingBelongsToTheLogin() async throws {
        let shop = try await Shop.make()
        let role = "e2e_owner_\(shop.database.name.suffix(6))"
        try await shop.database.execute(
            "CREATE ROLE \(role); GRANT USAGE ON SCHEMA shop TO \(role); ALTER TABLE shop.customers OWNER TO \(role); GRANT SELECT ON shop.orders TO \(role)"
        )
        let other = try await Sandbox.startOwn()
        let (whole, plain) = (try await Database.empty(on: other), try await Database.empty(on: other))
        let host = try Host(databaseURL: shop.database.url, environment: ["WHOLE": whole.url, "PLAIN": plain.url])
        try await host.run("init").succeeded()
        try await host.run("backup").succeeded()
        let owner = "SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = 'shop.customers'::regclass"
        try await host.run("restore", "db", "--to", "env:PLAIN", "--no-owner").succeeded()
        #expect(try await plain.value(owner) == "postgres")
        #expect(try await plain.value("SELECT count(*) FROM pg_roles WHERE rolname = '\(role)'") == "0")
        try await host.run("restore", "db", "--to", "env:WHOLE").succeeded()
        #expect(try await whole.value(owner) == role)
        #expect(try await whole.value("SELECT has_table_privilege('\(role)', 'shop.orders', 'SELECT')") == "t")
        await other.stop()
        try await shop.database.execute("REASSIGN OWNED BY \(role) TO postgres; DROP OWNED BY \(role); DROP ROLE \(role)")
    }

    @Test func whatWasTamperedWithInTheVaultIsNotRestoredSilently() async throws {
        let bench = try await Bench()
        let pack = try #require(bench.host.files(below: "vault/packs").max { Host.size(of: $0) < Host.size(of: $1) })
        try Host.flip(pack, at: Host.size(of: pack) / 2)
        let outcome = try await bench.host.run("restore", "db", "--to", "env:TARGET").ended(65).says("damaged")
        #expect(!outcome.errors.contains("as it was recorded"))
        try await bench.host.run("check").succeeded()
        try await bench.host.run("check", "--read-data", "all").ended(65).says((pack as NSString).lastPathComponent)
    }
}
