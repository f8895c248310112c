internal import Postgres

/// `roles.sql`: the roles without passwords. It may be run again and again, and by a login that may not make every role: what is
/// refused becomes a warning.
struct RolesScript {
    let roles: [PostgresManifest.Role]
    let memberships: [PostgresManifest.Membership]
    let settings: [PostgresManifest.Setting]

    init(_ manifest: PostgresManifest) {
        roles = manifest.roles
        memberships = manifest.memberships
        settings = manifest.settings.filter { !$0.isForDatabase }
    }

    var text: String {
        var text = "-- Roles of the server, without passwords: set those anew.\n\n"
        for role in roles { text += Self.tolerant(Self.creation(of: role, limited: false), unless: Self.exists(role.name)) }
        for membership in memberships { text += Self.tolerant(Self.grant(membership, server: nil)) }
        for setting in settings { text += Self.tolerant(Self.statement(for: setting)) }
        return text
    }

    /// `limited`: without anything that only a superuser may give, and without the right to log in.
    static func creation(of role: PostgresManifest.Role, limited: Bool) -> String {
        var words = ["CREATE ROLE", SQL.identifier(role.name), role.inherits ? "INHERIT" : "NOINHERIT"]
        if !limited {
            words += [
                role.isSuperuser ? "SUPERUSER" : nil, role.createsRoles ? "CREATEROLE" : nil,
                role.createsDatabases ? "CREATEDB" : nil,
                role.canLogIn ? "LOGIN" : nil, role.replicates ? "REPLICATION" : nil,
                role.bypassesRowSecurity ? "BYPASSRLS" : nil,
                role.connectionLimit >= 0 ? "CONNECTION LIMIT \(role.connectionLimit)" : nil,
                role.validUntil.map { "VALID UNTIL " + SQL.literal($0) },
            ].compactMap(\.self)
        }
        var statements = words.joined(separator: " ") + ";"
        if let comment = role.comment {
            statements += "\nCOMMENT ON ROLE \(SQL.identifier(role.name)) IS \(SQL.literal(comment));"
        }
        return statements
    }

    static func exists(_ role: String) -> String {
        "EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = \(SQL.literal(role)))"
    }

    /// Options that the server of major `server` knows; nil asks the server at run time.
    static func grant(_ membership: PostgresManifest.Membership, server major: Int?) -> String {
        let plain = "GRANT \(SQL.identifier(membership.role)) TO \(SQL.identifier(membership.member))"
        let old = plain + (membership.admin ? " WITH ADMIN OPTION" : "")
        guard let inherits = membership.inherits, let sets = membership.sets else { return old + ";" }
        let new =
            plain
            + " WITH ADMIN \(membership.admin ? "TRUE" : "FALSE"), INHERIT \(inherits ? "TRUE" : "FALSE"), SET \(sets ? "TRUE" : "FALSE")"
        guard let major else {
            return """
                IF pg_catalog.current_setting('server_version_num')::int >= 160000 THEN
                    EXECUTE \(SQL.literal(new));
                  ELSE
                    EXECUTE \(SQL.literal(old));
                  END IF;
                """
        }
        return (major >= 16 ? new : old) + ";"
    }

    /// `ALTER ROLE … SET` or `ALTER DATABASE … SET` for the current database, whatever it is called.
    static func statement(for setting: PostgresManifest.Setting) -> String {
        let value = Self.value(of: setting)
        let assignment = "SET \(SQL.identifier(setting.name)) TO \(value)"
        let isCustom = setting.name.contains(".")
        // A setting of an extension is a name of two parts.
        let named =
            isCustom
            ? "SET \(setting.name.split(separator: ".").map { SQL.identifier(String($0)) }.joined(separator: ".")) TO \(value)"
            : assignment
        switch (setting.role, setting.isForDatabase) {
        case (let role?, false): return "ALTER ROLE \(SQL.identifier(role)) \(named);"
        case (let role?, true):
            return
                "EXECUTE pg_catalog.format('ALTER ROLE %I IN DATABASE %I %s', \(SQL.literal(role)), pg_catalog.current_database(), \(SQL.literal(named)));"
        case (nil, true):
            return "EXECUTE pg_catalog.format('ALTER DATABASE %I %s', pg_catalog.current_database(), \(SQL.literal(named)));"
        case (nil, false): return "ALTER ROLE ALL \(named);"
        }
    }

    /// Settings that are lists of names are stored as lists; as one constant they would become one odd name.
    private static func value(of setting: PostgresManifest.Setting) -> String {
        guard listSettings.contains(setting.name.lowercased()) else { return SQL.literal(setting.value) }
        let names = Self.names(in: setting.value)
        return names.isEmpty ? "''" : names.map(SQL.literal).joined(separator: ", ")
    }

    private static let listSettings: Set<String> = [
        "local_preload_libraries", "search_path", "session_preload_libraries", "shared_preload_libraries", "temp_tablespaces",
        "unix_socket_directories",
    ]

    /// Splits `app, "Odd, name"`.
    static func names(in list: String) -> [String] {
        var names: [String] = []
        var current = ""
        var isQuoted = false
        var wasQuoted = false
        func end() {
            if wasQuoted || !current.isEmpty { names.append(current) }
            current = ""
            wasQuoted = false
        }
        for character in list {
            switch character {
            case "\"":
                if !isQuoted, wasQuoted { current.append("\"") }
                isQuoted.toggle()
                wasQuoted = true
            case "," where !isQuoted: end()
            case " " where !isQuoted: break
            default: current.append(character)
            }
        }
        end()
        return names
    }

    /// One statement that must not stop the script.
    static func tolerant(_ statements: String, unless condition: String? = nil) -> String {
        let body = condition.map { "IF NOT \($0) THEN\n  \(statements)\n  END IF;" } ?? statements
        return "DO "
            + dollarQuoted(
                "\nBEGIN\n  \(body)\nEXCEPTION WHEN OTHERS THEN\n  RAISE WARNING '%', SQLERRM;\nEND\n") + ";\n\n"
    }
}
