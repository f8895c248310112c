import Postgres
import Testing

@testable import Assets
@testable import Vault

@Suite("A restore's workers load first and read back what is there")
struct RowQueueTests {
    private static func name(_ table: String) -> TableName { TableName(schema: "s", name: table) }

    private static func group(_ tables: String...) -> RunningComparison.Group {
        .init(
            subject: tables[0], tables: tables.map(name), query: RowQuery(table: name(tables[0]), columns: []),
            expected: CopyTotals())
    }

    private static func load(_ table: String) -> Load {
        let json = PostgresManifest.Table(
            schema: "s", name: table, kind: .table, owner: "o", oid: 1, columns: [], condition: nil, ofExtension: nil,
            partitionOf: nil, loadThrough: nil, isManaged: false, rows: 0, bytes: 0, checksum: CopyTotals().checksum, parts: [],
            indexes: [], constraints: [])
        return Load(table: json, entry: Entry(path: table, parts: []), part: nil, manner: .plain, isLastOfTable: true)
    }

    private func title(_ step: RowQueue.Step?) -> String {
        switch step {
        case .load(let load)?: "load \(load.table.name)"
        case .index(let index, let table)?: "index \(index.number) of \(table.name)"
        case .analyze(let table)?: "analyze \(table.name)"
        case .cut(let group)?: "cut \(group)"
        case .compare(let part)?: "compare \(part.group) \(part.query)"
        case nil: "end"
        }
    }

    @Test func aGroupIsReadBackOnceAllOfItIsLoaded() async throws {
        let groups = [Self.group("a", "b"), Self.group("c"), Self.group("there already")]
        let queue = RowQueue([Self.load("a"), Self.load("b"), Self.load("c")], comparison: RunningComparison(groups))
        var seen: [String] = []
        while let step = await queue.next() {
            seen.append(title(step))
            let parts: [RunningComparison.Part]
            if case .cut(let group) = step {
                parts = [.init(group: group, query: "small", size: 1), .init(group: group, query: "large", size: 2)]
            } else {
                parts = []
            }
            await queue.finished(step, found: parts)
        }
        #expect(Array(seen.prefix(3)) == ["load a", "load b", "load c"])
        #expect(Set(seen.dropFirst(3).prefix(3)) == ["cut 0", "cut 1", "cut 2"])
        #expect(seen.count == 12 && seen[6...8].allSatisfy { $0.hasSuffix("large") })
    }

    @Test func aLargeTableIsMadeWholeBeforeItIsReadBack() async throws {
        let finish = TableFinish(
            table: Self.name("a"), indexes: [.init(number: 1, isExclusive: true), .init(number: 2, isExclusive: false)],
            isAnalyzed: true)
        let queue = RowQueue(
            [Self.load("a"), Self.load("b")], comparison: RunningComparison([Self.group("a"), Self.group("b")]),
            finishes: [finish])
        let (loadA, loadB) = (try #require(await queue.next()), try #require(await queue.next()))
        await queue.finished(loadA)
        let key = try #require(await queue.next())
        #expect(title(key) == "index 1 of a")
        await queue.finished(loadB)
        // Nobody reads a table whose key is being made.
        let cutB = try #require(await queue.next())
        #expect(title(cutB) == "cut 1")
        await queue.finished(cutB, found: [.init(group: 1, query: "all", size: 1)])
        let partB = try #require(await queue.next())
        #expect(title(partB) == "compare 1 all")
        await queue.finished(key)
        let index = try #require(await queue.next())
        #expect(title(index) == "index 2 of a")
        // An index that is not a key shuts no reader out; statistics wait for it.
        let cutA = try #require(await queue.next())
        #expect(title(cutA) == "cut 0")
        await queue.finished(cutA, found: [.init(group: 0, query: "all", size: 1)])
        await queue.finished(index)
        let (statistics, partA) = (try #require(await queue.next()), try #require(await queue.next()))
        #expect(title(statistics) == "analyze a")
        #expect(title(partA) == "compare 0 all")
        for step in [partB, statistics, partA] { await queue.finished(step) }
        #expect(title(await queue.next()) == "end")
    }

    @Test func aKeyWaitsUntilNobodyReads() async throws {
        let finish = TableFinish(
            table: Self.name("a"), indexes: [.init(number: 1, isExclusive: false), .init(number: 2, isExclusive: true)],
            isAnalyzed: false)
        let queue = RowQueue([Self.load("a")], comparison: nil, finishes: [finish])
        await queue.finished(try #require(await queue.next()))
        // As if it were not sorted: the index comes first because nobody was there, and the key waits for its end.
        let first = try #require(await queue.next())
        async let second = queue.next()
        await Task.yield()
        await queue.finished(first)
        #expect([title(first), title(await second)] == ["index 1 of a", "index 2 of a"])
    }

    @Test func whoIsIdleWaitsForWhatALoadMayBring() async throws {
        let queue = RowQueue([Self.load("a")], comparison: RunningComparison([Self.group("a")]))
        let load = await queue.next()
        async let idle = queue.next()
        await Task.yield()
        await queue.finished(try #require(load))
        #expect(title(await idle) == "cut 0")
    }

    @Test func aFailureSendsTheIdleHome() async throws {
        let queue = RowQueue([Self.load("a")], comparison: RunningComparison([Self.group("a")]))
        _ = await queue.next()
        async let idle = queue.next()
        await Task.yield()
        await queue.stop()
        #expect(title(await idle) == "end")
    }
}
