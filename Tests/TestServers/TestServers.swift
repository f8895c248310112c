import Foundation
public import Postgres
public import SystemPackage

/// The PostgreSQL servers that tests work on: one per major at hand, started at first use, shared by all tests of a process, gone
/// when it ends.
///
/// They run with `wal_level = logical`, have all privileges, and can be reached through a Unix socket and over TCP. Each test
/// makes itself a database (`freshDatabase`); whoever needs a server to stop, crash or be set up otherwise starts a `Sandbox` of
/// its own.
public enum TestServers {
    /// The majors at hand, oldest first. Never empty: tests without a server fail.
    public static let majors: [Int] = Set(installations.map(\.major)).sorted()

    public static let newest: Int = majors.last ?? 0
    public static let oldest: Int = majors.first ?? 0

    /// Newest major first. Those of `$REPRISE_POSTGRES_BIN` and the system, and the one that `scripts/setup` puts into `.tools`.
    public static let installations: [Installation] = {
        let found = Installation.all(environment: environment)
        precondition(!found.isEmpty, "no PostgreSQL here: run scripts/setup")
        // So that code under test which looks for programs by itself finds the same ones.
        setenv("REPRISE_POSTGRES_BIN", environment["REPRISE_POSTGRES_BIN"] ?? "", 1)
        return found
    }()

    /// More majors, for a short round trip each; none that is among `majors`.
    public static let otherMajors: [Int] = others.map(\.major).filter { !majors.contains($0) }.sorted()

    /// The servers of `.tools/servers`, built with OpenSSL; once asked for, programs of theirs are found by code under test too.
    public static let others: [Installation] = {
        let bins = WheelInstallation.others()
        let named = (environment["REPRISE_POSTGRES_BIN"] ?? "").split(separator: ":").map(String.init)
        // Behind the others: of one major, the one that is named first counts.
        let all = (named + bins.sorted { $0.key < $1.key }.map(\.value.string)).joined(separator: ":")
        _ = installations
        setenv("REPRISE_POSTGRES_BIN", all, 1)
        return bins.values.compactMap { bin in
            Installation.all(environment: ["REPRISE_POSTGRES_BIN": bin.string, "PATH": ""]).first { $0.bin == bin }
        }
    }()

    /// `environment`, with the programs of `others` too.
    public static var wideEnvironment: [String: String] {
        let more = others.sorted { $0.major < $1.major }.map(\.bin.string)
        return environment.merging([
            "REPRISE_POSTGRES_BIN": ([environment["REPRISE_POSTGRES_BIN"]].compactMap(\.self).filter { !$0.isEmpty } + more)
                .joined(
                    separator: ":")
        ]) { $1 }
    }

    public static func installation(_ major: Int) -> Installation {
        guard let found = (installations + (majors.contains(major) ? [] : others)).first(where: { $0.major == major }) else {
            preconditionFailure("no PostgreSQL \(major) here")
        }
        return found
    }

    /// Our environment, with `REPRISE_POSTGRES_BIN` naming all installations: for programs under test that look for them.
    public static let environment: [String: String] = {
        var environment = ProcessInfo.processInfo.environment
        let named = [environment["REPRISE_POSTGRES_BIN"]].compactMap { $0 }.filter { !$0.isEmpty }
        environment["REPRISE_POSTGRES_BIN"] = (named + WheelInstallation.bins().map(\.string)).joined(separator: ":")
        return environment
    }()

    /// The shared server of `major`.
    public static func server(_ major: Int = newest) async throws -> Sandbox {
        try await Shared.servers.server(major)
    }

    /// A new, empty database on the shared server of `major`. It stays until the server goes.
    public static func freshDatabase(
        _ major: Int = newest, options: String = "TEMPLATE template0"
    ) async throws -> ConnectionString {
        try await server(major).createDatabase(options: options)
    }

    /// The folder under which all servers of tests live, this process's and those of others: what a killed one leaves is swept by
    /// the next.
    public static let folder = FilePath("/tmp/reprise-tests-\(geteuid())")

    /// A server of your own, with the settings of the shared ones and `settings` on top. It stops when the last reference to it
    /// goes, and when the process ends.
    public static func start(_ installation: Installation, settings: [String: String] = [:]) async throws -> Sandbox {
        try await SharedServers.start(installation, settings)
    }

    /// A connection string as the URL that a user would write.
    public static func url(_ connection: ConnectionString) -> String {
        let given = connection.environment
        func encoded(_ text: String) -> String {
            text.utf8.map { byte in
                let isPlain = byte < 128 && (Character(Unicode.Scalar(byte)).isLetter || Character(Unicode.Scalar(byte)).isNumber)
                return isPlain ? String(Unicode.Scalar(byte)) : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
            }.joined()
        }
        let password = given["PGPASSWORD"].map { ":" + encoded($0) } ?? ""
        let host = encoded(connection.host ?? "")
        return "postgresql://\(encoded(connection.user ?? ""))\(password)@\(host):\(connection.port ?? "5432")/"
            + encoded(connection.database ?? "")
    }
}
