public import Foundation

/// What every key role can know of a snapshot without opening it.
public struct SnapshotRecord: Codable, Hashable, Sendable, Identifiable {
    public let id: SnapshotID
    public let asset: String
    /// The kind of asset: `postgres`.
    public let kind: String
    public let started: Date
    /// The instant at which the data stood as they are in the snapshot.
    public let instant: Date
    public let finished: Date
    /// The host that wrote it, for people.
    public let host: String
    public let tags: [String]
    /// Bytes of all entries.
    public let sourceBytes: Int64
    /// Plain bytes of the chunks that the vault did not have before.
    public let newBytes: Int64
    /// What those take in the vault, bytes.
    public let storedBytes: Int64
    public let entryCount: Int
    /// Small facts that the asset wants seen without a reader key: `server`, `database`.
    public let facts: [String: String]

    /// The tag of a snapshot in which something is missing that its source had.
    public static let incompleteTag = "incomplete"

    public var isComplete: Bool { !tags.contains(Self.incompleteTag) }
}

extension Date {
    /// The nearest whole millisecond, which is what a record keeps: the one that `commit` gives equals the one that is listed.
    var atMilliseconds: Date { Date(timeIntervalSince1970: (timeIntervalSince1970 * 1000).rounded() / 1000) }
}
