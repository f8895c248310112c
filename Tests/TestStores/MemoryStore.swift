import Language
public import ObjectStore
import Synchronization

/// A store in memory that honours the contract to the letter, and lets a test look at its objects and change them behind
/// everybody's back.
public final class MemoryStore: ObjectStore {
    private let objects: Mutex<[ObjectKey: [UInt8]]>

    public init(_ objects: [ObjectKey: [UInt8]] = [:]) {
        self.objects = Mutex(objects)
    }

    public var location: String { "memory" }

    /// Every object as it stands.
    public var contents: [ObjectKey: [UInt8]] { objects.withLock { $0 } }

    /// Puts the object, or where `bytes` is nil takes it away, without asking.
    public func set(_ key: ObjectKey, _ bytes: [UInt8]?) {
        objects.withLock { $0[key] = bytes }
    }

    public func put(_ key: ObjectKey, _ bytes: [UInt8], ifAbsent: Bool) async throws(StoreError) {
        let isTaken = objects.withLock { objects in
            if ifAbsent, objects[key] != nil { return true }
            objects[key] = bytes
            return false
        }
        if isTaken { throw StoreError(.exists, "\(key) is already there.") }
    }

    public func get(_ key: ObjectKey, range: Range<Int>?) async throws(StoreError) -> [UInt8] {
        guard let bytes = objects.withLock({ $0[key] }) else { throw StoreError(.missing, "There is no \(key).") }
        guard let range else { return bytes }
        guard range.upperBound <= bytes.count else {
            throw StoreError(.short, "\(key) ends at byte \(bytes.count), before byte \(range.upperBound).")
        }
        return Array(bytes[range])
    }

    public func list(_ prefix: String, after: ObjectKey?, limit: Int) async throws(StoreError) -> [ObjectFacts] {
        let found = objects.withLock { objects in
            objects.filter { $0.key.text.hasPrefix(prefix) && (after == nil || after! < $0.key) }
                .map { ObjectFacts(key: $0.key, size: $0.value.count) }
        }
        return Array(found.sorted { $0.key < $1.key }.prefix(limit))
    }

    public func head(_ key: ObjectKey) async throws(StoreError) -> ObjectFacts? {
        objects.withLock { $0[key] }.map { ObjectFacts(key: key, size: $0.count) }
    }

    public func delete(_ key: ObjectKey) async throws(StoreError) {
        objects.withLock { $0[key] = nil }
    }
}
