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
