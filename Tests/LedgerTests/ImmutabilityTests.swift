import Foundation
import Testing

@testable import Ledger

@Suite struct ImmutabilityTests {
    private func test(_ day: Int, _ outcome: Evidence.Outcome, _ act: Evidence.Act = .tamperTest) -> Evidence {
        Evidence(act: act, started: date(day), finished: date(day), host: "here", outcome: outcome)
    }

    private func date(_ day: Int) -> Date { Date(timeIntervalSince1970: TimeInterval(day) * 86_400) }

    @Test func whatNobodyTriedIsNotKnown() {
        #expect(Immutability([]) == .unknown)
        #expect(Immutability([test(1, .passed, .drill), test(2, .failed, .check)]) == .unknown)
    }

    @Test func itIsProvenSinceTheFirstOfTheLastRunOfPasses() {
        let evidence = [test(1, .passed), test(2, .failed), test(3, .passed), test(4, .passed, .drill), test(5, .passed)]
        #expect(Immutability(evidence) == .proven(since: date(3), last: date(5)))
        #expect(Immutability(evidence).since == date(3) && Immutability(evidence).name == "proven")
    }

    @Test(arguments: [Evidence.Outcome.failed, .partly]) func aLaterFailureTakesItBack(outcome: Evidence.Outcome) {
        #expect(Immutability([test(1, .passed), test(2, outcome)]) == .refuted(date(2)))
    }
}
