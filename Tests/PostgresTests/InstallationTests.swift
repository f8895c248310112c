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

    @Test func theFoldersOfTheEnvironmentComeFirstAndBrokenOnesAreLeftOut() throws {
        let folder = try ScratchFolder()
        let named = [
            try folder.installation("a", says: "pg_dump (PostgreSQL) 15.99 (Somebody 15.99-1)"),
            try folder.installation("b", says: "pg_dump (PostgreSQL) 19beta1"),
            try folder.installation("c", says: "something else"),
            try folder.installation("d", says: "pg_dump (PostgreSQL) 15.99", status: 1),
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

    @Test func pathIsSearchedToo() throws {
        let folder = try ScratchFolder()
        let bin = try folder.installation("x", says: "pg_dump (PostgreSQL) 77.1")
        #expect(Installation.all(environment: ["PATH": "/nonexistent:\(bin.string)"]).first?.bin == bin)
        // The same folder twice, once through a link, counts once.
        let link = folder.path.appending("link").string
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: bin.string)
        let both = Installation.all(environment: ["PATH": "\(bin.string):\(link)"])
        #expect(both.filter { $0.major == 77 }.count == 1)
    }

    @Test func theSameMajorIsTakenElseTheNextNewer() throws {
        let folder = try ScratchFolder()
        let bins = try [91, 93, 95].map { try folder.installation("\($0)", says: "pg_dump (PostgreSQL) \($0).1") }
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
    func installation(_ name: String, says text: String, status: Int = 0) throws -> FilePath {
        let bin = path.appending(name)
        try FileManager.default.createDirectory(atPath: bin.string, withIntermediateDirectories: true)
        for program in ["pg_dump", "pg_restore", "initdb", "postgres"] {
            let file = bin.appending(program).string
            try "#!/bin/sh\necho '\(text)'\nexit \(status)\n".write(toFile: file, atomically: true, encoding: .utf8)
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file)
        }
        return bin
    }
}
