/// How a sandbox's server is set up.
public enum SandboxSettings {
    /// Fast, because nothing needs to survive; quiet, because nothing may reach out; without workers that change data behind our
    /// back.
    public static let usual: [String: String] = [
        "fsync": "off",
        "synchronous_commit": "off",
        "full_page_writes": "off",
        "wal_level": "minimal",
        "max_wal_senders": "0",
        "max_wal_size": "4GB",
        "checkpoint_timeout": "1h",
        "autovacuum": "off",
        "archive_mode": "off",
        "shared_buffers": "128MB",
        "maintenance_work_mem": "256MB",
        "max_connections": "50",
        "max_locks_per_transaction": "512",
        // In the data folder, so that a killed server leaves nothing elsewhere.
        "dynamic_shared_memory_type": "mmap",
        "unix_socket_permissions": "0700",
        "logging_collector": "off",
        "log_destination": "stderr",
        "log_line_prefix": "",
        "lc_messages": "C",
        "cluster_name": "reprise sandbox",
        "timezone": "UTC",
    ]

    /// Lines for `postgresql.conf`.
    static func text(_ settings: [String: String]) -> String {
        settings.keys.sorted().map { name in
            let value = (settings[name] ?? "").split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''")
                .split(separator: "\\", omittingEmptySubsequences: false).joined(separator: "\\\\")
            return "\(name) = '\(value)'\n"
        }.joined()
    }
}
