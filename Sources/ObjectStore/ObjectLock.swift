public import Foundation

/// A lock that objects are put with: until it ends nobody deletes or replaces them, whatever credentials he has.
public struct ObjectLock: Sendable, Hashable {
    public enum Mode: String, Sendable, Codable, CaseIterable {
        /// Whoever has a right of its own may lift it.
        case governance
        /// Nobody may, not even the account's owner.
        case compliance
    }

    public let mode: Mode
    /// How long it holds.
    public let period: Duration

    public init(_ mode: Mode, for period: Duration) {
        self.mode = mode
        self.period = period
    }

    /// When a lock ends that is set now; stores know whole seconds.
    public func end(from now: Date = Date()) -> Date {
        Date(timeIntervalSince1970: (now.timeIntervalSince1970 + seconds).rounded(.up))
    }

    /// When a lock that ends earlier is to be renewed: when less than half of its time is left. So an object that is needed all
    /// the time is renewed twice in that time, not with every backup.
    public func renewalLimit(from now: Date = Date()) -> Date { now.addingTimeInterval(seconds / 2) }

    private var seconds: TimeInterval { TimeInterval(period.components.seconds) }
}

/// The lock of one object.
public struct Retention: Sendable, Hashable {
    public let mode: ObjectLock.Mode
    public let until: Date

    public init(_ mode: ObjectLock.Mode, until: Date) {
        self.mode = mode
        self.until = until
    }
}

/// One of the versions that a bucket keeps of an object, or a marker that hides those before it.
public struct ObjectVersion: Sendable, Hashable {
    public let key: ObjectKey
    public let id: String
    /// Whether it is what a read without a version finds.
    public let isNewest: Bool
    public let isMarker: Bool
    /// Bytes.
    public let size: Int

    public init(key: ObjectKey, id: String, isNewest: Bool, isMarker: Bool, size: Int) {
        self.key = key
        self.id = id
        self.isNewest = isNewest
        self.isMarker = isMarker
        self.size = size
    }
}
