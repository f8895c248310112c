/// The records of several tables in the order of their chunk ids. What was passed of a mapped table is taken out of memory.
struct MergedRecords {
    private let tables: [IndexTable]
    private var positions: [Int]
    /// The next record of each table that has one, as a heap: the least is in front.
    private var heap: [Head] = []

    private struct Head {
        var id: ChunkID
        var table: Int

        static func < (left: Head, right: Head) -> Bool {
            if left.id.prefix != right.id.prefix { return left.id.prefix < right.id.prefix }
            return left.id == right.id ? left.table < right.table : left.id < right.id
        }
    }

    init(_ tables: [IndexTable]) {
        self.tables = tables
        positions = Array(repeating: 0, count: tables.count)
        for (number, table) in tables.enumerated() {
            if let id = table.provenID(at: 0) { heap.append(Head(id: id, table: number)) }
        }
        for position in (0..<heap.count / 2).reversed() { sink(position) }
    }

    /// A table that turns out damaged ends early; `IndexTable.isDamaged` says so afterwards.
    mutating func next() -> (id: ChunkID, table: Int, index: Int)? {
        guard let least = heap.first else { return nil }
        let index = positions[least.table]
        positions[least.table] += 1
        if let id = tables[least.table].provenID(at: index + 1) {
            heap[0].id = id
        } else {
            heap[0] = heap[heap.count - 1]
            heap.removeLast()
        }
        sink(0)
        if index.isMultiple(of: Self.forgottenRecords), index > 0 {
            tables[least.table].forget(index - Self.forgottenRecords..<index)
        }
        return (least.id, least.table, index)
    }

    /// Records after which those passed are taken out of memory: 12 MB.
    private static let forgottenRecords = 1 << 18

    private mutating func sink(_ start: Int) {
        var position = start
        while true {
            var least = 2 * position + 1
            guard least < heap.count else { return }
            if least + 1 < heap.count, heap[least + 1] < heap[least] { least += 1 }
            guard heap[least] < heap[position] else { return }
            heap.swapAt(least, position)
            position = least
        }
    }
}
