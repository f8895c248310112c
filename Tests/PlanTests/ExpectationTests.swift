import Language
import Plan
// Swift Testing has an `Expectation` too.
import struct Plan.Expectation
import Testing

@Suite struct ExpectationTests {
    @Test(arguments: [
        ("> 0", "1", true), ("> 0", "0", false), ("> 0", "-1", false), (">0", "0.0001", true),
        (">= 10", "10", true), (">= 10", "9.99", false), ("< 5", "4", true), ("< 5", "5", false), ("<= 5", "5.0", true),
        ("= 3", "3", true), ("= 3", "3.00", true), ("= 3", "30", false), ("== 3", "3", true), ("3", "3", true),
        ("= 1e3", "1000", true),
        ("!= x", "y", true), ("!= x", "x", false), ("<> 3", "3.0", false), ("= x", "x", true), ("ok", "ok", true),
        ("ok", "OK", false),
        ("= '> 0'", "> 0", true), ("'is empty'", "is empty", true), ("= \"3\"", "3", true),
        ("between 1 and 5", "1", true), ("between 1 and 5", "5", true), ("BETWEEN -1 AND 5", "-0.5", true),
        ("between 1 and 5", "6", false),
        ("true", "t", true), ("= true", "t", true), ("false", "f", true), ("true", "f", false), ("!= true", "f", true),
        ("> 9007199254740992", "9007199254740993", true), ("= 9007199254740993", "9007199254740992", false),
        ("> 1", "NaN", false), ("> 1", "many", false), ("= 0", "-0", true), ("< 1e-5", "0.000001", true), ("> -2", "-1", true),
        ("> -1", "-2", false),
        ("is not null", "", true), ("is null", "", false), ("is empty", "1", false), ("is not empty", "0", true),
    ])
    func aValueIsJudged(expectation: String, value: String, met: Bool) throws {
        #expect(try Expectation(expectation).isMet(by: [[value]]) == met)
    }

    @Test(arguments: ["> 0", "< 0", "= ''", "!= x", "between 0 and 9", "is not null", "ok", "= null"])
    func aNullMeetsOnlyTheExpectationThatNamesIt(expectation: String) throws {
        #expect(try Expectation(expectation).isMet(by: [[nil]]) == false)
        #expect(try Expectation("is null").isMet(by: [[nil]]))
        #expect(try Expectation("is not empty").isMet(by: [[nil]]))
    }

    @Test(arguments: ["> 0", "< 0", "!= x", "between 0 and 9", "is null", "is not null", "is not empty", "ok"])
    func noRowMeetsOnlyTheExpectationThatNamesIt(expectation: String) throws {
        #expect(try Expectation(expectation).isMet(by: []) == false)
        #expect(try Expectation("is empty").isMet(by: []))
    }

    @Test func onlyTheFirstColumnOfTheFirstRowCounts() throws {
        #expect(try Expectation("= 1").isMet(by: [["1", "2"], ["3", "4"]]))
    }

    @Test(arguments: [
        ("", Expectation.Flaw.empty), ("  ", .empty), ("=", .empty), ("!= ", .empty), ("> x", .notANumber), (">", .notANumber),
        ("> 1 2", .notANumber),
        ("between a and b", .notANumber), ("between 5 and 1", .emptyRange), ("between 1", .unknownForm),
        ("is fine", .unknownForm),
        ("> 1e9999999", .notANumber), ("> .", .notANumber), ("> 0x10", .notANumber),
    ])
    func whatIsNoExpectationIsRefused(text: String, flaw: Expectation.Flaw) {
        #expect(throws: flaw) { try Expectation(text) }
    }

    @Test func whatWasFoundIsToldInBrief() {
        #expect(Expectation.found(in: []).description == "no row")
        #expect(Expectation.found(in: [[nil]]).description == "null")
        #expect(Expectation.found(in: [["12"]]).description == "12")
        #expect(Expectation.found(in: [[String(repeating: "x", count: 500)]]).description.count == 100)
    }
}
