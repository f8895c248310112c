import Foundation
import TestServers
import Testing

/// `docs/json.md` is what programs rely on: each example there has the keys that the command gives, no fewer and no more.
@Suite("JSON is what its document says", .endToEnd)
struct PinnedJSONTests {
    @Test func everyCommandGivesTheKeysOfItsExample() async throws {
        let document = try JSONDocument()
        let shop = try await Shop.make()
        let empty = try await Database.empty()
        let full = try await Database.empty()
        try await full.execute("CREATE TABLE public.in_the_way (id int)")
        let host = try Host(databaseURL: shop.database.url, environment: ["EMPTY": empty.url, "FULL": full.url])
        func result(_ line: String) async throws -> JSON {
            let arguments = line.split(separator: " ").map(String.init) + ["--json"]
            return try await host.outcome(of: host.start(arguments), arguments).succeeded().json()
        }
        document.check("reprise init", try await result("init"))
        try host.changePlan(
            """
            objectives: { rpo: 1d, rto: 1h }
            checks: [ { name: orders-exist, sql: "select count(*) from shop.orders", expect: "> 0" } ]
            """)
        document.check("reprise doctor", try await result("doctor"))
        document.check("reprise backup", try await result("backup --tag nightly"))
        document.check("reprise snapshots", try await result("snapshots"))
        document.check("reprise pin", try await result("pin latest --reason migration"))
        document.check("reprise unpin", try await result("unpin latest"))
        document.check("reprise key list", try await result("key list"))
        document.check("reprise ls", try await result("ls latest"))
        document.check("reprise restore", try await result("restore --to env:EMPTY"))
        document.check("reprise restore", example: 1, try await result("restore --to env:FULL --overwrite --dry-run"))
        document.check("reprise export", try await result("export --to shop.sql"))
        document.check("reprise check", try await result("check --read-data all"))
        document.check("reprise drill", try await result("drill"))
        document.check("reprise status", try await result("status"))
        document.check("reprise tamper-test", try await host.run("tamper-test", "--json").ended(2).json())
        document.check("reprise config validate", try await result("config validate"))
        document.check("reprise config show", try await result("config show"))
        document.check("reprise completion", try await result("completion bash"))
        #expect(try await host.run("config", "schema", "--json").succeeded().output.contains("\"title\""))
        document.check("Errors", try await host.run("status", "--plan", "nosuch.yaml", "--json").ended(78).json())
        let tour = try await host.run("demo", "--json").succeeded().jsonLines()
        for line in tour where line["progress"] != .null { document.check("Progress", line, mayLack: true) }
        #expect(tour.filter { $0["progress"] == .null }.count == 5)
        document.check("reprise restore", example: 2, try await Self.filesRestored())
        // Nobody documents a command and forgets it here, nor adds one and forgets its document.
        let commands = try await Self.commands(host)
        #expect(document.commands == commands)
        #expect(document.commands.subtracting(document.checked) == Self.checkedElsewhere)
    }

    private static func filesRestored() async throws -> JSON {
        let host = try Host()
        try host.write(
            """
            version: 1
            project: { name: shop, timezone: UTC, language: en }
            vaults: { local: { url: ./vault } }
            assets: { uploads: { kind: files, path: ./uploads } }

            """, to: "reprise.yaml", mode: 0o644)
        try FileManager.default.createDirectory(atPath: host.path("uploads"), withIntermediateDirectories: false)
        try host.write("one", to: "uploads/a.txt")
        try await host.run("init").succeeded()
        try await host.run("backup").succeeded()
        return try await host.run("restore", "uploads", "--to", "out", "--json").succeeded().json()
    }

    /// Their shape is looked at where they are tried: what they need is more than a plan and a vault.
    private static let checkedElsewhere: Set<String> = [
        "reprise config schema", "reprise copy", "reprise demo", "reprise import", "reprise prune", "reprise key add",
        "reprise key rotate", "reprise key grant",
        "reprise key revoke", "reprise key passphrase", "reprise kit print", "reprise kit test",
    ]

    private static func commands(_ host: Host) async throws -> Set<String> {
        var found: Set<String> = []
        for name in PinnedHelpTests.commands(in: try await host.run("--help").succeeded().output) {
            let below = PinnedHelpTests.commands(in: try await host.run(name, "--help").succeeded().output)
            found.formUnion(below.isEmpty ? ["reprise \(name)"] : below.map { "reprise \(name) \($0)" })
        }
        return found
    }
}

/// The examples of `docs/json.md` under their headings.
final class JSONDocument {
    private var examples: [String: [JSON]] = [:]
    private(set) var commands: Set<String> = []
    private(set) var checked: Set<String> = []

    init() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        var heading = ""
        var example: [Substring]?
        for line in try String(contentsOf: root.appending(path: "docs/json.md"), encoding: .utf8).split(
            separator: "\n", omittingEmptySubsequences: false)
        {
            if line.hasPrefix("## ") {
                heading = line.dropFirst(3).filter { $0 != "`" }
                if heading.hasPrefix("reprise ") { commands.insert(heading) }
            } else if line == "```json" {
                example = []
            } else if line == "```", let lines = example {
                let text = lines.joined(separator: "\n")
                examples[heading, default: []].append(try JSONDecoder().decode(JSON.self, from: Data(text.utf8)))
                example = nil
            } else {
                example?.append(line)
            }
        }
    }

    func check(
        _ heading: String, example: Int = 0, _ actual: JSON, mayLack: Bool = false,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        checked.insert(heading)
        guard let examples = examples[heading], examples.indices.contains(example) else {
            Issue.record("docs/json.md has no example of \(heading)", sourceLocation: sourceLocation)
            return
        }
        for problem in Self.differences(examples[example], actual, mayLack, "") {
            Issue.record("docs/json.md, \(heading): \(problem)", sourceLocation: sourceLocation)
        }
    }

    private static func differences(_ documented: JSON, _ actual: JSON, _ mayLack: Bool, _ path: String) -> [String] {
        switch (documented, actual) {
        case (.object(let documented), .object(let actual)):
            var found: [String] = []
            for key in Set(documented.keys).union(actual.keys).sorted() {
                switch (documented[key], actual[key]) {
                case (let one?, let other?): found += differences(one, other, mayLack, path + "." + key)
                case (nil, _): found.append("\(path).\(key) is not documented")
                case (_, nil): if !mayLack { found.append("\(path).\(key) is documented and missing") }
                }
            }
            return found
        case (.list(let documented), .list(let actual)):
            guard let example = documented.first else { return actual.isEmpty ? [] : ["\(path)[] is not documented"] }
            // A list of what may go wrong is empty here.
            guard let first = actual.first else { return [] }
            return differences(example, actual.dropFirst().reduce(first, merged), mayLack, path + "[]")
        case (.text, .text), (.number, .number), (.bool, .bool): return []
        default: return ["\(path) is of another kind than documented"]
        }
    }

    /// Both objects' keys: of alike things in a list, not every one has all of them.
    private static func merged(_ one: JSON, _ other: JSON) -> JSON {
        guard case .object(let left) = one, case .object(let right) = other else { return one }
        return .object(left.merging(right) { mine, _ in mine })
    }
}
