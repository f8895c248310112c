import Foundation
import Postgres
import TestServers
import Testing

/// What is said when something goes wrong: each names what and where, and what to do next.
@Suite("What mistakes are answered with is pinned", .endToEnd)
struct PinnedMessageTests {
    @Test(arguments: ["en", "fr"]) func aCommandLineThatIsWrong(language: String) async throws {
        let host = try Host(environment: ["REPRISE_LANG": language])
        var told = Transcript(host)
        for line in [
            "bakup", "bakup db --json", "frobnicate", "config shw", "--jsno backup", "backup --jsno", "backup --tagg x",
            "restore --to", "restore a b --to x", "backup --json=3", "check --read-data lots", "restore --jobs x --to y",
            "restore --jobs 99 --to y", "restore --to x --schema-only --data-only", "completion tcsh",
            "export --to x --format zip",
            "status --lang de", "status --quiet --verbose",
            "restore postgresql://me:hunter2@host/db postgresql://me:hunter2@host/db --to x",
        ] {
            try await told.run(line, status: 64)
        }
        try await told.run("init --plan nosuch/reprise.yaml", status: 73)
        try await told.run("backup", status: 78)
        try await told.run("status --plan nosuch.yaml", status: 78)
        try Pinned.check(told.text, "messages/\(language)/command-line.txt")
    }

    @Test(arguments: ["en", "fr"]) func aPlanThatIsWrong(language: String) async throws {
        let host = try Host(environment: ["REPRISE_LANG": language])
        var told = Transcript(host)
        try host.write(
            """
            version: 1
            projct: { name: shop, timezone: Europe/Pariss }
            vaults:
              local: { url: ./vault }
            assets:
              db:
                kind: postgrs
                url: postgresql://me:hunter2@host/shop
                objectives: { rpo: 24 hours }
            """, to: "reprise.yaml", mode: 0o644)
        try await told.run("config validate", status: 78)
        try host.write("version: 1\n  assets: {\n", to: "reprise.yaml", mode: 0o644)
        try await told.run("backup", status: 78)
        try host.write("", to: "reprise.yaml", mode: 0o644)
        try await told.run("status", status: 78)
        try Pinned.check(told.text, "messages/\(language)/plan.txt")
    }

    @Test(arguments: ["en", "fr"]) func aPlaceOrNameThatIsNotThere(language: String) async throws {
        let shop = try await Shop.make()
        let host = try Host(databaseURL: shop.database.url, environment: ["REPRISE_LANG": language])
        var told = Transcript(host, hiding: [shop.database.name: "shop", "\(try await TestServers.server().port)": "5432"])
        try await host.run("init").succeeded()
        for line in ["ls latest", "drill", "restore --to dbname=x", "backup nosuch", "backup --vault nosuch"] {
            try await told.run(line, status: 64)
        }
        try await told.run("init", status: 73)
        try await host.run("backup").succeeded()
        for line in [
            "ls zzzz", "ls latest nosuch", "restore --to env:DATABASE_URL --only nosuch",
            "restore --to env:DATABASE_URL --only a..b",
            "restore --to postgresql://me:hunter2@host/db", "restore --to nonsense",
            "restore --to env:DATABASE_URL --overwrite --confirm shp", "restore --to env:DATABASE_URL --overwrite",
        ] {
            try await told.run(line, status: 64)
        }
        try await told.run("restore --to env:NOSUCH", status: 64)
        try await told.run("restore --to env:DATABASE_URL", status: 73)
        try host.write("", to: "taken")
        try await told.run("export --to taken", status: 73)

        try await told.run("backup", status: 78, environment: ["DATABASE_URL": ""])
        try await told.run("backup", status: 78, environment: ["DATABASE_URL": "shop.example.com"])
        let wrong = shop.database.url.replacing(/:[^:@]*@/, with: ":wrong@")
        try await told.run("backup", status: 77, environment: ["DATABASE_URL": wrong])
        let nobody = shop.database.url.replacing(/:\d+\//, with: ":1/")
        try await told.run("backup", status: 69, environment: ["DATABASE_URL": nobody])
        try await told.run("backup", status: 69, environment: ["DATABASE_URL": shop.database.url + "nosuch"])
        try await told.run("doctor", status: 1, environment: ["DATABASE_URL": nobody])

        try await told.run("status", status: 77, environment: ["REPRISE_KEY_FILE": "nosuch"])
        try host.write("no key\n", to: "nokey")
        try await told.run("status", status: 65, environment: ["REPRISE_KEY_FILE": "nokey"])
        try await told.run("status", status: 65, environment: ["REPRISE_RECOVERY_KEY_FILE": "nokey"])
        try FileManager.default.moveItem(atPath: host.path("vault"), toPath: host.path("unplugged"))
        try await told.run("status", status: 69)
        try await told.run("backup", status: 69)
        try Pinned.check(told.text, "messages/\(language)/places.txt")
    }
}

/// What was typed, what was said, and how it ended, with what differs from run to run replaced.
struct Transcript {
    private(set) var text = ""
    private let host: Host
    private let hidden: [(String, String)]

    init(_ host: Host, hiding: [String: String] = [:]) {
        self.host = host
        hidden = [(host.project, "/srv/shop"), (host.root, "/srv")] + hiding.sorted { $0.key.count > $1.key.count }
    }

    mutating func run(
        _ line: String, status: Int32, environment: [String: String] = [:], sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let arguments = line.split(separator: " ").map(String.init)
        let outcome = await host.outcome(
            of: try host.start(arguments, environment: environment), arguments, sourceLocation: sourceLocation)
        #expect(outcome.status == status, "\(outcome)", sourceLocation: sourceLocation)
        let variables = environment.keys.sorted().map { "\($0)=… " }.joined()
        let said = hide(outcome.output + outcome.errors)
        #expect(!said.contains("hunter2"), "a password is never said", sourceLocation: sourceLocation)
        text += "$ \(variables)reprise \(line.replacing("hunter2", with: "secret"))\n" + said + "→ \(outcome.status)\n\n"
    }

    private func hide(_ said: String) -> String {
        var said = said
        for (words, instead) in hidden { said = said.replacing(words, with: instead) }
        return said.replacing(/\b01[0-9a-z]{24}\b/, with: "01k0000000000000000000000k")
            .replacing(/\b[0-9a-f]{32}\b/, with: "0123456789abcdef0123456789abcdef")
            .replacing(/large object \d+/, with: "large object 16475").replacing(/\d+ (MiB|Mio)/) { "60725 \($0.output.1)" }
            .replacing(/PostgreSQL \d+[.\d]*/, with: "PostgreSQL 18")
    }
}
