import Crypto
import Foundation
import Language

/// The object `snapshots/<id>`: a signed object whose payload is
///
///     summary (block): the record as JSON, sealed with the index key
///     key slot
///     body (block): where the entry list lies, as JSON, sealed with the slot's key
///
/// A block is its size (4) and its bytes. Both sealings are bound to the header; the body's nonce is zero, its key seals nothing
/// else.
struct SnapshotEnvelope: Sendable {
    static let prefix = "snapshots/"
    static let magic = Array("RPRSSNP1".utf8)
    private static let context = "reprise/snapshot/1"

    let record: SnapshotRecord
    /// Which chunks it uses, for keepers; nil in a snapshot of a program that wrote none yet.
    let reach: Content?
    /// The record and the reach as they were sealed.
    let summary: [UInt8]
    let object: SignedObject
    private let slot: KeySlot
    private let sealedBody: [UInt8]

    struct Body: Codable, Sendable {
        let entries: Content
    }

    static func objectName(_ id: SnapshotID) -> String { prefix + id.text }

    static func seal(
        _ record: SnapshotRecord, reach: Content?, body: Body, vault: VaultID, keys: KeyFile, previous: [Digest]
    ) -> [UInt8] {
        let header = SignedObject.header(magic, vault: vault, id: record.id, signer: keys.signing.id, previous: previous)
        var payload: [UInt8] = []
        payload.append(
            block: IndexBox(indexKey: keys.indexKey).seal(
                SnapshotSummary.encode(record, reach: reach), context: context, binding: header))
        let made = KeySlot.make(for: keys.readers, vault: vault)
        payload += made.slot.encoded
        guard let box = try? AES.GCM.seal(json(body), using: made.key, nonce: zeroNonce, authenticating: header) else {
            preconditionFailure("AES-GCM refused a key of 32 bytes and a nonce of 12")
        }
        payload.append(block: Array(box.ciphertext + box.tag))
        return SignedObject.sign(header: header, payload: payload, with: keys.signing)
    }

    /// Reads, verifies and opens the summary of a snapshot. Fails with `.damaged` naming it.
    init(
        _ bytes: [UInt8], id: SnapshotID, vault: VaultID, indexKey: [UInt8], signers: [KeyID: VaultConfig.Signer]
    ) throws(VaultError) {
        let name = Self.objectName(id)
        object = try SignedObject(bytes, name: name, magic: Self.magic, vault: vault, id: id, signers: signers, role: .writer)
        var reader = ByteReader(object.payload)
        let sealedSummary: [UInt8]
        do throws(ByteReader.Truncated) {
            sealedSummary = try reader.block()
            slot = try KeySlot(from: &reader)
            sealedBody = try reader.block()
        } catch { throw .damaged(name, "it is cut short.") }
        guard reader.remaining == 0,
            let plain = IndexBox(indexKey: indexKey).open(sealedSummary, context: Self.context, binding: object.header),
            let opened = SnapshotSummary.decode(plain, withReach: true), opened.record.id == id
        else { throw .damaged(name, "its summary is not what was written.") }
        record = opened.record
        reach = opened.reach
        summary = plain
    }

    /// Where the entry list lies. Fails with `.wrongKey` where `reader` is no reader of this snapshot.
    func body(with reader: ReaderPrivateKey, vault: VaultID) throws(VaultError) -> Body {
        let name = Self.objectName(record.id)
        let key = slot.open(with: reader, vault: vault)
        guard key != nil || slot.isSealed(to: reader.publicKey.id) else {
            throw VaultError.notSealed(name)
        }
        guard sealedBody.count >= 16, let key,
            let box = try? AES.GCM.SealedBox(
                nonce: zeroNonce, ciphertext: sealedBody.dropLast(16), tag: sealedBody.suffix(16)),
            let plain = try? AES.GCM.open(box, using: key, authenticating: object.header),
            let body = try? JSONDecoder().decode(Body.self, from: plain)
        else { throw .damaged(name, "its body is not what was written.") }
        return body
    }

    /// The body's content key, where `own` opens it and the reader does not.
    func grantable(to reader: KeyID, by own: ReaderPrivateKey, vault: VaultID) -> [UInt8]? {
        guard !slot.isSealed(to: reader) else { return nil }
        return slot.open(with: own, vault: vault)?.withUnsafeBytes { Array($0) }
    }

    private static func json(_ value: some Encodable) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(value) else { preconditionFailure("our own values can be encoded") }
        return Array(data)
    }
}
