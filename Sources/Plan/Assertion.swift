/// A question in SQL put to a restored copy, and the answer that proves it good.
public struct Assertion: Sendable, Equatable {
    public var name: String
    public var sql: String
    public var expect: Expectation

    public init(name: String, sql: String, expect: Expectation) {
        self.name = name
        self.sql = sql
        self.expect = expect
    }
}
