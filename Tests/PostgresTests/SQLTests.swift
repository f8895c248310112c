import Postgres
import TestServers
import Testing

struct SQLTests {
    private static let texts = [
        "", "a", "d'été", "a\"b", "'; DROP TABLE x; --", "back\\slash", "\\", "'\\'", "e\u{301}'\u{301}", "\"\u{301}",
        "line\nline\ttab", "$1 $$",
        "𝕏", String(repeating: "'", count: 50),
    ]

    @Test(arguments: ["on", "off"])
    func literalsReadBackUnderEverySetting(standardConformingStrings: String) async throws {
        let connection = try await Connection.open(
            try await TestServers.freshDatabase(),
            settings: ["standard_conforming_strings": standardConformingStrings, "escape_string_warning": "off"])
        for text in Self.texts {
            #expect(try await connection.rows("SELECT\(SQL.literal(text))") == [[text]])
            #expect(try await connection.rows("SELECT x=\(SQL.literal(text)) FROM (VALUES ($1::text)) v(x)", [text]) == [["t"]])
        }
    }

    @Test func identifiersReadBack() async throws {
        let connection = try await Connection.open(try await TestServers.freshDatabase())
        for text in Self.texts where !text.isEmpty {
            try await connection.execute("CREATE TEMPORARY TABLE \(SQL.identifier(text)) ()")
            #expect(try await connection.rows("SELECT count(*) FROM pg_class WHERE relname = $1", [text]) == [["1"]])
        }
        #expect(SQL.identifier("a\"b", "c") == "\"a\"\"b\".\"c\"")
    }
}
