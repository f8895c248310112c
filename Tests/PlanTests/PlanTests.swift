import Foundation
import Language
import Plan
import Testing

@Suite struct PlanTests {
    @Test func aFullPlanIsReadWhole() throws {
        let plan = try Plan.parse(Examples.full, file: "reprise.yaml")
        #expect(plan.version == 1)
        #expect(plan.project.name == "shop")
        #expect(plan.project.timezone.identifier == "Europe/Paris")
        #expect(plan.project.language == .french)
        #expect(
            plan.vaults == [
                VaultPlan(name: "local", url: "./vault"),
                VaultPlan(name: "far", url: "file:///mnt/far/vault", key: .environment("FAR_KEY")),
                VaultPlan(
                    name: "cloud", url: "s3://shop-backups/vault?region=eu-west-3", credentials: .profile("backup"),
                    lock: LockPlan(mode: .compliance, period: .seconds(30 * 86_400)), keep: RetentionRules(monthly: 12),
                    account: "Hosting SA"),
                VaultPlan(
                    name: "usb", url: "/media/usb/vault", keep: RetentionRules(daily: 7), medium: .disk, site: "the safe",
                    removable: true),
            ])
        #expect(plan.vaults.map(\.medium) == [.disk, .disk, .objectStorage, .disk])
        #expect(plan.assets.map(\.name) == ["db", "archive"])
        let db = try #require(plan.asset(named: "db"))
        #expect(db.kind == .postgres)
        #expect(db.url == .environment("DATABASE_URL"))
        #expect(db.objectives == .init(rpo: .seconds(86_400), rto: .seconds(5400)))
        #expect(db.lockTimeout == .milliseconds(500))
        #expect(db.jobs == 4)
        #expect(db.checks.map(\.name) == ["orders-exist", "nobody-lost"])
        #expect(db.checks[1].sql == "select id from customers\nwhere email is null\n")
        #expect(plan.asset(named: "archive")?.url == .file("secrets/archive"))
        #expect(db.keep == nil)
        #expect(
            plan.asset(named: "archive")?.keep
                == RetentionRules(
                    last: 3, hourly: 24, daily: 7, weekly: 4, monthly: 12, yearly: 5, within: .seconds(172_800), tags: ["release"]
                ))
        #expect(plan.sandbox?.url == .literal("postgres://drill@localhost/postgres"))
    }

    @Test func whatASmallPlanLeavesOutHasDefaults() throws {
        let plan = try Plan.parse(Examples.small, file: "reprise.yaml")
        #expect(plan.project.timezone == .gmt)
        #expect(plan.project.language == nil)
        #expect(plan.sandbox == nil)
        let db = try #require(plan.assets.first)
        #expect(db.objectives == .init())
        #expect(db.lockTimeout == .seconds(10))
        #expect(db.jobs == 2)
        #expect(db.checks.isEmpty)
    }

    @Test func vaultsKeepTheOrderOfTheFile() throws {
        let names = ["zebra", "apple", "mango", "berry", "0"]
        let vaults = names.map { "  \($0): { url: ./\($0) }" }.joined(separator: "\n")
        let yaml = Examples.small.replacing("vaults: { local: { url: ./vault } }", with: "vaults:\n\(vaults)")
        #expect(try Plan.parse(yaml, file: "p").vaults.map(\.name) == names)
    }

    @Test func anOptionalKeyWithNothingAfterItIsAsGoodAsNone() throws {
        let plan = try Plan.parse(Examples.asset("kind: postgres\nurl: env:A\nchecks:\nobjectives:\njobs: ~"), file: "p")
        #expect(plan.assets[0].checks.isEmpty)
        #expect(plan.assets[0].jobs == AssetPlan.defaultJobs)
    }

    @Test func anAliasStandsForItsValue() throws {
        let yaml = """
            version: 1
            project: { name: shop }
            vaults: { local: { url: ./vault } }
            assets:
              a: { kind: postgres, url: env:A, objectives: &standard { rpo: 24h } }
              b: { kind: postgres, url: env:B, objectives: *standard }
            """
        #expect(try Plan.parse(yaml, file: "p").assets[1].objectives.rpo == .seconds(86_400))
    }

    @Test(arguments: Language.allCases) func theTemplateIsItselfAPlan(language: Language) throws {
        let text = Plan.template(project: "Boutique d'été", language: language, timezone: "Europe/Paris")
        let plan = try Plan.parse(text, file: "reprise.yaml")
        #expect(plan.project.name == "Boutique d'été")
        #expect(plan.project.timezone.identifier == "Europe/Paris")
        #expect(plan.project.language == language)
        #expect(plan.vaults == [VaultPlan(name: "local", url: "./vault")])
        #expect(
            plan.assets == [
                AssetPlan(
                    name: "db", kind: .postgres, objectives: .init(rpo: .seconds(86_400), rto: .seconds(3600)),
                    url: .environment("DATABASE_URL"))
            ])
    }

    @Test(arguments: Language.allCases) func whatTheTemplateShowsInCommentsIsAPlanToo(language: Language) throws {
        let lines = Plan.template(project: "shop", language: language).split(separator: "\n", omittingEmptySubsequences: false)
        let shown = lines.map { line in
            // A comment that continues the YAML: a hash, one space, then a key or a list item.
            guard let match = line.wholeMatch(of: /( *)# ( *(?:[a-z_]+:|- \{).*)/), !match.2.hasSuffix(" :") else {
                return String(line)
            }
            return "\(match.1)\(match.2)"
        }
        let plan = try Plan.parse(shown.joined(separator: "\n"), file: "reprise.yaml")
        #expect(plan.sandbox?.url == .environment("SANDBOX_URL"))
        #expect(plan.assets[0].checks.map(\.name) == ["orders-exist"])
    }

    @Test(arguments: ["a \"b\" \\ c", "- x: y #z", "  ", "two\nlines", "\u{7}bell", String(repeating: "é", count: 200), "'"])
    func anyProjectNameMakesAValidTemplate(name: String) throws {
        _ = try Plan.parse(Plan.template(project: name, language: .english, timezone: "Mars/Base"), file: "p")
    }
}
