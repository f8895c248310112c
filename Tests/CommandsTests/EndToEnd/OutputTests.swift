import Foundation
import TestServers
import Testing

@Suite("What the commands say is for programs too", .endToEnd)
struct OutputTests {
    @Test func everyCommandSpeaksJSON() async throws {
        let (host, _) = try await Host.withShop()
        let target = try await Database.empty()
        let second = try await Database.empty()
        let variables = ["TARGET": target.url, "SECOND": second.url]
        // One object, or one a line; `Host.run` sees to it that standard error is empty.
        let runs: [(arguments: [String], key: String)] = [
            (["backup"], "id"), (["check"], "packs"), (["check", "--read-data", "50%"], "packs_read"),
            (["check", "--read-data", "all"], "packs_read"),
            (["drill"], "evidence"), (["status"], "assets"), (["ls", "latest"], "bytes"),
            (["ls", "latest", "manifest.json"], "path"),
            (["restore", "db", "--to", "env:TARGET", "--dry-run"], "tables"),
            (["restore", "db", "--to", "env:TARGET"], "differences"),
            (["restore", "--to", "env:SECOND", "--schema-only"], "database"), (["config", "validate"], "valid"),
            (["config", "show"], "assets"),
        ]
        for (words, key) in runs {
            let arguments = words + ["--json"]
            let outcome = await host.outcome(of: try host.start(arguments, environment: variables), arguments)
            try outcome.succeeded()
            let values = try outcome.jsonLines()
            #expect(values.allSatisfy { $0.isObject }, "\(outcome)")
            #expect(values.last?[key] != .null, "\(key): \(outcome)")
        }
        let listed = try await host.run("snapshots", "--json").succeeded().json()
        #expect(listed.list.count == 1 && listed[0]["asset"].text == "db")
        // The schema is a document by itself, laid out for people and editors.
        let schema = try await host.run("config", "schema").succeeded()
        #expect(try JSONDecoder().decode(JSON.self, from: Data(schema.output.utf8))["title"].text == "Reprise plan, version 1")

        let (fresh, _) = (try Host(databaseURL: target.url), ())
        #expect(
            try await fresh.run("init", "--json").succeeded().json()["key_file"].text?.hasSuffix(".reprise/local.key") == true)
    }

    @Test func anErrorIsJSONToo() async throws {
        let (host, _) = try await Host.withShop()
        for (arguments, status) in [
            (["backup", "nosuch"], 64), (["frobnicate"], 64), (["ls", "nosuch"], 64), (["restore"], 64),
            (["status", "--plan", "nosuch.yaml"], 78),
            (["snapshots", "--vault", "nosuch"], 64), (["drill"], 64),
        ] {
            let arguments = arguments + ["--json"]
            let outcome = await host.outcome(of: try host.start(arguments), arguments)
            try outcome.ended(Int32(status))
            let error = try outcome.json()["error"]
            #expect(error["exit_status"].number == Double(status), "\(outcome)")
            #expect(error["message"].text?.isEmpty == false, "\(outcome)")
        }
    }

    @Test func longWorkTellsItsProgressAsJSON() async throws {
        let (host, _) = try await Host.withShop()
        try await host.run("backup").succeeded()
        let lines = try await host.run("drill", "--json").succeeded().jsonLines()
        for line in lines.dropLast() { #expect(line["progress"]["task"].text == "drill") }
        #expect(lines.last?["evidence"]["outcome"].text == "passed")
    }

    @Test func everyHelpHasExamples() async throws {
        let host = try Host()
        let root = try await host.run("--help").succeeded()
        var words: [[String]] = []
        var isCommand = false
        for line in root.output.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("COMMANDS") { isCommand = true; continue }
            // A name stands two columns in; what it does goes on further to the right.
            guard isCommand, line.hasPrefix("  "), line.dropFirst(2).first?.isLetter == true,
                let name = line.split(separator: " ").first
            else { continue }
            if name != "See" { words.append([String(name)]) }
        }
        #expect(words.count >= 11, "\(root)")
        words.removeAll { [["config"], ["key"], ["kit"]].contains($0) }
        words += [["config", "validate"], ["config", "schema"], ["config", "show"], ["kit", "print"], ["kit", "test"]]
        words += ["list", "add", "revoke", "rotate", "passphrase"].map { ["key", $0] }
        for arguments in words.map({ $0 + ["--help"] }) {
            let outcome = await host.outcome(of: try host.start(arguments), arguments)
            try outcome.succeeded().says("EXAMPLES:", "reprise " + arguments[0], "USAGE:", "--json")
            #expect(outcome.errors == "")
        }
    }

    @Test(arguments: ["bash", "zsh", "fish"])
    func completionsAreScripts(shell: String) async throws {
        let host = try Host()
        let outcome = try await host.run("completion", shell).succeeded().says("restore", "drill", "reprise")
        #expect(outcome.errors == "")
    }

    @Test func aReaderThatGoesAwayIsNoError() async throws {
        let host = try Host()
        let child = try ChildProcess(
            "/bin/bash", ["-c", "set -o pipefail; \"$0\" config schema | head -1", BuiltProgram.path],
            environment: host.environment,
            workingFolder: host.project)
        #expect(await child.end().status == 0)
    }
}
