import Foundation
import Language
import ObjectStore
import Synchronization

/// The signed objects of a family, by the store's listing.
extension OpenVault {
    /// What could be verified, in the order of the ids, and why the others could not.
    struct Verified: Sendable {
        var found: [VerifiedObject] = []
        /// The ids of all that is listed, verified or not.
        var listed: Set<ULID> = []
        var failures: [(id: ULID, error: VaultError)] = []
    }

    /// Verifies what is listed: from the catalogue of what this host has verified before, the rest from the cache, from bundles
    /// or from the objects, many at once.
    ///
    /// - Parameters:
    ///   - listed: objects of `family`, in the order of their ids, with their sizes.
    ///   - witness: notes what is verified.
    ///   - fresh: reads every object from the store.
    ///   - isBelieved: whether what was verified once still counts for this signer.
    ///   - verify: reads an object's bytes; fails with `.damaged`.
    /// - Throws: what the store says, unless it is that an object is missing.
    func verified(
        _ listed: [(id: ULID, name: String, size: Int)], of family: ObjectBundle.Family, in catalogue: VerifiedCatalogue,
        witness: Witness, fresh: Bool,
        isBelieved: (VerifiedObject) -> Bool,
        _ verify: @escaping @Sendable ([UInt8], ULID) throws(VaultError) -> VerifiedObject
    ) async throws(VaultError) -> Verified {
        let known = fresh ? [:] : catalogue.known
        let unknown = listed.filter { item in
            known[item.id].map { $0.size != item.size || !isBelieved($0.object) } ?? true
        }
        let here = fresh || unknown.isEmpty ? [] : cachedNames(like: unknown[0].name)
        let bundled = fresh ? [:] : await bundled(unknown.filter { !here.contains($0.name) }, of: family, verify)
        let rest = unknown.filter { bundled[$0.id] == nil }
        let newest = listed.last?.id
        typealias Outcome = (item: VerifiedCatalogue.Item?, failure: VaultError?)
        let outcomes = try await concurrently(rest, atMost: requestsAtOnce) { [self] item throws(VaultError) -> Outcome in
            if here.contains(item.name), let bytes = cache.read(item.name), bytes.count == item.size,
                let object = try? verify(bytes, item.id)
            {
                return (.init(object: object, size: bytes.count), nil)
            }
            do throws(VaultError) {
                let bytes = try await get(item.name)
                if item.id == newest { lastRead.withLock { $0 = (item.name, bytes) } }
                return (.init(object: try verify(bytes, item.id), size: bytes.count), nil)
            } catch {
                guard error.code == .damaged || error.storeCode == .missing else { throw error }
                return (nil, error)
            }
        }
        var result = Verified()
        result.listed = Set(listed.map(\.id))
        var items: [ULID: VerifiedCatalogue.Item] = [:]
        items.reserveCapacity(listed.count)
        let new = Dictionary(uniqueKeysWithValues: zip(rest.map(\.id), outcomes))
        for item in listed {
            if let outcome = new[item.id] {
                if let failure = outcome.failure { result.failures.append((item.id, failure)) }
                items[item.id] = outcome.item
            } else {
                items[item.id] = bundled[item.id] ?? known[item.id]
            }
            if let found = items[item.id] { result.found.append(found.object) }
        }
        if !unknown.isEmpty { witness.note(result.found) }
        if !unknown.isEmpty || known.count != items.count { catalogue.remember(items) }
        return result
    }

    /// The objects of which this host has a copy of its own: what it has written itself.
    private func cachedNames(like name: String) -> Set<String> {
        let folder = name.prefix { $0 != "/" }
        return Set(cache.names(in: String(folder)).map { folder + "/" + $0 })
    }
}
