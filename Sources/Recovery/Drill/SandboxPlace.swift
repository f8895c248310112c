import Assets
import Language
public import Postgres
public import SystemPackage

/// Where drills restore: a throw-away server of our own, or databases on a server that the plan names.
public enum SandboxPlace: Sendable {
    /// The folder under which throw-away servers are made.
    case ownServer(under: FilePath)
    case namedServer(ConnectionString)

    /// A host that can take a snapshot of a server of this major version.
    func host(atLeast major: Int) async throws(PostgresError) -> any DatabaseHost {
        switch self {
        case .ownServer(let folder):
            return try await Sandbox.start(try Installation.forSandbox(atLeast: major), under: folder)
        case .namedServer(let connection):
            return try await ServerSandbox.open(on: connection)
        }
    }
}

extension DatabaseHost {
    /// An empty database that stores text as the source does. The source's locale is used where this machine knows it; else the C
    /// locale, in which texts are the same and sort by their bytes.
    ///
    /// - Returns: the database, and whether its locale is another.
    func createDatabase(like source: PostgresManifest.Database) async throws(PostgresError) -> (
        ConnectionString, isOtherLocale: Bool
    ) {
        let encoding = SQL.literal(source.encoding)
        do throws(PostgresError) {
            let options =
                "TEMPLATE template0 ENCODING \(encoding) LC_COLLATE \(SQL.literal(source.collation)) LC_CTYPE \(SQL.literal(source.characterType))"
            return (try await createDatabase(options: options), source.localeProvider != "libc")
        } catch {
            guard error.code == .sqlError else { throw error }
            return (
                try await createDatabase(options: "TEMPLATE template0 ENCODING \(encoding) LC_COLLATE 'C' LC_CTYPE 'C'"), true
            )
        }
    }
}
