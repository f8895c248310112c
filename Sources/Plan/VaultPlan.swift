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
    /// Which snapshots this vault keeps, whatever the assets say; nil: what they say.
    public var keep: RetentionRules?
    /// What the bytes lie on, as the plan says it; nil: what the url tells.
    public var statedMedium: StorageMedium?
    /// Where it is, for people: what one fire or flood takes; nil: not known.
    public var site: String?
    /// With whom it is: what one cancelled contract or stolen login takes; nil: what the url tells.
    public var account: String?
    /// A disk that is plugged in to be written to and kept elsewhere: that it is not there is no error.
    public var removable: Bool

    public init(
        name: String, url: String, key: SecretSource? = nil, credentials: BucketCredentials? = nil, parity: Bool = false,
        lock: LockPlan? = nil, keep: RetentionRules? = nil, medium: StorageMedium? = nil, site: String? = nil,
        account: String? = nil,
        removable: Bool = false
    ) {
        self.name = name
        self.url = url
        self.key = key
        self.credentials = credentials
        self.parity = parity
        self.lock = lock
        self.keep = keep
        statedMedium = medium
        self.site = site
        self.account = account
        self.removable = removable
    }

    /// The bucket; nil for a directory. A plan that was read has no url of a bucket that says nothing sound.
    public var bucket: BucketAddress? { BucketAddress.isOne(url) ? try? BucketAddress(url) : nil }

    public var medium: StorageMedium { statedMedium ?? (bucket == nil ? .disk : .objectStorage) }
}

/// What a vault's bytes lie on, in the plan's words.
public enum StorageMedium: String, Sendable, CaseIterable {
    case disk
    case objectStorage = "object-storage"
    case tape, optical
}
