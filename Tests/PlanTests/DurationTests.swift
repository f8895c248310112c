import Plan
import Testing

@Suite struct DurationTests {
    @Test(arguments: [
        ("24h", Duration.seconds(86_400)), ("15m", .seconds(900)), ("1h30m", .seconds(5400)), ("7d", .seconds(604_800)),
        ("2w", .seconds(1_209_600)),
        ("500ms", .milliseconds(500)), ("1m1s1ms", .milliseconds(61_001)), ("0s", .zero), ("3650d", .seconds(3650 * 86_400)),
    ])
    func aLengthOfTimeIsRead(text: String, duration: Duration) {
        #expect(Duration(planText: text) == duration)
    }

    @Test(arguments: [
        "", "24", "h", "1h1h", "30m1h", "1.5h", "-1h", " 1h", "1 h", "1H", "3651d", "999999999999w", "99999999999999999999s",
        "1hx", "１h",
    ])
    func anythingElseIsRefused(text: String) {
        #expect(Duration(planText: text) == nil)
    }

    @Test(arguments: ["1d", "1h30m", "7d", "500ms", "0s", "14d", "1m1s1ms"]) func whatIsWrittenIsReadBack(text: String) throws {
        #expect(try #require(Duration(planText: text)).planText == text)
    }
}
