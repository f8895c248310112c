import Crypto
import Foundation

/// A random content key, sealed to every reader of the vault with HPKE (RFC 9180, base mode: DHKEM(X25519, HKDF-SHA256),
/// HKDF-SHA256, AES-256-GCM).
///
/// Layout: commitment (32) ‖ number of readers (1) ‖ per reader: key id (8) ‖ encapsulated key (32) ‖ sealed content key (48).
/// The commitment is SHA-256 of a label and the content key: AES-GCM alone would let one ciphertext open under two keys.
struct KeySlot: Sendable {
    let commitment: [UInt8]
    let readers: [(id: KeyID, encapsulated: [UInt8], sealed: [UInt8])]

    static let suite = HPKE.Ciphersuite(kem: .Curve25519_HKDF_SHA256, kdf: .HKDF_SHA256, aead: .AES_GCM_256)
    private static let readerWidth = KeyID.width + 32 + 48

    /// A fresh content key and its slot.
    static func make(for readers: [ReaderPublicKey], vault: VaultID) -> (key: SymmetricKey, slot: KeySlot) {
        let key = SymmetricKey(size: .bits256)
        let secret = key.withUnsafeBytes { Array($0) }
        let commitment = commit(secret)
        let sealed = readers.map { reader in
            let parts = hpkeSeal(secret, to: reader, label: "reprise/content-key/1", vault: vault, binding: commitment)
            return (reader.id, parts.encapsulated, parts.sealed)
        }
        return (key, KeySlot(commitment: commitment, readers: sealed))
    }

    /// The slot of a pack of reach lists: no reader, and in the place of the commitment 32 random bytes from which the content
    /// key follows for whoever has the index key. So a keeper learns which chunks a snapshot uses, and nothing of what is in
    /// them.
    static func makeForReach(indexKey: [UInt8]) -> (key: SymmetricKey, slot: KeySlot) {
        let slot = KeySlot(commitment: randomBytes(32), readers: [])
        return (slot.reachKey(indexKey: indexKey), slot)
    }

    /// This slot with its content key sealed anew to `trusted`; the entries of other readers stay as they are.
    ///
    /// For a pack of which some bytes have changed: nothing tells whether another reader's entry is among them.
    func renewed(_ key: SymmetricKey, for trusted: [ReaderPublicKey], vault: VaultID) -> KeySlot {
        let secret = key.withUnsafeBytes { Array($0) }
        let fresh = trusted.map { reader in
            let parts = hpkeSeal(secret, to: reader, label: "reprise/content-key/1", vault: vault, binding: commitment)
            return (id: reader.id, encapsulated: parts.encapsulated, sealed: parts.sealed)
        }
        let others = readers.filter { other in !trusted.contains { $0.id == other.id } }
        return KeySlot(commitment: commitment, readers: Array((fresh + others).prefix(Int(UInt8.max))))
    }

    /// The content key of a reach pack's slot.
    func reachKey(indexKey: [UInt8]) -> SymmetricKey {
        HKDF<SHA256>.deriveKey(
            inputKeyMaterial: SymmetricKey(data: indexKey), salt: commitment, info: Array("reprise/reach-key/1".utf8),
            outputByteCount: 32)
    }

    private init(commitment: [UInt8], readers: [(id: KeyID, encapsulated: [UInt8], sealed: [UInt8])]) {
        self.commitment = commitment
        self.readers = readers
    }

    init(from reader: inout ByteReader) throws(ByteReader.Truncated) {
        commitment = try reader.bytes(32)
        var found: [(id: KeyID, encapsulated: [UInt8], sealed: [UInt8])] = []
        for _ in 0..<(try reader.number(UInt8.self)) {
            guard let id = KeyID(bytes: try reader.bytes(KeyID.width)) else { throw ByteReader.Truncated() }
            found.append((id, try reader.bytes(32), try reader.bytes(48)))
        }
        readers = found
    }

    var encoded: [UInt8] {
        var bytes = commitment
        bytes.append(UInt8(readers.count))
        for reader in readers { bytes += reader.id.bytes + reader.encapsulated + reader.sealed }
        return bytes
    }

