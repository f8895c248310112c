public import Language

/// Rows under headings, aligned for a terminal: two spaces between columns, numbers to the right, nothing after the last
/// character of a line.
public struct Table: Sendable {
    public struct Column: Sendable {
        public let heading: Phrase
        public let alignment: Alignment
        /// The narrowest it may be cut to when the table is wider than the terminal; nil: never cut.
        public let narrowest: Int?

        public init(_ heading: Phrase, _ alignment: Alignment = .left, narrowest: Int? = nil) {
            self.heading = heading
            self.alignment = alignment
            self.narrowest = narrowest
        }
    }

    public enum Alignment: Sendable { case left, right }

    public let columns: [Column]
    /// Each as long as `columns`; control characters in a cell are shown as `�`.
    public private(set) var rows: [[String]] = []

    public init(_ columns: [Column]) {
        self.columns = columns
    }

    /// Adds a row; cells that are lacking are empty.
    public mutating func add(_ cells: [String]) {
        precondition(cells.count <= columns.count, "a row has more cells than the table has columns")
        rows.append((cells + Array(repeating: "", count: columns.count - cells.count)).map(Self.oneLine))
    }

    /// The lines of the table, the headings first.
    ///
    /// - Parameters:
    ///   - width: columns of the terminal; nil: as wide as it takes, for files and pipes.
    ///   - heading: what to put around a line of headings, such as an escape sequence for bold.
    public func lines(in language: Language, width: Int? = nil, heading: (String) -> String = { $0 }) -> [String] {
        let headings = columns.map { $0.heading.rendered(in: language) }
        let widths = widths(headings, fitting: width)
        return [heading(line(headings, widths))] + rows.map { line($0, widths) }
    }

    private func widths(_ headings: [String], fitting width: Int?) -> [Int] {
        var widths = columns.indices.map { index in
            rows.reduce(DisplayWidth.of(headings[index])) { max($0, DisplayWidth.of($1[index])) }
        }
        guard let width else { return widths }
        var excess = widths.reduce(0, +) + 2 * (columns.count - 1) - width
        // The widest of the columns that may be cut gives way first, one character at a time, so that they end alike.
        while excess > 0 {
            let mayGive = columns.indices.filter { index in columns[index].narrowest.map { widths[index] > $0 } ?? false }
            guard let widest = mayGive.max(by: { widths[$0] < widths[$1] }) else { break }
            widths[widest] -= 1
            excess -= 1
        }
        return widths
    }

    private func line(_ cells: [String], _ widths: [Int]) -> String {
        var line = ""
        for (index, cell) in cells.enumerated() {
            let text = DisplayWidth.cut(cell, to: widths[index])
            let padding = String(repeating: " ", count: widths[index] - DisplayWidth.of(text))
            if index > 0 { line += "  " }
            line += columns[index].alignment == .right ? padding + text : text + padding
        }
        while line.last == " " { line.removeLast() }
        return line
    }

    private static func oneLine(_ text: String) -> String {
        if text.utf8.allSatisfy({ (0x20..<0x7f).contains($0) }) { return text }
        guard text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else { return text }
        return String(
            String.UnicodeScalarView(text.unicodeScalars.map { $0.properties.generalCategory == .control ? "\u{fffd}" : $0 }))
    }
}
