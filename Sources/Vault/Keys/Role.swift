/// What a key file lets its holder do. Any set of roles may be in one file.
public enum Role: String, Sendable, Codable, CaseIterable {
    /// Adds snapshots; opens none.
    case writer
    /// Opens snapshots; adds none.
    case reader
    /// Deletes what retention lets go; opens nothing.
    case keeper
}
