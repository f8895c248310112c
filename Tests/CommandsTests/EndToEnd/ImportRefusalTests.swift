import Foundation
import Testing

@Suite("What must not be imported is refused before anything is tried", .endToEnd)
struct ImportRefusalTests {
    private static func host() async throws -> Host {
        let host = try Host(databaseURL: "postgresql://me@localhost/shop")
        try host.write(
            """
            version: 1
            project: { name: shop, timezone: UTC, language: en }
            vaults:
              local: { url: ./vault }
            assets:
              uploads: { kind: files, path: ./uploads, objectives: { rpo: 24h } }

            """, to: "reprise.yaml", mode: 0o644)
        try FileManager.default.createDirectory(atPath: host.path("uploads"), withIntermediateDirectories: true)
        try host.write("SELECT 1;\n", to: "dump.sql")
        try await host.run("init").succeeded()
        // There is no such server, and nothing here needs one.
        try host.write(
            try host.read("reprise.yaml") + "  db: { kind: postgres, url: \"env:DATABASE_URL\", objectives: { rpo: 24h } }\n",
            to: "reprise.yaml", mode: 0o644)
        return host
    }

    @Test func aDumpDoesNotBecomeASnapshotOfFiles() async throws {
        let host = try await Self.host()
        try await host.run("import", "dump.sql", "--asset", "uploads").ended(64).says("uploads is a folder, not a database")
        #expect(host.files(below: "vault/snapshots").isEmpty)
    }

    @Test func aDumpIsNotOfTheFuture() async throws {
        let host = try await Self.host()
        try await host.run("import", "dump.sql", "--asset", "db", "--at", "2999-01-01T00:00:00Z").ended(64).says("in the future")
        #expect(host.files(below: "vault/snapshots").isEmpty)
    }
}