    /// The content key, or nil where `reader` is not among the readers or the bytes are not what was sealed.
    ///
    /// The ids only say where to look first: in a pack nothing authenticates them, and a changed one must not hide a key that
    /// opens.
    func open(with reader: ReaderPrivateKey, vault: VaultID) -> SymmetricKey? {
        if let granted = reader.granted[commitment] { return granted }
        let own = reader.publicKey.id
        for candidate in readers.filter({ $0.id == own }) + readers.filter({ $0.id != own }) {
            guard
                let secret = hpkeOpen(
                    candidate.sealed, encapsulated: candidate.encapsulated, with: reader, label: "reprise/content-key/1",
                    vault: vault, binding: commitment),
                secret.count == 32, Self.commit(secret) == commitment
            else { continue }
            return SymmetricKey(data: secret)
        }
        return nil
    }

    func isSealed(to reader: KeyID) -> Bool { readers.contains { $0.id == reader } }

    static func commit(_ secret: [UInt8]) -> [UInt8] {
        Array(SHA256.hash(data: Array("reprise/key-commitment/1".utf8) + secret))
    }
}

/// The public half of a reader key: X25519, 32 bytes.
struct ReaderPublicKey: Hashable, Sendable {
    let raw: [UInt8]

    var id: KeyID { KeyID(publicKey: raw) }

    /// Nil where the bytes are no key.
    init?(raw: [UInt8]) {
        guard raw.count == 32, (try? Curve25519.KeyAgreement.PublicKey(rawRepresentation: raw)) != nil else { return nil }
        self.raw = raw
    }

    fileprivate var key: Curve25519.KeyAgreement.PublicKey {
        guard let key = try? Curve25519.KeyAgreement.PublicKey(rawRepresentation: raw) else {
            preconditionFailure("checked by init")
        }
        return key
    }
}

/// The private half of a reader key.
struct ReaderPrivateKey: Sendable {
    let raw: [UInt8]
    let publicKey: ReaderPublicKey
    /// What was written before this key was added opens with these.
    let granted = GrantedKeys()

    init() {
        let key = Curve25519.KeyAgreement.PrivateKey()
        self.init(key)
    }

    init?(raw: [UInt8]) {
        guard let key = try? Curve25519.KeyAgreement.PrivateKey(rawRepresentation: raw) else { return nil }
        self.init(key)
    }

    private init(_ key: Curve25519.KeyAgreement.PrivateKey) {
        raw = Array(key.rawRepresentation)
        guard let publicKey = ReaderPublicKey(raw: Array(key.publicKey.rawRepresentation)) else {
            preconditionFailure("a public key of its own private key")
        }
        self.publicKey = publicKey
    }
}

/// HPKE in base mode, one message. `info` is the label and the vault's id, so that a sealing for one vault or purpose opens in no
/// other.
func hpkeSeal(
    _ secret: [UInt8], to reader: ReaderPublicKey, label: String, vault: VaultID, binding: [UInt8]
) -> (encapsulated: [UInt8], sealed: [UInt8]) {
    let info = Data(Array(label.utf8) + vault.bytes)
    guard
        var sender = try? HPKE.Sender(recipientKey: reader.key, ciphersuite: KeySlot.suite, info: info),
        let sealed = try? sender.seal(secret, authenticating: binding)
    else { preconditionFailure("HPKE refused a valid X25519 key") }
    return (Array(sender.encapsulatedKey), Array(sealed))
}

func hpkeOpen(
    _ sealed: [UInt8], encapsulated: [UInt8], with reader: ReaderPrivateKey, label: String, vault: VaultID, binding: [UInt8]
) -> [UInt8]? {
    let info = Data(Array(label.utf8) + vault.bytes)
    guard
        let key = try? Curve25519.KeyAgreement.PrivateKey(rawRepresentation: reader.raw),
        var recipient = try? HPKE.Recipient(
            privateKey: key, ciphersuite: KeySlot.suite, info: info, encapsulatedKey: Data(encapsulated)),
        let secret = try? recipient.open(Data(sealed), authenticating: binding)
    else { return nil }
    return Array(secret)
}
