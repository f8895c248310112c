import Language

/// A store that replaces objects even where they must be new, used so that this does no harm as long as each name has one writer:
/// it looks first whether the name is free.
///
/// Of two who put one name at the same instant both succeed and the later one stays. So whoever uses it must not let two
/// parties compete for a name; docs/decisions/0006 says how a vault does without.
public struct CheckFirstStore: ObjectStore {
    private let inner: any ObjectStore
    private let uncontested: [String]

    /// - Parameter uncontested: prefixes under which no two ever put different bytes under one name: nothing is looked for there.
    public init(_ inner: any ObjectStore, uncontested: [String] = []) {
        self.inner = inner
        self.uncontested = uncontested
    }

    public var location: String { inner.location }

    public var pageSize: Int { inner.pageSize }

    public var isFar: Bool { inner.isFar }

    public func put(_ key: ObjectKey, _ bytes: [UInt8], ifAbsent: Bool) async throws(StoreError) {
        if ifAbsent { try await requireFree(key) }
        try await inner.put(key, bytes, ifAbsent: ifAbsent)
    }

    public func put(_ key: ObjectKey, _ bytes: [UInt8], sha256: [UInt8], ifAbsent: Bool) async throws(StoreError) {
        if ifAbsent { try await requireFree(key) }
        try await inner.put(key, bytes, sha256: sha256, ifAbsent: ifAbsent)
    }

    private func requireFree(_ key: ObjectKey) async throws(StoreError) {
        let isContested = !uncontested.contains { key.text.hasPrefix($0) }
        if isContested, try await inner.head(key) != nil {
            throw StoreError(.exists, "\(key) is already in \(location).")
        }
    }

    /// Only where no two put different bytes under one name: nothing is looked for there.
    public func beginPut(_ prefix: String) throws(StoreError) -> (any StreamedPut)? {
        guard uncontested.contains(where: prefix.hasPrefix) else { return nil }
        return try inner.beginPut(prefix)
    }

    public func get(_ key: ObjectKey, range: Range<Int>?) async throws(StoreError) -> [UInt8] {
        try await inner.get(key, range: range)
    }

    public func list(_ prefix: String, after: ObjectKey?, limit: Int) async throws(StoreError) -> [ObjectFacts] {
        try await inner.list(prefix, after: after, limit: limit)
    }

    public func head(_ key: ObjectKey) async throws(StoreError) -> ObjectFacts? { try await inner.head(key) }

    public func delete(_ key: ObjectKey) async throws(StoreError) { try await inner.delete(key) }

    public func prepare() async throws(StoreError) { try await inner.prepare() }

    public func requirePlace() async throws(StoreError) { try await inner.requirePlace() }

    public func features() async throws(StoreError) -> StoreFeatures { try await inner.features() }

    public func removeLeftovers() async throws(StoreError) -> Int { try await inner.removeLeftovers() }

    public var versioned: (any VersionedStore)? { inner.versioned }
}
