import Testing

@testable import Assets

@Suite("Scripts beside the rows")
struct ScriptsTests {
    @Test(
        "Lists of names are taken apart",
        arguments: [
            ("app, public", ["app", "public"]), ("\"$user\", public", ["$user", "public"]),
            ("\"Odd, \"\"name\"\"\"", ["Odd, \"name\""]), ("\"\"", [""]),
            ("", []),
        ])
    func lists(_ text: String, _ names: [String]) {
        #expect(RolesScript.names(in: text) == names)
    }

    @Test("A list of names is set as one, a text as it stands")
    func settings() {
        func statement(_ name: String, _ value: String) -> String {
            RolesScript.statement(for: .init(role: "a", isForDatabase: false, name: name, value: value))
        }
        #expect(statement("search_path", "app, \"x, y\"") == #"ALTER ROLE "a" SET "search_path" TO 'app', 'x, y';"#)
        #expect(statement("application_name", "it's, x") == #"ALTER ROLE "a" SET "application_name" TO 'it''s, x';"#)
        #expect(statement("app.key", "x") == #"ALTER ROLE "a" SET "app"."key" TO 'x';"#)
    }

    @Test("Dollar quotes avoid what they quote")
    func dollars() {
        #expect(dollarQuoted("x") == "$reprise$x$reprise$")
        #expect(dollarQuoted("$reprise$ $reprise1$") == "$reprise2$$reprise$ $reprise1$$reprise2$")
    }

    @Test("Materialized views come after those they need")
    func refresh() {
        let views = ["a", "b", "c"].enumerated().map { index, name in
            PostgresManifest.MaterializedView(schema: "s", name: name, oid: UInt32(index + 1), isPopulated: name != "b")
        }
        let ordered = RefreshScript.ordered(views, needs: [1: [2], 2: [3]])
        #expect(ordered.map(\.name) == ["c", "b", "a"])
        #expect(RefreshScript.text(ordered) == "REFRESH MATERIALIZED VIEW \"s\".\"c\";\nREFRESH MATERIALIZED VIEW \"s\".\"a\";\n")
    }

    @Test(
        "Durations are said in seconds",
        arguments: [(10_000, "10 s"), (500, "0.5 s"), (1_250, "1.25 s"), (1, "0.001 s")] as [(Int, String)])
    func durations(_ milliseconds: Int, _ text: String) {
        #expect(Duration.milliseconds(milliseconds).formattedSeconds == text)
    }
}
