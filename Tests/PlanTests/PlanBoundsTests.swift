import Language
@testable import Plan
import Testing

/// Texts made to hang or crash a reader.
@Suite struct PlanBoundsTests {
    /// Far above what any of them takes, far below what an unbounded reader would.
    private static let patience = Duration.seconds(20)

    private func problem(_ yaml: String) -> String? {
        let clock = ContinuousClock()
        var problems: [PlanProblem] = []
        let time = clock.measure { problems = Examples.problems(yaml) }
        #expect(time < Self.patience)
        return problems.first?.message.description
    }

    @Test func aBombOfAliasesInValuesIsDefused() {
        let levels = (1...40).map { "a\($0): &a\($0) [*a\($0 - 1), *a\($0 - 1)]" }
        #expect(problem("a0: &a0 x\n" + levels.joined(separator: "\n")) == "The file uses more than 12 YAML aliases (*name).")
    }

    @Test func aBombOfAliasesInKeysIsDefused() {
        let levels = (1...40).map { "a\($0): &a\($0) [*a\($0 - 1), *a\($0 - 1)]" }
        let bomb = "a0: &a0 x\n" + levels.joined(separator: "\n") + "\n? [*a40]\n: 1\n? [*a40, 2]\n: 2"
        #expect(problem(bomb) == "The file uses more than 12 YAML aliases (*name).")
    }

    @Test func asManyAliasesInKeysAsAreReadTakeNoTime() {
        let levels = (1...6).map { "a\($0): &a\($0) [*a\($0 - 1), *a\($0 - 1)]" }
        let wide = "[" + Array(repeating: "x", count: 20_000).joined(separator: ",") + "]"
        #expect(problem("a0: &a0 \(wide)\n" + levels.joined(separator: "\n") + "\n? [*a6]\n: 1") != nil)
    }

    @Test func manyAliasesThatAreReadAreBoundedByWhatTheyStandFor() {
        let checks = (0..<5000).map { "{name: c\($0), sql: s, expect: x}" }.joined(separator: ",")
        let assets = (0..<12).map { "  a\($0): {kind: postgres, url: env:A, checks: *c}" }.joined(separator: "\n")
        let yaml =
            "version: 1\nproject: {name: a}\nvaults: {a: {url: b}}\nassets:\n  z: {kind: postgres, url: env:A, checks: &c [\(checks)]}\n\(assets)"
        #expect(problem(yaml) == "The plan says more than can be read.")
    }

    @Test(arguments: ["[", "{", "- ", "? ", "a: {", "[[", "!!x ", "{? "]) func deepNestingIsRefused(opening: String) {
        #expect(problem(String(repeating: opening, count: 60_000)) != nil)
    }

    @Test(arguments: [("[", "]"), ("{a: ", "}"), ("? [", "]"), ("[{? ", "}]")]) func theDeepestNestingThatIsReadDoesNotCrash(
        open: String, close: String
    ) {
        #expect(problem(String(repeating: open, count: 400) + "x" + String(repeating: close, count: 400)) != nil)
    }

    @Test func aFileThatIsTooLongIsNotLookedAt() {
        #expect(
            problem(Examples.small + String(repeating: "#", count: PlanDocument.longestText))
                == "The file is longer than 256 KiB.")
    }

    @Test func aHundredThousandLinesOfProblemsAreRead() {
        #expect(problem("version: 1\n" + (0..<10_000).map { "key\($0): {}" }.joined(separator: "\n")) != nil)
    }

    @Test(arguments: ["select * from t", "select count(*) from t", "price *quantity", "a & b", "x &y"]) func ordinarySQLIsNoBomb(
        sql: String
    ) {
        let checks = (0..<40).map { "  - { name: c\($0), sql: \"\(sql)\", expect: x }" }.joined(separator: "\n")
        #expect(problem(Examples.asset("kind: postgres\nurl: env:A\nchecks:\n\(checks)")) == nil)
    }
}
