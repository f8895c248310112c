import Language
public import ObjectStore
import Synchronization

/// A store between a test and another store that notes what is read and put, and may refuse a part of the names.
public final class WatchedStore: ObjectStore {
    private let inner: any ObjectStore
    private let refused: String?
    private let lost: String?
    private let noted = Mutex((gets: [String](), puts: [String](), lists: [String]()))

    /// - Parameters:
    ///   - refused: names that begin so may neither be read, listed, put nor deleted.
    ///   - lost: a name that is listed and cannot be read.
    public init(_ inner: any ObjectStore, refusing refused: String? = nil, losing lost: String? = nil) {
        self.inner = inner
        self.refused = refused
        self.lost = lost
    }

    /// Names of the objects that were read, in the order of the requests.
    public var gets: [String] { noted.withLock { $0.gets } }
    public var puts: [String] { noted.withLock { $0.puts } }
    /// Prefixes that were listed.
    public var lists: [String] { noted.withLock { $0.lists } }

    public var location: String { inner.location }
    public var isFar: Bool { inner.isFar }
    public var pageSize: Int { inner.pageSize }

    private func ask(_ name: String) throws(StoreError) {
        if let refused, name.hasPrefix(refused) { throw StoreError(.denied, "\(name) is none of your business.") }
    }

    public func put(_ key: ObjectKey, _ bytes: [UInt8], ifAbsent: Bool) async throws(StoreError) {
        noted.withLock { $0.puts.append(key.text) }
        try ask(key.text)
        try await inner.put(key, bytes, ifAbsent: ifAbsent)
    }

    public func get(_ key: ObjectKey, range: Range<Int>?) async throws(StoreError) -> [UInt8] {
        noted.withLock { $0.gets.append(key.text) }
        try ask(key.text)
        if key.text == lost { throw StoreError(.missing, "\(key.text) is not there.") }
        return try await inner.get(key, range: range)
    }

    public func list(_ prefix: String, after: ObjectKey?, limit: Int) async throws(StoreError) -> [ObjectFacts] {
        noted.withLock { $0.lists.append(prefix) }
        try ask(prefix)
        return try await inner.list(prefix, after: after, limit: limit)
    }

    public func head(_ key: ObjectKey) async throws(StoreError) -> ObjectFacts? {
        try ask(key.text)
        return try await inner.head(key)
    }

    public func delete(_ key: ObjectKey) async throws(StoreError) {
        try ask(key.text)
        try await inner.delete(key)
    }
}
