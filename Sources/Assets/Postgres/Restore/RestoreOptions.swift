/// What of a snapshot is restored, and how.
public struct RestoreOptions: Sendable {
    public enum Contents: String, Codable, Sendable {
        case everything
        /// Definitions, roles, settings; no rows.
        case definitions
        /// Rows, sequences and large objects, into tables that are there already.
        case rows
    }

    /// Empty: all of them. Partitioned tables stand for all their partitions.
    public var only: [TableName]
    public var contents: Contents
    /// Everything will belong to the login, and rights for roles that the target lacks are left out.
    public var withoutOwners: Bool
    /// Connections that load rows, and `pg_restore`'s for indexes and keys.
    public var jobs: Int
    /// Whether what the target holds may be replaced. Whoever sets this has asked.
    public var overwrite: Bool
    /// A throw-away target: subscriptions are left out.
    public var isSandbox: Bool
    /// Whether rows are read back and compared with the manifest, each table as soon as it is loaded.
    public var comparesRows: Bool
    /// Bytes of COPY text from which on a table is made whole while others are loaded.
    var largeTableBytes = TableFinish.leastBytes
    /// Bytes of COPY text from which on a table is loaded, and read back, in binary form.
    var leastBinaryBytes = RunningComparison.leastBinaryBytes
    /// Bytes of COPY text that its rows have on the average from which on it is loaded so; servers before 16 gain of any.
    var leastBinaryRow: Int64 = 1024
    var heartbeat = Heartbeat()

    public init(
        only: [TableName] = [], contents: Contents = .everything, withoutOwners: Bool = false, jobs: Int = 2,
        overwrite: Bool = false,
        isSandbox: Bool = false, comparesRows: Bool = false
    ) {
        self.only = only
        self.contents = contents
        self.withoutOwners = withoutOwners
        self.jobs = max(1, jobs)
        self.overwrite = overwrite
        self.isSandbox = isSandbox
        self.comparesRows = comparesRows
    }
}
