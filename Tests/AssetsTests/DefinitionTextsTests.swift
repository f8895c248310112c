import Testing

@testable import Assets

@Suite("Dumps compared definition by definition")
struct DefinitionTextsTests {
    static func dump(_ parts: [(String, String)]) -> String {
        "SET x = 1;\n\n" + parts.map { "--\n-- Name: \($0.0); Type: TABLE; Schema: app; Owner: me\n--\n\n\($0.1)\n\n" }.joined()
            + "--\n-- PostgreSQL database dump complete\n--\n\n\\unrestrict reprise\n"
    }

    private func differences(_ left: String, _ right: String, acrossMajors: Bool = false) -> [StructureDifference] {
        DefinitionsDiff.differences(
            expected: DefinitionTexts(left), found: DefinitionTexts(right), form: DefinitionForm(acrossMajors: acrossMajors))
    }

    @Test("Order does not matter")
    func order() {
        let one = ("a", "CREATE TABLE app.a ();")
        let two = ("b", "CREATE TABLE app.b (x int);")
        #expect(differences(Self.dump([one, two]), Self.dump([two, one])).isEmpty)
    }

    @Test("What is missing, new or different is named")
    func kinds() {
        let left = Self.dump([("a", "1"), ("b", "2")])
        let right = Self.dump([("b", "3"), ("c", "4")])
        #expect(
            differences(left, right) == [
                .init(object: "table app.a", kind: .missing), .init(object: "table app.b", kind: .different),
                .init(object: "table app.c", kind: .unexpected),
            ])
    }

    @Test("A table's access method is its own, wherever it is set")
    func accessMethod() {
        func text(_ method: String, _ order: [String]) -> String {
            order.map { name in
                "SET default_table_access_method = \(name == "a" ? method : "heap");\n\n--\n-- Name: \(name); Type: TABLE; Schema: s; Owner: o\n--\n\nCREATE TABLE s.\(name) ();\n\n"
            }.joined()
        }
        #expect(differences(text("own", ["a", "b"]), text("own", ["b", "a"])).isEmpty)
        #expect(differences(text("own", ["a", "b"]), text("heap", ["a", "b"])).map(\.object) == ["table s.a"])
    }
}
