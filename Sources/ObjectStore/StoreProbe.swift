import Language

/// Tries out, with a few small objects that it removes again, whether a store honours what a vault relies on.
public enum StoreProbe {
    /// Its objects' keys begin with this. They have no folder of their own, which a directory would keep.
    static let prefix = "probe-"

    /// What was found where nothing is amiss that a vault cannot do without.
    public struct Findings: Hashable, Sendable {
        /// Whether a put that must be new never replaces another object.
        public var conditionalCreate = true
        /// Whether these credentials may delete. A writer need not.
        public var deletes = true

        public init(conditionalCreate: Bool = true, deletes: Bool = true) {
            self.conditionalCreate = conditionalCreate
            self.deletes = deletes
        }
    }

    /// Whether an object is one of a probe that was cut off, or of one that may not delete.
    public static func isOwn(_ key: ObjectKey) -> Bool { isOwn(key.text) }

    public static func isOwn(_ name: String) -> Bool { name.hasPrefix(prefix) }

    /// Fails with `.failed` naming the promise that the store breaks, or with the store's own error.
    ///
    /// Where nothing may be deleted its objects stay, and the next probe uses the same ones.
    public static func run(on store: some ObjectStore) async throws(StoreError) -> Findings {
        guard try await deletes(store) else { return try await probeKept(store) }
        let prefix = Self.prefix + String(UInt64.random(in: .min ... .max), radix: 16) + "-"
        let names = names(prefix)
        let isConditional: Bool
        do throws(StoreError) {
            let bytes = (0..<1000).map { _ in UInt8.random(in: .min ... .max) }
            for name in [names[2], names[0], names[1]] { try await store.put(name, bytes, ifAbsent: true) }
            isConditional = try await probe(store, names, prefix, bytes)
        } catch {
            for name in names { try? await store.delete(name) }
            throw error
        }
        for name in names { try await store.delete(name) }
        return Findings(conditionalCreate: isConditional)
    }

    private static func names(_ prefix: String) -> [ObjectKey] {
        let names = ["a", "b", "c"].compactMap { ObjectKey(prefix + $0) }
        precondition(names.count == 3)
        return names
    }

    /// Tried on what is not there, so that nothing has to be written first.
    private static func deletes(_ store: some ObjectStore) async throws(StoreError) -> Bool {
        let name = names(prefix + String(UInt64.random(in: .min ... .max), radix: 16) + "-none-")[0]
        do throws(StoreError) {
            try await store.delete(name)
            return true
        } catch {
            guard error.code == .denied else { throw error }
            return false
        }
    }

    /// With objects that stay, so that no probe adds to them.
    private static func probeKept(_ store: some ObjectStore) async throws(StoreError) -> Findings {
        let prefix = Self.prefix + "kept-"
        let names = names(prefix)
        let bytes = Array("kept: these credentials may not delete".utf8)
        for name in names {
            do throws(StoreError) {
                try await store.put(name, bytes, ifAbsent: true)
            } catch {
                guard error.code == .exists else { throw error }
            }
        }
        return Findings(conditionalCreate: try await probe(store, names, prefix, bytes), deletes: false)
    }

    /// Whether creating is conditional; everything else is a must.
    private static func probe(
        _ store: some ObjectStore, _ names: [ObjectKey], _ prefix: String, _ bytes: [UInt8]
    ) async throws(StoreError) -> Bool {
        guard try await store.get(names[0]) == bytes else { throw broken("an object reads back as it was written") }
        let middle = 10..<bytes.count - 10
        guard try await store.get(names[0], range: middle) == Array(bytes[middle]) else {
            throw broken("a range of an object can be read")
        }
        guard try await store.list(prefix, after: nil, limit: 10).map(\.key) == names else {
            throw broken("objects are listed at once and in order")
        }
        guard try await store.list(prefix, after: names[0], limit: 10).map(\.key) == Array(names[1...]) else {
            throw broken("a listing can go on behind an object")
        }
        do throws(StoreError) {
            try await store.put(names[0], bytes, ifAbsent: true)
        } catch {
            guard error.code == .exists else { throw error }
            return true
        }
        return false
    }

    private static func broken(_ promise: Phrase) -> StoreError {
        StoreError(
            .failed, "The store does not honour what a vault needs: \(promise).",
            hint: "Use another store: with this one a vault could lose data.")
    }
}
