import Foundation
import Language
@testable import Plan
import Testing
import Yams

/// The schema says what the parser does: the same keys, and the same verdict on examples.
@Suite struct PlanSchemaTests {
    let schema: Schema

    init() throws {
        schema = try Schema(text: Plan.schema)
    }

    @Test(
        arguments: [
            ([], PlanKeys.plan), (["project"], .project), (["vaults", "*"], .vault),
            (["vaults", "*", "lock"], .lock), (["assets", "*"], .asset),
            (["assets", "*", "objectives"], .objectives),
            (["$keep", "{}"], .keep), (["assets", "*", "checks", "[]"], .check), (["sandbox"], .sandbox),
        ] as [([String], PlanKeys)])
    func theSchemaHasTheParsersKeys(path: [String], keys: PlanKeys) throws {
        var part = schema.root
        for step in path {
            switch step {
            case "$keep": part = try schema.part("$defs", "keep")
            case "*": part = try #require(part["additionalProperties"] as? [String: Any])
            case "{}": part = try #require((part["oneOf"] as? [[String: Any]])?.first { $0["properties"] != nil })
            case "[]": part = try #require(part["items"] as? [String: Any])
            default: part = try #require((part["properties"] as? [String: Any])?[step] as? [String: Any])
            }
        }
        let properties = try #require(part["properties"] as? [String: Any])
        #expect(properties.keys.sorted() == keys.all.sorted())
        #expect((part["required"] as? [String] ?? []).sorted() == keys.required.sorted())
        #expect(part["additionalProperties"] as? Bool == false)
    }

    @Test func theSchemaHasTheParsersLimits() throws {
        #expect(((schema.root["$defs"] as? [String: Any])?["name"] as? [String: Any])?["pattern"] as? String == PlanName.pattern)
        let asset = try schema.part("properties", "assets", "additionalProperties", "properties")
        let jobs = try #require(asset["jobs"] as? [String: Any])
        #expect(jobs["minimum"] as? Int == AssetPlan.allowedJobs.lowerBound)
        #expect(jobs["maximum"] as? Int == AssetPlan.allowedJobs.upperBound)
        #expect(jobs["default"] as? Int == AssetPlan.defaultJobs)
        #expect((asset["lock_timeout"] as? [String: Any])?["default"] as? String == AssetPlan.defaultLockTimeout.planText)
        let keep = try #require(try schema.part("$defs", "keep")["oneOf"] as? [[String: Any]])
        #expect(keep.compactMap { $0["enum"] as? [String] } == [RetentionRules.presets.map(\.name)])
        let medium = try schema.part("properties", "vaults", "additionalProperties", "properties", "medium")
        #expect((medium["enum"] as? [Any])?.compactMap { $0 as? String } == StorageMedium.allCases.map(\.rawValue))
        let count = try schema.part("$defs", "count")
        #expect(count["minimum"] as? Int == RetentionRules.allowedCounts.lowerBound)
        #expect(count["maximum"] as? Int == RetentionRules.allowedCounts.upperBound)
        #expect((asset["kind"] as? [String: Any])?["enum"] as? [String] == AssetPlan.Kind.allCases.map(\.rawValue))
    }

    static let goodAssets = [
        "kind: postgres\nurl: env:A", "kind: postgres\nurl: file:a b", "kind: postgres\nurl: host=a dbname=b",
        "kind: postgres\nurl: postgres:///a",
        "kind: postgres\nurl: env:A\nchecks:\nobjectives:\njobs:\nlock_timeout:",
        "kind: postgres\nurl: env:A\nobjectives: {rto: 1w2d3h4m5s6ms}",
        "kind: postgres\nurl: env:A\nchecks: [{name: a, sql: s, expect: 3}]",
        "kind: postgres\nurl: env:A\nchecks: [{name: a, sql: s, expect: true}]",
        "kind: postgres\nurl: env:A\njobs: 64", "kind: postgres\nurl: env:A\nchecks: []",
        "kind: postgres\nurl: env:A\nkeep:", "kind: postgres\nurl: env:A\nkeep: supabase-team",
        "kind: postgres\nurl: env:A\nkeep: { last: 1 }", "kind: postgres\nurl: env:A\nkeep: { within: 7d, tags: [a, é-1] }",
        "kind: files\npath: ./uploads", "kind: files\npath: /a b/é\njobs: 4\nobjectives: {rpo: 1h}\nexclude:",
        "kind: files\npath: x\nexclude: ['*.tmp', '!/keep.tmp', '# no comment', 'a b/']",
    ]

