import Foundation
import Language
import Postgres
import TestServers
import Testing

struct ConnectionStringTests {
    private let secret = "hunter2secret"

    @Test func urlsAndPairsAreReadAsLibpqReadsThem() throws {
        for text in [
            "postgresql://ann:hunter2secret@db.example:6543/shop?sslmode=require",
            "postgres://ann:hunter2secret@db.example:6543/shop?sslmode=require",
            "host=db.example port=6543 user=ann password='hunter2secret' dbname=shop sslmode=require",
            "  postgresql://ann:hunter2secret@db.example:6543/shop?sslmode=require\n",
        ] {
            let connection = try ConnectionString(text)
            #expect(connection.host == "db.example")
            #expect(connection.port == "6543")
            #expect(connection.user == "ann")
            #expect(connection.database == "shop")
            #expect(
                connection.environment == [
                    "PGHOST": "db.example", "PGPORT": "6543", "PGUSER": "ann", "PGPASSWORD": secret, "PGDATABASE": "shop",
                    "PGSSLMODE": "require",
                ])
        }
    }

    @Test func nothingThatPrintsShowsThePassword() throws {
        let connection = try ConnectionString("postgresql://ann:hunter2secret@db.example/shop?sslpassword=hunter2secret")
        var dumped = ""
        dump(connection, to: &dumped)
        for text in [
            "\(connection)", String(reflecting: connection), String(describing: [connection]), dumped,
            "\(Mirror(reflecting: connection).children.map(\.value))",
        ] {
            #expect(!text.contains(secret))
        }
        #expect(connection.description == "postgresql://ann@db.example:5432/shop")
        #expect(connection.redacting("wrong \(secret)!") == "wrong •••!")
    }

    @Test(arguments: [
        "", "hunter2secret", "postgresql://ann:hunter2secret@db:hunter2secret/x", "postgresql://ann:p@hunter2secret@db/x",
        "postgresql://ann:1/hunter2secret@db/x", "postgresql://ann:hunter2/secret@db/x", "host=db port=hunter2secret",
        "postgresql://ann:hunter2/secret@db/x?hunter2secret",
        "host=db password=hunter2secret nonsense=hunter2secret", "host=db password='hunter2secret",
        "postgresql://ann:%zzhunter2secret@db/x",
        "mysql://ann:hunter2secret@db/x", "host=db password=hunter2secret gssencmode=require", "host=a\0b password=hunter2secret",
    ])
    func whatCannotBeReadIsRefusedWithoutRepeatingIt(text: String) throws {
        // libpq takes the empty text for "all defaults".
        guard !text.isEmpty else {
            _ = try ConnectionString(text)
            return
        }
        let error = #expect(throws: PostgresError.self) { try ConnectionString(text) }
        #expect(error?.code == .badConnectionString)
        #expect(error?.exitStatus == .usage)
        #expect(error?.description.contains("hunter2") == false)
    }

    @Test func anotherDatabaseOfTheSameServer() throws {
        let connection = try ConnectionString("postgresql://ann:hunter2secret@db.example/shop").with(database: "a=b 'c'")
        #expect(connection.database == "a=b 'c'")
        #expect(connection.environment["PGPASSWORD"] == secret)
    }

    @Test func theEnvironmentFillsTheGaps() async throws {
        await #expect(processExitsWith: .success) {
            setenv("PGHOST", "elsewhere.example", 1)
            setenv("PGUSER", "bob", 1)
            setenv("PGPASSWORD", "hunter2secret", 1)
            let connection = try ConnectionString("port=6000")
            precondition(connection.host == "elsewhere.example" && connection.user == "bob" && connection.port == "6000")
            precondition(connection.database == "bob")
            // A child inherits the rest.
            precondition(connection.environment == ["PGPORT": "6000"])
            precondition(connection.redacting("hunter2secret") == "•••")
        }
    }

    @Test func anAddressOfTheEnvironmentDoesNotOutdoAGivenHost() async throws {
        let server = try await TestServers.server()
        let socket = TestServers.url(server.connection())
        let tcp = TestServers.url(try server.loopback("postgres"))
        await #expect(processExitsWith: .success) { [socket = socket as String, tcp = tcp as String] in
            // An address where nobody listens.
            setenv("PGHOSTADDR", "127.0.0.77", 1)
            let rows = try await Connection.open(try ConnectionString(tcp)).rows("SELECT 1")
            precondition(rows == [["1"]])
            do {
                _ = try await Connection.open(try ConnectionString(socket))
                preconditionFailure("connected")
            } catch {
                precondition("\(error)".contains("PGHOSTADDR"))
            }
            let inherited = try ConnectionString(socket).environment["PGHOSTADDR"]
            precondition(inherited == "")
        }
    }
}
