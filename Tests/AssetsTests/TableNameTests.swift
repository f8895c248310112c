import Testing

@testable import Assets

@Suite("Names of tables")
struct TableNameTests {
    @Test(
        "What people type is read",
        arguments: [
            ("orders", "public", "orders"), ("app.orders", "app", "orders"), ("\"Odd Näme\".\"a.b\"", "Odd Näme", "a.b"),
            ("app.\"say \"\"hi\"\"\"", "app", "say \"hi\""), ("App.Orders", "App", "Orders"), ("\"x\"", "public", "x"),
        ])
    func reading(_ text: String, _ schema: String, _ name: String) {
        #expect(TableName(text) == TableName(schema: schema, name: name))
    }

    @Test("What is no name is refused", arguments: ["", ".", "a.", ".a", "a.b.c", "\"a", "\"a\"b", "\"\"", "a\"b\"", "\"a\"\""])
    func refusal(_ text: String) {
        #expect(TableName(text) == nil)
    }

    @Test("What is printed is read back", arguments: [("a", "b"), ("a.b", "c d"), ("\"", "\"\""), ("..", ".."), ("é", "\n")])
    func roundTrip(_ schema: String, _ name: String) {
        let table = TableName(schema: schema, name: name)
        #expect(TableName(table.description) == table)
    }

    @Test("Any name is a safe file name")
    func paths() {
        #expect(TableName(schema: "..", name: "a/b\\c %é").rowsPath == "tables/%2E%2E/a%2Fb%5Cc%20%25%C3%A9.copy")
        #expect(TableName(schema: "app", name: "order-lines_2").rowsPath == "tables/app/order-lines_2.copy")
        #expect(TableName(schema: "a", name: "\n").rowsPath == "tables/a/%0A.copy")
    }
}
