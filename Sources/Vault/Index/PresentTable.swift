/// A table, and which of its packs are in the store with the size that it names.
struct PresentTable: Sendable {
    let table: IndexTable
    /// For each pack of the table.
    var presence: [Bool]

    init(_ table: IndexTable, presence: [Bool]) {
        self.table = table
        self.presence = presence
    }

    /// With every pack in the store.
    init(complete table: IndexTable) {
        self.init(table, presence: Array(repeating: true, count: table.packs.count))
    }

    func isPresent(_ ordinal: Int) -> Bool { presence[ordinal] }

    /// A place of a chunk in a pack that is there and not avoided.
    func find(_ id: ChunkID, avoiding avoided: Set<PackID>) -> ChunkPlace? {
        guard let found = table.index(of: id) else { return nil }
        func usable(_ index: Int) -> ChunkPlace? {
            guard let ordinal = table.packOrdinal(at: index), presence[ordinal], let place = table.place(at: index),
                avoided.isEmpty || !avoided.contains(place.pack)
            else { return nil }
            return place
        }
        if let place = usable(found) { return place }
        for index in table.positions(of: id) {
            if let place = usable(index) { return place }
        }
        return nil
    }
}

/// Finds the packs of many tables by their ids: four bytes for each, twice.
struct PackFinder {
    private let tables: [IndexTable]
    /// Where the packs of each table begin in the numbering of all.
    private let starts: [Int]
    /// Numbers of packs, at the place that the id names or the next free one; -1 where there is none.
    private var slots: [Int32]
    private let mask: Int

    init(_ tables: [IndexTable]) {
        self.tables = tables
        var starts: [Int] = []
        var count = 0
        for table in tables {
            starts.append(count)
            count += table.packs.count
        }
        self.starts = starts
        var width = 64
        while width < count * 2 { width *= 2 }
        mask = width - 1
        slots = Array(repeating: -1, count: width)
        for (number, table) in tables.enumerated() {
            for ordinal in table.packs.indices {
                var slot = Int(truncatingIfNeeded: table.packs.id(ordinal).prefix) & mask
                while slots[slot] >= 0 { slot = (slot + 1) & mask }
                slots[slot] = Int32(starts[number] + ordinal)
            }
        }
    }

    /// Calls `visit` with every table that names the pack, and its ordinal there.
    func each(_ pack: PackID, _ visit: (_ table: Int, _ ordinal: Int) -> Void) {
        var slot = Int(truncatingIfNeeded: pack.prefix) & mask
        while slots[slot] >= 0 {
            let number = Int(slots[slot])
            let table = (starts.firstIndex { $0 > number } ?? starts.count) - 1
            let ordinal = number - starts[table]
            if tables[table].packs.id(ordinal) == pack { visit(table, ordinal) }
            slot = (slot + 1) & mask
        }
    }
}