    static let badAssets = [
        "kind: postgres", "url: env:A", "kind: mysql\nurl: env:A", "kind: postgres\nurl: A", "kind: postgres\nurl: env:1",
        "kind: postgres\nurl: 'file:'",
        "kind: postgres\nurl: postgres://a:b@c/d", "kind: postgres\nurl: host=a password=b",
        "kind: postgres\nurl: postgres://c/d?password=b",
        "kind: postgres\nurl: env:A\njobs: 0", "kind: postgres\nurl: env:A\njobs: 65", "kind: postgres\nurl: env:A\njobs: many",
        "kind: postgres\nurl: env:A\nextra: 1", "kind: postgres\nurl: env:A\nobjectives: {rpo: 0h}",
        "kind: postgres\nurl: env:A\nobjectives: {rpo: 24}",
        "kind: postgres\nurl: env:A\nobjectives: {rpo: 1m1h}", "kind: postgres\nurl: env:A\nobjectives: [1h]",
        "kind: postgres\nurl: env:A\nchecks: {}",
        "kind: postgres\nurl: env:A\nchecks: [{name: A, sql: s, expect: 3}]",
        "kind: postgres\nurl: env:A\nchecks: [{name: a, sql: s}]",
        "kind: postgres\nurl: env:A\nchecks: [{name: a, sql: ' ', expect: 3}]",
        "kind: postgres\nurl: env:A\nchecks: [{name: a, sql: s, expect: [3]}]",
        "kind: postgres\nurl: env:A\nkeep: {}", "kind: postgres\nurl: env:A\nkeep: supabase-free",
        "kind: postgres\nurl: env:A\nkeep: { last: 0 }", "kind: postgres\nurl: env:A\nkeep: { daily: 10001 }",
        "kind: postgres\nurl: env:A\nkeep: { tags: [] }", "kind: postgres\nurl: env:A\nkeep: { tags: [a b] }",
        "kind: postgres\nurl: env:A\nkeep: { within: 0s }", "kind: postgres\nurl: env:A\nkeep: { dayly: 1 }",
        "kind: postgres\nurl: env:A\nkeep: [1]",
        "kind:\nurl: env:A", "kind: postgres\nurl:",
        "kind: files", "kind: files\nurl: env:A", "kind: files\npath:", "kind: files\npath: ' '", "kind: files\npath: s3://x",
        "kind: files\npath: x\nurl: env:A", "kind: files\npath: x\nchecks: []", "kind: files\npath: x\nlock_timeout: 1s",
        "kind: files\npath: x\nexclude: '*.tmp'", "kind: files\npath: x\nexclude: [' ']",
        "kind: files\npath: x\nexclude: [\"a\\nb\"]", "kind: postgres\nurl: env:A\npath: x",
    ]

    static let good =
        [Examples.full, Examples.small] + goodAssets.map(Examples.asset) + [
            Plan.template(project: "x", language: .english), Plan.template(project: "x", language: .french),
            Examples.small.replacing("name: shop", with: "name: shop, timezone: UTC, language: fr"),
            Examples.small.replacing("./vault", with: "file:///v"),
            Examples.small.replacing("./vault }", with: "./v, key: file:k }"),
            Examples.small.replacing("./vault }", with: "./v, removable: true, medium: tape, site: safe, keep: { last: 1 } }"),
        ]

    static let bad =
        badAssets.map(Examples.asset) + [
            Examples.small.replacing("version: 1", with: "version: 2"),
            Examples.small.replacing("version: 1", with: "version: one"), "[]", "version: 1", "text",
            Examples.small.replacing("name: shop", with: "name: ''"), Examples.small.replacing("name: shop", with: "title: shop"),
            Examples.small.replacing("name: shop", with: "name: shop, timezone: CET"),
            Examples.small.replacing("name: shop", with: "name: shop, language: de"),
            Examples.small.replacing("local:", with: "Local:"),
            Examples.small.replacing("{ local: { url: ./vault } }", with: "{}"),
            Examples.small.replacing("./vault", with: "s3://Bucket"), Examples.small.replacing("./vault", with: "file://host/x"),
            Examples.small.replacing("./vault }", with: "./v, key: secret }"), Examples.small + "\nsandbox: {}",
            Examples.small.replacing("./vault }", with: "./v, medium: paper }"),
            Examples.small.replacing("./vault }", with: "./v, removable: perhaps }"),
            Examples.small.replacing("./vault }", with: "./v, keep: { never: 1 } }"),
            Examples.small + "\nsandbox: { url: ./x }",
        ]

    @Test(arguments: good) func whatTheParserReadsTheSchemaAllows(yaml: String) throws {
        #expect(Examples.problems(yaml).isEmpty)
        #expect(schema.complaints(about: try Yams.load(yaml: yaml)) == [])
    }

    @Test(arguments: bad) func whatTheSchemaForbidsTheParserRefuses(yaml: String) throws {
        #expect(!Examples.problems(yaml).isEmpty)
        #expect(schema.complaints(about: try Yams.load(yaml: yaml)) != [])
    }
}
