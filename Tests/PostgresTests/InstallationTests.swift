import Foundation
import Language
import Postgres
import SystemPackage
import TestServers
import Testing

struct InstallationTests {
    @Test func everyInstallationHasTheProgramsAndTellsItsVersion() {
        #expect(!TestServers.installations.isEmpty)
        #expect(TestServers.installations.map(\.major) == TestServers.installations.map(\.major).sorted(by: >))
        for installation in TestServers.installations {
            #expect(installation.version.hasPrefix("\(installation.major)"))
            #expect(installation.has("pg_dump"))
        }
    }

    @Test func theFoldersOfTheEnvironmentComeFirstAndBrokenOnesAreLeftOut() async throws {
        let folder = try ScratchFolder()
        let named = [
            try await folder.installation("a", says: "pg_dump (PostgreSQL) 15.99 (Somebody 15.99-1)"),
            try await folder.installation("b", says: "pg_dump (PostgreSQL) 19beta1"),
            try await folder.installation("c", says: "something else"),
            try await folder.installation("d", says: "pg_dump (PostgreSQL) 15.99", status: 1),
            folder.path.appending("missing"),
        ]
        let environment = ["REPRISE_POSTGRES_BIN": named.map(\.string).joined(separator: ":"), "PATH": ""]
        let all = Installation.all(environment: environment)
        #expect(all.first?.bin == named[1])
        #expect(all.first?.version == "19beta1")
        #expect(all.first { $0.major == 15 }?.bin == named[0])
        #expect(!all.contains { [named[2], named[3], named[4]].contains($0.bin) })
        #expect(all.map(\.major) == all.map(\.major).sorted(by: >))
    }

    @Test func pathIsSearchedToo() async throws {
        let folder = try ScratchFolder()
        let bin = try await folder.installation("x", says: "pg_dump (PostgreSQL) 77.1")
        #expect(Installation.all(environment: ["PATH": "/nonexistent:\(bin.string)"]).first?.bin == bin)
        // The same folder twice, once through a link, counts once.
        let link = folder.path.appending("link").string
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: bin.string)
        let both = Installation.all(environment: ["PATH": "\(bin.string):\(link)"])
        #expect(both.filter { $0.major == 77 }.count == 1)
    }

    @Test func theSameMajorIsTakenElseTheNextNewer() async throws {
        let folder = try ScratchFolder()
        var bins: [FilePath] = []
        for major in [91, 93, 95] {
            bins.append(try await folder.installation("\(major)", says: "pg_dump (PostgreSQL) \(major).1"))
        }
        let environment = ["REPRISE_POSTGRES_BIN": bins.map(\.string).joined(separator: ":")]
        #expect(try Installation.forDump(server: 93, environment: environment).major == 93)
        #expect(try Installation.forDump(server: 92, environment: environment).major == 93)
        #expect(try Installation.forDump(server: 90, environment: environment).major == 91)
        let error = #expect(throws: PostgresError.self) { try Installation.forDump(server: 96, environment: environment) }
        #expect(error?.code == .noInstallation)
        #expect(error?.description.contains("95.1") == true)
        #expect(error?.description.contains("REPRISE_POSTGRES_BIN") == true)
        // A client alone cannot be a sandbox.
        try FileManager.default.removeItem(atPath: bins[2].appending("initdb").string)
        #expect(throws: PostgresError.self) { try Installation.forSandbox(atLeast: 94, environment: environment) }
        #expect(try Installation.forSandbox(atLeast: 92, environment: environment).major == 93)
    }
}

/// A folder that goes with the last reference to it.
final class ScratchFolder {
    let path: FilePath

    init() throws {
        path = FilePath(FileManager.default.temporaryDirectory.path).appending("reprise-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(atPath: path.string, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path.string) }

    /// A folder of programs that say `text` whatever they are asked.
    ///
    /// Written by a child: a file that we had open for writing ourselves could not be run while a child of another test, begun
    /// at that moment, still holds it.
    func installation(_ name: String, says text: String, status: Int = 0) async throws -> FilePath {
        let bin = path.appending(name)
        let script = """
            mkdir -p "$BIN"
            for program in pg_dump pg_restore initdb postgres; do
                printf '#!/bin/sh\necho "%s"\nexit %s\n' "$SAYS" "$STATUS" >"$BIN/$program" && chmod 755 "$BIN/$program"
            done
            """
        try await Program.run(
            "/bin/sh", arguments: ["-c", script], environment: ["BIN": bin.string, "SAYS": text, "STATUS": "\(status)"]
        ).checked()
        return bin
    }
}
