import Assets
import Language
public import Postgres

/// Looks at everything that a backup of a database needs, and a drill of it.
public struct DatabaseDoctor: Sendable {
    private let asset: String
    private let connection: ConnectionString

    public init(asset: String, connection: ConnectionString) {
        self.asset = asset
        self.connection = connection
    }

    public func examine() async -> [Finding] {
        do {
            let survey = try await PrivilegeSurvey.of(connection)
            return [reachable(survey), encrypted(survey), clock(survey), privileges(survey), extensions(survey)].compactMap { $0 }
                + programs(survey.server.major)
        } catch let error as any ExplainedError {
            return [Finding("\(asset).reachable", failure: error)]
        } catch {
            return [Finding("\(asset).reachable", .bad, Phrase(verbatim: String(describing: error)))]
        }
    }

    private func reachable(_ survey: PrivilegeSurvey) -> Finding {
        let name = "\(asset).reachable"
        let version = survey.server
        guard version.major >= 13 else {
            return Finding(
                name, .bad, "\(asset): the server is PostgreSQL \(version.description); backups need 13 or newer.",
                remedy: "Upgrade the server, or back it up with its own pg_dump.")
        }
        let kind: Phrase = survey.isSupabase ? " (Supabase)" : survey.isStandby ? " (a standby)" : ""
        return Finding(name, .good, "\(asset): \(connection.description) answers, PostgreSQL \(version.description)\(kind).")
    }

    private func encrypted(_ survey: PrivilegeSurvey) -> Finding {
        let name = "\(asset).tls"
        if survey.usesTLS { return Finding(name, .good, "\(asset): the connection is encrypted.") }
        let host = connection.host ?? ""
        if host.isEmpty || host.hasPrefix("/") || ["localhost", "127.0.0.1", "::1"].contains(host) {
            return Finding(name, .good, "\(asset): the connection stays on this machine.")
        }
        return Finding(
            name, .warning, "\(asset): the connection to \(host) is not encrypted.",
            remedy: "Add sslmode=verify-full (and sslrootcert=…) to the connection string.")
    }

    /// Beyond this, in seconds, what is told of exposure misleads.
    private static let bearableSkew = 2.0

    private func clock(_ survey: PrivilegeSurvey) -> Finding {
        let name = "\(asset).clock"
        let skew = abs(survey.clockSkewSeconds)
        guard skew > Self.bearableSkew else { return Finding(name, .good, "\(asset): this host's clock and the server's agree.") }
        return Finding(
            name, .warning,
            "\(asset): this host's clock and the server's are \(Int(skew)) seconds apart, so ages are told wrongly.",
            remedy: "Let both hosts set their clocks by NTP.")
    }

    private func privileges(_ survey: PrivilegeSurvey) -> Finding {
        let name = "\(asset).privileges"
        if let problem = survey.problem { return Finding(name, failure: problem) }
        return Finding(
            name, .good,
            "\(asset): the login \(survey.login) may read all of \(count: survey.tables) {table|tables}, \(count: survey.sequences) {sequence|sequences} and \(count: survey.largeObjects) large {object|objects}."
        )
    }

    private func extensions(_ survey: PrivilegeSurvey) -> Finding? {
        guard !survey.extensions.isEmpty else { return nil }
        let list = survey.extensions.map { "\($0.name) \($0.version)" }.joined(separator: ", ")
        return Finding("\(asset).extensions", .good, "\(asset): extensions \(list).")
    }

    private func programs(_ major: Int) -> [Finding] {
        var findings: [Finding] = []
        do throws(PostgresError) {
            let dump = try Installation.forDump(server: major)
            findings.append(Finding("\(asset).pg_dump", .good, "\(asset): definitions are read with pg_dump \(dump.version)."))
        } catch { findings.append(Finding("\(asset).pg_dump", failure: error)) }
        do throws(PostgresError) {
            let sandbox = try Installation.forSandbox(atLeast: major)
            findings.append(
                Finding("\(asset).sandbox", .good, "\(asset): drills restore into a server of \(sandbox.description)."))
        } catch {
            // A backup works without; a drill does not.
            findings.append(Finding("\(asset).sandbox", .warning, error.message, remedy: error.hint))
        }
        return findings
    }
}
