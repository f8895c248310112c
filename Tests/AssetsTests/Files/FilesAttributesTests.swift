import Foundation
import Testing
import Vault

@testable import Assets

/// Extended attributes and access control lists of everything that can have them.
@Suite struct FilesAttributesTests {
    private static let python = ProcessInfo.processInfo.environment["REPRISE_PYTHON"] ?? "/usr/bin/python3"

    private static func run(_ bench: FilesBench, _ lines: String) async throws -> String {
        try await bench.sh("cd \(bench.folder) && \(python) - <<'PYTHON'\nimport os\n\(lines)\nPYTHON")
    }

    /// All attributes below a folder, in a text.
    private static func listing(_ bench: FilesBench, _ folder: String) async throws -> String {
        try await run(
            bench,
            """
            for above, folders, files in os.walk('\(folder)'):
                folders.sort()
                for name in ['.'] + folders + sorted(files):
                    place = os.path.join(above, name)
                    for attribute in sorted(os.listxattr(place, follow_symlinks=False)):
                        print(os.path.relpath(place, '\(folder)'), attribute, os.getxattr(place, attribute, follow_symlinks=False).hex())
            """)
    }

    /// user::rw-, user:12345:r--, group::r--, mask::r--, other::---
    private static let list =
        "bytes.fromhex('02000000' '01000600ffffffff' '0200040039300000' '04000400ffffffff' '10000400ffffffff' '20000000ffffffff')"

    @Test func filesFoldersAndListsKeepThem() async throws {
        let bench = try await FilesBench()
        try bench.write("sub/file", [1])
        try bench.write("plain", [1])
        _ = try await Self.run(
            bench,
            """
            os.setxattr('source/sub/file', 'user.note', bytes(range(256)))
            os.setxattr('source/sub/file', 'user.empty', b'')
            os.setxattr('source/sub', 'user.folder', b'x')
            os.setxattr('source/plain', 'system.posix_acl_access', \(Self.list))
            os.setxattr('source/sub', 'system.posix_acl_default', \(Self.list))
            """)
        let (record, _) = try await bench.capture()
        let wanted = try await Self.listing(bench, "source")
        #expect(wanted.split(separator: "\n").count >= 5)
        let report = try await bench.restore(record, to: "out")
        #expect(report.problems.isEmpty, "\(report.problems)")
        #expect(try await Self.listing(bench, "out") == wanted)
        #expect(try await bench.listing(bench.folder + "/out") == bench.listing(bench.source))
        #expect(try await bench.compare(record, with: "out").isEqual)

        // A folder's that is not what it was is found.
        _ = try await Self.run(bench, "os.setxattr('out/sub', 'user.folder', b'y')")
        #expect(try await bench.compare(record, with: "out").differences.map(\.what) == [.attributes])
    }

    /// user::rw-, user:12345:rw-, group::r--, mask::rw-, and nothing of the others: no system takes it.
    private static let impossible: [UInt8] =
        [2, 0, 0, 0] + [1, 0, 6, 0, 0xff, 0xff, 0xff, 0xff] + [2, 0, 6, 0, 0x39, 0x30, 0, 0]
        + [4, 0, 4, 0, 0xff, 0xff, 0xff, 0xff] + [0x10, 0, 6, 0, 0xff, 0xff, 0xff, 0xff]

    /// As where the target's file system keeps none.
    @Test func aListThatCannotBeSetIsNamedAndGivesTheGroupNoMore() async throws {
        let bench = try await FilesBench()
        try bench.write("file", [1])
        mkfifo(bench.source + "/pipe", 0o600)
        var facts = FileFacts(
            kind: .file, mode: 0o664, uid: getuid(), gid: getgid(), modified: .init(seconds: 1_600_000_000, nanoseconds: 0))
        facts.attributes = [.init(name: Array("system.posix_acl_access".utf8), value: Self.impossible)]
        let folder = try #require(OpenFolder.root(bench.source))
        let file = folder.file(Array("file".utf8))
        defer { close(file) }
        let applying = FactsApplying(accounts: Accounts())
        #expect(applying.apply(facts, to: file) == ["attribute system.posix_acl_access"])
        facts.kind = .fifo
        #expect(applying.apply(facts, toName: Array("pipe".utf8), in: folder) == ["attribute system.posix_acl_access"])
        #expect(try await bench.sh("cd \(bench.source) && stat -c %a file pipe") == "644\n644\n")
    }

    @Test func setIDBitsComeBackWithTheirOwnersOnly() {
        var facts = FileFacts(
            kind: .file, mode: 0o6755, uid: geteuid(), gid: getegid(), modified: .init(seconds: 0, nanoseconds: 0))
        let root = FactsApplying(accounts: Accounts(), isRoot: true)
        let other = FactsApplying(accounts: Accounts(), isRoot: false)
        #expect(root.mode(facts) == 0o6755 && other.mode(facts) == 0o6755)
        facts.gid += 1
        #expect(root.mode(facts) == 0o6755 && other.mode(facts) == 0o4755)
        facts.uid += 1
        #expect(root.mode(facts) == 0o6755 && other.mode(facts) == 0o755)
    }

    /// A link has none of users; those of the system need root.
    @Test func linksAndPipesKeepTheirOwn() async throws {
        try #require(geteuid() == 0, "only root gives a link attributes")
        let bench = try await FilesBench()
        try bench.write("file", [1])
        symlink("file", bench.source + "/link")
        mkfifo(bench.source + "/pipe", 0o600)
        _ = try await Self.run(
            bench,
            """
            os.setxattr('source/link', 'trusted.link', b'of the link', follow_symlinks=False)
            os.setxattr('source/file', 'trusted.file', b'of the file')
            os.setxattr('source/pipe', 'trusted.pipe', b'of the pipe')
            """)
        let (record, _) = try await bench.capture()
        let wanted = try await Self.listing(bench, "source")
        #expect(wanted.contains("link trusted.link") && wanted.contains("pipe trusted.pipe"))
        #expect(try await bench.restore(record, to: "out").problems.isEmpty)
        #expect(try await Self.listing(bench, "out") == wanted)
        #expect(try await bench.compare(record, with: "out").isEqual)

        // In place a link that is there gets back its own, and its target is not touched.
        _ = try await Self.run(
            bench,
            """
            os.setxattr('out/link', 'trusted.link', b'other', follow_symlinks=False)
            os.setxattr('out/link', 'trusted.more', b'', follow_symlinks=False)
            """)
        #expect(try await bench.compare(record, with: "out").differences.map(\.path) == ["link"])
        #expect(try await bench.restore(record, to: "out", .init(inPlace: true)).problems.isEmpty)
        #expect(try await Self.listing(bench, "out") == wanted)
    }
}
