internal import Postgres

/// `settings.sql`: what belongs to the database itself and yet is in no dump of it: settings, rights, comment. It applies to the
/// current database, whatever it is called; what is refused becomes a warning.
struct SettingsScript {
    let manifest: PostgresManifest

    /// Each is the body of a DO block.
    var statements: [String] {
        var statements = manifest.settings.filter(\.isForDatabase).map(RolesScript.statement)
        if let comment = manifest.database.comment {
            statements.append(Self.onDatabase("COMMENT ON DATABASE %I IS " + SQL.literal(comment).replacing("%", with: "%%")))
        }
        if let grants = manifest.databaseGrants {
            statements.append(Self.onDatabase("REVOKE ALL ON DATABASE %I FROM PUBLIC"))
            for grant in grants {
                let role = grant.role.map { SQL.identifier($0).replacing("%", with: "%%") } ?? "PUBLIC"
                statements.append(
                    Self.onDatabase(
                        "GRANT \(grant.privilege) ON DATABASE %I TO \(role)\(grant.isGrantable ? " WITH GRANT OPTION" : "")"))
            }
        }
        return statements
    }

    var text: String {
        "-- What belongs to the database itself; applies to the current one.\n\n"
            + statements.map { RolesScript.tolerant($0) }.joined()
    }

    private static func onDatabase(_ format: String) -> String {
        "EXECUTE pg_catalog.format(\(SQL.literal(format)), pg_catalog.current_database());"
    }
}
