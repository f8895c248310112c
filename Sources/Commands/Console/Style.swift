/// Colours and weights of text on a terminal; off, it gives texts back as they are.
struct Style: Sendable {
    let isOn: Bool

    func bold(_ text: String) -> String { wrapped(text, "1") }
    func dim(_ text: String) -> String { wrapped(text, "2") }
    func red(_ text: String) -> String { wrapped(text, "1;31") }
    func green(_ text: String) -> String { wrapped(text, "32") }
    func yellow(_ text: String) -> String { wrapped(text, "33") }

    private func wrapped(_ text: String, _ code: String) -> String { isOn ? "\u{1b}[\(code)m\(text)\u{1b}[0m" : text }

    /// Whether colours may be used at all on a stream.
    static func isWanted(on output: Output, noColorOption: Bool, environment: [String: String]) -> Bool {
        // no-color.org: any value but an empty one.
        output.isTerminal && !noColorOption && environment["NO_COLOR", default: ""].isEmpty && environment["TERM"] != "dumb"
    }
}
