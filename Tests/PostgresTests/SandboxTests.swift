import Postgres
import TestServers
import Testing

struct SandboxTests {
    @Test(arguments: TestServers.majors)
    func aSharedServerAnswers(major: Int) async throws {
        let database = try await TestServers.freshDatabase(major)
        let connection = try await Connection.open(database)
        #expect(connection.serverVersion.major == major)
        #expect(try await connection.rows("SELECT 1 + 1, NULL, 'é'") == [["2", nil, "é"]])
        await connection.close()
    }
}
