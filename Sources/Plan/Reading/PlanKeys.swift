/// The keys that each part of a plan may have; the schema is held to the same lists by a test.
struct PlanKeys: Sendable {
    let required: [String]
    let optional: [String]

    var all: [String] { required + optional }

    static let plan = PlanKeys(required: ["version", "project", "vaults", "assets"], optional: ["sandbox"])
    static let project = PlanKeys(required: ["name"], optional: ["timezone", "language"])
    static let vault = PlanKeys(
        required: ["url"],
        optional: ["key", "credentials", "parity", "lock", "keep", "medium", "site", "account", "removable"])
    static let lock = PlanKeys(required: ["mode", "for"], optional: [])
    /// Of an asset of any kind; each kind has its own of these.
    static let asset = PlanKeys(
        required: ["kind"], optional: ["url", "path", "exclude", "objectives", "lock_timeout", "jobs", "checks", "keep"])
    static let postgres = PlanKeys(
        required: ["kind", "url"], optional: ["objectives", "lock_timeout", "jobs", "checks", "keep"])
    static let files = PlanKeys(required: ["kind", "path"], optional: ["exclude", "objectives", "jobs", "keep"])
    static let objectives = PlanKeys(required: [], optional: ["rpo", "rto"])
    static let keep = PlanKeys(
        required: [], optional: ["last", "hourly", "daily", "weekly", "monthly", "yearly", "within", "tags"])
    static let check = PlanKeys(required: ["name", "sql", "expect"], optional: [])
    static let sandbox = PlanKeys(required: ["url"], optional: [])
}
