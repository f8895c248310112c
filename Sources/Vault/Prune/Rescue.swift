import Language
import ObjectStore

/// Sees that nothing is lost with packs that are about to be deleted: what is live and lies in them alone is copied.
struct Rescue {
    let vault: OpenVault
    let live: LiveChunks
    /// Chunks that a repair found to be lost.
    let knownLost: Set<ChunkID>
    /// What is about to be deleted.
    let packs: Set<PackID>

    /// Copies until everything live has a place in a pack that was read and is condemned by nobody. False where keepers condemn
    /// each other's copies: then nothing is deleted this time.
    ///
    /// - Parameter report: takes what is found damaged.
    func run(_ report: inout PruneReport, with copier: inout PackCopier) async throws(VaultError) -> Bool {
        var trusted: Set<PackID> = []
        var damaged: Set<PackID> = []
        for _ in 0..<5 {
            // First what is condemned, then what is there: a pack that is listed and not condemned stays until whoever condemns
            // it has seen these.
            let doomed = try await vault.condemned().reduce(into: damaged.union(packs)) { $0.formUnion($1.packs) }
            try await vault.index.refresh(from: vault.store)
            let found = try places(outside: doomed, damaged: damaged)
            var isSound = true
            for pack in found.witnesses.subtracting(trusted).subtracting(copier.packs).sorted() {
                let bytes = try await vault.getUnlessGone(PackLayout.objectName(pack))
                if let bytes, PackID(sha256: bytes) == pack {
                    trusted.insert(pack)
                } else {
                    isSound = false
                    damaged.insert(pack)
                    // Where it is gone another keeper was here meanwhile, who saw to what was in it.
                    if bytes != nil { report.damaged.append(PackLayout.objectName(pack)) }
                }
            }
            if !isSound { continue }
            if found.stranded.isEmpty { return true }
            for pack in found.stranded.sorted() {
                do throws(VaultError) {
                    try await vault.copy(pack, of: live, leaving: doomed, with: &copier)
                } catch {
                    // Another keeper was here, or it has other bytes than it had: look again.
                    guard error.code == .damaged || error.storeCode == .missing else { throw error }
                    if error.code == .damaged {
                        damaged.insert(pack)
                        report.damaged.append(PackLayout.objectName(pack))
                    }
                }
            }
            try await copier.finish()
        }
        return false
    }

    /// Of everything live in `packs`: the packs outside of `doomed` that hold it too, and those of `packs` that alone do. Fails
    /// where something live is nowhere, and no repair has found that before.
    private func places(
        outside doomed: Set<PackID>, damaged: Set<PackID>
    ) throws(VaultError) -> (witnesses: Set<PackID>, stranded: Set<PackID>) {
        let index = vault.index
        let present = index.present
        var witnesses: Set<PackID> = []
        var stranded: Set<PackID> = []
        var lost = 0
        for table in index.tables {
            let going = table.packs.map { packs.contains($0.id) }
            guard going.contains(true) else { continue }
            for position in 0..<table.recordCount {
                guard let id = table.provenID(at: position), let ordinal = table.packOrdinal(at: position), going[ordinal],
                    live.contains(id)
                else { continue }
                if let other = index.find(id, avoiding: doomed) {
                    witnesses.insert(other.pack)
                } else if let here = index.places(of: id).first(where: {
                    present.contains($0.pack) && packs.contains($0.pack) && !damaged.contains($0.pack)
                }) {
                    stranded.insert(here.pack)
                } else if !knownLost.contains(id) || index.places(of: id).contains(where: { present.contains($0.pack) }) {
                    lost += 1
                }
            }
        }
        guard !index.tables.contains(where: \.isDamaged) else {
            throw .damaged("the local cache", "a part of the index is not what was written. It is fetched anew next time.")
        }
        guard lost == 0 else { throw PruneRun.incomplete(lost) }
        return (witnesses, stranded)
    }
}

extension OpenVault {
    /// Copies what is live in a pack and in none outside of `doomed`.
    func copy(
        _ pack: PackID, of live: LiveChunks, leaving doomed: Set<PackID>, with copier: inout PackCopier
    ) async throws(VaultError) {
        let index = index
        try await copier.copy(pack) { live.contains($0) && index.find($0, avoiding: doomed) == nil }
    }
}
