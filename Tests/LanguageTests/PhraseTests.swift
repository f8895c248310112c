import Foundation
import Language
// Swift Testing has an `ExitStatus` too.
import enum Language.ExitStatus
import Testing

@Suite struct PhraseTests {
    @Test func aPhraseKeepsItsSentenceApartFromItsValues() {
        let phrase: Phrase = "No snapshot of \("db") for \(3) days."
        #expect(phrase.key == "No snapshot of %1 for %2 days.")
        #expect(phrase.arguments == [.text("db"), .text("3")])
        #expect(phrase.rendered(in: .english) == "No snapshot of db for 3 days.")
    }

    @Test func aKeyThatTheCatalogueLacksIsSaidInEnglish() {
        let phrase: Phrase = "A sentence that nobody will ever translate: \("x")."
        #expect(phrase.rendered(in: .french) == "A sentence that nobody will ever translate: x.")
    }

    @Test func aVerbatimTextIsSaidAlikeInEveryLanguage() {
        for language in Language.allCases {
            #expect(Phrase(verbatim: "100 %1 %2 %").rendered(in: language) == "100 %1 %2 %")
        }
    }

    @Test func aValueIsNeverTakenForAPattern() {
        #expect(("\("%2") and \("b")" as Phrase).description == "%2 and b")
    }

    @Test func aPhraseInsideAPhraseIsRenderedWithIt() {
        let inner: Phrase = "table \("t")"
        #expect(("Cannot read \(inner)." as Phrase).description == "Cannot read table t.")
    }

    @Test func aLonePercentSignStays() {
        #expect(("\(50) % of 100%" as Phrase).description == "50 % of 100%")
    }

    @Test func moreThanNineValuesFindTheirPlaces() {
        let phrase: Phrase = "\(1) \(2) \(3) \(4) \(5) \(6) \(7) \(8) \(9) \(10) \(11)"
        #expect(phrase.description == "1 2 3 4 5 6 7 8 9 10 11")
    }

    @Test(arguments: [(0, "0 packs are gone.", "0"), (1, "1 pack is gone.", "1"), (1500, "1,500 packs are gone.", "1,500")])
    func aNumberDecidesWhatIsSaidOfIt(number: Int, sentence: String, count: String) {
        #expect(("\(count: number) {pack is|packs are} gone." as Phrase).description == sentence)
    }

    @Test func eachChoiceGoesByTheNumberBeforeIt() {
        let phrase: Phrase = "{One|Many} of \(count: 1) {row|rows} in \(count: 2) {table|tables} of \("{x|y}")"
        #expect(phrase.description == "One of 1 row in 2 tables of {x|y}")
    }

    @Test func inFrenchNoneIsSingular() {
        for (number, text) in [(0, "0 ligne"), (1, "1 ligne"), (2, "2 lignes")] {
            #expect(("\(count: number) {row|rows}" as Phrase).rendered(in: .french) == text)
        }
    }

    @Test func bracesThatChooseNothingStay() {
        #expect(("Write `{ last: \(3) }` or {a|b}." as Phrase).description == "Write `{ last: 3 }` or {a|b}.")
        #expect(("\(count: 1) { x }" as Phrase).description == "1 { x }")
    }

    @Test func aPhraseIsKeptAsItsEnglishSentence() throws {
        let phrase: Phrase = "Table \("100 %2")"
        let kept = try JSONEncoder().encode([phrase])
        #expect(String(decoding: kept, as: UTF8.self) == #"["Table 100 %2"]"#)
        let read = try JSONDecoder().decode([Phrase].self, from: kept)
        #expect(read.map { $0.rendered(in: .french) } == ["Table 100 %2"])
    }

    @Test func aLocaleNameGivesItsLanguage() {
        #expect(Language(locale: "fr_FR.UTF-8") == .french)
        #expect(Language(locale: "FR") == .french)
        #expect(Language(locale: "C.UTF-8") == .english)
        #expect(Language(locale: "") == .english)
    }

    @Test func anErrorDescribesItsMessageHintAndCause() {
        struct Failure: ExplainedError {
            var message: Phrase { "It broke." }
            var hint: Phrase? { "Mend it." }
            var cause: (any Error)? { Cause() }
            var exitStatus: ExitStatus { .failed }
        }
        struct Cause: Error, CustomStringConvertible { var description: String { "a stone" } }
        #expect(Failure().description == "It broke. Mend it. (a stone)")
    }
}
