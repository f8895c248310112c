import Foundation
import Language
import Postgres
import TestServers
import Testing

struct ConnectFailureTests {
    private let secret = "hunter2secret"

    @Test func aWrongPasswordIsAMatterOfLoginAndIsNotRepeated() async throws {
        let server = try await TestServers.server()
        let right = try server.loopback("postgres")
        let wrong = right.with(user: "postgres", password: secret)
        let error = await postgresError { _ = try await Connection.open(wrong) }
        #expect(error?.code == .authenticationFailed)
        #expect(error?.exitStatus == .notPermitted)
        expectNoSecret(error)
        let missing = await postgresError { _ = try await Connection.open(right.with(user: "postgres", password: nil)) }
        #expect(missing?.code == .authenticationFailed)
    }

    @Test func aMissingDatabaseIsNamed() async throws {
        let server = try await TestServers.server()
        let error = await postgresError { _ = try await Connection.open(server.connection(database: "nowhere at all")) }
        #expect(error?.code == .connectionFailed)
        #expect(error?.description.contains("nowhere at all") == true)
    }

    @Test(arguments: ["postgresql://u:hunter2secret@127.0.0.1:1/d", "host=/nowhere password=hunter2secret user=u dbname=d"])
    func whereNobodyListensThatIsToldAtOnce(text: String) async throws {
        let started = ContinuousClock.now
        let error = await postgresError { _ = try await Connection.open(try ConnectionString(text)) }
        #expect(error?.code == .connectionFailed)
        #expect(error?.exitStatus == .unreachable)
        #expect(ContinuousClock.now - started < .seconds(100))
        expectNoSecret(error)
    }

    @Test func aHostNameThatDoesNotExistIsTold() async throws {
        let error = await postgresError {
            _ = try await Connection.open(try ConnectionString("postgresql://u:hunter2secret@no.such.host.invalid/d"))
        }
        #expect(error?.code == .connectionFailed)
        #expect(error?.description.contains("no.such.host.invalid") == true)
        expectNoSecret(error)
    }

    @Test func aServerThatDoesNotAnswerIsGivenUpInTime() async throws {
        let silent = try SilentServer()
        let started = ContinuousClock.now
        let error = await postgresError { _ = try await Connection.open(try ConnectionString(silent.url + "&connect_timeout=2")) }
        #expect(error?.code == .connectionFailed)
        #expect(error?.description.contains("2 seconds") == true)
        #expect((.seconds(1.5)...(.seconds(110))).contains(ContinuousClock.now - started))
        expectNoSecret(error)
    }

    @Test func aServerThatHangsUpIsTold() async throws {
        let silent = try SilentServer()
        async let hangUp: Void = silent.hangUp()
        let error = await postgresError { _ = try await Connection.open(try ConnectionString(silent.url)) }
        try await hangUp
        #expect(error?.code == .connectionFailed)
        expectNoSecret(error)
    }

    @Test func theNextHostIsTriedWhenOneDoesNotAnswer() async throws {
        let silent = try SilentServer()
        let server = try await TestServers.server()
        let right = try server.loopback("postgres")
        let url = TestServers.url(right).replacingOccurrences(
            of: "@127.0.0.1:", with: "@127.0.0.1:\(silent.port),localhost:")
        let connection = try await Connection.open(try ConnectionString(url + "?connect_timeout=5"))
        #expect(try await connection.rows("SELECT 1") == [["1"]])
    }

    @Test func aServerWithoutTLSIsRefusedWhereTLSIsRequired() async throws {
        let server = try await TestServers.server()
        let url = TestServers.url(try server.loopback("postgres")) + "?sslmode=require"
        let error = await postgresError { _ = try await Connection.open(try ConnectionString(url)) }
        #expect(error?.code == .connectionFailed)
        #expect(error?.description.contains("SSL") == true)
    }

    @Test func aCertificateOfNobodyIsRefusedWhereItMustBeVerified() async throws {
        let url =
            TestServers.url(try await TLSServer.shared.server().loopback("postgres"))
            + "?sslmode=verify-full&sslrootcert=/etc/ssl/certs/ca-certificates.crt"
        let error = await postgresError { _ = try await Connection.open(try ConnectionString(url)) }
        #expect(error?.code == .connectionFailed)
    }

    private func expectNoSecret(_ error: PostgresError?, sourceLocation: SourceLocation = #_sourceLocation) {
        guard let error else {
            Issue.record("no error", sourceLocation: sourceLocation)
            return
        }
        for text in ["\(error)", String(describing: error), String(reflecting: error), error.message.rendered(in: .french)] {
            #expect(!text.contains(secret), sourceLocation: sourceLocation)
        }
    }
}
