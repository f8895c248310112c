import Testing

@testable import Postgres

@Suite("A reader of many rows does not ask for every few of them")
struct ReadPaceTests {
    @Test("It waits once the answer is long, and as long as little comes at once")
    func waits() {
        var pace = ReadPace()
        #expect(!pace.isTooFast)
        for _ in 0..<127 {
            pace.note(8 << 10)
            #expect(!pace.isTooFast, "a short answer is read as it comes")
        }
        pace.note(8 << 10)
        #expect(pace.isTooFast)
        pace.note(128 << 10)
        #expect(!pace.isTooFast, "the line was full: the server may be waiting")
        pace.note(100 << 10)
        #expect(pace.isTooFast)
    }
}
