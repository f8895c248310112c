import Foundation
import Language
import Postgres
import SystemPackage
import TestServers
import Testing

struct ProgramTests {
    private func shell(
        _ script: String, environment: some ProgramEnvironment = [String: String](),
        output: @escaping @Sendable (UnsafeRawBufferPointer) throws -> Void = { _ in }
    ) async throws(PostgresError) -> ProgramResult {
        try await Program.run("/bin/sh", arguments: ["-c", script], environment: environment, output: output)
    }

    @Test func outputAndStatusAndLastWordsComeBack() async throws {
        let bytes = Bytes()
        let result = try await shell("printf 'one\\ntwo'; echo complaint >&2; exit 3") { bytes.take($0) }
        #expect(bytes.text == "one\ntwo")
        #expect(result.status == 3)
        #expect(result.errorText == "complaint\n")
        let error = #expect(throws: PostgresError.self) { try result.checked() }
        #expect(error?.code == .programFailed)
        #expect(error?.description.contains("complaint") == true)
        try await shell("true").checked()
        #expect(try await shell("kill -9 $$").status == 128 + 9)
    }

    @Test func inputGoesInAndMuchOutputComesOut() async throws {
        let piece = (0..<1 << 20).map { UInt8(truncatingIfNeeded: $0) }
        let bytes = Bytes()
        let result = try await Program.run("/bin/cat", arguments: [], input: Pieces(Array(repeating: piece, count: 20))) {
            bytes.take($0)
        }
        #expect(result.succeeded)
        #expect(bytes.all == Array(repeating: piece, count: 20).flatMap { $0 })
        #expect(bytes.largestPiece <= 64 << 10)
    }

    @Test func slowOutputIsNotLostWhenTheProgramEnds() async throws {
        let bytes = Bytes()
        _ = try await shell("head -c 60000 /dev/zero") { piece in
            usleep(50_000)
            bytes.take(piece)
        }
        #expect(bytes.all.count == 60_000)
    }

    @Test func onlyTheEndOfAComplaintIsKept() async throws {
        let result = try await shell("head -c 1000000 /dev/zero | tr '\\0' x >&2; echo end >&2")
        #expect(result.errorText.utf8.count == 64 << 10)
        #expect(result.errorText.hasSuffix("xend\n"))
    }

    @Test func whatTheReceiverThrowsStopsTheProgram() async throws {
        struct Full: ExplainedError {
            let message: Phrase = "The vault is full."
            let exitStatus = ExitStatus.cannotWrite
        }
        let error = await postgresError {
            _ = try await shell("while true; do echo y; done") { _ in throw Full() }
        }
        #expect(error?.code == .programFailed)
        #expect(error?.cause is Full)
        #expect(error?.exitStatus == .cannotWrite)
        #expect(error?.description.contains("The vault is full.") == true)
    }

    @Test func aProgramNeverTakesHalfAnInputForTheWhole() async throws {
        struct Torn: Error {}
        let folder = try ScratchFolder()
        let mark = folder.path.appending("taken").string
        let error = await postgresError {
            _ = try await Program.run(
                "/bin/sh", arguments: ["-c", "cat >/dev/null; touch \(mark)"], input: Pieces([Array("half".utf8)], then: Torn()))
        }
        #expect(error?.cause is Torn)
        #expect(access(mark, F_OK) != 0)
    }

    @Test func aProgramMayStopReading() async throws {
        let result = try await Program.run(
            "/bin/sh", arguments: ["-c", "head -c 10 >/dev/null"],
            input: EndlessPieces(piece: [UInt8](repeating: 1, count: 1 << 16), taken: Counter()))
        #expect(result.succeeded)
    }

    @Test func aCancelledTaskEndsTheProgram() async throws {
        let begun = Counter()
        let process = Bytes()
        let task = Task {
            await postgresError {
                _ = try await shell("echo $$; exec sleep 600") {
                    process.take($0)
                    begun.add()
                }
            }
        }
        await begun.reach(1)
        let started = ContinuousClock.now
        task.cancel()
        #expect(await task.value?.code == .cancelled)
        #expect(ContinuousClock.now - started < .seconds(120))
        let id = try #require(pid_t(process.text.trimmingCharacters(in: .whitespacesAndNewlines)))
        #expect(kill(id, 0) != 0)
    }

    @Test func aMissingProgramIsNamed() async throws {
        let error = await postgresError { _ = try await Program.run("/nonexistent/pg_dump", arguments: []) }
        #expect(error?.code == .programFailed)
        #expect(error?.description.contains("/nonexistent/pg_dump") == true)
    }

    @Test func passwordsTravelInTheEnvironmentAndNeverComeBack() async throws {
        let connection = try ConnectionString("postgresql://ann:hunter2secret@db.example/shop")
        let bytes = Bytes()
        let result = try await shell("echo $PGUSER $PGPASSWORD; echo password $PGPASSWORD >&2; exit 1", environment: connection) {
            bytes.take($0)
        }
        #expect(bytes.text == "ann hunter2secret\n")
        #expect(result.errorText == "password •••\n")
        #expect(try await shell("echo $PGPASSWORD >&2", environment: connection.environment).errorText == "•••\n")
    }

    @Test(arguments: TestServers.majors)
    func theStockToolsReachTheDatabaseThroughIt(major: Int) async throws {
        let installation = TestServers.installation(major)
        let name = try await TestServers.freshDatabase(major).database ?? ""
        // With a password, over TCP.
        let database = try await TestServers.server(major).loopback(name)
        try await Program.run(
            installation.program("psql"), arguments: ["-X", "-v", "ON_ERROR_STOP=1"], environment: database,
            input: Pieces([Array("CREATE TABLE t (a int); INSERT INTO t SELECT generate_series(1, 1000);\n".utf8)])
        ).checked()
        let dump = Bytes()
        try await Program.run(installation.program("pg_dump"), arguments: ["-Fc", "--no-password"], environment: database) {
            dump.take($0)
        }.checked()
        #expect(dump.all.starts(with: Array("PGDMP".utf8)))
        // An empty name makes pg_restore connect to the one of the environment.
        try await Program.run(
            installation.program("pg_restore"), arguments: ["--clean", "--dbname="], environment: database,
            input: Pieces([dump.all])
        ).checked()
        let connection = try await Connection.open(database)
        #expect(try await connection.rows("SELECT count(*) FROM public.t") == [["1000"]])
    }
}
