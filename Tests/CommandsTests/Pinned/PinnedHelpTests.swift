import Foundation
import TestServers
import Testing

@Suite("What help says is pinned", .endToEnd)
struct PinnedHelpTests {
    @Test(arguments: ["en", "fr"]) func everyHelp(language: String) async throws {
        let host = try Host(environment: ["REPRISE_LANG": language])
        var waiting: [[String]] = [[]]
        var seen: Set<String> = []
        while let command = waiting.popLast() {
            let arguments = command + ["--help"]
            let help = await host.outcome(of: try host.start(arguments), arguments)
            try help.succeeded()
            #expect(help.errors == "")
            for line in help.output.split(separator: "\n") where !line.hasPrefix("  reprise ") {
                // What is to be typed is never broken.
                #expect(line.count <= 80, "\(command): \(line)")
            }
            let name = (["reprise"] + command).joined(separator: "-") + ".txt"
            try Pinned.check(help.output, "help/\(language)/\(name)")
            seen.insert(name)
            waiting += Self.commands(in: help.output).map { command + [$0] }
        }
        #expect(seen.count >= 17)
        #expect(Pinned.names(below: "help/\(language)") == seen, "a page of a command that is no more")
    }

    @Test func optionsWithoutACommandShowWhatThereIs() async throws {
        let host = try Host()
        let help = try await host.run("--lang", "fr").succeeded()
        #expect(help.output == (try await host.run("--help", "--lang", "fr").output))
        #expect(Self.commands(in: help.output).contains("backup") && help.output.contains("UTILISATION"))
        #expect(try await host.run("help", "check").succeeded().output == host.run("check", "--help").output)
    }

    /// The names that a help lists.
    static func commands(in help: String) -> [String] {
        var isList = false
        var names: [String] = []
        for line in help.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("COMM") {
                isList = true
            } else if !line.hasPrefix(" ") {
                isList = false
            } else if isList, line.dropFirst(2).first != " ", let name = line.split(separator: " ").first {
                names.append(String(name))
            }
        }
        return names
    }
}
