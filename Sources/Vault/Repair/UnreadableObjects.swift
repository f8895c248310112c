import Foundation
import Language
import ObjectStore

/// Snapshots, records, grants and condemnations that stand under their names and cannot be read: fetched from another copy of the
/// vault, or given up on somebody's word.
struct UnreadableObjects {
    let vault: OpenVault
    /// The repair's.
    let session: ULID
    /// The name of this host, for people.
    let host: String

    /// Whether somebody may go on without an object of that name.
    static func mayBeGivenUp(_ name: String) -> Bool {
        [SnapshotEnvelope.prefix, VaultRecord.prefix, KeyGrant.prefix, Condemned.prefix].contains { prefix in
            name.hasPrefix(prefix) && ULID(name.dropFirst(prefix.count)) != nil
        }
    }

    /// Those of these objects that are there and cannot be read.
    func unreadable(among names: Set<String>) async throws(VaultError) -> Set<String> {
        var found: Set<String> = []
        for name in names {
            if let bytes = try await vault.getUnlessGone(name), !vault.isRight(name, bytes) { found.insert(name) }
        }
        return found
    }

    // MARK: - Other copies

    /// Puts right ones in the places of these objects, where another copy of the vault has them. Nothing can have gone meanwhile
    /// that such a snapshot uses: while it could not be read no prune deleted anything. Returns what was fetched.
    func fetch(_ names: Set<String>, from copy: OpenVault) async throws(VaultError) -> Set<String> {
        var fetched: Set<String> = []
        for name in names.sorted() {
            guard let key = ObjectKey(name), let bytes = try await object(name, in: copy), !Tombstone.isOne(bytes),
                vault.isRight(name, bytes)
            else { continue }
            do throws(StoreError) {
                try await vault.store.put(key, bytes, ifAbsent: false)
            } catch { throw VaultError(error) }
            fetched.insert(name)
        }
        return fetched
    }

    /// As it must stand here; not proven to be right.
    private func object(_ name: String, in copy: OpenVault) async throws(VaultError) -> [UInt8]? {
        guard name.hasPrefix(SnapshotEnvelope.prefix) else { return try await copy.getUnlessGone(name) }
        guard let id = SnapshotID(name.dropFirst(SnapshotEnvelope.prefix.count)) else { return nil }
        if let same = try await snapshot(id, in: copy) { return same }
        // What a copy has brought stands under another name everywhere. This host may have seen what it was.
        guard let digest = vault.snapshotWitness.seen[id]?.digest,
            let listed = try await copy.listedSnapshots().found.first(where: { $0.object.digest == digest }),
            let bytes = try await snapshot(listed.record.id, in: copy), Digest(sha256: bytes) == digest
        else { return nil }
        return CopiedSnapshot.seal(bytes, session: id, vault: vault.id, keys: vault.keys)
    }

    /// Its whole object as its writer signed it.
    private func snapshot(_ id: SnapshotID, in copy: OpenVault) async throws(VaultError) -> [UInt8]? {
        do throws(VaultError) {
            return try await copy.snapshotBytes(id)
        } catch {
            guard error.storeCode == .missing || error.code == .damaged else { throw error }
            return nil
        }
    }

    /// Brings entries of logs that are gone here, as far as another copy of the vault has them: snapshots as any copy is made,
    /// with all that they use. Returns how many objects came.
    func bring(_ digests: Set<Digest>, from copy: OpenVault) async throws(VaultError) -> Int {
        let snapshots = try await copy.listedSnapshots().found.filter { digests.contains($0.object.digest) }.map(\.record)
        let records = try await copy.recordObjects().found.filter { digests.contains($0.digest) }
        guard !snapshots.isEmpty || !records.isEmpty else { return 0 }
        let report = try await copy.copy(snapshots, to: vault, host: host)
        return report.copied.count + report.records
    }

    // MARK: - Giving up

    /// Goes on without an object that cannot be read. A snapshot is let go; a record or a grant is noted and stays as it is; a
    /// condemnation is removed, which only somebody can know to be safe: a keeper that has read it and sleeps may delete the
    /// packs that it named.
    func giveUp(_ name: String) async throws(VaultError) {
        guard Self.mayBeGivenUp(name), let id = name.split(separator: "/").last.flatMap({ ULID($0) }),
            try await !unreadable(among: [name]).isEmpty
        else {
            throw VaultError(
                .notFound, "There is no snapshot, record, grant or condemnation \(name) that cannot be read.",
                hint: "«reprise check» names what cannot be read.")
        }
        if name.hasPrefix(SnapshotEnvelope.prefix) {
            let digest = vault.snapshotWitness.seen[id]?.digest.description
            try await vault.append(
                kind: Forgotten.kind, body: Forgotten.body([.init(id: id, digest: digest, rule: "given up")], in: vault.copy))
            try await vault.letGo([], broughtAgain: [])
        } else if !name.hasPrefix(Condemned.prefix) {
            let digests = [name.hasPrefix(VaultRecord.prefix) ? vault.recordWitness.seen[id]?.digest : nil].compactMap(\.self)
            try await vault.append(kind: VanishedEntries.kind, body: VanishedEntries.body(Set(digests), givingUp: [name]))
        } else {
            try await requireNoOtherKeeper(name)
            try await vault.remove(name)
            try await vault.remove(Awaited.objectName(id))
        }
    }

    private func requireNoOtherKeeper(_ name: String) async throws(VaultError) {
        let others = OtherSessions(vault: vault, own: session, staleAfter: 86_400)
        let atWork = try await vault.listedSessions().contains { listed in
            listed.id != session && listed.session?.work.isKeepers ?? true && !others.isDead(listed)
        }
        guard !atWork else {
            throw VaultError(
                .overtaken, "A prune or a repair is at work that may have read \(name) while it could be read.",
                hint: "Run the same command again when it has ended.")
        }
    }
}

extension VaultError {
    /// The same, with a word on how the vault gets going again without an object that cannot be read.
    public var withWayOut: VaultError {
        guard code == .damaged, let object, UnreadableObjects.mayBeGivenUp(object) else { return self }
        let hint: Phrase =
            object.hasPrefix(Condemned.prefix)
            ? "It says which packs a prune will delete, so nobody may rely on any of them. Make sure that no prune and no repair is at work on any machine, not a suspended one either, then run «reprise check --repair --give-up \(object)»."
            : "Run «reprise check --repair», which fetches it from another copy of the vault. If none has it, «reprise check --repair --give-up \(object)» goes on without it."
        return VaultError(code, message, hint: hint, cause: cause, object: object)
    }
}
