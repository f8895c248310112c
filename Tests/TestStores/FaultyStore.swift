import Language
public import ObjectStore
import Synchronization

/// A store between a test and another store that does one operation wrong, and then nothing more, or the rest rightly.
public final class FaultyStore: ObjectStore {
    public enum Fault: String, CaseIterable, Sendable {
        /// The operation is not done and says so.
        case fails
        /// The operation is done and says that it failed: the answer was lost.
        case isUnanswered
        /// The operation says it is done and is not; what is read was forgotten: the object is missing, the list lacks its last,
        /// the size is unknown. An object that comes in pieces is forgotten whole.
        case forgets
        /// A put, or a piece of one, leaves half the bytes where no key names them and fails; what is read is half of it.
        case tears
    }

    public enum Aftermath: String, CaseIterable, Sendable {
        /// Only this operation goes wrong.
        case goesOn
        /// Nothing is done any more: the network is cut, the process dead.
        case dies
    }

    private let inner: any ObjectStore
    private let fault: Fault
    private let aftermath: Aftermath
    private let faultyOperation: Int
    private let count = Mutex(0)

    /// - Parameter operation: the number, from 0, of the operation that goes wrong.
    public init(_ inner: any ObjectStore, operation: Int, fault: Fault, aftermath: Aftermath) {
        self.inner = inner
        faultyOperation = operation
        self.fault = fault
        self.aftermath = aftermath
    }

    /// Operations asked for so far.
    public var operations: Int { count.withLock { $0 } }
    public var wasFaulty: Bool { operations > faultyOperation }

    public var location: String { inner.location }

    public var isFar: Bool { inner.isFar }

    public var pageSize: Int { inner.pageSize }

    /// The fault of the operation that begins now, or nil. Throws where the store is dead.
    fileprivate func begin() throws(StoreError) -> Fault? {
        let number = count.withLock {
            $0 += 1
            return $0 - 1
        }
        if number > faultyOperation, aftermath == .dies { throw Self.failure }
        return number == faultyOperation ? fault : nil
    }

    fileprivate static var failure: StoreError { StoreError(.unreachable, "The store was cut off on purpose.") }

    public func put(_ key: ObjectKey, _ bytes: [UInt8], ifAbsent: Bool) async throws(StoreError) {
        switch try begin() {
        case nil: try await inner.put(key, bytes, ifAbsent: ifAbsent)
        case .fails: throw Self.failure
        case .forgets: return
        case .isUnanswered:
            try await inner.put(key, bytes, ifAbsent: ifAbsent)
            throw Self.failure
        case .tears:
            if let torn = ObjectKey("tmp/torn") {
                try await inner.put(torn, Array(bytes.prefix(bytes.count / 2)), ifAbsent: false)
            }
            throw Self.failure
        }
    }

    public func beginPut(_ prefix: String) throws(StoreError) -> (any StreamedPut)? {
        guard let object = try inner.beginPut(prefix) else { return nil }
        return switch try begin() {
        case nil: FaultyPut(self, object)
        case .forgets: FaultyPut(self, nil)
        case .fails, .isUnanswered, .tears: throw Self.failure
        }
    }

    public func get(_ key: ObjectKey, range: Range<Int>?) async throws(StoreError) -> [UInt8] {
        switch try begin() {
        case nil: return try await inner.get(key, range: range)
        case .fails, .isUnanswered: throw Self.failure
        case .forgets: throw StoreError(.missing, "There is no \(key).")
        case .tears:
            let bytes = try await inner.get(key, range: range)
            return Array(bytes.prefix(bytes.count / 2))
        }
    }

    public func list(_ prefix: String, after: ObjectKey?, limit: Int) async throws(StoreError) -> [ObjectFacts] {
        let fault = try begin()
        if fault == .fails || fault == .isUnanswered { throw Self.failure }
        let page = try await inner.list(prefix, after: after, limit: limit)
        return switch fault {
        case .forgets: page.dropLast()
        case .tears: Array(page.prefix(page.count / 2))
        default: page
        }
    }

    public func head(_ key: ObjectKey) async throws(StoreError) -> ObjectFacts? {
        let fault = try begin()
        if fault == .fails || fault == .isUnanswered { throw Self.failure }
        let facts = try await inner.head(key)
        return switch fault {
        case .forgets: nil
        case .tears: facts.map { ObjectFacts(key: $0.key, size: $0.size / 2) }
        default: facts
        }
    }

    public func delete(_ key: ObjectKey) async throws(StoreError) {
        switch try begin() {
        case .fails, .tears: throw Self.failure
        case .forgets: return
        case .isUnanswered:
            try await inner.delete(key)
            throw Self.failure
        case nil: try await inner.delete(key)
        }
    }
}

/// An object in pieces, each of which is an operation of its store.
private final class FaultyPut: StreamedPut {
    private let store: FaultyStore
    /// Nil once it was forgotten.
    private let inner: Mutex<(any StreamedPut)?>

    init(_ store: FaultyStore, _ inner: (any StreamedPut)?) {
        self.store = store
        self.inner = Mutex(inner)
    }

    func append(_ bytes: UnsafeRawBufferPointer) throws(StoreError) {
        let object = inner.withLock { $0 }
        switch try store.begin() {
        case nil: try object?.append(bytes)
        case .fails: throw FaultyStore.failure
        case .forgets: inner.withLock { $0 = nil }
        case .isUnanswered:
            try object?.append(bytes)
            throw FaultyStore.failure
        case .tears:
            try object?.append(UnsafeRawBufferPointer(rebasing: bytes[..<(bytes.count / 2)]))
            throw FaultyStore.failure
        }
    }

    func commit(_ key: ObjectKey) async throws(StoreError) {
        let object = inner.withLock { $0 }
        switch try store.begin() {
        case nil: try await object?.commit(key)
        case .fails, .tears: throw FaultyStore.failure
        case .forgets: return
        case .isUnanswered:
            try await object?.commit(key)
            throw FaultyStore.failure
        }
    }
}
