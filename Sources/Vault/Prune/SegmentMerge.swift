import Foundation
import Language
import ObjectStore

/// Writes index segments anew: without the packs that go, and small ones together.
///
/// A segment is deleted only in favour of one that was written here, read back, and holds every record that is kept: so of all
/// the keepers at work each replaces older by newer, and no record is ever in none.
struct SegmentMerge {
    let vault: OpenVault
    let session: ULID
    /// Packs that go.
    let dropped: Set<PackID>
    /// Sessions whose segments are left alone where they can be: by them a keeper knows what is being written.
    let busy: [ULID]
    /// Whether small segments are put together too.
    var mergesSmall = true

    /// Bytes; smaller segments are merged where there are more than a few.
    private static let smallSize = 1 << 20
    private static let fewSegments = 8
    /// Bytes of segments that are held at once.
    private static let groupSize = 64 << 20

    /// Returns how many segments were replaced.
    func run() async throws(VaultError) -> Int {
        let affected = Set(
            vault.index.tables.filter { table in table.packs.contains { dropped.contains($0.id) } }.flatMap(\.segments))
        var names: [(id: ULID, size: Int)] = []
        for facts in try await vault.list(IndexSegment.prefix) {
            if let id = ULID(facts.key.text.dropFirst(IndexSegment.prefix.count)) { names.append((id, facts.size)) }
        }
        let small = names.filter { segment in
            segment.size < Self.smallSize && !busy.contains { segment.id.isOfFamily($0) }
        }
        let merged = mergesSmall && small.count > Self.fewSegments ? Set(small.map(\.id)) : []
        var group: [IndexTable] = []
        var groupBytes = 0
        var replaced = 0
        var number: UInt16 = 1 << 15  // the copier counts from the other end
        for segment in names where affected.contains(segment.id) || merged.contains(segment.id) {
            guard let table = try await read(segment.id) else { continue }
            guard merged.contains(segment.id) || table.packs.contains(where: { dropped.contains($0.id) }) else { continue }
            group.append(table)
            groupBytes += segment.size
            guard groupBytes >= Self.groupSize else { continue }
            replaced += try await replace(group, number: &number)
            group = []
            groupBytes = 0
        }
        return replaced + (try await replace(group, number: &number))
    }

    /// Nil where it is gone, or damaged: that one is left to `check`.
    private func read(_ id: ULID) async throws(VaultError) -> IndexTable? {
        let bytes: [UInt8]
        do throws(VaultError) {
            bytes = try await vault.get(IndexSegment.objectName(id))
        } catch {
            guard error.storeCode == .missing else { throw error }
            return nil
        }
        return IndexSegment.open(bytes, segment: id, vault: vault.id, indexKey: vault.keys.indexKey)
            .flatMap { IndexTable($0, segments: [id]) }
    }

    private func replace(_ group: [IndexTable], number: inout UInt16) async throws(VaultError) -> Int {
        guard group.count > 1 || group.contains(where: { $0.packs.contains { dropped.contains($0.id) } }) else { return 0 }
        let table = IndexTable.merge(group) { !dropped.contains($0) }
        var written: IndexTable?
        if table.count > 8 {
            number &+= 1
            let id = ULID(at: Date(), family: session, number: number)
            let bytes = IndexSegment.seal(table, segment: id, vault: vault.id, indexKey: vault.keys.indexKey)
            try await vault.putNew(IndexSegment.objectName(id), bytes)
            written = try await read(id)
        }
        for old in group {
            for position in 0..<old.recordCount {
                guard let place = old.place(at: position), !dropped.contains(place.pack), let id = old.provenID(at: position)
                else { continue }
                guard let written, written.places(of: id).contains(place) else {
                    throw .damaged("index/", "a segment that was just written does not read back as it was written.")
                }
            }
        }
        for old in group { try await vault.remove(IndexSegment.objectName(old.segments[0])) }
        return group.count
    }
}

extension OpenVault {
    /// Deletes an object, as keepers do. False where a lock keeps it: what is let go counts no more, and goes later.
    @discardableResult
    func remove(_ name: String) async throws(VaultError) -> Bool {
        guard let key = ObjectKey(name) else { preconditionFailure("the vault names its objects with valid keys") }
        do throws(StoreError) {
            try await store.delete(key)
            return true
        } catch {
            guard error.code == .locked else { throw VaultError(error) }
            return false
        }
    }
}
