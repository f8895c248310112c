import Foundation
import Language
import ObjectStore

extension OpenVault {
    /// Names every pack that is there and that no segment names, by its footer. Packs of a running backup are among them, which
    /// does no harm: it names them too. The index was brought up to date after `condemned` was read.
    ///
    /// - Parameters:
    ///   - condemned: packs that stay unnamed.
    ///   - session: whose segments these are.
    /// - Returns: the packs that were named.
    func indexUnnamed(except condemned: Set<PackID>, under session: ULID) async throws(VaultError) -> PrunePlan.Amount {
        let named = index.packs
        var done = PrunePlan.Amount()
        var waiting: [(pack: IndexSegment.Pack, chunks: [PackFooter.Chunk])] = []
        var chunks = 0
        var number: UInt16 = 1 << 14  // copies count from the beginning, merged segments from the middle
        for facts in try await listPacks() {
            guard let pack = PackLayout.pack(of: facts.key.text), named[pack] == nil, !condemned.contains(pack) else { continue }
            let footer: PackFooter?
            do throws(StoreError) {
                footer = try await PackFooter.read(pack, size: facts.size, from: store, layout: layout)
            } catch { throw VaultError(error) }
            guard let footer else { continue }
            waiting.append((.init(id: pack, size: facts.size, kind: footer.kind), footer.chunks))
            chunks += footer.chunks.count
            done.add(facts.size)
            if chunks >= IndexSegment.usualRecords {
                try await name(waiting, under: session, number: &number)
                waiting = []
                chunks = 0
            }
        }
        try await name(waiting, under: session, number: &number)
        return done
    }

    private func name(
        _ packs: [(pack: IndexSegment.Pack, chunks: [PackFooter.Chunk])], under session: ULID, number: inout UInt16
    ) async throws(VaultError) {
        guard !packs.isEmpty else { return }
        number &+= 1
        let segment = ULID(at: Date(), family: session, number: number)
        let table = IndexSegment.table(of: packs)
        let bytes = IndexSegment.seal(table, segment: segment, vault: id, indexKey: keys.indexKey)
        try await putNew(IndexSegment.objectName(segment), bytes)
        guard try await get(IndexSegment.objectName(segment)) == bytes else {
            throw .damaged(IndexSegment.objectName(segment), "it does not read back as it was written.")
        }
        index.add(table, segments: [segment])
    }
}
