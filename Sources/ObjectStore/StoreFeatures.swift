/// What was found out about a place beyond the contract; nil: it cannot be told.
public struct StoreFeatures: Hashable, Sendable {
    /// Whether deleted and replaced objects are kept as versions.
    public var versioning: Bool?
    /// Whether objects can be locked for a time, against everybody.
    public var objectLock: Bool?
    /// What the store's clock shows less what ours does.
    public var clockSkew: Duration?

    public init(versioning: Bool? = nil, objectLock: Bool? = nil, clockSkew: Duration? = nil) {
        self.versioning = versioning
        self.objectLock = objectLock
        self.clockSkew = clockSkew
    }
}
