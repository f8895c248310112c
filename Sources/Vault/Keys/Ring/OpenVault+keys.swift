import Crypto
import Foundation
import Language
import ObjectStore

/// Who may do what in an open vault: reading it is anybody's, changing it the recovery key's.
extension OpenVault {
    /// Every key that the vault knows, oldest first. Fails where an object under `keys/` cannot be believed.
    public func allKeys() async throws(VaultError) -> [VaultKey] {
        let ring = try await refreshKeyring()
        if let problem = ring.problems.first { throw problem }
        return ring.all
    }

    /// The holder and roles of a key, or nil where the vault knows it not.
    public func key(_ id: KeyID) -> VaultKey? { keyring.all.first { $0.id == id } }

    /// Reads the objects under `keys/` again.
    ///
    /// What this host has seen before is kept in its cache, verified by its signature, and counts on: to take a revocation out of
    /// the store does not undo it here.
    ///
    /// - Parameter fresh: reads every object from the store, not from the cache.
    @discardableResult
    func refreshKeyring(fresh: Bool = false) async throws(VaultError) -> Keyring {
        if !fresh, let listed = keyringOfOpening.take() { return listed }
        let known = keyring
        var events: [KeyEvent] = []
        var problems: [VaultError] = []
        var listed: Set<String> = []
        for facts in try await list(KeyEvent.prefix) {
            let name = facts.key.text
            listed.insert(name)
            guard let id = ULID(name.dropFirst(KeyEvent.prefix.count)) else {
                problems.append(.damaged(name, "its name is not that of a key's object."))
                continue
            }
            if !fresh, let event = known.events.first(where: { $0.object.id == id }) {
                events.append(event)
                continue
            }
            if !fresh, let cached = cache.read(name),
                let event = try? KeyEvent(cached, id: id, vault: self.id, authority: known.authority)
            {
                events.append(event)
                continue
            }
            do throws(VaultError) {
                let bytes = try await get(name)
                events.append(try KeyEvent(bytes, id: id, vault: self.id, authority: known.authority))
                cache.write(name, [bytes])
            } catch {
                guard [.damaged, .newerFormat].contains(error.code) || error.storeCode == .missing else { throw error }
                problems.append(error)
            }
        }
        for file in cache.names(in: "keys") where !LocalCache.isUnfinished(file) && !listed.contains(KeyEvent.prefix + file) {
            guard let id = ULID(file), let bytes = cache.read(KeyEvent.prefix + file),
                let event = try? KeyEvent(bytes, id: id, vault: self.id, authority: known.authority)
            else { continue }
            events.append(event)
            problems.append(
                VaultError(
                    .missing, "\(KeyEvent.objectName(id)) was in the vault once and is not there any more.",
                    hint:
                        "It says whose key counts: somebody may be hiding a revocation. This host still heeds it. Put it back from a copy of the vault.",
                    object: KeyEvent.objectName(id)))
        }
        events.sort { $0.object.id < $1.object.id }
        let ring = try Keyring(config, events: events, problems: problems)
        setKeyring(ring)
        return ring
    }

    /// The key file with the readers for whom its holder seals now. Fails where the vault's keys cannot be told for certain, or
    /// the holder's own key was revoked.
    func keysForWriting() async throws(VaultError) -> KeyFile {
        let ring = try await refreshKeyring()
        try requireInForce(ring)
        return keys.sealing(for: ring.readers(for: keys))
    }

    func requireInForce(_ ring: Keyring) throws(VaultError) {
        if let problem = ring.problems.first { throw problem }
        guard !ring.isRevoked(keys.id) else {
            throw VaultError(
                .wrongKey, "The key of \(keys.holder) was revoked: what it signs does not count any more.",
                hint: "Whoever holds the recovery key makes a new one with «reprise key add».")
        }
    }

    /// Reads what was granted to this reader, so that it opens what is older than itself.
    func loadGrants() async throws(VaultError) {
        guard let reader = keys.reader, !grantsAreLoaded else { return }
        for facts in try await list(KeyGrant.prefix) {
            guard let object = try await grant(facts.key.text) else { continue }
            // A damaged grant may be another's. If it is ours, what it opened says so itself.
            if let found = try? KeyGrant.open(object, with: reader, vault: id) { reader.granted.add(found) }
        }
        setGrantsLoaded()
    }

    /// Fails with `.damaged` where a grant is not what its writer signed. One that is gone is none.
    func checkGrant(_ name: String) async throws(VaultError) {
        guard let id = ULID(name.dropFirst(KeyGrant.prefix.count)) else {
            throw .damaged(name, "its name is not that of a grant.")
        }
        if let bytes = try await getUnlessGone(name) { try verifyGrant(bytes, id) }
    }

