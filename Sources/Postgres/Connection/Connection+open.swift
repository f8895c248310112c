internal import CPostgres
internal import Language

extension Connection {
    /// What makes text results and COPY rows the same whatever a database's or a user's own settings are, lets nothing time out,
    /// shows every row or fails (`row_security = off`), reads tables from their beginning, and leaves no name to be found by
    /// accident (`search_path`).
    public static let plainSettings: [String: String] = [
        "timezone": "UTC",
        "datestyle": "ISO",
        "intervalstyle": "postgres",
        "extra_float_digits": "3",
        "bytea_output": "hex",
        "xmloption": "content",
        "standard_conforming_strings": "on",
        "row_security": "off",
        "synchronize_seqscans": "off",
        "statement_timeout": "0",
        "idle_in_transaction_session_timeout": "0",
        "idle_session_timeout": "0",
        "transaction_timeout": "0",
        "search_path": "",
    ]

    /// Settings of `plainSettings` that older majors lack, with the first major that has them.
    private static let newerSettings = ["idle_session_timeout": 14, "transaction_timeout": 17]

    /// Connects, logs in and applies `settings` to the session.
    ///
    /// Each address of the server gets `connect_timeout` seconds of the connection string, or 30. Throws `connectionFailed`,
    /// `authenticationFailed`, `cancelled`, and `sqlError` for a setting that the server refuses.
    public static func open(
        _ target: ConnectionString, applicationName: String = "reprise", settings: [String: String] = Connection.plainSettings
    ) async throws(PostgresError) -> Connection {
        guard let wake = Wake() else {
            throw PostgresError(.connectionFailed, "This process has too many open files to make another connection.")
        }
        let thread = DedicatedThread("postgres connection")
        let opening = Opening(thread)
        let cancellation = Cancellation(wake: wake)
        let outcome: Result<Connection, PostgresError> = await watching(cancellation) {
            await opening.open(target, applicationName, settings, wake, cancellation)
        }
        switch outcome {
        case .success(let connection): return connection
        case .failure(let error):
            thread.stop()
            throw error
        }
    }

    /// The settings that a server of `version` knows.
    private static func known(_ settings: [String: String], to version: ServerVersion) -> [String: String] {
        settings.filter { newerSettings[$0.key, default: 0] <= version.major }
    }

    /// Does the work of `open` on the connection's thread, where blocking is allowed.
    private actor Opening {
        private nonisolated let thread: DedicatedThread
        nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

        init(_ thread: DedicatedThread) { self.thread = thread }

        func open(
            _ target: ConnectionString, _ applicationName: String, _ settings: [String: String], _ wake: Wake,
            _ cancellation: Cancellation
        ) -> Result<Connection, PostgresError> {
            Result { () throws(PostgresError) in
                let session = try Session.connect(to: target, applicationName: applicationName, wake: wake, cancellation)
                let version = ServerVersion(number: Int(PQserverVersion(session.handle)))
                try session.apply(Connection.known(settings, to: version), cancellation)
                return Connection(session, thread: thread, wake: wake, serverVersion: version)
            }
        }
    }
}

extension Session {
    /// Applies settings in one statement. Statements are sent as UTF-8 wherever the server can convert it.
    fileprivate func apply(_ settings: [String: String], _ cancellation: Cancellation) throws(PostgresError) {
        var settings = settings
        // Bytes of these two have no meaning in Unicode.
        let isForeign = ["SQL_ASCII", "MULE_INTERNAL"].contains(dataEncoding)
        textEncoding = settings["client_encoding"] ?? (isForeign ? dataEncoding : "UTF8")
        settings["client_encoding"] = textEncoding
        let calls = settings.keys.sorted().map { name in
            "pg_catalog.set_config(\(SQL.literal(name)), \(SQL.literal(settings[name] ?? "")), false)"
        }
        _ = try rows("SELECT " + calls.joined(separator: ", "), [], cancellation)
    }
}
