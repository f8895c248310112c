import Foundation
import ObjectStore
import Synchronization

/// Signed objects out of bundles, for who lacks many.
extension OpenVault {
    /// A bundle that is listed, with its bytes.
    struct ListedBundle: Sendable {
        let name: ObjectBundle.Name
        let size: Int
    }

    /// Of `wanted`, what bundles hold as it must be. The rest is to be had from the objects themselves: what is wrong with a
    /// bundle, or keeps it from being read, costs time and no more (I22).
    ///
    /// - Parameters:
    ///   - wanted: listed objects of the family, in the order of their ids, with their sizes.
    ///   - verify: as for an object's own bytes.
    func bundled(
        _ wanted: [(id: ULID, name: String, size: Int)], of family: ObjectBundle.Family,
        _ verify: @escaping @Sendable ([UInt8], ULID) throws(VaultError) -> VerifiedObject
    ) async -> [ULID: VerifiedCatalogue.Item] {
        let sizes = bundleSizes.withLock { $0 }
        guard wanted.count >= sizes.worthwhile, var bundles = try? await listedBundles(of: family) else { return [:] }
        var found: [ULID: VerifiedCatalogue.Item] = [:]
        // A second time, where a bundle that seemed to hold the same as another did not, or was damaged.
        for _ in 0..<2 {
            let lacking = wanted.filter { found[$0.id] == nil }.map { ObjectBundle.Entry(id: $0.id, size: $0.size) }
            let chosen = ObjectBundle.choose(from: bundles, lacking: lacking, sizes)
            guard !chosen.isEmpty else { break }
            let names = Set(chosen.map(\.name))
            bundles.removeAll { names.contains($0.name) }
            let listed = Set(lacking)
            let pieces = await concurrently(chosen, atMost: Self.bundlesAtOnce, areLarge: true) {
                [self] bundle -> [VerifiedCatalogue.Item] in
                guard let bytes = try? await get(bundle.name.text) else { return [] }
                let held = ObjectBundle.objects(bytes, of: bundle.name, vault: id).filter { listed.contains($0.entry) }
                // Signatures keep a processor busy.
                return await onEveryProcessor(held) { entry, range in
                    guard let object = try? verify(Array(bytes[range]), entry.id) else { return nil }
                    return VerifiedCatalogue.Item(object: object, size: entry.size)
                }
            }
            for item in pieces.joined() { found[item.object.id] = item }
        }
        return found
    }

    /// Bundles that are under way at once: some 20 MB, and enough for every processor.
    private static let bundlesAtOnce = 8

    /// The bundles of a family. Names that are none, and what is larger than a bundle can be, are passed over.
    func listedBundles(of family: ObjectBundle.Family) async throws(VaultError) -> [ListedBundle] {
        try await list(family.bundles).compactMap { facts in
            guard let name = ObjectBundle.Name(facts.key.text, of: family),
                facts.size <= ObjectBundle.longestTable + ObjectBundle.Sizes.limit.bytes
            else { return nil }
            return ListedBundle(name: name, size: facts.size)
        }
    }
}

extension ObjectBundle {
    /// Which bundles are worth their request: the larger ones first, each for what lies in its range and in that of none before
    /// it. So at most `mostWaste` times the lacking bytes are read, whatever somebody has put there.
    ///
    /// - Parameter lacking: in the order of the ids.
    static func choose(from bundles: [OpenVault.ListedBundle], lacking: [Entry], _ sizes: Sizes) -> [OpenVault.ListedBundle] {
        var isCovered = [Bool](repeating: false, count: lacking.count)
        var left = lacking.count
        var chosen: [OpenVault.ListedBundle] = []
        for bundle in bundles.sorted(by: { ($0.size, $0.name.id) > ($1.size, $1.name.id) }).prefix(mostLookedAt) {
            guard left >= sizes.worthwhile else { break }
            let start = lacking.place { $0.id >= bundle.name.first }
            let end = lacking.place { $0.id > bundle.name.last }
            var (count, bytes) = (0, 0)
            for place in start..<end where !isCovered[place] {
                count += 1
                bytes += lacking[place].size
            }
            guard count >= sizes.worthwhile, bundle.size <= sizes.mostWaste * bytes else { continue }
            for place in start..<end { isCovered[place] = true }
            left -= count
            chosen.append(bundle)
        }
        return chosen
    }

    /// More bundles than four million objects make.
    private static let mostLookedAt = 4096
}

extension Array {
    /// The first place from which on all elements are as `isBehind` says; they are sorted by that.
    fileprivate func place(_ isBehind: (Element) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if isBehind(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
