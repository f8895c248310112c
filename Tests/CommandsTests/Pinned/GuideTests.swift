import Foundation
import Postgres
import TestServers
import Testing

@Suite("The guide does what it says", .endToEnd)
struct GuideTests {
    /// Runs the lines that begin with `$ ` in the guide's blocks of kind `console` and in its hidden comments, and writes its
    /// plan where it stands.
    @Test func everyCommandOfTheGuideWorks() async throws {
        let shop = try await Shop.make()
        let server = try await TestServers.server()
        let before = try await shop.database.dump("--schema=shop")
        let new = try await Database.empty()
        let host = try Host(databaseURL: shop.database.url, environment: ["NEW_URL": new.url])
        var script = ["set -e"]
        var block = ""
        for line in try Self.guide().split(separator: "\n", omittingEmptySubsequences: false).map(String.init) {
            if line.hasPrefix("```") {
                if block == "yaml" { script.append("END") }
                block = line == "```" ? "" : String(line.dropFirst(3))
                if block == "yaml" { script.append("cat > reprise.yaml <<'END'") }
            } else if block == "console", line.hasPrefix("$ ") {
                script += ["echo '+' \(Self.quoted(line))", String(line.dropFirst(2))]
            } else if let hidden = line.wholeMatch(of: /<!-- \$ (.*) -->/) {
                script.append(String(hidden.output.1))
            } else if block == "yaml" {
                script.append(line)
            }
        }
        #expect(script.count > 60, "the guide's commands are found")
        // The places of the guide are below this host's folder.
        var text = script.joined(separator: "\n").replacing("--confirm shop_new", with: "--confirm \(new.name)")
        for place in ["/srv/", "/mnt/", "/media/"] {
            text = text.replacing(place, with: host.root + place)
            let folder = ["/srv/": "shop", "/mnt/": "backup", "/media/": "usb"][place] ?? ""
            try FileManager.default.createDirectory(
                atPath: host.root + place + folder, withIntermediateDirectories: true)
        }
        let programs = host.root + "/bin"
        try FileManager.default.createDirectory(atPath: programs, withIntermediateDirectories: false)
        try FileManager.default.createSymbolicLink(atPath: programs + "/reprise", withDestinationPath: BuiltProgram.path)
        let psql = URL(fileURLWithPath: "\(server.installation.program("psql"))").deletingLastPathComponent().path
        let path = programs + ":" + psql + ":" + (host.environment["PATH"] ?? "")
        let child = try ChildProcess(
            "/bin/bash", ["-c", text], environment: host.environment.merging(["PATH": path]) { $1 }, workingFolder: host.project)
        let end = await child.end()
        #expect(end.status == 0, "\(end.output.suffix(3000))\n\(end.errors.suffix(3000))")
        #expect(try await new.dump("--schema=shop") == before)
        try await host.leavesNothing()
    }

    private static func guide() throws -> String {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        return try String(contentsOf: root.appending(path: "docs/guide.md"), encoding: .utf8)
    }

    private static func quoted(_ text: String) -> String { "'" + text.replacing("'", with: "'\\''") + "'" }
}
