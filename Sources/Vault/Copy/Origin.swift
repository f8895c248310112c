import Language

extension SnapshotRecord {
    /// The fact that names the snapshot which this one was made from, where it came from a vault with other keys:
    /// `<vault> <snapshot>`, of the vault in which it was taken first.
    static let originFact = "copied_from"

    /// What names the same snapshot in every vault that it was copied to, where this is its record in `vault`.
    func origin(in vault: VaultID) -> String { facts[Self.originFact] ?? Self.origin(of: id, in: vault) }

    static func origin(of snapshot: SnapshotID, in vault: VaultID) -> String { "\(vault) \(snapshot)" }

    /// Its id in `vault`, where it was copied from there; else its own.
    public func id(in vault: OpenVault) -> SnapshotID {
        guard let origin = facts[Self.originFact], origin.hasPrefix("\(vault.id) ") else { return id }
        return SnapshotID(origin.dropFirst("\(vault.id) ".count)) ?? id
    }
}

extension OpenVault {
    /// What names the snapshots that this vault has or had, wherever they were taken.
    func origins() async throws(VaultError) -> Set<String> {
        let there = try await snapshotObjects()
        if let problem = there.problems.first { throw problem }
        var known: Set<String> = []
        for snapshot in there.found {
            known.insert(snapshot.record.origin(in: id))
            known.insert(SnapshotRecord.origin(of: snapshot.record.id, in: id))
        }
        for item in try await forgottenItems() {
            known.insert(SnapshotRecord.origin(of: item.id, in: id))
            if let origin = item.origin { known.insert(origin) }
        }
        return known
    }
}
