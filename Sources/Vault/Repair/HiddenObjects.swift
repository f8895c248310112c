import Foundation
import Language
import ObjectStore

/// Finds, in a bucket that keeps versions, what somebody has hidden or overwritten, and the version that was written first.
///
/// An object never changes (I1), so the oldest version that is what its name says is the right one. What the vault itself has
/// deleted stays deleted: packs that are condemned or that the index names no more, snapshots that were let go, segments, parity.
struct HiddenObjects {
    struct Hidden: Sendable {
        let key: ObjectKey
        /// Versions with bytes, the oldest first.
        let versions: [ObjectVersion]
        /// Whether a marker hides it; else another object stands in its place.
        let isDeleted: Bool
    }

    private let vault: OpenVault
    private let versioned: any VersionedStore

    /// Nil where the store keeps no versions.
    init?(_ vault: OpenVault) async throws(VaultError) {
        guard let versioned = try await vault.keptVersions() else { return nil }
        self.vault = vault
        self.versioned = versioned
    }

    struct Found: Sendable {
        /// What is not what it was.
        var certain: [Hidden] = []
        /// Deleted packs and segments of which the index knows nothing: a prune's doing, unless something is missing.
        var candidates: [Hidden] = []
    }

    /// Nothing where these credentials may not list versions.
    func find() async throws(VaultError) -> Found {
        let all = try await changed()
        var found = Found()
        for hidden in all where !hidden.isDeleted {
            if try await !isAsWritten(hidden) { found.certain.append(hidden) }
        }
        // A prune deletes nothing before a record or the index says so. So what these say is looked at after the versions were
        // listed: what a prune has deleted by then is not somebody's doing.
        let deleted = all.filter(\.isDeleted)
        var said = try await whatIsSaid()
        if deleted.contains(where: { said.shouldBeThere($0.key.text) }) {
            try await vault.index.refresh(from: vault.store)
            said = try await whatIsSaid()
        }
        for hidden in deleted {
            let name = hidden.key.text
            if said.shouldBeThere(name) {
                found.certain.append(hidden)
            } else if name.hasPrefix(IndexSegment.prefix)
                || PackLayout.pack(of: name).map({ !said.condemned.contains($0) }) ?? false
            {
                found.candidates.append(hidden)
            }
        }
        return found
    }

    /// What the vault itself says of what it has deleted.
    private struct Said {
        let condemned: Set<PackID>
        /// Packs that the index names and nobody has condemned.
        let needed: Set<PackID>
        /// Names under `snapshots/`.
        let letGo: Set<ULID>

        func shouldBeThere(_ name: String) -> Bool {
            if let pack = PackLayout.pack(of: name) { return needed.contains(pack) }
            if name.hasPrefix(SnapshotEnvelope.prefix) {
                return ULID(name.dropFirst(SnapshotEnvelope.prefix.count)).map { !letGo.contains($0) } ?? false
            }
            return !name.hasPrefix(IndexSegment.prefix) && !name.hasPrefix(ParityGroup.prefix)
        }
    }

    private func whatIsSaid() async throws(VaultError) -> Said {
        // What cannot be read a check names itself.
        let condemned = try await vault.listedCondemned().found.reduce(into: Set<PackID>()) { $0.formUnion($1.packs) }
        return Said(
            condemned: condemned, needed: Set(vault.index.packs.keys).subtracting(condemned),
            letGo: try await vault.letGoObjects())
    }

    /// Puts the oldest right version in its place again. False where none is right, or may be read.
    func bringBack(_ hidden: Hidden) async throws(VaultError) -> Bool {
        guard let bytes = try await oldestRight(hidden) else { return false }
        do throws(StoreError) {
            try await vault.store.put(hidden.key, bytes, ifAbsent: hidden.isDeleted)
        } catch { throw VaultError(error) }
        return true
    }

    /// The bytes of the oldest right version; nil where none is right, or may be read.
    private func oldestRight(_ hidden: Hidden) async throws(VaultError) -> [UInt8]? {
        for version in hidden.versions {
            if let bytes = try await bytes(hidden.key, version.id), vault.isRight(hidden.key.text, bytes) { return bytes }
        }
        return nil
    }

    /// Objects of the families that are locked of which a marker is the newest, or that have several versions.
    private func changed() async throws(VaultError) -> [Hidden] {
        var found: [Hidden] = []
        var versions: [ObjectVersion] = []
        func close() {
            guard let newest = versions.first, newest.isMarker || versions.count > 1 else { return }
            let withBytes = versions.filter { !$0.isMarker }
            guard newest.isMarker ? !withBytes.isEmpty : withBytes.count > 1 else { return }
            found.append(Hidden(key: newest.key, versions: withBytes.reversed(), isDeleted: newest.isMarker))
        }
        do throws(StoreError) {
            try await versioned.eachVersion("") { version in
                guard LockedObjects.contain(version.key), !Decoy.isOne(version.key.text) else { return }
                if versions.first?.key != version.key {
                    close()
                    versions = []
                }
                versions.append(version)
            }
        } catch {
            guard error.code == .denied else { throw VaultError(error) }
            return []
        }
        close()
        return found
    }

    /// Nil where it is gone, or may not be read.
    private func bytes(_ key: ObjectKey, _ version: String?) async throws(VaultError) -> [UInt8]? {
        do throws(StoreError) {
            guard let version else { return try await vault.store.get(key) }
            return try await versioned.get(key, version: version)
        } catch {
            guard error.code == .missing || error.code == .denied else { throw VaultError(error) }
            return nil
        }
    }

    /// Whether what stands there is right and, of a snapshot, what was written first: a tombstone over it is signed too.
    private func isAsWritten(_ hidden: Hidden) async throws(VaultError) -> Bool {
        guard let newest = try await bytes(hidden.key, nil), vault.isRight(hidden.key.text, newest) else { return false }
        guard hidden.key.text.hasPrefix(SnapshotEnvelope.prefix) else { return true }
        return try await oldestRight(hidden).map { $0 == newest } ?? true
    }
}
