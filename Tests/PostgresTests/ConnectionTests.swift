import Foundation
import Language
import Postgres
import TestServers
import Testing

struct ConnectionTests {
    @Test(arguments: TestServers.majors)
    func valuesComeAsTextAndNullAsNil(major: Int) async throws {
        let connection = try await Connection.open(try await TestServers.freshDatabase(major))
        #expect(connection.serverVersion.major == major)
        #expect(connection.dataEncoding == "UTF8")
        let rows = try await connection.rows(
            "SELECT g, $1::text, NULL, $2::int + g FROM generate_series(1, 2) g", ["d'été", "40"])
        #expect(rows == [["1", "d'été", nil, "41"], ["2", "d'été", nil, "42"]])
        #expect(try await connection.rows("SELECT $1::text IS NULL", [nil]) == [["t"]])
        #expect(try await connection.rows("SELECT 1 WHERE false").isEmpty)
        #expect(try await connection.rows("SELECT").count == 1)
        #expect(try await connection.rows("").isEmpty)
    }

    @Test func severalStatementsAreOneTransaction() async throws {
        let connection = try await Connection.open(try await TestServers.freshDatabase())
        let error = await postgresError {
            try await connection.execute(
                "CREATE TABLE public.a (); CREATE TABLE public.b (); SELECT 1/0; CREATE TABLE public.c ()")
        }
        #expect(error?.sqlState == "22012")
        #expect(try await connection.rows("SELECT to_regclass('public.a'), to_regclass('public.c')") == [[nil, nil]])
        try await connection.execute("CREATE TABLE public.a (); SELECT 1; CREATE TABLE public.b ()")
        #expect(try await connection.rows("SELECT to_regclass('public.b')") == [["public.b"]])
    }

    @Test func rowsTakesOneStatementOnly() async throws {
        let connection = try await Connection.open(try await TestServers.freshDatabase())
        #expect(await postgresError { _ = try await connection.rows("SELECT 1; SELECT 2") }?.code == .sqlError)
        #expect(try await connection.rows("SELECT 3") == [["3"]])
    }

    @Test func aZeroByteNeverReachesTheServer() async throws {
        let connection = try await Connection.open(try await TestServers.freshDatabase())
        #expect(await postgresError { try await connection.execute("SELECT 1 \0 garbage") }?.code == .sqlError)
        #expect(await postgresError { _ = try await connection.rows("SELECT $1", ["a\0b"]) }?.code == .sqlError)
        #expect(try await connection.rows("SELECT 1") == [["1"]])
    }

    @Test(arguments: TestServers.majors)
    func sessionsArePlainWhateverTheDatabaseIsSetTo(major: Int) async throws {
        let database = try await TestServers.freshDatabase(major)
        let name = SQL.identifier(database.database ?? "")
        let setup = try await Connection.open(database)
        let odd = [
            "timezone": "Asia/Tokyo", "datestyle": "German", "intervalstyle": "iso_8601", "extra_float_digits": "0",
            "bytea_output": "escape", "standard_conforming_strings": "off", "statement_timeout": "20", "search_path": "public",
            "client_encoding": "LATIN1", "row_security": "on", "synchronize_seqscans": "on", "xmloption": "document",
        ]
        for (setting, value) in odd { try await setup.execute("ALTER DATABASE \(name) SET \(setting) = \(SQL.literal(value))") }
        let connection = try await Connection.open(database)
        let rows = try await connection.rows(
            """
            SELECT '2026-02-03 04:05:06+00'::timestamptz, '1 day'::interval, 0.1::float8 + 0.2, '\\x00ff'::bytea, 'a\\b',
              current_setting('search_path'), current_setting('client_encoding'), current_setting('row_security'), pg_sleep(0.05)
            """)
        #expect(rows == [["2026-02-03 04:05:06+00", "1 day", "0.30000000000000004", "\\x00ff", "a\\b", "", "UTF8", "off", ""]])
        let known = try await connection.rows(
            "SELECT name FROM pg_settings WHERE name = ANY ($1) AND setting <> '0'",
            ["{statement_timeout,idle_in_transaction_session_timeout,idle_session_timeout,transaction_timeout}"])
        #expect(known.isEmpty)
    }

