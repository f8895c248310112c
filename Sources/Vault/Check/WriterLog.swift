public import Foundation

/// One writer's log: what it has signed, each entry behind those before it, and whether this host has seen more of it than there
/// is.
public struct WriterLog: Sendable {
    public let holder: String
    /// The key's id, hex.
    public let key: String
    public internal(set) var snapshots = 0
    public internal(set) var records = 0
    /// When the newest entry was written.
    public internal(set) var newest: Date?
    /// Entries that this host has seen, that nobody has let go, and that are not there any more; as the store names them.
    public internal(set) var vanished: [String] = []
    /// Entries that are others than this host has seen under their names.
    public internal(set) var replaced: [String] = []
    /// Whether everything that vanished is newer than all that is there: the log stands as it once did.
    public internal(set) var isRolledBack = false

    public var isWhole: Bool { vanished.isEmpty && replaced.isEmpty }
}
