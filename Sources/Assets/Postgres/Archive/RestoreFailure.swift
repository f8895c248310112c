/// One definition that a server refused, as `pg_restore` tells of it.
struct RestoreFailure: Sendable, Equatable {
    /// In the archive; nil when it was none of its definitions.
    let entry: Int?
    /// What the server said, details included, and the beginning of the statement.
    let message: String

    /// `pg_restore` writes, with `LC_ALL=C`:
    /// ```
    /// pg_restore: from TOC entry 3; 3079 16385 EXTENSION hstore (no owner)
    /// pg_restore: error: could not execute query: ERROR:  …
    /// DETAIL:  …
    /// Command was: CREATE EXTENSION …
    /// ```
    static func all(in text: String) -> [RestoreFailure] {
        var failures: [RestoreFailure] = []
        var entry: Int?
        var message: [Substring] = []
        var isInside = false
        func end() {
            if isInside { failures.append(RestoreFailure(entry: entry, message: message.joined(separator: " "))) }
            isInside = false
            message = []
        }
        for line in text.split(separator: "\n", omittingEmptySubsequences: true) {
            if line.hasPrefix("pg_restore: ") {
                let rest = line.dropFirst("pg_restore: ".count)
                if rest.hasPrefix("from TOC entry ") {
                    end()
                    entry = Int(rest.dropFirst("from TOC entry ".count).prefix { $0.isNumber })
                } else if rest.hasPrefix("error: ") {
                    end()
                    isInside = true
                    let said = rest.dropFirst("error: ".count)
                    message.append(said.hasPrefix(Self.query) ? said.dropFirst(Self.query.count) : said)
                } else if rest.hasPrefix("warning: ") || rest.hasPrefix("while ") {
                    end()
                    if rest.hasPrefix("while ") { entry = nil }
                }
            } else if isInside, message.count < 6 {
                message.append(line.prefix(200))
            }
        }
        end()
        return failures.filter { !$0.isHarmless }
    }

    private static let query = "could not execute query: "

    /// A newer `pg_restore` sets what an older server does not know.
    private var isHarmless: Bool { message.contains("SET transaction_timeout = 0") && entry == nil }
}
