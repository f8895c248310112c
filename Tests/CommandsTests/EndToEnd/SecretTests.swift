import Foundation
import TestServers
import Testing

@Suite("A password is never in clear", .endToEnd)
struct SecretTests {
    /// Looks at the arguments of every process on the machine until it is told to stop.
    private static func watchArguments(for secret: String) -> Task<(seen: Set<String>, leaks: Set<String>), Never> {
        Task.detached {
            var (seen, leaks): (Set<String>, Set<String>) = ([], [])
            while !Task.isCancelled {
                for process in Machine.processes() {
                    for program in ["pg_dump", "pg_restore", "psql", "initdb"] where process.arguments.contains("/" + program) {
                        seen.insert(program)
                    }
                    if process.arguments.contains(secret) { leaks.insert(process.arguments) }
                }
                try? await Task.sleep(for: .milliseconds(2))
            }
            return (seen, leaks)
        }
    }

    @Test func notInOutputArgumentsOrFiles() async throws {
        let shop = try await Shop.make()
        let target = try await Database.empty()
        let secret = try #require(URLComponents(string: shop.database.url)?.password)
        let host = try Host(databaseURL: shop.database.url, environment: ["TARGET": target.url])
        let watch = Self.watchArguments(for: secret)
        // Each run checks its own output and errors for the password: see `Host`.
        try await host.run("init").succeeded()
        for command in [
            ["backup"], ["backup", "--verbose"], ["drill"], ["drill", "--json"], ["status"], ["snapshots"], ["config", "show"],
            ["check"],
        ] {
            try await host.outcome(of: host.start(command), command).succeeded()
        }
        try await host.run("restore", "db", "--to", "env:TARGET", "--verbose").succeeded()
        try await host.run("restore", "db", "--to", "env:TARGET").ended(73)
        try await host.run("restore", "db", "--to", "env:TARGET", "--overwrite", "--confirm", target.name).succeeded()
        // Where things go wrong, errors are built from what servers and programs say.
        let elsewhere = shop.database.url.replacing(/:\d+\//, with: ":1/")
        for command in ["backup", "drill"] { try await host.run(command, "--verbose", environment: ["DATABASE_URL": elsewhere]) }
        try await host.run("restore", "db", "--to", "env:TARGET", environment: ["TARGET": elsewhere]).ended(69)
        try await host.run("restore", "db", "--to", "env:TARGET", environment: ["TARGET": "nonsense " + shop.database.url]).ended(
            64)
        try await host.run("backup", environment: ["DATABASE_URL": "postgresql://postgres:\(secret)@[nonsense/x"])
        watch.cancel()
        let (seen, leaks) = await watch.value
        #expect(seen.isSuperset(of: ["pg_dump", "pg_restore"]), "the watch is fast enough to see the children: \(seen)")
        #expect(leaks == [])
        for file in host.files(below: host.root) {
            let content = FileManager.default.contents(atPath: file) ?? Data()
            #expect(content.range(of: Data(secret.utf8)) == nil, "\(file)")
        }
        #expect(host.files(below: host.root).count > 10)
    }

    @Test func keysAreNotInOutput() async throws {
        let (host, _) = try await Host.withShop()
        let kit = try NewcomerTests.recoveryKey(in: host.read(".reprise/local-kit.txt"))
        let groups = kit.split { "\n-".contains($0) }.filter { $0.count == 5 && $0.contains { $0.isNumber } }
        #expect(groups.count >= 5)
        for command in [
            ["backup", "--verbose"], ["status", "--json"], ["config", "show"], ["check"], ["snapshots", "--json"], ["init"],
        ] {
            let outcome = try await host.outcome(of: host.start(command), command)
            #expect(groups.filter { outcome.output.contains($0) || outcome.errors.contains($0) }.count < 2, "\(outcome)")
        }
    }
}
