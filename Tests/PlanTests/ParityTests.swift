import Testing

@testable import Plan

@Suite struct ParityTests {
    private static func plan(_ parity: String) -> String {
        Examples.small.replacing("{ url: ./vault }", with: "{ url: ./vault\(parity) }")
    }

    @Test func isOffUnlessItIsAskedFor() throws {
        #expect(try Plan.parse(Self.plan(""), file: "reprise.yaml").vaults[0].parity == false)
        #expect(try Plan.parse(Self.plan(", parity: false"), file: "reprise.yaml").vaults[0].parity == false)
        let plan = try Plan.parse(Self.plan(", parity: true"), file: "reprise.yaml")
        #expect(plan.vaults[0].parity)
        #expect(try Plan.parse(plan.yaml, file: "reprise.yaml").vaults[0].parity, "as the plan is written again")
    }

    @Test(arguments: ["yes", "1", "16+2", "{}", "[true]", "\"\""]) func anythingElseIsRefusedWithItsPlace(value: String) {
        let problems = Examples.problems(Self.plan(", parity: \(value)"))
        #expect(problems.map(\.path) == ["vaults.local.parity"], "\(problems)")
    }
}
