import Language

/// The form that sessions, tombstones, condemnations and what they wait for share: a signed object that names no previous one and
/// whose payload every key file opens.
///
/// Plain bytes are the caller's; the header binds vault, id and signer to them.
struct SealedNote: Sendable {
    let magic: [UInt8]
    let context: String

    static let session = SealedNote(magic: Array("RPRSSES1".utf8), context: "reprise/session/1")
    static let tombstone = SealedNote(magic: Array("RPRSTMB1".utf8), context: "reprise/tombstone/1")
    static let condemned = SealedNote(magic: Array("RPRSCND1".utf8), context: "reprise/condemned/1")
    static let awaited = SealedNote(magic: Array("RPRSAWT1".utf8), context: "reprise/awaited/1")

    func seal(_ plain: [UInt8], id: ULID, vault: VaultID, keys: KeyFile) -> [UInt8] {
        let header = SignedObject.header(magic, vault: vault, id: id, signer: keys.signing.id, previous: [])
        let payload = IndexBox(indexKey: keys.indexKey).seal(plain, context: context, binding: header)
        return SignedObject.sign(header: header, payload: payload, with: keys.signing)
    }

    /// The plain bytes and whose signature they bear. Fails with `.damaged` naming the object.
    func open(
        _ bytes: [UInt8], name: String, id: ULID, vault: VaultID, indexKey: [UInt8], signers: [KeyID: VaultConfig.Signer]
    ) throws(VaultError) -> (plain: [UInt8], signer: KeyID) {
        let object = try SignedObject(bytes, name: name, magic: magic, vault: vault, id: id, signers: signers)
        guard let plain = IndexBox(indexKey: indexKey).open(object.payload, context: context, binding: object.header) else {
            throw .damaged(name, "its contents are not what was written.")
        }
        return (plain, object.signer)
    }
}
