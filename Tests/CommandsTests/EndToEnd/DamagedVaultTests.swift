import Foundation
import TestServers
import Testing

/// A vault loses objects, and bytes of them change: what is touched is named, a repair saves the rest, and the next backup brings
/// back what its source still has.
@Suite("A damaged vault is repaired", .endToEnd)
struct DamagedVaultTests {
    private static func host(language: String = "en", parity: Bool = false) async throws -> Host {
        let host = try Host(environment: ["REPRISE_LANG": language])
        try host.write(
            """
            version: 1
            project: { name: shop, timezone: UTC, language: en }
            vaults:
              local: { url: ./vault, parity: \(parity) }
            assets:
              uploads: { kind: files, path: ./uploads, objectives: { rpo: 24h } }

            """, to: "reprise.yaml", mode: 0o644)
        for folder in ["uploads/a", "uploads/b"] {
            try FileManager.default.createDirectory(atPath: host.path(folder), withIntermediateDirectories: true)
        }
        for (name, count) in [("a/first.bin", 6_000_000), ("a/second.bin", 2_000_000), ("b/third.bin", 12_000)] {
            try Data((0..<count).map { _ in UInt8.random(in: .min ... .max) }).write(
                to: URL(fileURLWithPath: host.path("uploads/" + name)))
        }
        try await host.run("init").succeeded()
        try await host.run("backup").succeeded()
        return host
    }

    private static func largestPack(_ host: Host) throws -> String {
        try #require(host.files(below: "vault/packs").max { Host.size(of: $0) < Host.size(of: $1) })
    }

    @Test func aChangedByteCostsOneChunkUntilTheNextBackup() async throws {
        let host = try await Self.host()
        let pack = try Self.largestPack(host)
        let name = (pack as NSString).lastPathComponent
        try Host.flip(pack, at: Host.size(of: pack) / 2)
        try await host.run("check").succeeded().says("Nothing is wrong.")
        let found = try await host.run("check", "--read-data", "all").ended(65)
        found.says(name, "It touches the snapshots", "What cannot be read:", ".bin: ", "reprise check --repair")

        // The evidence says where to look.
        let repaired = try await host.run("check", "--repair").ended(65)
        repaired.says("1 damaged pack (", "Good chunks copied", "What is still wrong:", "reprise backup")
        let left = try await host.run("check", "--json").ended(65).json()
        #expect(left["can_be_repaired"].bool == false && left["touched"].list.count == 1)
        #expect(left["touched"].list[0]["entries"].list.count == 1)

        try await host.run("backup").succeeded()
        try await host.run("check", "--read-data", "all").succeeded().says("put aside", "Nothing is wrong.")
        try await host.run("prune").succeeded()
        #expect(!FileManager.default.fileExists(atPath: pack))
        for snapshot in try await host.snapshots() {
            let id = try #require(snapshot["id"].text)
            try await host.run("restore", "uploads", "--snapshot", id, "--to", "out-\(id)").succeeded()
            for file in ["a/first.bin", "a/second.bin", "b/third.bin"] {
                let here = FileManager.default.contents(atPath: host.path("uploads/" + file))
                #expect(here == FileManager.default.contents(atPath: host.path("out-\(id)/" + file)), "\(file)")
            }
        }
        try await host.vaultIsIntact()
    }

    @Test func programsAreToldTheSame() async throws {
        let host = try await Self.host()
        let pack = try Self.largestPack(host)
        try Host.flip(pack, at: Host.size(of: pack) / 2)
        let result = try await host.run("check", "--read-data", "all", "--repair", "--json").ended(65).json()
        try JSONDocument().check("reprise check", example: 1, result)
        #expect(result["repair"]["found"].list.count == 1 && result["repair"]["chunks_lost"].number == 1)
    }

    @Test func whatParityProtectsComesBackByItself() async throws {
        let host = try await Self.host(parity: true)
        try await host.run("check", "--read-data", "all").succeeded().says("Parity protects")
        let packs = host.files(below: "vault/packs").sorted { Host.size(of: $0) > Host.size(of: $1) }
        try FileManager.default.removeItem(atPath: packs[0])
        try Host.flip(packs[packs.count - 1], at: Host.size(of: packs[packs.count - 1]) / 2)
        try await host.run("check", "--read-data", "all").ended(65)
        try await host.run("check", "--repair").succeeded().says(
            "2 packs", "came back whole by parity", "Nothing is wrong any more.")
        try await host.vaultIsIntact()
        #expect(FileManager.default.fileExists(atPath: packs[0]))
        try await host.run("backup").succeeded()
        try await host.run("prune").succeeded()
        let report = try await host.run("check", "--json").succeeded().json()
        #expect(report["protected_packs"].number == report["packs"].number)
        try await host.run("restore", "uploads", "--to", "out").succeeded()
        let here = FileManager.default.contents(atPath: host.path("uploads/a/first.bin"))
        #expect(here == FileManager.default.contents(atPath: host.path("out/a/first.bin")))
    }

