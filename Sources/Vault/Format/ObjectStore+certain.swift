import Language
import ObjectStore

extension ObjectStore {
    /// Puts a new object (I1) and looks that it is there, whole: a store that says yes and forgets must not be believed, least of
    /// all when the next object will refer to this one (I2).
    ///
    /// - Parameter isNamedByItsBytes: an object that is there already is this one.
    func putSurely(_ name: String, _ bytes: [UInt8], isNamedByItsBytes: Bool = false) async throws(StoreError) {
        guard let key = ObjectKey(name) else { preconditionFailure("the vault names its objects with valid keys") }
        if isNamedByItsBytes {
            try await putNamedByItsBytes(name, bytes)
        } else {
            try await put(key, bytes, ifAbsent: true)
        }
        try await requireObject(name, size: bytes.count)
    }

    /// As `putSurely`, of an object that is named by its bytes and was written piece by piece.
    func putSurely(_ name: String, _ object: any StreamedPut, size: Int) async throws(StoreError) {
        guard let key = ObjectKey(name) else { preconditionFailure("a digest makes a valid key") }
        do throws(StoreError) {
            try await object.commit(key)
        } catch {
            guard error.code == .exists else { throw error }
        }
        try await requireObject(name, size: size)
    }

    /// Fails where the object is not there, whole.
    func requireObject(_ name: String, size: Int) async throws(StoreError) {
        guard let key = ObjectKey(name) else { preconditionFailure("the vault names its objects with valid keys") }
        guard try await head(key)?.size == size else { throw notThere(name) }
    }

    /// Puts an object whose name tells its bytes: one that is there already is this one.
    func putNamedByItsBytes(_ name: String, _ bytes: [UInt8]) async throws(StoreError) {
        guard let key = ObjectKey(name) else { preconditionFailure("a digest makes a valid key") }
        do throws(StoreError) {
            if let pack = PackLayout.pack(of: name) {
                try await put(key, bytes, sha256: pack.bytes, ifAbsent: true)
            } else {
                try await put(key, bytes, ifAbsent: true)
            }
        } catch {
            guard error.code == .exists else { throw error }
        }
    }

    /// Looks that packs that were put are there, whole, before an object that refers to them is put (I2): by listing all where
    /// that is one page, or few for so many packs; else one by one, since a page costs as much as a dozen looks.
    ///
    /// - Parameter others: about how many packs the store has besides.
    func requirePacks(_ packs: [(id: PackID, size: Int)], amongst others: Int) async throws(StoreError) {
        let pages = (others + packs.count) / pageSize + 1
        guard packs.count > 1, packs.count > 4 * (pages - 1) else {
            _ = try await concurrently(packs, atMost: requestsAtOnce) { pack throws(StoreError) in
                try await requireObject(PackLayout.objectName(pack.id), size: pack.size)
            }
            return
        }
        var wanted = Dictionary(packs.map { ($0.id, $0.size) }, uniquingKeysWith: { first, _ in first })
        try await eachPack { facts in
            if let pack = PackLayout.pack(of: facts.key.text), wanted[pack] == facts.size { wanted[pack] = nil }
        }
        if let missing = wanted.keys.min() { throw notThere(PackLayout.objectName(missing)) }
    }

    private func notThere(_ name: String) -> StoreError {
        StoreError(
            .failed, "\(location) said that it has \(name), and has it not, or not whole.",
            hint: "Do not trust this store: check its disk or service, then run the same command again.")
    }
}
