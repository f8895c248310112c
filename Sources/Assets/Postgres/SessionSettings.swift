internal import Postgres

/// What is fixed in every session that reads or writes rows or definitions, so that no setting of a server, database or role
/// leaks into their text: the same data must give the same bytes wherever it lives.
enum SessionSettings {
    /// On top of `Connection.plainSettings`: `money` and XML are the two types whose text hangs on something else.
    static let connection = Connection.plainSettings.merging(["lc_monetary": "C", "xmloption": "content"]) { _, ours in ours }

    /// For `pg_dump`, `pg_restore` and `psql`, which make their own connections.
    static func environment(for connection: ConnectionString) -> [String: String] {
        var environment = connection.environment
        let options = [
            "timezone": "UTC", "datestyle": "ISO", "intervalstyle": "postgres", "extra_float_digits": "3", "bytea_output": "hex",
            "standard_conforming_strings": "on", "lc_monetary": "C", "xmloption": "content", "statement_timeout": "0",
            "idle_in_transaction_session_timeout": "0",
        ]
        let ours = options.sorted { $0.key < $1.key }.map { "-c \($0.key)=\($0.value)" }.joined(separator: " ")
        environment["PGOPTIONS"] = [environment["PGOPTIONS"], ours].compactMap(\.self).joined(separator: " ")
        environment["PGAPPNAME"] = "reprise"
        // The programs' own messages are searched for the entry that failed.
        environment["LC_ALL"] = "C"
        return environment
    }
}
