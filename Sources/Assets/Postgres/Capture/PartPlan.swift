/// How one table is cut into parts that can be read, stored and loaded at the same time.
///
/// A part is a range of the table's blocks. Its length is a power of two, so that the parts of a table that grows stay where they
/// were and the vault finds their chunks again; the last part has no end, for the blocks that are added while we look.
struct PartPlan: Equatable {
    struct Part: Equatable, Sendable {
        let firstBlock: Int64
        /// Nil: to the end.
        let endBlock: Int64?

        /// `WHERE` for this part, or nil for the whole table.
        var condition: String? {
            guard firstBlock > 0 || endBlock != nil else { return nil }
            let start = "ctid >= '(\(firstBlock),0)'::pg_catalog.tid"
            return endBlock.map { "\(start) AND ctid < '(\($0),0)'::pg_catalog.tid" } ?? start
        }
    }

    let parts: [Part]

    /// More parts than this would only make lists longer.
    private static let most: Int64 = 4096

    /// - Parameters:
    ///   - blocks: of the table itself, without what is stored beside it.
    ///   - bytes: of the table and what is stored beside it.
    ///   - partBytes: about how many bytes a part is to have.
    init(blocks: Int64, bytes: Int64, partBytes: Int64) {
        guard bytes > partBytes, blocks > 1 else {
            parts = [Part(firstBlock: 0, endBlock: nil)]
            return
        }
        let wanted = max(1, Int64((Double(blocks) * Double(partBytes) / Double(bytes)).rounded(.down)))
        var step: Int64 = 1
        while step * 2 <= wanted { step *= 2 }
        while (blocks + step - 1) / step > Self.most { step *= 2 }
        let count = (blocks + step - 1) / step
        parts = (0..<count).map { Part(firstBlock: $0 * step, endBlock: $0 == count - 1 ? nil : ($0 + 1) * step) }
    }
}
