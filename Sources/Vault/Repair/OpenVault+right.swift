import Language

extension OpenVault {
    /// Whether these bytes are what an object of that name must be.
    func isRight(_ name: String, _ bytes: [UInt8]) -> Bool {
        func id(_ prefix: String) -> ULID? { name.hasPrefix(prefix) ? ULID(name.dropFirst(prefix.count)) : nil }
        if let pack = PackLayout.pack(of: name) { return PackID(sha256: bytes) == pack }
        if let snapshot = id(SnapshotEnvelope.prefix) { return (try? verifySnapshot(bytes, snapshot)) != nil }
        if let segment = id(IndexSegment.prefix) {
            return IndexSegment.open(bytes, segment: segment, vault: self.id, indexKey: keys.indexKey) != nil
        }
        if let record = id(VaultRecord.prefix) { return (try? verifyRecord(bytes, record)) != nil }
        if let grant = id(KeyGrant.prefix) { return (try? verifyGrant(bytes, grant)) != nil }
        if let event = id(KeyEvent.prefix) {
            return (try? KeyEvent(bytes, id: event, vault: self.id, authority: keyring.authority)) != nil
        }
        if let condemned = id(Condemned.prefix) {
            let opened = try? SealedNote.condemned.open(
                bytes, name: name, id: condemned, vault: self.id, indexKey: keys.indexKey, signers: signers)
            return opened.flatMap { Condemned.decode($0.plain) } != nil
        }
        if name == VaultConfig.objectName {
            return (try? VaultConfig.read(bytes).proven(by: keys.indexKey))?.vault == self.id
        }
        // Of parity a check says whether it is right.
        return true
    }
}
