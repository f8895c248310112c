/// The names of vaults, assets and checks: they become paths, labels and arguments, so they are kept plain.
public enum PlanName {
    public static let longest = 63
    /// The same rule as a regular expression, for the schema.
    static let pattern = "^[a-z0-9][a-z0-9_-]{0,62}$"

    public static func isValid(_ text: String) -> Bool {
        guard (1...longest).contains(text.utf8.count), let first = text.utf8.first, isLetterOrDigit(first) else { return false }
        return text.utf8.allSatisfy { isLetterOrDigit($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") }
    }

    /// The nearest valid name to `text`, or nil where nothing of it can be kept.
    public static func nearest(to text: String) -> String? {
        var name = ""
        for scalar in text.lowercased().unicodeScalars {
            if scalar.isASCII, scalar != ".",
                isLetterOrDigit(UInt8(scalar.value)) || ((scalar == "-" || scalar == "_") && !name.isEmpty)
            {
                name.unicodeScalars.append(scalar)
            } else if !name.isEmpty, name.last != "-" {
                name += "-"
            }
            if name.utf8.count == longest { break }
        }
        while name.last == "-" { name.removeLast() }
        return isValid(name) ? name : nil
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}
