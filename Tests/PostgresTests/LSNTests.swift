import Foundation
import Postgres
import Testing

struct LSNTests {
    @Test(arguments: [("0/0", UInt64(0)), ("16/B374D848", 0x16_B374_D848), ("FFFFFFFF/FFFFFFFF", UInt64.max), ("1/0", 1 << 32)])
    func itReadsAndWritesAsPostgreSQLDoes(text: String, value: UInt64) throws {
        let lsn = try #require(LSN(text))
        #expect(lsn.value == value)
        #expect(lsn.description == text)
        #expect(try JSONDecoder().decode([LSN].self, from: JSONEncoder().encode([lsn])) == [lsn])
    }

    @Test(arguments: ["", "/", "0", "0/", "/0", "0/0/0", "-1/0", "+1/0", "1/123456789", "G/0", "0/٣", " 0/0"])
    func anythingElseIsRefused(text: String) {
        #expect(LSN(text) == nil)
    }

    @Test func itIsOrderedByPosition() throws {
        #expect(try #require(LSN("0/FFFFFFFF")) < #require(LSN("1/0")))
    }

    @Test func versionsAreOrderedAndNamed() {
        #expect(ServerVersion(number: 150_020).major == 15)
        #expect(ServerVersion(number: 150_020).description == "15.20")
        #expect(ServerVersion(number: 150_020) < ServerVersion(number: 180_001))
    }
}
