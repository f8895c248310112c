import Language
import Plan
import Testing

@Suite struct PlanProblemsTests {
    @Test func allProblemsAreToldAtOnceWithTheirPlaces() throws {
        let yaml = """
            version: 1
            project: { timezone: Paris }
            vaults:
              Local: { url: ./vault }
            assets:
              db:
                kind: postgres
                url: postgres://app:hunter2@db/shop
                objetives: { rpo: 24 }
                jobs: 900
                checks:
                  - { name: a, sql: select 1, expect: "> many" }
                  - { name: a, expect: = 1 }
            """
        let found = Examples.problems(yaml).map {
            "\($0.line):\($0.column) \($0.path) \($0.code.rawValue): \($0.message) \($0.remedy)"
        }
        #expect(
            found == [
                "2:1 project missing: \"project\" lacks the key \"name\". Write `name: …`.",
                "2:22 project.timezone badValue: The time zone \"Paris\" is not known. Did you mean \"Europe/Paris\"?",
                "4:3 vaults badValue: The name \"Local\" cannot be used. A name is made of a-z, 0-9, - and _, begins with a letter or digit, and has at most 63 of them. For example: local.",
                "8:10 assets.db.url secretInPlan: A password stands in the plan. Put the whole connection string into an environment variable and write `env:NAME`, or into a file of mode 0600 and write `file:PATH`. Change the password if this file has been shared.",
                "9:5 assets.db.objetives unknownKey: The key \"objetives\" is not known. Did you mean \"objectives\"?",
                "10:11 assets.db.jobs badValue: This is no number of connections. Write a whole number from 1 to 64.",
                "12:43 assets.db.checks[0].expect badValue: `>`, `<` and `between` compare with numbers only. Write one of: `> 0`, `>= 10`, `< 5`, `<= 5`, `= 3`, `!= x`, `between 1 and 5`, `is empty`, `is not empty`, `is null`, `is not null`, or the text itself.",
                "13:9 assets.db.checks[1] missing: \"assets.db.checks[1]\" lacks the key \"sql\". Write `sql: \"select count(*) from …\"`.",
            ])
    }

    @Test func theMessageNamesFileLineColumnAndPath() throws {
        let error = #expect(throws: PlanProblems.self) {
            try Plan.parse(Examples.asset("kind: mysql\nurl: env:A"), file: "conf/reprise.yaml")
        }
        #expect(
            error?.description == """
                The plan conf/reprise.yaml has a problem:
                  conf/reprise.yaml:6:11: assets.db.kind: The kind of asset "mysql" is not known. Known kinds: postgres, files. \
                `reprise config schema` prints everything that a plan may say.
                """)
        #expect(error?.exitStatus == .badPlan)
        #expect(error?.code == .invalid)
    }

    @Test func aPlanOfANewerVersionIsNotJudgedFurther() throws {
        let error = #expect(throws: PlanProblems.self) { try Plan.parse("version: 2\nwonders: yes\n", file: "p") }
        #expect(error?.code == .newerVersion)
        #expect(error?.problems.map(\.path) == ["version"])
    }

    @Test(arguments: [
        ("{ url: ./vault, lock: { mode: compliance, for: 30d } }", "Nothing locks the files of a folder."),
        ("{ url: s3://bucket/vault, lock: { mode: forever, for: 30d } }", "The mode \"forever\" is not known."),
        (
            "{ url: s3://bucket/vault, lock: { mode: governance, for: 2h } }",
            "A lock of less than a day leaves nobody the time to notice."
        ),
        ("{ url: s3://bucket/vault, lock: { mode: governance } }", "\"vaults.cloud.lock\" lacks the key \"for\"."),
        ("{ url: s3://bucket/vault, lock: compliance }", "Keys with values are expected here."),
    ])
    func aWrongLockIsOneProblem(vault: String, message: String) {
        let yaml =
            "version: 1\nproject: { name: shop }\nvaults: { cloud: \(vault) }\nassets: { db: { kind: postgres, url: env:A } }\n"
        #expect(Examples.problems(yaml).map(\.message.description) == [message])
    }

    @Test(arguments: [
        ("assets: {}\n", "missing"),
        ("assets: []\n", "wrongShape"),
        ("assets:\n", "missing"),
        ("assets: { db: }\n", "missing"),
        ("assets: { db: { kind: postgres, url: [a] } }\n", "wrongShape"),
        ("assets: { db: { kind: postgres, url: env:$A } }\n", "badValue"),
        ("assets: { db: { kind: postgres, url: 'env:' } }\n", "badValue"),
        ("assets: { db: { kind: postgres, url: 'file:' } }\n", "badValue"),
        ("assets: { db: { kind: postgres, url: localhost } }\n", "badValue"),
        ("assets: { db: { kind: postgres, url: env:A, objectives: { rpo: 0s } } }\n", "badValue"),
        ("assets: { db: { kind: postgres, url: env:A, checks: { name: a } } }\n", "wrongShape"),
        ("assets: { db: { kind: postgres, url: env:A, checks: [x] } }\n", "wrongShape"),
        ("assets: { [a]: { kind: postgres, url: env:A } }\n", "wrongShape"),
        ("assets: { db: { kind: postgres, url: env:A, <<: { jobs: 2 } } }\n", "unknownKey"),
        ("assets: { db: { kind: postgres, url: env:A, password: x } }\n", "unknownKey"),
    ])
    func aWrongAssetIsOneProblem(assets: String, code: String) {
        let yaml = "version: 1\nproject: { name: shop }\nvaults: { local: { url: ./vault } }\n" + assets
        #expect(Examples.problems(yaml).map(\.code.rawValue) == [code])
        #expect(Examples.problems(yaml).map(\.line) == [4])
    }

    @Test(arguments: ["gs://bucket/x", "https://a/b", "file://host/x"]) func aVaultOfAnUnknownKindIsRefused(url: String) {
        let problems = Examples.problems(Examples.small.replacing("./vault", with: url))
        #expect(problems.map(\.path) == ["vaults.local.url"])
    }

    @Test func aVaultsKeyIsNeverInThePlan() {
        let problems = Examples.problems(
            Examples.small.replacing("{ url: ./vault }", with: "{ url: ./vault, key: AGE-SECRET-KEY-1XYZ }"))
        #expect(problems.map(\.path) == ["vaults.local.key"])
        #expect(!"\(problems)".contains("1XYZ"))
    }

    @Test func manyProblemsAreToldUpToFifty() {
        let assets = (0..<200).map { "  a\($0): {}" }.joined(separator: "\n")
        #expect(Examples.problems("version: 1\nproject: {name: a}\nvaults: {a: {url: b}}\nassets:\n" + assets).count == 50)
    }

    @Test(arguments: [
        ("a: b: c", 1, "There is a colon where none can stand."),
        ("version: 1\n\tproject: x", 2, "A tab stands where the indentation is."),
        ("version: 1\nproject: @x", 2, "There is a tab, or a character that needs quotes."),
        ("version: 1\nproject: { name: a", 2, "A { or [ is not closed, or a comma is missing."),
        ("version: 1\nversion: 1", 1, "The key \"version\" stands twice in the same place."),
        ("a: 'b", 1, "A quote is opened and never closed."),
        ("a: *b", 1, "A text begins with a star, which YAML takes for an alias."),
        ("a: 1\n---\nb: 2", 2, "The file holds more than one YAML document."),
        ("", 1, "The plan is empty."),
        ("# only a comment\n", 1, "The plan is empty."),
        ("a: 1\nb: \u{1}", 2, "The file holds a character that no YAML text may hold."),
        ("a:\n  - 1\n - 2", 3, "The indentation does not fit the lines above."),
    ])
    func whatIsNotYAMLIsExplained(yaml: String, line: Int, message: String) {
        let problems = Examples.problems(yaml)
        #expect(problems.map(\.message.description) == [message])
        #expect(problems.map(\.line) == [line])
    }

    /// Every place in which somebody could write a password by mistake, and every message that could repeat it.
    @Test(arguments: [
        "url: postgres://app:S3CRET@db/shop", "url: postgres://app:S3C/RET@db/shop", "url: postgres://db/shop?password=S3CRET",
        "url: postgres://db/shop?%70assword=S3CRET", "url: host=db password=S3CRET", "url: host=db password = 'S3CRET'",
        "url: S3CRET",
        "url:postgres://app:S3CRET@db/shop", "{ url:postgres://app:S3CRET@db/shop }", "{url: env:A, postgres://app:S3CRET@db: 1}",
        "url: [postgres://app:S3CRET@db/shop]", "kind: postgres://app:S3CRET@db/shop", "url: env:postgres://app:S3CRET@db/shop",
        "lock_timeout: postgres://app:S3CRET@db", "checks: [{name: 'app:S3CRET@db'}]", "url: 'postgres://app:S3CRET@db/shop",
        "url: @S3CRET", "url: postgres://app:S3CRET@db: 5432", "password: S3CRET\nurl: &S3CRET", "url: *S3CRET",
    ])
    func noMessageRepeatsAPassword(lines: String) {
        let problems = Examples.problems(Examples.asset(lines))
        #expect(!problems.isEmpty)
        for text in problems.flatMap({ [$0.message.description, $0.remedy.description, $0.path] }) {
            #expect(!text.contains("S3C"), "\(text)")
        }
    }
}
