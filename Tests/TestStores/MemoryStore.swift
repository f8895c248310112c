import Language
public import ObjectStore
import Synchronization

/// A store in memory that honours the contract to the letter, and lets a test look at its objects and change them behind
/// everybody's back.
public final class MemoryStore: ObjectStore {
    private let objects: Mutex<[ObjectKey: [UInt8]]>
    public let isFar: Bool
    public let pageSize: Int
    public let takesPieces: Bool
    private let counted = Mutex((count: 0, now: 0, most: 0))

    /// - Parameters:
    ///   - isFar: it is used as a bucket on the network is.
    ///   - pageSize: how many objects are asked for at a time.
    ///   - takesPieces: objects may be written piece by piece.
    public init(_ objects: [ObjectKey: [UInt8]] = [:], isFar: Bool = false, pageSize: Int = 1000, takesPieces: Bool = false) {
        self.objects = Mutex(objects)
        self.isFar = isFar
        self.pageSize = pageSize
        self.takesPieces = takesPieces
    }

    /// Requests so far, and how many were under way at once at most.
    public var requests: (count: Int, atOnce: Int) { counted.withLock { ($0.count, $0.most) } }

    private func asking<Value>(_ work: () throws(StoreError) -> Value) async throws(StoreError) -> Value {
        counted.withLock {
            $0.count += 1
            $0.now += 1
            $0.most = max($0.most, $0.now)
        }
        if isFar { await Task.yield() }
        defer { counted.withLock { $0.now -= 1 } }
        return try work()
    }

    public var location: String { "memory" }

    /// Every object as it stands.
    public var contents: [ObjectKey: [UInt8]] { objects.withLock { $0 } }

    /// Puts the object, or where `bytes` is nil takes it away, without asking.
    public func set(_ key: ObjectKey, _ bytes: [UInt8]?) {
        objects.withLock { $0[key] = bytes }
    }

    public func put(_ key: ObjectKey, _ bytes: [UInt8], ifAbsent: Bool) async throws(StoreError) {
        let isTaken = try await asking { () throws(StoreError) in
            objects.withLock { objects in
                if ifAbsent, objects[key] != nil { return true }
                objects[key] = bytes
                return false
            }
        }
        if isTaken { throw StoreError(.exists, "\(key) is already there.") }
    }

    public func beginPut(_ prefix: String) throws(StoreError) -> (any StreamedPut)? { takesPieces ? MemoryPut(self) : nil }

    public func get(_ key: ObjectKey, range: Range<Int>?) async throws(StoreError) -> [UInt8] {
        let held = try await asking { () throws(StoreError) in objects.withLock { $0[key] } }
        guard let bytes = held else { throw StoreError(.missing, "There is no \(key).") }
        guard let range else { return bytes }
        guard range.upperBound <= bytes.count else {
            throw StoreError(.short, "\(key) ends at byte \(bytes.count), before byte \(range.upperBound).")
        }
        return Array(bytes[range])
    }

    public func list(_ prefix: String, after: ObjectKey?, limit: Int) async throws(StoreError) -> [ObjectFacts] {
        let found = try await asking { () throws(StoreError) in
            objects.withLock { objects in
                objects.filter { $0.key.text.hasPrefix(prefix) && (after == nil || after! < $0.key) }
                    .map { ObjectFacts(key: $0.key, size: $0.value.count) }
            }
        }
        return Array(found.sorted { $0.key < $1.key }.prefix(limit))
    }

    public func head(_ key: ObjectKey) async throws(StoreError) -> ObjectFacts? {
        try await asking { () throws(StoreError) in objects.withLock { $0[key] } }.map { ObjectFacts(key: key, size: $0.count) }
    }

    public func delete(_ key: ObjectKey) async throws(StoreError) {
        try await asking { () throws(StoreError) in objects.withLock { $0[key] = nil } }
    }
}

private final class MemoryPut: StreamedPut {
    private let store: MemoryStore
    private let bytes = Mutex<[UInt8]>([])

    init(_ store: MemoryStore) { self.store = store }

    func append(_ piece: UnsafeRawBufferPointer) throws(StoreError) { bytes.withLock { $0 += piece } }

    func commit(_ key: ObjectKey) async throws(StoreError) {
        try await store.put(key, bytes.withLock { $0 }, ifAbsent: true)
    }
}
