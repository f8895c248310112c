import Postgres
import Testing

@testable import Assets

@Suite("What is made of a large table as soon as its rows are there")
struct TableFinishTests {
    /// A plain table, one with statistics of several columns, a parent and its child, a partition and its root.
    private static let archive = Archive(
        list: """
            10; 1259 110 TABLE s plain o
            11; 1259 111 TABLE s wide o
            12; 1259 112 TABLE s parent o
            13; 1259 113 TABLE s child o
            ;\tdepends on: 12
            14; 1259 114 TABLE s root o
            15; 1259 115 TABLE s leaf o
            16; 0 0 TABLE ATTACH s leaf o
            ;\tdepends on: 14 15
            17; 1255 117 FUNCTION s look_up(integer) o
            18; 1259 118 TABLE s looking o
            19; 1247 119 TYPE s mood o
            20; 1259 220 INDEX s plain_index o
            ;\tdepends on: 10 19
            21; 2606 221 CONSTRAINT s plain plain_key o
            ;\tdepends on: 10 10
            22; 1259 222 INDEX s wide_index o
            ;\tdepends on: 11
            23; 3381 223 STATISTICS s wide_statistics o
            ;\tdepends on: 11
            24; 2606 224 CONSTRAINT s parent parent_key o
            ;\tdepends on: 12
            25; 2606 225 CONSTRAINT s root root_key o
            ;\tdepends on: 14
            26; 2606 226 CONSTRAINT s leaf leaf_key o
            ;\tdepends on: 15
            27; 0 0 INDEX ATTACH s leaf_key o
            ;\tdepends on: 25 26
            28; 2606 228 FK CONSTRAINT s plain plain_wide o
            ;\tdepends on: 10 11
            29; 1259 229 INDEX s late_index o
            ;\tdepends on: 13 28
            30; 1259 230 INDEX s looking_index o
            ;\tdepends on: 18 17

            """,
        postData: "")

    private static func table(
        _ name: String, _ oid: UInt32, bytes: Int64 = 100, partitionOf: TableName? = nil, loadThrough: TableName? = nil
    ) -> PostgresManifest.Table {
        PostgresManifest.Table(
            schema: "s", name: name, kind: .table, owner: "o", oid: oid, columns: [], condition: nil, ofExtension: nil,
            partitionOf: partitionOf, loadThrough: loadThrough, isManaged: false, rows: 0, bytes: bytes,
            checksum: CopyTotals().checksum, parts: [], indexes: [], constraints: [])
    }

    private func finish(_ tables: PostgresManifest.Table...) -> [TableFinish] {
        TableFinish.all(of: tables, late: Set(20...30), in: Self.archive, leastBytes: 100)
    }

    @Test("Its indexes, keys first, and then its statistics")
    func plain() {
        #expect(
            finish(Self.table("plain", 110)) == [
                TableFinish(
                    table: TableName(schema: "s", name: "plain"),
                    indexes: [.init(number: 21, isExclusive: true), .init(number: 20, isExclusive: false)], isAnalyzed: true)
            ])
    }

    @Test("No statistics while something that they hang on, or a child's rows, may be missing")
    func statistics() {
        let found = finish(
            Self.table("wide", 111), Self.table("parent", 112),
            Self.table("leaf", 115, partitionOf: TableName(schema: "s", name: "root")))
        #expect(found.map(\.indexes.count) == [1, 1, 1])
        #expect(found.allSatisfy { !$0.isAnalyzed })
    }

    @Test("Nothing that calls a function, which may look into tables that are empty yet")
    func functions() {
        #expect(finish(Self.table("looking", 118)).isEmpty)
    }

    @Test("Nothing that needs a definition which comes later, and nothing of a table whose rows come through another")
    func late() {
        #expect(finish(Self.table("child", 113)).isEmpty)
        #expect(finish(Self.table("plain", 110, loadThrough: TableName(schema: "s", name: "root"))).isEmpty)
    }

    @Test("Small tables wait for the end; of the others the largest is first")
    func sizes() {
        let found = finish(
            Self.table("plain", 110, bytes: 99), Self.table("wide", 111, bytes: 100), Self.table("parent", 112, bytes: 101))
        #expect(found.map(\.table.name) == ["parent", "wide"])
    }
}
