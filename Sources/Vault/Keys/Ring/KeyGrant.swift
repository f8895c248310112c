import Crypto
import Foundation
import Language
import Synchronization

/// The object `grants/<id>`: the content keys of what was written before a reader was added, sealed to that reader.
///
///     key slot (3.4) with one reader
///     content keys (32 bytes each), one behind the other, AES-GCM under the slot's key, nonce zero, bound to the header
///
/// A content key is known by its commitment, which stands in the slot that it opens; so it serves wherever that slot is moved,
/// and a key that fits no slot does nothing.
enum KeyGrant {
    static let prefix = "grants/"
    static let magic = Array("RPRSGRT1".utf8)
    /// A mebibyte an object.
    static let most = 32_768

    static func objectName(_ id: ULID) -> String { prefix + id.text }

    static func seal(_ contentKeys: [[UInt8]], to reader: ReaderPublicKey, id: ULID, vault: VaultID, key: SigningKey) -> [UInt8] {
        let header = SignedObject.header(magic, vault: vault, id: id, signer: key.id, previous: [])
        let made = KeySlot.make(for: [reader], vault: vault)
        let plain = contentKeys.flatMap { $0 }
        guard let box = try? AES.GCM.seal(plain, using: made.key, nonce: zeroNonce, authenticating: header) else {
            preconditionFailure("AES-GCM refused a key of 32 bytes and a nonce of 12")
        }
        var payload = made.slot.encoded
        payload.append(block: Array(box.ciphertext + box.tag))
        return SignedObject.sign(header: header, payload: payload, with: key)
    }

    /// The content keys; nil where the grant is another reader's. Fails with `.damaged`.
    static func open(_ object: SignedObject, with reader: ReaderPrivateKey, vault: VaultID) throws(VaultError) -> [[UInt8]]? {
        let name = objectName(object.id)
        var bytes = ByteReader(object.payload)
        guard let slot = try? KeySlot(from: &bytes), let sealed = try? bytes.block(), bytes.remaining == 0, sealed.count >= 16
        else { throw .damaged(name, "it is cut short.") }
        guard slot.isSealed(to: reader.publicKey.id) else { return nil }
        guard let key = slot.open(with: reader, vault: vault),
            let box = try? AES.GCM.SealedBox(nonce: zeroNonce, ciphertext: sealed.dropLast(16), tag: sealed.suffix(16)),
            let plain = try? AES.GCM.open(box, using: key, authenticating: object.header), plain.count.isMultiple(of: 32)
        else { throw .damaged(name, "its contents are not what was written.") }
        let all = Array(plain)
        return stride(from: 0, to: all.count, by: 32).map { Array(all[$0..<$0 + 32]) }
    }
}

/// Content keys that were granted to a reader, by their commitments.
final class GrantedKeys: Sendable {
    private let keys = Mutex<[Digest: SymmetricKey]>([:])

    subscript(_ commitment: [UInt8]) -> SymmetricKey? {
        keys.withLock { keys in keys.isEmpty ? nil : Digest(bytes: commitment).flatMap { keys[$0] } }
    }

    func add(_ contentKeys: [[UInt8]]) {
        let found = contentKeys.compactMap { key in Digest(bytes: KeySlot.commit(key)).map { ($0, SymmetricKey(data: key)) } }
        keys.withLock { keys in keys.merge(found) { first, _ in first } }
    }
}
