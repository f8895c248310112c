import Foundation
import Language
import ObjectStore
import Synchronization

/// What a prune did about bundles.
public struct BundleReport: Sendable {
    public internal(set) var written = 0
    public internal(set) var removed = 0
    /// What kept it from going on. The vault lacks nothing by it; a host that has listed nothing yet takes longer.
    public internal(set) var problem: VaultError?
}

/// Keeps a vault's bundles: what is in none gets into new ones, what was let go is in none afterwards, and their number stays
/// small.
///
/// Any number of keepers may do it at once: at worst two bundles hold the same, and the next prune deletes one. New bundles are
/// put before the old ones are deleted. At most one bundle is held in memory, and one that it is made of.
struct BundleUpkeep {
    let vault: OpenVault

    func run() async -> BundleReport {
        var report = BundleReport()
        do throws(VaultError) {
            let bundles = try await vault.list(ObjectBundle.prefix)
            for family in ObjectBundle.Family.allCases { try await keep(family, bundles, &report) }
        } catch { report.problem = error }
        return report
    }

    /// - Parameter bundles: all that are listed, of every family.
    private func keep(
        _ family: ObjectBundle.Family, _ bundles: [ObjectFacts], _ report: inout BundleReport
    ) async throws(VaultError) {
        let sizes = vault.bundleSizes.withLock { $0 }
        let listed = bundles.compactMap { facts in ObjectBundle.Name(facts.key.text, of: family).map { ($0, facts.size) } }
        let plan = BundlePlan(try await counting(family), bundles: try await tables(listed), sizes)
        for items in plan.written where try await write(items, of: family, sizes) { report.written += 1 }
        for name in plan.removed where try await vault.remove(name.text) { report.removed += 1 }
    }

    /// What is listed and was not let go, with its size.
    private func counting(_ family: ObjectBundle.Family) async throws(VaultError) -> [ULID: Int] {
        var listed: [ULID: Int] = [:]
        for facts in try await vault.listByTime(family.prefix) {
            if let id = ULID(facts.key.text.dropFirst(family.prefix.count)) { listed[id] = facts.size }
        }
        guard family == .snapshots else { return listed }
        for object in try await vault.letGoObjects() { listed[object] = nil }
        return listed
    }

    /// What each bundle holds, read from its beginning; nil for what is no bundle.
    private func tables(
        _ listed: [(name: ObjectBundle.Name, size: Int)]
    ) async throws(VaultError) -> [ObjectBundle.Name: [ObjectBundle.Entry]?] {
        let vault = vault
        let tables = try await concurrently(listed, atMost: requestsAtOnce) { item throws(VaultError) in
            let range = 0..<min(item.size, ObjectBundle.longestTable)
            do throws(VaultError) {
                let head = try await vault.get(item.name.text, range)
                return ObjectBundle.entries(head, of: item.name, size: item.size, vault: vault.id)
            } catch {
                // Another keeper was here.
                guard error.storeCode == .missing || error.storeCode == .short else { throw error }
                return nil
            }
        }
        return Dictionary(uniqueKeysWithValues: zip(listed.map(\.name), tables))
    }

    /// Writes a bundle of those of the items that are as they must be. False where too few are.
    private func write(
        _ items: [BundlePlan.Item], of family: ObjectBundle.Family, _ sizes: ObjectBundle.Sizes
    ) async throws(VaultError) -> Bool {
        var right: [ULID: [UInt8]] = [:]
        for source in Set(items.compactMap(\.source)).sorted(by: { $0.text < $1.text }) {
            guard let bundle = try await vault.getUnlessGone(source.text) else { continue }
            let wanted = Set(items.filter { $0.source == source }.map(\.entry))
            let held = ObjectBundle.objects(bundle, of: source, vault: vault.id).filter { wanted.contains($0.entry) }
            let found = await verified(held.map { ($0.entry.id, Array(bundle[$0.range])) }, family)
            right.merge(found) { $1 }
        }
        let vault = vault
        let rest = items.map(\.entry).filter { right[$0.id] == nil }
        let got = try await concurrently(rest, atMost: requestsAtOnce) { entry throws(VaultError) in
            (id: entry.id, bytes: try await vault.getUnlessGone(family.prefix + entry.id.text) ?? [])
        }
        let found = await verified(zip(rest, got).filter { $0.size == $1.bytes.count }.map(\.1), family)
        right.merge(found) { $1 }
        let objects = right.map { (id: $0.key, bytes: $0.value) }.sorted { $0.id < $1.id }
        guard let first = objects.first?.id, let last = objects.last?.id, objects.count >= sizes.leastObjects else {
            return false
        }
        let name = ObjectBundle.Name(family, first: first, last: last, id: ULID(at: Date()))
        try await vault.putNew(name.text, ObjectBundle.encode(objects, id: name.id, vault: vault.id))
        return true
    }

    private func verified(_ objects: [(id: ULID, bytes: [UInt8])], _ family: ObjectBundle.Family) async -> [ULID: [UInt8]] {
        let vault = vault
        let right = await onEveryProcessor(objects) { vault.isRight($0.bytes, $0.id, family) ? $0 : nil }
        return Dictionary(right.map { ($0.id, $0.bytes) }, uniquingKeysWith: { first, _ in first })
    }
}

extension OpenVault {
    fileprivate func isRight(_ bytes: [UInt8], _ id: ULID, _ family: ObjectBundle.Family) -> Bool {
        switch family {
        case .snapshots: (try? verifySnapshot(bytes, id)) != nil
        case .records: (try? verifyRecord(bytes, id)) != nil
        }
    }
}
