/// What a store does beyond its verbs where it may keep versions of objects and lock them. Whether the place is set up for either
/// say its `features`.
///
/// A deletion in such a place hides an object behind a marker, and a put over one hides the older version: both stay until
/// somebody deletes them by their names, which a lock forbids.
public protocol VersionedStore: Sendable {
    /// The lock that objects are put with; nil: none.
    var lock: ObjectLock? { get }

    /// The object's lock, or that of one of its versions; nil where it has none. Fails with `.missing`.
    func retention(of key: ObjectKey, version: String?) async throws(StoreError) -> Retention?

    /// Sets the lock of an object or of one of its versions. Fails with `.locked` where it is weaker than the one in force.
    ///
    /// - Parameter bypassing: asks to set a weaker one all the same, for which a right of its own is needed. No vault does; a
    ///   test of tampering tries it.
    func retain(_ key: ObjectKey, version: String?, _ retention: Retention, bypassing: Bool) async throws(StoreError)

    /// Calls `visit` with every version and marker under `prefix`: in the order of the keys, the newest first. Whatever bears one
    /// key comes together.
    func eachVersion(_ prefix: String, visit: (ObjectVersion) throws(StoreError) -> Void) async throws(StoreError)

    /// The bytes of a version. Fails with `.missing`.
    func get(_ key: ObjectKey, version: String) async throws(StoreError) -> [UInt8]

    /// Deletes a version for good. Fails with `.locked`. One that is not there is no error.
    ///
    /// - Parameter bypassing: as of `retain`.
    func delete(_ key: ObjectKey, version: String, bypassing: Bool) async throws(StoreError)

    /// Puts a new object as `put` does. Returns the name of its version; nil where the place keeps none.
    func putVersion(_ key: ObjectKey, _ bytes: [UInt8]) async throws(StoreError) -> String?
}
