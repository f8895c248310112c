/// How a database is read.
public struct CaptureOptions: Sendable {
    /// The longest a backup waits for a table that somebody works on.
    public var lockTimeout: Duration
    /// Connections that read rows, beside the one that keeps the snapshot and `pg_dump`'s own.
    public var jobs: Int
    /// How often a capture starts anew when a table is truncated, rewritten or altered while it runs.
    public var attempts: Int
    /// Tables larger than this are read in parts.
    var partBytes: Int64 = 128 << 20
    var heartbeat = Heartbeat()
    var hooks = CaptureHooks()

    public init(lockTimeout: Duration = .seconds(10), jobs: Int = 2, attempts: Int = 3) {
        self.lockTimeout = lockTimeout
        self.jobs = max(1, jobs)
        self.attempts = max(1, attempts)
    }

    var lockTimeoutMilliseconds: Int64 {
        let (seconds, attoseconds) = lockTimeout.components
        return max(1, seconds * 1000 + attoseconds / 1_000_000_000_000_000)
    }
}

/// Where tests reach into a running capture.
struct CaptureHooks: Sendable {
    var snapshotTaken: @Sendable () async throws -> Void = {}
    var beforeTable: @Sendable (TableName) async throws -> Void = { _ in }
    /// The table is locked and proven to be the snapshot's.
    var beforeCopy: @Sendable (TableName) async throws -> Void = { _ in }
}
