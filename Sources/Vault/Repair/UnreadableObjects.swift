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
            if let bytes = try await vault.getUnlessGone(name), !isRight(name, bytes) { found.insert(name) }
        }
        return found
    }

    /// Whether these bytes are what an object of that name must be, and of a snapshot that this host has seen, that one: any
    /// writer signs another under the same name.
    private func isRight(_ name: String, _ bytes: [UInt8]) -> Bool {
        guard vault.isRight(name, bytes) else { return false }
        guard name.hasPrefix(SnapshotEnvelope.prefix), let id = ULID(name.dropFirst(SnapshotEnvelope.prefix.count)),
            let seen = vault.snapshotWitness.seen[id], let there = try? vault.verifySnapshot(bytes, id)
        else { return true }
        return there.digest == seen.digest
    }

    // MARK: - Other copies

    /// Puts right ones in the places of these objects, where another copy of the vault has them. Nothing can have gone meanwhile
    /// that such a snapshot uses: while it could not be read no prune deleted anything. Returns what was fetched, and why the
    /// copy could not be asked for the rest; fails where this vault does.
    func fetch(
        _ names: Set<String>, from copy: OpenVault
    ) async throws(VaultError) -> (fetched: Set<String>, unasked: VaultError?) {
        var fetched: Set<String> = []
        for name in names.sorted() {
            let found: [UInt8]?
            do throws(VaultError) {
                found = try await object(name, in: copy)
            } catch {
                guard error.code != .cancelled, !Task.isCancelled else { throw error }
                return (fetched, error)
            }
            if let found, try await put(found, as: name) { fetched.insert(name) }
        }
        return (fetched, nil)
    }

    /// Puts right ones in the places of snapshots that a copy has brought again under other names. Returns which.
    func restoreArrivals(_ names: Set<String>) async throws(VaultError) -> Set<String> {
        let wanted = names.filter { $0.hasPrefix(SnapshotEnvelope.prefix) }
        guard !wanted.isEmpty else { return [] }
        var restored: Set<String> = []
        for listed in try await vault.snapshotObjects().found where listed.isCopied {
            let name = SnapshotEnvelope.objectName(listed.record.id)
            guard wanted.contains(name), let bytes = try await vault.getUnlessGone(SnapshotEnvelope.objectName(listed.object.id)),
                let copied = try? CopiedSnapshot.open(
                    bytes, session: listed.object.id, vault: vault.id, signers: vault.signers)
            else { continue }
            if try await put(copied.bytes, as: name) { restored.insert(name) }
        }
        return restored
    }

    /// False where these are not the right bytes.
    private func put(_ bytes: [UInt8], as name: String) async throws(VaultError) -> Bool {
        guard let key = ObjectKey(name), !Tombstone.isOne(bytes), isRight(name, bytes) else { return false }
        do throws(StoreError) {
            try await vault.store.put(key, bytes, ifAbsent: false)
        } catch { throw VaultError(error) }
        return true
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
    /// with all that they use. Returns which of them the copy lists, and why it could not be asked.
    func bring(
        _ digests: Set<Digest>, from copy: OpenVault
    ) async throws(VaultError) -> (listed: Set<Digest>, unasked: VaultError?) {
        let snapshots: [ListedSnapshot]
        let records: [VerifiedObject]
        do throws(VaultError) {
            snapshots = try await copy.listedSnapshots().found.filter { digests.contains($0.object.digest) }
            records = try await copy.recordObjects().found.filter { digests.contains($0.digest) }
        } catch {
            guard error.code != .cancelled, !Task.isCancelled else { throw error }
            return ([], error)
        }
        if !snapshots.isEmpty || !records.isEmpty {
            _ = try await copy.copy(snapshots.map(\.record), to: vault, host: host)
        }
        return (Set(snapshots.map(\.object.digest) + records.map(\.digest)), nil)
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
            let bytes = try await vault.getUnlessGone(name) ?? []
            try await vault.append(
                kind: VanishedEntries.kind,
                body: VanishedEntries.body(Set(digests), givingUp: [.init(name, bytes)], in: vault.copy))
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
