internal import Postgres

/// One thing for a worker to copy.
struct Work: Sendable {
    enum Source: Sendable {
        case table(Catalog.Relation, PartPlan.Part)
        case largeObjects
    }

    let source: Source
    /// Among the tables of the capture; nil for the large objects.
    let tableIndex: Int?
    let path: String
    let part: Int
    let isLastOfTable: Bool
}

struct WorkResult: Sendable {
    let table: Int?
    let part: Int
    let totals: CopyTotals
}

/// What is left to copy, in order.
actor WorkQueue {
    private var work: ArraySlice<Work>

    init(_ work: [Work]) { self.work = work[...] }

    func next() -> Work? { work.popFirst() }
}