    func verifyGrant(_ bytes: [UInt8], _ id: ULID) throws(VaultError) {
        let object = try SignedObject(
            bytes, name: KeyGrant.objectName(id), magic: KeyGrant.magic, vault: self.id, id: id, signers: keyring.signers)
        if let reader = keys.reader { _ = try KeyGrant.open(object, with: reader, vault: self.id) }
    }

    private func grant(_ name: String) async throws(VaultError) -> SignedObject? {
        guard let id = ULID(name.dropFirst(KeyGrant.prefix.count)) else { return nil }
        let bytes = try await get(name)
        return try? SignedObject(
            bytes, name: name, magic: KeyGrant.magic, vault: self.id, id: id, signers: keyring.signers)
    }

    // MARK: - Changing

    /// Adds a key of these roles. Needs the recovery key. Writers seal for a new reader from their next backup on; `grantAll`
    /// opens what is there to it.
    ///
    /// - Parameter save: writes the key file, which is kept nowhere else, before the vault learns of the key.
    /// - Throws: `VaultError`, and what `save` throws.
    public func addKey(holder: String, roles: Set<Role>, save: (KeyFile) async throws -> Void) async throws -> KeyFile {
        let ring = try await requireAuthority()
        let signing = SigningKey()
        let reader = roles.contains(.reader) ? ReaderPrivateKey() : nil
        let secrets = SharedSecrets(dedup: keys.dedupKey ?? [], index: keys.indexKey)
        let sealers = config.readers + ring.events.compactMap { if case .add(let added) = $0.act { added.reader } else { nil } }
        let gone = Set(ring.events.compactMap { if case .revoke(let revoked) = $0.act { revoked.reader } else { nil } })
        let readers = (sealers + (reader.map { [$0.publicKey] } ?? [])).filter { !gone.contains($0) }
        let made = KeyFile(
            vault: id, holder: holder, roles: roles, signing: signing, shared: secrets, readers: readers, reader: reader,
            authority: Array(ring.authority.publicKey))
        // A key slot counts its readers in one byte.
        guard readers.count <= Int(UInt8.max) else {
            throw VaultError(
                .wrongKey, "The vault has \(UInt8.max) readers already, and cannot have more.",
                hint: "Revoke those that are not needed any more with «reprise key revoke».")
        }
        try await save(made)
        try await put(
            .add(
                .init(
                    signer: .init(
                        holder: holder, roles: Role.allCases.filter(roles.contains), publicKey: Data(signing.publicKey)),
                    reader: reader?.publicKey,
                    shared: reader.map { VaultConfig.sealed(secrets, to: $0.publicKey, vault: id) })))
        return made
    }

    /// Revokes a key: what it signed until now counts, nothing that it signs later; nobody seals for its reader any more. Needs
    /// the recovery key.
    ///
    /// - Parameter copies: other copies of this vault, whose snapshots of that key count on too.
    /// - Returns: how many snapshots of it count on, and how many were written while it was being revoked and do not.
    @discardableResult
    public func revokeKey(
        _ key: KeyID, countingThoseOf copies: [OpenVault] = []
    ) async throws(VaultError) -> (kept: Int, late: Int) {
        let ring = try await requireAuthority()
        precondition(key != ring.authority.id, "the recovery key is not revoked")
        guard let recovery = keys.reader?.publicKey else { preconditionFailure("the recovery key is a reader") }
        let snapshots = try await snapshotDigests(of: key)
        var others: Set<Digest> = []
        for copy in copies where copy.id == id { others.formUnion(try await copy.snapshotDigests(of: key)) }
        let records = Set(try await recordObjects().found.filter { $0.signer == key }.map(\.digest))
        // What was let go here may be in a copy, where it is to count on.
        let kept = snapshots.union(others).union(try await letGoDigests(inAnyCopy: true))
        try await put(
            .revoke(.init(key: key, reader: ring.reader(of: key, recovery: recovery), snapshots: kept, records: records)))
        // What came in between counts for nobody; whoever revokes is told.
        let late = try await allSnapshotDigests(of: key).subtracting(snapshots)
        return (snapshots.count, late.count)
    }

