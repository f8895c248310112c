internal import Postgres

/// `settings.sql`: what belongs to the database itself and yet is in no dump of it: settings, rights, comment. It applies to the
/// current database, whatever it is called; what is refused becomes a warning.
struct SettingsScript {
    let manifest: PostgresManifest

    struct Statement {
        /// Without the value, which may be a secret: "setting app.key".
        let title: String
        /// The body of a DO block.
        let body: String
    }

    /// - Parameter present: settings that the database has already.
    func statements(besides present: [PostgresManifest.Setting] = []) -> [Statement] {
        var statements = manifest.settings.filter { $0.isForDatabase && !present.contains($0) }.map { setting in
            Statement(
                title: "setting \(setting.name)" + (setting.role.map { " of role \($0)" } ?? ""),
                body: RolesScript.statement(for: setting))
        }
        if let comment = manifest.database.comment {
            statements.append(
                Statement(
                    title: "comment on the database",
                    body: Self.onDatabase("COMMENT ON DATABASE %I IS " + SQL.literal(comment).replacing("%", with: "%%"))))
        }
        if let grants = manifest.databaseGrants {
            statements.append(
                Statement(
                    title: "rights of everybody on the database", body: Self.onDatabase("REVOKE ALL ON DATABASE %I FROM PUBLIC")))
            for grant in grants {
                let role = grant.role.map { SQL.identifier($0).replacing("%", with: "%%") } ?? "PUBLIC"
                statements.append(
                    Statement(
                        title: "right \(grant.privilege) on the database",
                        body: Self.onDatabase(
                            "GRANT \(grant.privilege) ON DATABASE %I TO \(role)\(grant.isGrantable ? " WITH GRANT OPTION" : "")"))
                )
            }
        }
        return statements
    }

    var text: String {
        "-- What belongs to the database itself; applies to the current one.\n\n"
            + statements().map { RolesScript.tolerant($0.body) }.joined()
    }

    private static func onDatabase(_ format: String) -> String {
        "EXECUTE pg_catalog.format(\(SQL.literal(format)), pg_catalog.current_database());"
    }
}