    @Test func aLostIndexIsRebuilt() async throws {
        let host = try await Self.host()
        for file in host.files(below: "vault/index") { try FileManager.default.removeItem(atPath: file) }
        try await host.run("check").ended(65).says("no index segment", "reprise check --repair")
        try await host.run("check", "--repair").succeeded().says("named in the index again", "Nothing is wrong any more.")
        try await host.vaultIsIntact()
        try await host.run("check", "--repair").succeeded().says("There is nothing that a repair could do.")
        let again = try await host.run("backup", "--json").succeeded().json()
        #expect((again["new_bytes"].number ?? 1e9) < 100_000)
    }

    @Test func aLostPackIsTakenOutOfUse() async throws {
        let host = try await Self.host(language: "fr")
        let pack = try Self.largestPack(host)
        try FileManager.default.removeItem(atPath: pack)
        try await host.run("check").ended(65).says("Ce qui ne peut pas être lu", "a/", ".bin")
        try await host.run("check", "--repair").ended(65).says("Paquets disparus", "Ce qui reste à réparer")
        try await host.run("backup").succeeded()
        try await host.vaultIsIntact()
    }

    @Test func aVaultThatCannotBeReachedIsNotRepaired() async throws {
        let host = try await Self.host()
        try FileManager.default.moveItem(atPath: host.path("vault"), toPath: host.path("unplugged"))
        try await host.run("check", "--repair").ended(69)
        try FileManager.default.moveItem(atPath: host.path("unplugged"), toPath: host.path("vault"))
        try await host.vaultIsIntact()
    }

    @Test func oneRecordThatCannotBeReadIsNamedAndGivenUp() async throws {
        let host = try await Self.host()
        try await host.run("check").succeeded()
        let record = try #require(host.files(below: "vault/records").first)
        let name = "records/" + (record as NSString).lastPathComponent
        let file = try #require(FileHandle(forWritingAtPath: record))
        try file.truncate(atOffset: 50)
        try file.close()
        let told = try await host.run("status")
        told.says(name, "uploads")
        #expect(told.status == 65 || told.status == 2)
        try await host.run("backup").succeeded()
        try await host.run("prune").ended(65).says(name, "--give-up " + name)
        try await host.run("check", "--give-up", name).ended(64).says("--repair")
        try await host.run("check", "--repair", "--give-up", name).succeeded().says("was given up", "Nothing is wrong any more.")
        try await host.run("prune").succeeded()
        try await host.vaultIsIntact()
    }

    @Test func aKeyWithTooFewRolesSaysSo() async throws {
        let host = try await Self.host()
        try FileManager.default.removeItem(atPath: host.path("vault"))
        try FileManager.default.removeItem(atPath: host.path(".reprise"))
        try await host.run("init", "--write-only", "--kit-to", host.path("kit.txt")).succeeded()
        try await host.run("backup").succeeded()
        try await host.run("check", "--repair").ended(77).says("keeper role", "recovery key")
        // The kit has what it takes.
        for file in host.files(below: "vault/index") { try FileManager.default.removeItem(atPath: file) }
        let kit = try host.read("kit.txt").split(separator: "\n", omittingEmptySubsequences: false).map {
            $0.trimmingCharacters(in: .whitespaces)
        }
        let start = try #require(kit.firstIndex { $0.hasPrefix("reprise-1") })
        let key = kit[start...].prefix { !$0.isEmpty }.joined(separator: "\n")
        try host.write(key + "\n", to: "recovery.key")
        try await host.run("check", "--repair", environment: ["REPRISE_RECOVERY_KEY_FILE": host.path("recovery.key")]).succeeded()
        try await host.run("check").succeeded()
    }

    @Test func theTablesThatAreTouchedAreNamed() async throws {
        let (host, _) = try await Host.withShop(rows: 4000)
        try await host.run("backup").succeeded()
        let pack = try Self.largestPack(host)
        try Host.flip(pack, at: Host.size(of: pack) / 2)
        let found = try await host.run("check", "--read-data", "all").ended(65)
        found.says("table shop.", "What cannot be read:", "reprise check --repair")
        let before = try await host.snapshots()
        try await host.run("check", "--repair").ended(65)
        try await host.run("backup").succeeded()
        try await host.vaultIsIntact()
        _ = try await host.restored(try #require(before[0]["id"].text), major: TestServers.newest)
    }
}
