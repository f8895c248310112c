import CQrencode

/// A text as the squares of a QR code (ISO/IEC 18004), made by libqrencode.
struct QRCode: Sendable {
    /// Squares on a side, without the quiet zone around them.
    let side: Int
    /// By rows: whether a square is dark.
    let isDark: [Bool]

    /// Squares that must stay empty around a code.
    static let quietZone = 4

    /// Nil where the text is longer than a code can hold.
    ///
    /// - Parameter text: capital letters, digits, blanks and hyphens take the least room. A quarter of the code may be lost to
    ///   creases and stains.
    init?(_ text: String) {
        guard let code = QRcode_encodeString(text, 0, QR_ECLEVEL_Q, QR_MODE_8, 1) else { return nil }
        defer { QRcode_free(code) }
        side = Int(code.pointee.width)
        let count = side * side
        // The lowest bit of each byte is the colour.
        isDark = (0..<count).map { code.pointee.data[$0] & 1 == 1 }
    }

    /// As a drawing of its own, without a size: where it stands decides that.
    func svg(label: String) -> String {
        let whole = side + 2 * Self.quietZone
        var path = ""
        for row in 0..<side {
            var column = 0
            while column < side {
                guard isDark[row * side + column] else {
                    column += 1
                    continue
                }
                var end = column
                while end < side, isDark[row * side + end] { end += 1 }
                path += "M\(column + Self.quietZone) \(row + Self.quietZone)h\(end - column)v1h-\(end - column)z"
                column = end
            }
        }
        return
            "<svg class=\"code\" role=\"img\" aria-label=\"\(label)\" viewBox=\"0 0 \(whole) \(whole)\" shape-rendering=\"crispEdges\"><path fill=\"#fff\" d=\"M0 0h\(whole)v\(whole)H0z\"/><path d=\"\(path)\"/></svg>"
    }
}
