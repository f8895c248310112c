internal import CPostgres
internal import Foundation
internal import Language

/// Where a database is and how to log in, as libpq reads it: a `postgresql://` URL or `keyword=value` pairs.
///
/// What the text leaves out is filled from the PG* environment as libpq does. Printing it, in whatever way, never shows a secret.
public struct ConnectionString: Sendable, Hashable {
    /// What was given, by libpq's keyword.
    private(set) var options: [String: String]

    /// Throws `badConnectionString`, without a word of `text`: any part of a mistyped URL may be the password.
    public init(_ text: String) throws(PostgresError) {
        try Self.requireLibrary()
        let trimmed = text.trimmingCharacters(in: .whitespacesAndNewlines)
        var libpqText: UnsafeMutablePointer<CChar>?
        defer { PQfreemem(libpqText) }
        guard !trimmed.utf8.contains(0), !Self.hasStrayMark(trimmed), let parsed = PQconninfoParse(trimmed, &libpqText) else {
            throw Self.unreadable
        }
        defer { PQconninfoFree(parsed) }
        options = Self.values(parsed)
        // What is no port may be a password: it must not be shown as one.
        guard (options["port"] ?? "").utf8.allSatisfy({ (48...57).contains($0) || $0 == 44 }) else { throw Self.unreadable }
        if options["gssencmode"] == "require" {
            throw PostgresError(
                .badConnectionString,
                "The connection string asks for GSSAPI encryption (gssencmode=require), which is not supported.",
                hint: "Use TLS instead: sslmode=require or sslmode=verify-full.")
        }
    }

    init(options: [String: String]) { self.options = options }

    /// Throws `noInstallation` where libpq, without which there is no connection string, is not on this machine.
    static func requireLibrary() throws(PostgresError) {
        guard let problem = libpq_problem() else { return }
        throw PostgresError(
            .noInstallation, "PostgreSQL's client library cannot be loaded: \(String(cString: problem)).",
            hint: "Install it: on Debian and Ubuntu apt-get install libpq5.")
    }

    public var host: String? { self["host"] }
    public var port: String? { self["port"] }
    public var user: String? { self["user"] }
    public var database: String? { self["dbname"] ?? user }

    /// The value that a connection will use for libpq's keyword: given, or from the environment, or libpq's default.
    subscript(keyword: String) -> String? { options[keyword] ?? Self.defaults()[keyword] }

    public func with(database: String) -> ConnectionString { with("dbname", database) }
    public func with(user: String, password: String?) -> ConnectionString { with("user", user).with("password", password) }

    func with(_ keyword: String, _ value: String?) -> ConnectionString {
        var copy = self
        copy.options[keyword] = value
        return copy
    }

    /// What a child program needs in its environment, on top of our own, to connect to the same place: PGHOST, PGPASSWORD and so
    /// on. Nothing of it ever belongs into a program's arguments, which every user of the machine can read.
    public var environment: [String: String] {
        var result: [String: String] = [:]
        for (keyword, value) in options {
            if let name = Self.environmentNames[keyword] { result[name] = value }
        }
        // An address inherited from our environment would outdo the host that is given.
        if hasOwnHost, options["hostaddr"] == nil, self["hostaddr"] != nil { result["PGHOSTADDR"] = "" }
        return result
    }

    /// The host was given, not taken from the environment.
    var hasOwnHost: Bool { options["host"] != nil }

    /// `text` without the secrets that this connection string holds.
    public func redacting(_ text: String) -> String {
        var text = text
        for keyword in Self.secrets {
            guard let secret = self[keyword], !secret.isEmpty, secret != user, secret != database, secret != host else {
                continue
            }
            text = text.replacingOccurrences(of: secret, with: "•••")
        }
        return text
    }

    private static var unreadable: PostgresError {
        PostgresError(
            .badConnectionString, "The connection string cannot be read.",
            hint: """
                It must look like postgresql://user@host:5432/database or host=… dbname=…; in a URL, special characters of a \
                password are written as %40 for @, %3A for :, %2F for /, %23 for #, %25 for %.
                """)
    }

    /// Whether a URL has an @ where none belongs: then a part of its password stands where a host or a database is read.
    private static func hasStrayMark(_ url: String) -> Bool {
        guard let mark = url.range(of: "://"), url.hasPrefix("postgres") else { return false }
        let places = url[mark.upperBound...].prefix { $0 != "?" }
        guard let slash = places.firstIndex(of: "/") else { return places.count { $0 == "@" } > 1 }
        return places[..<slash].count { $0 == "@" } > 1 || places[slash...].contains("@")
    }

    private static let secrets = ["password", "sslpassword"]

    /// Keywords that libpq also reads from the environment, and the names of the variables there.
    private static let environmentNames: [String: String] = {
        guard libpq_problem() == nil, let options = PQconndefaults() else { return [:] }
        defer { PQconninfoFree(options) }
        var names: [String: String] = [:]
        var option = options
        while let keyword = option.pointee.keyword {
            if let name = option.pointee.envvar { names[String(cString: keyword)] = String(cString: name) }
            option += 1
        }
        return names
    }()

    private static func defaults() -> [String: String] {
        guard libpq_problem() == nil, let options = PQconndefaults() else { return [:] }
        defer { PQconninfoFree(options) }
        return values(options)
    }

    private static func values(_ options: UnsafeMutablePointer<PQconninfoOption>) -> [String: String] {
        var values: [String: String] = [:]
        var option = options
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val, value.pointee != 0 { values[String(cString: keyword)] = String(cString: value) }
            option += 1
        }
        return values
    }
}

extension ConnectionString: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// "postgresql://user@host:port/database", enough to tell databases apart.
    public var description: String {
        let host = host ?? "localhost"
        let place = host.hasPrefix("/") ? "[\(host)]" : host
        return "postgresql://\(user.map { $0 + "@" } ?? "")\(place):\(port ?? "5432")/\(database ?? "")"
    }

    public var debugDescription: String { description }

    /// Keeps `dump` and the test library's value printing from showing what is stored.
    public var customMirror: Mirror { Mirror(self, children: ["url": description]) }
}
