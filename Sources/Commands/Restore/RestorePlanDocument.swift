import Assets

/// What a restore would do, as JSON: what a person or a program wants to know of it, and not how it goes about it.
struct RestorePlanDocument: Encodable {
    struct Table: Encodable {
        let table, action: String
        let rows, bytes: Int64
    }

    let snapshot, database, server: String
    /// Everything that the target holds, `contents`, would be dropped first.
    let clears: Bool
    let contents: [String]
    let roles: [RestorePlan.Role]
    let definitions: Int
    let tables: [Table]
    let largeObjects: Int
    let sequences, refreshes: [String]
    let appliesSettings: Bool
    let leftOut: [RestorePlan.LeftOut]

    init(_ plan: RestorePlan) {
        snapshot = plan.snapshot
        database = plan.target.database
        server = plan.target.server
        clears = plan.clears
        contents = plan.target.contents
        roles = plan.roles
        definitions = plan.definitionCount
        tables = plan.tables.map {
            Table(table: $0.name.description, action: $0.action.rawValue, rows: $0.rows, bytes: $0.bytes)
        }
        largeObjects = plan.largeObjects
        sequences = plan.sequences.map(\.description)
        refreshes = plan.refreshes.map(\.description)
        appliesSettings = plan.appliesSettings
        leftOut = plan.leftOut
    }
}
