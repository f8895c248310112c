import Language
import Reporting
import Testing

@Suite struct TableTests {
    private func table(narrowest: Int? = nil) -> Table {
        var table = Table([.init("Asset"), .init("Rows", .right), .init("Note", narrowest: narrowest)])
        table.add(["db", "300,000", "the main one"])
        table.add(["archive", "7"])
        return table
    }

    @Test func columnsAreAlignedAndNothingTrails() {
        #expect(
            table().lines(in: .english) == [
                "Asset       Rows  Note",
                "db       300,000  the main one",
                "archive        7",
            ])
    }

    @Test func aWideTableIsCutWhereItMayBe() {
        #expect(
            table(narrowest: 4).lines(in: .english, width: 25) == [
                "Asset       Rows  Note",
                "db       300,000  the ma…",
                "archive        7",
            ])
    }

    @Test func aColumnIsNotCutBelowItsNarrowestAndOthersNotAtAll() {
        #expect(table(narrowest: 6).lines(in: .english, width: 10)[1] == "db       300,000  the m…")
        #expect(table().lines(in: .english, width: 10)[1] == "db       300,000  the main one")
    }

    @Test func wideCharactersTakeTwoColumns() {
        var table = Table([.init("A"), .init("B")])
        table.add(["日本", "x"])
        table.add(["é", "x"])
        table.add(["👩‍👩‍👧", "x"])
        table.add(["e\u{301}", "x"])
        #expect(table.lines(in: .english) == ["A     B", "日本  x", "é     x", "👩‍👩‍👧    x", "e\u{301}     x"])
    }

    @Test func aCellIsAlwaysOneLine() {
        var table = Table([.init("A")])
        table.add(["one\ntwo\u{1b}[31m"])
        #expect(table.lines(in: .english)[1] == "one�two�[31m")
    }

    @Test func aTableWithoutRowsHasItsHeadings() {
        #expect(Table([.init("A"), .init("B")]).lines(in: .english, heading: { "<\($0)>" }) == ["<A  B>"])
    }

    @Test func cuttingKeepsWithinTheWidth() {
        for width in 0...12 { #expect(DisplayWidth.of(DisplayWidth.cut("日本語 text", to: width)) <= width) }
        #expect(DisplayWidth.cut("日本語", to: 6) == "日本語")
        #expect(DisplayWidth.cut("日本語", to: 5) == "日本…")
    }
}
