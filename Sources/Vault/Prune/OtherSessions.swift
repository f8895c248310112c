import Foundation
import Language
import ObjectStore

/// The sessions at work beside a prune: which are taken for dead, and which may rely on what is condemned (0003).
struct OtherSessions {
    let vault: OpenVault
    /// The prune's own; nil for one that only plans.
    let own: ULID?
    /// Seconds without a sign of life, by the sessions' own clocks, after which one is taken for dead.
    let staleAfter: TimeInterval

    /// The sessions that may rely on what `condemned` names: those that were listed once after it was put.
    func awaited(_ condemned: ULID, now sessions: [ULID]) async throws(VaultError) -> [ULID] {
        let name = Awaited.objectName(condemned)
        do throws(VaultError) {
            let opened = try SealedNote.awaited.open(
                try await vault.get(name), name: name, id: condemned, vault: vault.id, indexKey: vault.keys.indexKey,
                signers: vault.signers)
            if vault.signers[opened.signer]?.roles.contains(.keeper) ?? false, let known = Awaited.decode(opened.plain) {
                return known
            }
            return sessions
        } catch {
            if error.code == .damaged { return sessions }
            guard error.storeCode == .missing else { throw error }
        }
        let bytes = SealedNote.awaited.seal(Awaited.encode(sessions), id: condemned, vault: vault.id, keys: vault.keys)
        do throws(StoreError) {
            try await vault.store.putSurely(name, bytes)
        } catch {
            // Another keeper was quicker; its list is as good.
            guard error.code == .exists else { throw VaultError(error) }
        }
        return sessions
    }

    /// Whether a session's process is gone, or nothing was heard of it for long. That may be wrong without harm, where a
    /// tombstone never replaces a snapshot; elsewhere only a process that was seen to be gone counts.
    func isDead(_ listed: OpenVault.ListedSession) -> Bool {
        if listed.session?.process?.life() == .gone { return true }
        guard vault.storeCreatesConditionally || listed.session?.work == .prune else { return false }
        return Date().timeIntervalSince(listed.lastSeen) > staleAfter
    }

    /// Those of the sessions that have not ended and are taken for dead.
    func dead(among sessions: [OpenVault.ListedSession], ended: Set<ULID>) -> [OpenVault.ListedSession] {
        sessions.filter { $0.id != own && !ended.contains($0.id) && isDead($0) }
    }

    /// Ends these sessions; returns how many. Of two that want to end one, or of a keeper that ends it and a writer that commits,
    /// one succeeds.
    func end(_ dead: [OpenVault.ListedSession]) async throws(VaultError) -> Int {
        var count = 0
        for listed in dead {
            if listed.session?.work.isKeepers ?? false {
                // It has no commit that must be stopped: its object is all there is of it.
                for name in listed.names { try await vault.remove(name) }
            } else if try await vault.end(listed.id, .fenced) {
                count += 1
            }
        }
        return count
    }

    /// What `condemned` objects that are gone have left.
    func removeStrays(_ condemned: [Condemned]) async throws(VaultError) {
        let known = Set(condemned.map(\.id))
        for facts in try await vault.list(Awaited.prefix) {
            guard let id = ULID(facts.key.text.dropFirst(Awaited.prefix.count)), !known.contains(id) else { continue }
            // It may belong to one that was put since.
            if try await vault.size(Condemned.objectName(id)) == nil { try await vault.remove(facts.key.text) }
        }
    }
}
