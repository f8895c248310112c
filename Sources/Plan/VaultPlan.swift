/// One vault of the plan: where it is, and where the key that opens it is to be found.
public struct VaultPlan: Sendable, Equatable {
    public var name: String
    /// A directory, written as a path (relative to the plan's own folder) or as a `file://` URL; or a bucket, `s3://…`.
    public var url: String
    /// Always `env:` or `file:`, never a literal; nil: the key file in its usual place.
    public var key: SecretSource?
    /// Of a bucket; nil: where the tools of AWS look for them.
    public var credentials: BucketCredentials?
    /// Whether backups add parity, by which up to two lost packs of eighteen objects come back.
    public var parity: Bool
    /// Of a bucket: how objects are locked against everybody; nil: not at all.
    public var lock: LockPlan?

    public init(
        name: String, url: String, key: SecretSource? = nil, credentials: BucketCredentials? = nil, parity: Bool = false,
        lock: LockPlan? = nil
    ) {
        self.name = name
        self.url = url
        self.key = key
        self.credentials = credentials
        self.parity = parity
        self.lock = lock
    }

    /// The bucket; nil for a directory. A plan that was read has no url of a bucket that says nothing sound.
    public var bucket: BucketAddress? { BucketAddress.isOne(url) ? try? BucketAddress(url) : nil }
}
