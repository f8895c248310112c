import Language
public import ObjectStore
import Synchronization

/// A store between a test and another store that does something of the test's right before one operation, or before each put or
/// head.
public final class HookedStore: ObjectStore {
    private let inner: any ObjectStore
    private let operation: Int
    private let hook: @Sendable () async -> Void
    private let beforePut: @Sendable (ObjectKey) async -> Void
    private let beforeHead: @Sendable (ObjectKey) async -> Void
    private let count = Mutex(0)

    /// - Parameter operation: the number, from 0, of the operation before which `hook` runs.
    public init(_ inner: any ObjectStore, before operation: Int, _ hook: @escaping @Sendable () async -> Void) {
        self.inner = inner
        self.operation = operation
        self.hook = hook
        beforePut = { _ in }
        beforeHead = { _ in }
    }

    /// - Parameters:
    ///   - beforePut: runs before each put, with the key that will be put.
    ///   - beforeHead: runs before each look at an object, with its key.
    public init(
        _ inner: any ObjectStore, beforePut: @escaping @Sendable (ObjectKey) async -> Void = { _ in },
        beforeHead: @escaping @Sendable (ObjectKey) async -> Void = { _ in }
    ) {
        self.inner = inner
        operation = -1
        hook = {}
        self.beforePut = beforePut
        self.beforeHead = beforeHead
    }

    /// Whether so many operations were asked for.
    public var wasHooked: Bool { count.withLock { $0 > operation } }

    public var location: String { inner.location }

    public var isFar: Bool { inner.isFar }

    public var pageSize: Int { inner.pageSize }

    private func begin() async {
        let number = count.withLock {
            $0 += 1
            return $0 - 1
        }
        if number == operation { await hook() }
    }

    public func put(_ key: ObjectKey, _ bytes: [UInt8], ifAbsent: Bool) async throws(StoreError) {
        await begin()
        await beforePut(key)
        try await inner.put(key, bytes, ifAbsent: ifAbsent)
    }

    public func get(_ key: ObjectKey, range: Range<Int>?) async throws(StoreError) -> [UInt8] {
        await begin()
        return try await inner.get(key, range: range)
    }

    public func list(_ prefix: String, after: ObjectKey?, limit: Int) async throws(StoreError) -> [ObjectFacts] {
        await begin()
        return try await inner.list(prefix, after: after, limit: limit)
    }

    public func head(_ key: ObjectKey) async throws(StoreError) -> ObjectFacts? {
        await begin()
        await beforeHead(key)
        return try await inner.head(key)
    }

    public func delete(_ key: ObjectKey) async throws(StoreError) {
        await begin()
        try await inner.delete(key)
    }
}
