/// Quoting for SQL texts. Safe whatever `standard_conforming_strings` says.
public enum SQL {
    /// `name` as an identifier, always in double quotes.
    public static func identifier(_ name: String) -> String { "\"" + doubling("\"", in: name) + "\"" }

    /// `schema.name`, both quoted.
    public static func identifier(_ schema: String, _ name: String) -> String { identifier(schema) + "." + identifier(name) }

    /// `value` as a string constant. A backslash makes it an escape string (` E'…'`), which reads alike under every setting.
    public static func literal(_ value: String) -> String {
        let quoted = "'" + doubling("'", in: value) + "'"
        return value.utf8.contains(UInt8(ascii: "\\")) ? " E" + doubling("\\", in: quoted) : quoted
    }

    /// Byte by byte, because a combining character after a quote makes it another `Character`, and yet ends the constant.
    private static func doubling(_ mark: Unicode.Scalar, in text: String) -> String {
        let byte = UInt8(ascii: mark)
        guard text.utf8.contains(byte) else { return text }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count + 8)
        for each in text.utf8 {
            if each == byte { bytes.append(byte) }
            bytes.append(each)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
