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
