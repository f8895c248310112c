import Foundation
import Language
import ObjectStore

extension OpenVault {
    /// A session as a keeper sees it.
    struct ListedSession: Sendable {
        let id: ULID
        /// Nil where the object cannot be read.
        let session: Session?
        /// Its newest sign of life, by its own clock.
        let lastSeen: Date
        /// Its objects' names.
        let names: [String]
    }

    /// Announces a session, and looks that it is there; when this returns every later list shows it.
    func announce(_ work: Session.Work, asset: String?, host: String) async throws(VaultError) -> ULID {
        let announced = try await putSession(work, asset: asset, host: host)
        do throws(VaultError) {
            try await requireSession(announced)
            return announced.id
        } catch {
            // Another keeper may have taken it for dead at once. A store that forgets does so again.
            guard work.isKeepers, error.storeCode == .failed else { throw error }
        }
        let second = try await putSession(work, asset: asset, host: host)
        try await requireSession(second)
        return second.id
    }

    /// A session as it was announced.
    struct Announced: Sendable {
        let id: ULID
        let size: Int
    }

    /// Announces a session. Whether the store has it, as it says, must be looked at before anything is committed under it.
    func putSession(_ work: Session.Work, asset: String?, host: String) async throws(VaultError) -> Announced {
        let now = Date()
        let id = ULID(at: now)
        let session = Session(work: work, asset: asset, host: host, started: now, process: .current)
        let bytes = SealedNote.session.seal(Self.json(session), id: id, vault: self.id, keys: keys)
        guard let key = ObjectKey(Session.objectName(id)) else { preconditionFailure("a ULID makes a valid key") }
        do throws(StoreError) {
            try await store.put(key, bytes, ifAbsent: true)
        } catch { throw VaultError(error) }
        return Announced(id: id, size: bytes.count)
    }

    func requireSession(_ session: Announced) async throws(VaultError) {
        do throws(StoreError) {
            try await store.requireObject(Session.objectName(session.id), size: session.size)
        } catch {
            // A keeper that took it for dead at once may have ended it and cleared it away: the store is none the worse.
            guard error.code == .failed, try await getUnlessGone(SnapshotEnvelope.objectName(session.id)) != nil else {
                throw VaultError(error)
            }
            throw SnapshotWriter.overtaken
        }
    }

    /// Says that the session is alive. What goes wrong is nobody's harm: at worst a keeper ends the session and its writer starts
    /// another.
    func renew(_ session: ULID) async {
        guard let key = ObjectKey(Session.renewalName(session, at: ULID(at: Date()))) else { return }
        try? await store.put(key, [], ifAbsent: true)
    }

    /// Ends a session without a snapshot. False where it had ended before, one way or another.
    @discardableResult
    func end(_ session: ULID, _ reason: Tombstone.Reason) async throws(VaultError) -> Bool {
        let bytes = SealedNote.tombstone.seal(Self.json(Tombstone(reason)), id: session, vault: id, keys: keys)
        do throws(StoreError) {
            try await store.putSurely(SnapshotEnvelope.objectName(session), bytes)
            return true
        } catch {
            guard error.code == .exists else { throw VaultError(error) }
            return false
        }
    }

    /// Whether a backup is running, or was cut off and not ended by anybody yet.
    public func hasBackups() async throws(VaultError) -> Bool {
        let ended = try await snapshotObjects().ended
        return try await listedSessions().contains { $0.session?.work == .backup && !ended.contains($0.id) }
    }

    /// Every session that has an object.
    func listedSessions() async throws(VaultError) -> [ListedSession] {
        var names: [ULID: [String]] = [:]
        var lastSeen: [ULID: ULID] = [:]
        for facts in try await list(Session.prefix) {
            guard let parsed = Session.parse(facts.key.text) else { continue }
            names[parsed.id, default: []].append(facts.key.text)
            lastSeen[parsed.id] = max(lastSeen[parsed.id] ?? parsed.id, parsed.renewal ?? parsed.id)
        }
        let ids = names.keys.sorted()
        let sessions = try await concurrently(ids, atMost: requestsAtOnce) { [self] id throws(VaultError) in try await session(id)
        }
        return zip(ids, sessions).map { id, session in
            ListedSession(id: id, session: session, lastSeen: (lastSeen[id] ?? id).instant, names: names[id] ?? [])
        }
    }

    private func session(_ id: ULID) async throws(VaultError) -> Session? {
        let name = Session.objectName(id)
        do throws(VaultError) {
            let opened = try SealedNote.session.open(
                try await get(name), name: name, id: id, vault: self.id, indexKey: keys.indexKey, signers: signers)
            return try? JSONDecoder().decode(Session.self, from: Data(opened.plain))
        } catch {
            // Nothing depends on what it says: a session that cannot be read is one of which nothing is known.
            guard error.code == .damaged || error.storeCode == .missing else { throw error }
            return nil
        }
    }

    static func json(_ value: some Encodable) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(value) else { preconditionFailure("our own values can be encoded") }
        return Array(data)
    }
}
