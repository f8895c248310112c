import Foundation
import Testing

/// The vault is on a disk that is read only: what is found there is told, although nothing can be noted.
@Suite(
    "A result is told where its evidence cannot be kept", .endToEnd,
    .enabled(if: SmallDisk.isPermitted, "this process may not mount a file system"))
struct EvidenceUnwrittenTests {
    private static let warning = "could not be kept as evidence"

    /// A host whose vault, with one snapshot of files, is on a disk of its own.
    private struct Bench {
        let host: Host
        let disk: SmallDisk

        init() async throws {
            host = try Host()
            disk = try SmallDisk(host.path("disk"), megabytes: 32)
            try host.write(
                """
                version: 1
                project: { name: shop, timezone: UTC, language: en }
                vaults:
                  local: { url: ./disk/vault }
                assets:
                  uploads: { kind: files, path: ./uploads, objectives: { rpo: 24h } }

                """, to: "reprise.yaml", mode: 0o644)
            try FileManager.default.createDirectory(atPath: host.path("uploads"), withIntermediateDirectories: true)
            try Data((0..<1_000_000).map { _ in UInt8.random(in: .min ... .max) }).write(
                to: URL(fileURLWithPath: host.path("uploads/a.bin")))
            try await host.run("init").succeeded()
            try await host.run("backup").succeeded()
        }
    }

    @Test func aRestoreIsDone() async throws {
        let bench = try await Bench()
        let host = bench.host
        try bench.disk.makeReadOnly()
        try await host.run("restore", "uploads", "--to", "out").succeeded().says(Self.warning, "Restored 1 file")
        let lines = try await host.run("restore", "uploads", "--to", "again", "--json").succeeded().jsonLines()
        #expect(lines.contains { $0["warning"].text?.contains(Self.warning) == true })
        #expect(lines.last?["written"].number == 1 && lines.last?["evidence"].text == nil)
        for folder in ["out", "again"] {
            #expect(
                FileManager.default.contentsEqual(atPath: host.path("uploads/a.bin"), andPath: host.path(folder + "/a.bin")))
        }
        try bench.disk.makeWritable()
    }

    @Test func aDrillAndAKitTestShowWhatTheyFound() async throws {
        let bench = try await Bench()
        let host = bench.host
        let paper = try NewcomerTests.recoveryKey(in: host.read(".reprise/local-kit.txt"))
        try bench.disk.makeReadOnly()
        try await host.run("drill").ended(77).says(Self.warning, "PASSED", "The evidence is not kept.", "every byte equal")
        let drill = try await host.run("drill", "--json").ended(77).json()
        #expect(drill["evidence"]["outcome"].text == "passed" || drill["evidence"]["outcome"].text == "partly")
        #expect(drill["id"].text == nil)
        try await host.run("kit", "test", input: paper).succeeded().says(Self.warning, "opens the vault")
        try bench.disk.makeWritable()
    }

    @Test func aCheckNamesTheDamage() async throws {
        let bench = try await Bench()
        let host = bench.host
        let pack = try #require(host.files(below: "disk/vault/packs").max { Host.size(of: $0) < Host.size(of: $1) })
        let name = (pack as NSString).lastPathComponent
        try bench.disk.makeReadOnly()
        try await host.run("check").succeeded().says(Self.warning, "Nothing is wrong.")
        try bench.disk.makeWritable()
        try Host.flip(pack, at: Host.size(of: pack) / 2)
        try bench.disk.makeReadOnly()
        try await host.run("check", "--read-data", "all").ended(65).says(Self.warning, name)
        let lines = try await host.run("check", "--read-data", "all", "--json").ended(65).jsonLines()
        #expect(lines.contains { $0["warning"].text?.contains(Self.warning) == true })
        #expect(lines.last?["problems"].list.isEmpty == false)
        try bench.disk.makeWritable()
    }
}
