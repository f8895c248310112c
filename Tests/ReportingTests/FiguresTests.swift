import Foundation
import Language
import Reporting
import Testing

@Suite struct FiguresTests {
    let english = Figures(.english)
    let french = Figures(.french)

    @Test(arguments: [
        (0, "0", "0"), (999, "999", "999"), (1000, "1,000", "1 000"), (300_000, "300,000", "300 000"),
        (-1_234_567, "-1,234,567", "-1 234 567"),
    ])
    func countsAreGrouped(number: Int, inEnglish: String, inFrench: String) {
        #expect(english.count(number) == inEnglish)
        #expect(french.count(number) == inFrench.replacing(" ", with: "\u{202f}"))
    }

    @Test func theLargestNumbersAreSaid() {
        #expect(english.count(Int64.min) == "-9,223,372,036,854,775,808")
        #expect(english.bytes(Int64.min) == "-9.22 EB")
        #expect(english.bytes(Int64.max) == "9.22 EB")
    }

    @Test(
        arguments: [
            (0, "0 B", "0 o"), (999, "999 B", "999 o"), (1000, "1.00 kB", "1,00 ko"), (1234, "1.23 kB", "1,23 ko"),
            (12_345_678, "12.3 MB", "12,3 Mo"),
            (999_999, "999 kB", "999 ko"), (1_000_000, "1.00 MB", "1,00 Mo"), (123_456_789_012, "123 GB", "123 Go"),
            (2_500_000_000_000, "2.50 TB", "2,50 To"), (-1500, "-1.50 kB", "-1,50 ko"), (9_999_999, "9.99 MB", "9,99 Mo"),
        ] as [(Int64, String, String)])
    func sizesHaveThreeDigits(size: Int64, inEnglish: String, inFrench: String) {
        #expect(english.bytes(size) == inEnglish)
        #expect(french.bytes(size) == inFrench)
    }

    @Test func ratesAreSizesPerSecond() {
        #expect(english.rate(12_345_678) == "12.3 MB/s")
        #expect(english.rate(-1) == "0 B/s")
        #expect(french.rate(.infinity) == "1,00 Eo/s")
    }

    @Test func lessThanEverythingIsNeverAHundredPercent() {
        #expect(english.percent(0, of: 10) == "0 %")
        #expect(english.percent(9999, of: 10_000) == "99 %")
        #expect(english.percent(10, of: 10) == "100 %")
        #expect(english.percent(11, of: 10) == "100 %")
        #expect(english.percent(0, of: 0) == "100 %")
        #expect(english.percent(-5, of: 10) == "0 %")
    }

    @Test(arguments: [
        (Duration.zero, "0 ms"), (.microseconds(1499), "1 ms"), (.milliseconds(850), "850 ms"), (.microseconds(999_600), "1.0 s"),
        (.milliseconds(12_340), "12.3 s"),
        (.milliseconds(59_940), "59.9 s"), (.milliseconds(59_960), "1 min 00 s"), (.seconds(184), "3 min 04 s"),
        (.milliseconds(3_599_600), "1 h 00 min"),
        (.seconds(7500), "2 h 05 min"), (.seconds(86_400 * 3 + 3600 * 4), "3 d 4 h"), (.seconds(-90), "-1 min 30 s"),
    ])
    func lengthsOfTimeAreSaidInTwoUnits(duration: Duration, text: String) {
        #expect(english.duration(duration) == text)
    }

    @Test func frenchLengthsOfTime() {
        #expect(french.duration(.milliseconds(12_340)) == "12,3 s")
        #expect(french.duration(.seconds(86_400 * 1500)) == "1\u{202f}500 j")
    }

    @Test(arguments: [
        (0, "just now", "à l’instant"), (9, "just now", "à l’instant"), (10, "10 seconds ago", "il y a 10 secondes"),
        (60, "1 minute ago", "il y a 1 minute"),
        (3599, "59 minutes ago", "il y a 59 minutes"), (7200, "2 hours ago", "il y a 2 heures"),
        (86_400, "1 day ago", "il y a 1 jour"),
        (86_400 * 40, "40 days ago", "il y a 40 jours"), (-300, "in 5 minutes", "dans 5 minutes"),
    ])
    func agesAreCutToWholeUnits(seconds: Int, inEnglish: String, inFrench: String) {
        #expect(english.age(.seconds(seconds)) == inEnglish)
        #expect(french.age(.seconds(seconds)) == inFrench)
    }

    @Test(arguments: [
        ("Europe/Paris", 1_700_000_000.0, "2023-11-14 23:13:20 +01:00"),
        ("Europe/Paris", 1_720_000_000.0, "2024-07-03 11:46:40 +02:00"),
        ("America/St_Johns", 1_700_000_000.0, "2023-11-14 18:43:20 -03:30"), ("GMT", 0.0, "1970-01-01 00:00:00 UTC"),
    ])
    func anInstantNamesItsOffset(zone: String, seconds: Double, text: String) throws {
        let timezone = try #require(TimeZone(identifier: zone))
        #expect(english.instant(Date(timeIntervalSince1970: seconds), in: timezone) == text)
    }
}
