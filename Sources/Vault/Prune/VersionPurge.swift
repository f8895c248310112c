public import Foundation
import Language
import ObjectStore

/// What a prune did about the versions that a bucket keeps of what was deleted.
public struct HiddenVersions: Sendable {
    public internal(set) var deleted = 0
    /// Bytes of those.
    public internal(set) var deletedBytes: Int64 = 0
    /// Versions whose lock has not ended: a later prune deletes them.
    public internal(set) var locked = 0
    public internal(set) var lockedBytes: Int64 = 0
    /// When the last of those locks ends.
    public internal(set) var lockedUntil: Date?
    /// Versions that these credentials may not list or delete: a lifecycle rule of the bucket must.
    public internal(set) var isLeftToTheBucket = false
}

/// Deletes for good what the vault has let go and its bucket still keeps as versions behind markers.
///
/// A marker may be an attacker's as well as a prune's. So nothing goes that the vault still needs or cannot have deleted itself:
/// no record, no key, no snapshot that no keeper has let go, no pack that the index names, and none at all where something is
/// lost. The lock decides over the rest: nothing is bypassed.
struct VersionPurge {
    let vault: OpenVault
    /// The names under `snapshots/` that keepers have let go.
    let letGo: Set<ULID>
    /// Packs that are needed, or about to be deleted.
    let kept: Set<PackID>
    /// Whether chunks are lost, which may lie in versions of packs.
    let isLossy: Bool

    private struct Hidden: Sendable {
        /// The newest first.
        var versions: [ObjectVersion]
    }

    private enum Outcome: Sendable {
        case deleted(Int)
        case locked(Int, until: Date)
        case refused
    }

    /// Nil where the store keeps no versions.
    func run() async throws(VaultError) -> HiddenVersions? {
        guard let versioned = try await vault.keptVersions() else { return nil }
        var report = HiddenVersions()
        guard let hidden = try await find(versioned) else {
            report.isLeftToTheBucket = true
            return report
        }
        // One first: where that is refused so is the rest.
        for group in [hidden.prefix(1), hidden.dropFirst()] where !report.isLeftToTheBucket {
            let outcomes = try await concurrently(Array(group), atMost: requestsAtOnce) { item throws(VaultError) in
                try await Self.delete(item, versioned)
            }
            for outcome in outcomes.joined() {
                switch outcome {
                case .deleted(let size):
                    report.deleted += 1
                    report.deletedBytes += Int64(size)
                case .locked(let size, let until):
                    report.locked += 1
                    report.lockedBytes += Int64(size)
                    report.lockedUntil = max(report.lockedUntil ?? until, until)
                case .refused: report.isLeftToTheBucket = true
                }
            }
        }
        return report
    }

    /// Everything that is hidden and may go; nil where these credentials may not look.
    private func find(_ versioned: any VersionedStore) async throws(VaultError) -> [Hidden]? {
        var found: [Hidden] = []
        var current: Hidden?
        func close() {
            if let current, current.versions.first?.isMarker ?? false { found.append(current) }
        }
        do throws(StoreError) {
            try await versioned.eachVersion("") { version in
                if current?.versions.first?.key == version.key {
                    // Of what is not hidden no version is remembered.
                    if current?.versions.first?.isMarker ?? false { current?.versions.append(version) }
                    return
                }
                close()
                current = mayGo(version.key.text) ? Hidden(versions: [version]) : nil
            }
        } catch {
            guard error.code == .denied else { throw VaultError(error) }
            return nil
        }
        close()
        return found
    }

    private func mayGo(_ name: String) -> Bool {
        if Decoy.isOne(name) || StoreProbe.isOwn(name) { return true }
        if let pack = PackLayout.pack(of: name) { return !isLossy && !kept.contains(pack) }
        if let snapshot = name.hasPrefix(SnapshotEnvelope.prefix) ? ULID(name.dropFirst(SnapshotEnvelope.prefix.count)) : nil {
            return letGo.contains(snapshot)
        }
        // Other programs' objects may bear such a prefix; all of ours go on with an id.
        guard let last = name.split(separator: "/").last, ULID(last.prefix(ULID.textWidth)) != nil else { return false }
        // Segments come back from the packs, parity protects what is there, and bundles repeat it.
        let redundant = [
            IndexSegment.prefix, ParityGroup.prefix, ObjectBundle.prefix, Session.prefix, Condemned.prefix, Awaited.prefix,
        ]
        return redundant.contains { name.hasPrefix($0) }
    }

    /// Deletes the versions behind the marker, then the marker, unless it still hides something.
    private static func delete(_ hidden: Hidden, _ versioned: any VersionedStore) async throws(VaultError) -> [Outcome] {
        var outcomes: [Outcome] = []
        do throws(StoreError) {
            for version in hidden.versions.reversed() where !version.isMarker {
                outcomes.append(try await delete(version, versioned))
            }
            let isEmpty = outcomes.allSatisfy { if case .deleted = $0 { true } else { false } }
            guard isEmpty else { return outcomes }
            for marker in hidden.versions where marker.isMarker {
                try await versioned.delete(marker.key, version: marker.id, bypassing: false)
            }
        } catch {
            guard error.code == .denied else { throw VaultError(error) }
            outcomes.append(.refused)
        }
        return outcomes
    }

    private static func delete(
        _ version: ObjectVersion, _ versioned: any VersionedStore
    ) async throws(StoreError) -> Outcome {
        do throws(StoreError) {
            try await versioned.delete(version.key, version: version.id, bypassing: false)
            return .deleted(version.size)
        } catch {
            // Not every store says why.
            guard error.code == .locked || error.code == .denied else { throw error }
            let retention = try? await versioned.retention(of: version.key, version: version.id)
            guard let retention, retention.until > Date() else { return .refused }
            return .locked(version.size, until: retention.until)
        }
    }
}