    @Test func aSettingOfOnesOwnIsApplied() async throws {
        let database = try await TestServers.freshDatabase()
        let settings = Connection.plainSettings.merging(["lock_timeout": "123ms", "reprise.note": "d'accord \\o/"]) { $1 }
        let connection = try await Connection.open(database, applicationName: "reprise test", settings: settings)
        #expect(
            try await connection.rows(
                "SELECT current_setting('lock_timeout'), current_setting('reprise.note'), current_setting('application_name')")
                == [["123ms", "d'accord \\o/", "reprise test"]])
        let error = await postgresError { _ = try await Connection.open(database, settings: ["no_such_setting": "1"]) }
        #expect(error?.code == .sqlError)
        #expect(error?.description.contains("no_such_setting") == true)
    }

    @Test func aLockThatIsNotToBeHadIsToldAsSuch() async throws {
        let database = try await TestServers.freshDatabase()
        let holder = try await Connection.open(database)
        try await holder.execute("CREATE TABLE public.t ()")
        try await holder.execute("BEGIN; LOCK TABLE public.t IN ACCESS EXCLUSIVE MODE")
        let connection = try await Connection.open(
            database, settings: Connection.plainSettings.merging(["lock_timeout": "50ms"]) { $1 })
        let error = await postgresError { _ = try await connection.copyOut("COPY public.t TO STDOUT") { _ in } }
        #expect(error?.code == .lockTimeout)
        #expect(error?.sqlState == "55P03")
        #expect(error?.exitStatus == .busy)
        #expect(await postgresError { try await connection.execute("BEGIN; LOCK TABLE public.t NOWAIT") }?.code == .lockTimeout)
        try await connection.execute("ROLLBACK")
        #expect(await postgresError { _ = try await connection.rows("SELECT FROM public.t") }?.code == .lockTimeout)
        await holder.close()
    }

    @Test func whatIsNotPermittedEndsWithItsOwnStatus() async throws {
        let database = try await TestServers.freshDatabase()
        let connection = try await Connection.open(database)
        try await connection.execute(
            "CREATE TABLE public.t (); CREATE ROLE nothing_\(database.database ?? ""); SET ROLE nothing_\(database.database ?? "")"
        )
        let error = await postgresError { _ = try await connection.rows("SELECT FROM public.t") }
        #expect(error?.code == .sqlError)
        #expect(error?.exitStatus == .notPermitted)
    }

    @Test func aTimeoutOfTheServerIsNoCancellation() async throws {
        let connection = try await Connection.open(
            try await TestServers.freshDatabase(), settings: ["statement_timeout": "50ms"])
        let error = await postgresError { _ = try await connection.rows("SELECT pg_sleep(60)") }
        #expect(error?.code == .sqlError)
        #expect(error?.sqlState == "57014")
    }

    @Test func aCopyAmongStatementsIsAMistakeThatIsTold() async throws {
        let database = try await TestServers.freshDatabase()
        for sql in ["COPY (SELECT 1) TO STDOUT", "CREATE TABLE public.t (a int); COPY public.t FROM STDIN"] {
            let connection = try await Connection.open(database)
            #expect(await postgresError { try await connection.execute(sql) }?.code == .sqlError)
            #expect(await postgresError { try await connection.execute("SELECT 1") }?.code == .connectionLost)
        }
    }

    @Test func aClosedConnectionSaysSo() async throws {
        let connection = try await Connection.open(try await TestServers.freshDatabase())
        await connection.close()
        await connection.close()
        #expect(await postgresError { _ = try await connection.rows("SELECT 1") }?.code == .connectionLost)
    }

    @Test func theSessionEndsWithTheLastReference() async throws {
        let database = try await TestServers.freshDatabase()
        let watcher = try await Connection.open(database)
        func process() async throws -> String? {
            try await Connection.open(database).rows("SELECT pg_backend_pid()")[0][0]
        }
        let gone = try await process() ?? ""
        try await watcher.waitUntil("SELECT NOT EXISTS (SELECT FROM pg_stat_activity WHERE pid = \(gone))")
    }

    /// Twenty connections wait at once: on shared threads, of which there are as many as processors, most would not even begin
    /// to.
    @Test(.timeLimit(.minutes(2))) func connectionsWorkSideBySide() async throws {
        let database = try await TestServers.freshDatabase()
        let holder = try await Connection.open(database)
        _ = try await holder.rows("SELECT pg_advisory_lock(1)::text")
        try await withThrowingTaskGroup { group in
            for _ in 0..<20 {
                group.addTask {
                    let connection = try await Connection.open(database)
                    _ = try await connection.rows("SELECT pg_advisory_lock_shared(1)::text")
                }
            }
            try await holder.waitUntil(
                """
                SELECT count(*) = 20 FROM pg_locks l JOIN pg_database d ON d.oid = l.database
                WHERE d.datname = current_database() AND locktype = 'advisory' AND NOT granted
                """)
            _ = try await holder.rows("SELECT pg_advisory_unlock(1)")
            try await group.waitForAll()
        }
    }
}
