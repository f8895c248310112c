import Foundation
import TestServers
import Testing

/// What can go wrong with paper: each mistake is named, with what to do, and costs nothing.
@Suite("A kit that is mistyped, not whole or cannot be written is said", .endToEnd)
struct KitFaultTests {
    private static func key(of host: Host) throws -> String {
        try NewcomerTests.recoveryKey(in: host.read(".reprise/local-kit.txt"))
    }

    /// The words of each share of a kit.
    private static func shares(of host: Host) throws -> [String] {
        try host.read(".reprise/local-kit.txt").components(separatedBy: "\u{c}").suffix(3).map { page in
            page.split(separator: "\n").filter { $0.firstMatch(of: /^ +\d+\. [a-z]+/) != nil }.joined(separator: "\n")
        }
    }

    private static func host(shares: Bool) async throws -> Host {
        let shop = try await Shop.make(rows: 20)
        let host = try Host(databaseURL: shop.database.url)
        let words = ["init"] + (shares ? ["--shares", "2/3"] : [])
        try await host.outcome(of: host.start(words), words).succeeded()
        try await host.run("backup").succeeded()
        return host
    }

    @Test func wordsThatAreWrongAreNamedByTheirPlaces() async throws {
        let host = try await Self.host(shares: true)
        let other = try await Self.host(shares: true)
        let (mine, theirs) = (try Self.shares(of: host), try Self.shares(of: other))
        func test(_ input: String...) async throws -> Outcome {
            try await host.run("kit", "test", input: input.joined(separator: "\n\n"))
        }
        try await test(mine[0]).ended(64).says("2 shares are needed", "only 1", "empty line")
        try await test(mine[0], mine[0]).ended(64).says("2 shares are needed")
        try await test(mine[0], theirs[0]).ended(65).says("Share 2", "does not belong to the first one")
        try await test(theirs[0], theirs[1]).ended(77).says("another vault")
        let words = mine[1].split(whereSeparator: \.isWhitespace).filter { $0.contains(where: \.isLetter) }.map(String.init)
        var wrong = words
        (wrong[7], wrong[20], wrong[28]) = (wrong[20], wrong[28], wrong[7])
        try await test(mine[0], wrong.joined(separator: " ")).ended(65).says("Share 2", "mistyped in more than one word")
        wrong = words
        wrong[11] = "quaquaqua"
        wrong[12] = "brrrrr"
        let named = try await test(mine[0], wrong.joined(separator: " ")).ended(65).says("Share 2", "12")
        #expect(!named.errors.contains("quaquaqua"), "no word is repeated")
        try await test(mine[0], words.prefix(20).joined(separator: " ")).ended(65).says("20 words instead of 33")
        try await test("nothing of the kind").ended(65)
        try await test(mine[2], mine[1]).succeeded().says("opens the vault")
    }

    @Test func aKeyOfAnotherVaultIsSaidToBeThat() async throws {
        let host = try await Self.host(shares: false)
        let other = try await Self.host(shares: false)
        try await host.run("kit", "test", input: Self.key(of: other)).ended(77).says("another vault")
        try await host.run("kit", "--out", "new.html", input: Self.key(of: other)).ended(77)
        #expect(!host.exists("new.html"))
        let key = try Self.key(of: host)
        try await host.run("kit", "test", input: String(key.prefix(key.count / 2))).ended(65).says("characters instead of 71")
        // A vault without a snapshot proves nothing.
        let empty = try Host(databaseURL: "postgresql://me@127.0.0.1:1/none")
        try await empty.run("init").succeeded()
        try await empty.run("kit", "test", input: Self.key(of: empty)).ended(64).says("no snapshot")
    }

    @Test func aKitThatCannotBeWrittenIsSaidBeforeTheKeyIsTyped() async throws {
        try #require(geteuid() == 0, "needs the right to mount")
        let host = try await Self.host(shares: false)
        let key = try Self.key(of: host)
        let before = try host.read(".reprise/local-kit.txt")
        try await host.run("kit", "--out", ".reprise/local-kit.txt", input: "").ended(73).says("already", "--out")
        #expect(try host.read(".reprise/local-kit.txt") == before)
        try await host.run("kit", "--out", "reprise.yaml/kit.html", input: "").ended(73).says(
            "reprise.yaml/kit.html", "Not a directory")

        let closed = host.path("closed")
        try FileManager.default.createDirectory(atPath: closed, withIntermediateDirectories: false)
        try #require(mount("none", closed, "tmpfs", UInt(MS_RDONLY), nil) == 0)
        defer { _ = umount2(closed, Int32(MNT_DETACH)) }
        try await host.run("kit", "--out", "closed/new/kit.html", input: "").ended(73).says(
            "closed/new/kit.html", "Read-only file system")

        // A disk that is full once the first of two is on it: neither stays.
        let small = host.path("small")
        try FileManager.default.createDirectory(atPath: small, withIntermediateDirectories: false)
        try #require(mount("none", small, "tmpfs", 0, "size=16k") == 0)
        defer { _ = umount2(small, Int32(MNT_DETACH)) }
        try await host.run("kit", "--out", "whole.txt", "--out", "small/kit.html", input: key).ended(73).says(
            "small/kit.html", "No space left")
        #expect(!host.exists("whole.txt") && !host.exists("small/kit.html"))
        try await host.run("kit", "--out", "whole.txt", "--out", "deep/er/kit.html", input: key).succeeded()
        #expect(try host.mode(of: "deep/er/kit.html") == 0o600)
        try await host.run("kit", "test", input: NewcomerTests.recoveryKey(in: host.read("whole.txt"))).succeeded()
    }

    /// The paper is right and the vault is not: that is told apart, and kept as evidence.
    @Test func aVaultThatIsDamagedFailsTheTestOfTheKit() async throws {
        let host = try await Self.host(shares: false)
        for pack in host.files(below: "vault/packs") {
            let file = try #require(FileHandle(forUpdatingAtPath: pack))
            try file.seek(toOffset: (try file.seekToEnd()) / 2)
            try file.write(contentsOf: Data([1, 2, 3, 4, 5, 6, 7, 8]))
            try file.close()
        }
        try await host.run("kit", "test", input: Self.key(of: host)).ended(65).says("damaged", "reprise check")
        try await host.run("status").says("kit")
    }
}
