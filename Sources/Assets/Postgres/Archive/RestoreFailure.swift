/// One definition that a server refused, as `pg_restore` tells of it.
struct RestoreFailure: Sendable, Equatable {
    /// In the archive; nil when it was none of its definitions, or `pg_restore` did not say: it does only when it is told to tell
    /// everything.
    var entry: Int?
    /// What the server said, details included, and the beginning of the statement.
    let message: String

    /// `pg_restore` writes, with `LC_ALL=C`:
    /// ```
    /// pg_restore: from TOC entry 3; 3079 16385 EXTENSION hstore (no owner)
    /// pg_restore: error: could not execute query: ERROR:  …
    /// DETAIL:  …
    /// Command was: CREATE EXTENSION …
    /// ```
    static func all(in text: String, withHarmless: Bool = false) -> [RestoreFailure] {
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
        return withHarmless ? failures : failures.filter { !$0.isHarmless }
    }

    /// How many errors `pg_restore` says at its end that there were: more than it told where what it told was cut.
    static func count(in text: String) -> Int? {
        let counts = text.split(separator: "\n").compactMap { line -> Int? in
            guard let mark = line.firstRange(of: "errors ignored on restore: ") else { return nil }
            return Int(line[mark.upperBound...].prefix { $0.isNumber })
        }
        return counts.isEmpty ? nil : counts.reduce(0, +)
    }

    /// What the server was told to do, as far as `pg_restore` repeats it.
    var statement: String? {
        message.firstRange(of: Self.mark).map { String(message[$0.upperBound...].prefix { $0 != ";" }) }
    }

    private static let mark = "Command was: "

    /// The kind of the definition, as the archive calls it: told by its entry, else by the statement where that tells.
    func kind(in archive: Archive) -> String? {
        if let entry { return archive[entry]?.kind }
        guard let statement else { return nil }
        if statement.hasPrefix("ALTER TABLE "), statement.contains(" FOREIGN KEY (") { return "FK CONSTRAINT" }
        return Self.kinds.first { statement.hasPrefix($0.statement) }?.kind
    }

    private static let kinds = [
        ("GRANT ", "ACL"), ("REVOKE ", "ACL"), ("ALTER DEFAULT PRIVILEGES ", "DEFAULT ACL"), ("CREATE POLICY ", "POLICY"),
        ("CREATE USER MAPPING ", "USER MAPPING"), ("CREATE EXTENSION ", "EXTENSION"), ("CREATE VIEW ", "VIEW"),
        ("CREATE OR REPLACE VIEW ", "RULE"), ("CREATE MATERIALIZED VIEW ", "MATERIALIZED VIEW"), ("CREATE RULE ", "RULE"),
        ("CREATE TRIGGER ", "TRIGGER"), ("CREATE FUNCTION ", "FUNCTION"), ("CREATE PROCEDURE ", "PROCEDURE"),
        ("CREATE AGGREGATE ", "AGGREGATE"), ("CREATE STATISTICS ", "STATISTICS"), ("ALTER PUBLICATION ", "PUBLICATION TABLE"),
    ].map { (statement: $0.0, kind: $0.1) }

    /// With the entry of an extension found by its name.
    func located(in archive: Archive) -> RestoreFailure {
        guard entry == nil, kind(in: archive) == "EXTENSION", let words = statement?.split(separator: " ") else { return self }
        // `CREATE EXTENSION IF NOT EXISTS "name" …`
        let name = words.dropFirst(2).drop { ["IF", "NOT", "EXISTS"].contains($0) }.first?.filter { $0 != "\"" }
        let found = archive.entries.first {
            $0.kind == "EXTENSION" && $0.label.split(separator: " ").dropFirst().first.map(String.init) == name
        }
        var located = self
        located.entry = found?.number
        return located
    }

    private static let query = "could not execute query: "

    /// A newer `pg_restore` sets what an older server does not know.
    var isHarmless: Bool { message.contains("SET transaction_timeout = 0") && entry == nil }
}
