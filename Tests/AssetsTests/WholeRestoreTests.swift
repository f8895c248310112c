import Foundation
import Language
import Postgres
import TestServers
import Testing
import Vault

@testable import Assets

/// A whole snapshot, into targets that are not as empty, as complete or as open as one would like.
@Suite("A whole database brought back")
struct WholeRestoreTests {
    private func snapshot(of source: ConnectionString) async throws -> (SnapshotReader, TestVault) {
        let vault = try await TestVault()
        let (record, _) = try await PostgresCapture(source).run(into: { try await vault.start() })
        return (try await vault.vault.read(record), vault)
    }

    @Test("Over a database that holds as much already: everything there gives way", arguments: TestServers.majors)
    func overwrite(_ major: Int) async throws {
        let (source, target) = (try await TestServers.freshDatabase(major), try await TestServers.freshDatabase(major))
        try await Fixture.load("everything.sql", into: source)
        try await Fixture.load("everything.sql", into: target)
        try await Fixture.run(
            """
            DROP TABLE fx.shops CASCADE; CREATE SCHEMA more; CREATE TABLE more.precious (id int); SELECT pg_catalog.lo_create(0);
            CREATE PUBLICATION more_of_it; ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO PUBLIC;
            """, on: target)
        let (reader, vault) = try await snapshot(of: source)
        defer { withExtendedLifetime(vault) {} }
        let before = try await Fixture.dump(target, with: major)
        let careful = PostgresRestore(reader, into: target)
        let plan = try await careful.plan()
        #expect(plan.destroys)
        let refusal = await #expect(throws: AssetError.self) { _ = try await careful.run(plan) }
        #expect(refusal?.code == .targetNotEmpty)
        #expect(try await Fixture.dump(target, with: major) == before)

        let restore = PostgresRestore(reader, into: target, options: RestoreOptions(overwrite: true))
        let report = try await restore.run(try await restore.plan())
        #expect(report.leftOut.isEmpty, "\(report.leftOut)")
        let texts = (try await Fixture.dump(source, with: major), try await Fixture.dump(target, with: major))
        #expect(texts.0 == texts.1)
    }

    @Test("An extension that the target lacks is named with what needs it, and the rest is proven")
    func missingExtension() async throws {
        let (source, target) = (
            try await TestServers.freshDatabase(TestServers.oldest), try await TestServers.freshDatabase(TestServers.newest)
        )
        func has(_ database: ConnectionString) async throws -> Bool {
            try await !Fixture.rows("SELECT 1 FROM pg_available_extensions WHERE name = 'pgcrypto'", on: database).isEmpty
        }
        // The newest server is one that comes without it.
        let (there, here) = (try await has(source), try await has(target))
        try #require(there && !here)
        try await Fixture.run(
            """
            CREATE SCHEMA app; CREATE SCHEMA tools; CREATE EXTENSION pgcrypto SCHEMA tools;
            CREATE TABLE app.plain (id int PRIMARY KEY, word text); INSERT INTO app.plain SELECT i, 'w' || i FROM generate_series(1, 500) i;
            CREATE TABLE app.sealed (id int PRIMARY KEY REFERENCES app.plain, token bytea DEFAULT tools.gen_random_bytes(8));
            INSERT INTO app.sealed SELECT i FROM generate_series(1, 50) i;
            CREATE VIEW app.hashes AS SELECT id, tools.digest(word, 'sha256') AS hash FROM app.plain;
            CREATE VIEW app.words AS SELECT word FROM app.plain;
            """, on: source)
        let (reader, vault) = try await snapshot(of: source)
        defer { withExtendedLifetime(vault) {} }
        let restore = PostgresRestore(reader, into: target, options: RestoreOptions(isSandbox: true))
        let plan = try await restore.plan()
        #expect(plan.leftOut.first == .init(subject: "pgcrypto", reason: .extensionUnavailable))
        let needing = plan.leftOut.filter { $0.reason == .needsExtension && $0.because == "pgcrypto" }.map(\.subject)
        #expect(needing.contains { $0.hasPrefix("table app sealed ") } && needing.contains { $0.hasPrefix("view app hashes ") })
        #expect(!needing.contains { $0.contains("plain") || $0.contains("words") }, "\(needing)")
        let report = try await restore.run(plan)
        #expect(report.leftOut == plan.leftOut)
        #expect(report.rows == 500)
        let manifest = try await PostgresManifest.read(from: reader)
        let comparison = try await ManifestComparison(manifest, with: target, tables: report.plan.loaded).run()
        #expect(comparison.isEqual && comparison.tables == 1)
        let structure = try await restore.compareStructure(report)
        #expect(structure.isEmpty, "\(structure)")
        #expect(try await Fixture.rows("SELECT count(*) FROM app.words", on: target) == [["500"]])
    }

    @Test("Owners come back, and a login that cannot make them says so before it begins", arguments: TestServers.majors)
    func owners(_ major: Int) async throws {
        let (own, other) = (
            try await TestServers.start(TestServers.installation(major)),
            try await TestServers.start(TestServers.installation(major))
        )
        let source = try await own.createDatabase(options: "TEMPLATE template0")
        try await Fixture.run(
            """
            CREATE ROLE keeper_of_all; CREATE ROLE boss NOLOGIN; GRANT keeper_of_all TO boss;
            CREATE SCHEMA app AUTHORIZATION boss; SET ROLE boss;
            CREATE TABLE app.t (id int GENERATED ALWAYS AS IDENTITY); INSERT INTO app.t DEFAULT VALUES;
            CREATE VIEW app.v AS TABLE app.t; CREATE FUNCTION app.f() RETURNS int LANGUAGE sql AS 'SELECT 1'; RESET ROLE;
            ALTER VIEW app.v OWNER TO keeper_of_all;
            """, on: source)
        let (reader, vault) = try await snapshot(of: source)
        defer { withExtendedLifetime(vault) {} }
        let target = try await other.createDatabase(options: "TEMPLATE template0")
        try await Fixture.run(
            "CREATE ROLE weak LOGIN PASSWORD 'weak'; CREATE ROLE maker LOGIN CREATEROLE; GRANT CREATE ON DATABASE \(SQL.identifier(target.database ?? "")) TO weak",
            on: target)
        let weak = PostgresRestore(reader, into: target.with(user: "weak", password: "weak"))
        let refusal = await #expect(throws: AssetError.self) { _ = try await weak.run(try await weak.plan()) }
        #expect(refusal?.code == .missingRoles)
        #expect(refusal?.message.description.contains("boss") == true)
        #expect(try await Fixture.rows("SELECT count(*) FROM pg_namespace WHERE nspname = 'app'", on: target) == [["0"]])

        let restore = PostgresRestore(reader, into: target)
        let report = try await restore.run(try await restore.plan())
        #expect(report.leftOut.isEmpty)
        let owners =
            "SELECT string_agg(relname || ':' || pg_get_userbyid(relowner), ' ' ORDER BY relname) FROM pg_class WHERE relnamespace = 'app'::regnamespace"
        #expect(try await Fixture.rows(owners, on: target) == Fixture.rows(owners, on: source))
        #expect(try await Fixture.rows("SELECT pg_has_role('boss', 'keeper_of_all', 'USAGE')", on: target) == [["t"]])
        #expect(try await Fixture.dump(source, with: major) == Fixture.dump(target, with: major))
        await own.stop()
        await other.stop()
    }
}
