/// Where the objects of a vault rest: five verbs over a directory or a bucket, and a few about the place itself.
///
/// What every store must honour (the contract suite holds each to it):
/// - An object is there whole or not at all, whatever fails while it is put; once `put` returns it survives a power cut.
/// - What was put is seen by every later `get`, `head` and `list`, from any host.
/// - `list` gives keys in bytewise order.
/// - With `ifAbsent`, of any number of concurrent puts of a key exactly one succeeds. Where `StoreProbe` finds that a store does
///   not keep this one promise, its vault is used with more care: see `CheckFirstStore`.
///
/// No key may be a folder of another (`a` beside `a/b`), and none may begin with `tmp/`: a directory could not hold them.
public protocol ObjectStore: Sendable {
    /// The store's address for messages, without secrets.
    var location: String { get }

    /// Writes the object. With `ifAbsent` fails with `.exists` where the key is taken; otherwise replaces.
    func put(_ key: ObjectKey, _ bytes: [UInt8], ifAbsent: Bool) async throws(StoreError)

    /// As above, of bytes whose SHA-256 is known: who sends it along need not reckon it again.
    func put(_ key: ObjectKey, _ bytes: [UInt8], sha256: [UInt8], ifAbsent: Bool) async throws(StoreError)

    /// Begins an object that is written piece by piece; nil where the store takes objects whole alone. Blocks.
    ///
    /// - Parameter prefix: what its key will begin with, for messages.
    func beginPut(_ prefix: String) throws(StoreError) -> (any StreamedPut)?

    /// The object's bytes, or those of `range`. Fails with `.missing`, or with `.short` where the object ends before the range
    /// does.
    func get(_ key: ObjectKey, range: Range<Int>?) async throws(StoreError) -> [UInt8]

    /// Up to `limit` objects whose key starts with `prefix`, in order, beginning behind `after`. Fewer than `limit`: there are no
    /// more.
    func list(_ prefix: String, after: ObjectKey?, limit: Int) async throws(StoreError) -> [ObjectFacts]

    /// How many objects `each` asks for at a time.
    var pageSize: Int { get }

    /// Whether a request takes long and costs money, and many may be under way at once: a bucket on the network, not a disk.
    var isFar: Bool { get }

    /// Size of the object, or nil where there is none.
    func head(_ key: ObjectKey) async throws(StoreError) -> ObjectFacts?

    /// Removes the object; removing what is not there is no error.
    func delete(_ key: ObjectKey) async throws(StoreError)

    // MARK: - The place

    /// Makes the place ready for a new vault. Fails with `.exists` where something is in it.
    func prepare() async throws(StoreError)

    /// Fails with `.unreachable` where the place is not there: a disk that is not mounted, or a wrong name, must not look like an
    /// empty vault.
    func requirePlace() async throws(StoreError)

    /// How the place is set up, as far as that can be known.
    func features() async throws(StoreError) -> StoreFeatures

    /// Removes what puts that were cut off have left and no list shows. Returns how many such things there were.
    func removeLeftovers() async throws(StoreError) -> Int

    /// The store as one that may keep versions and lock objects; nil where there is no such thing.
    var versioned: (any VersionedStore)? { get }
}

/// A place that needs no preparing and takes objects whole.
extension ObjectStore {
    public func beginPut(_ prefix: String) throws(StoreError) -> (any StreamedPut)? { nil }
    public func prepare() async throws(StoreError) {}
    public func requirePlace() async throws(StoreError) {}
    public func features() async throws(StoreError) -> StoreFeatures { StoreFeatures() }
    public func removeLeftovers() async throws(StoreError) -> Int { 0 }
    public var versioned: (any VersionedStore)? { nil }
}

extension ObjectStore {
    public func put(_ key: ObjectKey, _ bytes: [UInt8], sha256: [UInt8], ifAbsent: Bool) async throws(StoreError) {
        try await put(key, bytes, ifAbsent: ifAbsent)
    }

    public func get(_ key: ObjectKey) async throws(StoreError) -> [UInt8] {
        try await get(key, range: nil)
    }

    /// As many as a bucket gives at once.
    public var pageSize: Int { 1000 }

    public var isFar: Bool { false }

    /// Calls `visit` with every object under `prefix`, in order, a page at a time.
    public func each(_ prefix: String, visit: (ObjectFacts) throws(StoreError) -> Void) async throws(StoreError) {
        let pageSize = pageSize
        var after: ObjectKey?
        while true {
            let page = try await list(prefix, after: after, limit: pageSize)
            for facts in page { try visit(facts) }
            guard page.count == pageSize else { return }
            after = page.last?.key
        }
    }
}