    /// Gives a reader the content keys of everything that is there and not sealed to it. Needs the recovery
    /// key, whose reader opens all.
    ///
    /// - Parameter progress: packs and snapshots looked at, and how many there are.
    /// - Returns: how many content keys were granted; none to a key that is no reader.
    @discardableResult
    public func grantAll(
        to key: KeyID, progress: @Sendable (Int64, Int64) -> Void = { _, _ in }
    ) async throws(VaultError) -> Int {
        let ring = try await requireAuthority()
        guard let own = keys.reader, let target = ring.reader(of: key, recovery: own.publicKey) else { return 0 }
        try await loadGrants()
        let packs = try await list(PackLayout.prefix).compactMap { facts in
            PackLayout.pack(of: facts.key.text).map { (name: PackLayout.objectName($0), size: facts.size) }
        }
        let snapshots = try await listedSnapshots().found
        let total = Int64(packs.count + snapshots.count)
        var pending: [[UInt8]] = []
        var granted = 0
        for start in stride(from: 0, to: snapshots.count, by: requestsAtOnce) {
            let some = snapshots[start..<min(start + requestsAtOnce, snapshots.count)].map(\.record.id)
            let found = try await concurrently(some, atMost: requestsAtOnce) { [self] snapshot throws(VaultError) in
                try await envelope(snapshot)?.grantable(to: target.id, by: own, vault: id)
            }
            pending += found.compactMap(\.self)
            progress(Int64(start), total)
        }
        for start in stride(from: 0, to: packs.count, by: 16) {
            // Sixteen at a time: a request to a far store takes long, and each is small.
            let found = await withTaskGroup(of: Result<[[UInt8]], VaultError>.self) { group in
                for pack in packs[start..<min(start + 16, packs.count)] {
                    group.addTask { [self] in
                        await resultOf { () async throws(VaultError) -> [[UInt8]] in
                            try await grantable(pack.name, size: pack.size, to: target.id, by: own)
                        }
                    }
                }
                var found: [Result<[[UInt8]], VaultError>] = []
                for await result in group { found.append(result) }
                return found
            }
            for result in found { pending += try result.get() }
            if pending.count >= KeyGrant.most {
                granted += pending.count
                try await grant(pending, to: target)
                pending = []
            }
            progress(Int64(snapshots.count + start), total)
        }
        try await grant(pending, to: target)
        return granted + pending.count
    }

    /// Seals content keys to a reader, in as many objects as they take.
    func grant(_ contentKeys: [[UInt8]], to reader: ReaderPublicKey) async throws(VaultError) {
        for start in stride(from: 0, to: contentKeys.count, by: KeyGrant.most) {
            let some = Array(contentKeys[start..<min(start + KeyGrant.most, contentKeys.count)])
            let id = ULID(at: Date())
            try await putNew(
                KeyGrant.objectName(id), KeyGrant.seal(some, to: reader, id: id, vault: self.id, key: keys.signing))
        }
    }

    /// The content keys of a pack's slots that are not sealed to the reader. None of a pack that went meanwhile.
    private func grantable(_ name: String, size: Int, to reader: KeyID, by own: ReaderPrivateKey) async throws(VaultError)
        -> [[UInt8]]
    {
        var width = PackLayout.usualHeaderWidth
        while true {
            let bytes: [UInt8]
            do throws(VaultError) {
                bytes = try await get(name, 0..<min(width, size))
            } catch {
                guard error.storeCode != .missing else { return [] }
                throw error
            }
            do {
                guard let header = try PackLayout.readHeader(bytes, vault: id) else {
                    throw VaultError.damaged(name, "it does not begin as a pack of this vault.")
                }
                return header.slots.filter { !$0.isSealed(to: reader) }.compactMap { slot in
                    slot.open(with: own, vault: id)?.withUnsafeBytes { Array($0) }
                }
            } catch let error as VaultError {
                throw error
            } catch {
                guard width < size else { throw .damaged(name, "its header is cut short.") }
                width *= 16
            }
        }
    }

    private func requireAuthority() async throws(VaultError) -> Keyring {
        let ring = try await refreshKeyring()
        if let problem = ring.problems.first { throw problem }
        guard keys.id == ring.authority.id else {
            throw VaultError(
                .wrongKey, "Only the recovery key may add and revoke keys.",
                hint: "Type it with --recovery, or name a file that holds it with REPRISE_RECOVERY_KEY_FILE.")
        }
        return ring
    }

    private func put(_ act: KeyEvent.Act) async throws(VaultError) {
        let followed = Set(keyring.events.flatMap(\.object.previous))
        let heads = keyring.events.map(\.object.digest).filter { !followed.contains($0) }.suffix(Int(UInt8.max))
        let event = ULID(at: Date())
        let bytes = KeyEvent.seal(act, at: Date(), id: event, vault: id, key: keys.signing, previous: Array(heads))
        try await putNew(KeyEvent.objectName(event), bytes)
        try await refreshKeyring()
    }

    /// Of the snapshots that count, those that `key` signed.
    private func snapshotDigests(of key: KeyID) async throws(VaultError) -> Set<Digest> {
        Set(try await listedSnapshots().found.map(\.object).filter { $0.signer == key }.map(\.digest))
    }

    private func allSnapshotDigests(of key: KeyID) async throws(VaultError) -> Set<Digest> {
        Set(try await listedSnapshots(counting: false).found.map(\.object).filter { $0.signer == key }.map(\.digest))
    }
}

private func resultOf<Value: Sendable>(_ body: () async throws(VaultError) -> Value) async -> Result<Value, VaultError> {
    do throws(VaultError) { return .success(try await body()) } catch { return .failure(error) }
}
