import Language

/// Tries out, with a few small objects that it removes again, whether a store honours what a vault relies on.
public enum StoreProbe {
    /// Its objects' keys begin with this. They have no folder of their own, which a directory would keep.
    static let prefix = "probe-"

    /// Fails with `.failed` naming the promise that the store breaks, or with the store's own error.
    public static func run(on store: some ObjectStore) async throws(StoreError) {
        let prefix = Self.prefix + String(UInt64.random(in: .min ... .max), radix: 16) + "-"
        let names = ["a", "b", "c"].compactMap { ObjectKey(prefix + $0) }
        precondition(names.count == 3)
        do throws(StoreError) {
            try await probe(store, names, prefix)
        } catch {
            for name in names { try? await store.delete(name) }
            throw error
        }
        for name in names { try await store.delete(name) }
    }

    private static func probe(_ store: some ObjectStore, _ names: [ObjectKey], _ prefix: String) async throws(StoreError) {
        let bytes = (0..<1000).map { _ in UInt8.random(in: .min ... .max) }
        for name in [names[2], names[0], names[1]] { try await store.put(name, bytes, ifAbsent: true) }
        guard try await store.get(names[0]) == bytes else { throw broken("an object reads back as it was written") }
        guard try await store.get(names[0], range: 100..<900) == Array(bytes[100..<900]) else {
            throw broken("a range of an object can be read")
        }
        guard try await store.list(prefix, after: nil, limit: 10).map(\.key) == names else {
            throw broken("objects are listed at once and in order")
        }
        guard try await store.list(prefix, after: names[0], limit: 10).map(\.key) == Array(names[1...]) else {
            throw broken("a listing can go on behind an object")
        }
        do throws(StoreError) {
            try await store.put(names[0], [1], ifAbsent: true)
        } catch {
            guard error.code == .exists else { throw error }
            return
        }
        throw broken("an object that must be new never replaces another")
    }

    private static func broken(_ promise: Phrase) -> StoreError {
        StoreError(
            .failed, "The store does not honour what a vault needs: \(promise).",
            hint: "Use another store: with this one a vault could lose data.")
    }
}
