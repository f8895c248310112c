import Crypto
import Foundation
import Language

/// The common form of snapshots and records: who wrote it, behind which of their earlier ones, and a signature over every byte.
///
///     magic (8) ‖ vault (16) ‖ id (16) ‖ signer (8) ‖ number of previous ones (1) ‖ their SHA-256 (32 each)       header
///     payload
///     Ed25519 signature (64) over all of the above
///
/// The previous ones are all of this family and signer that no other one names yet, so that one that is missing, or forged,
/// shows.
struct SignedObject: Sendable {
    let magic: [UInt8]
    let id: ULID
    let signer: KeyID
    let previous: [Digest]
    let payload: [UInt8]
    let header: [UInt8]
    /// SHA-256 of the whole object: what a later one names as its previous.
    let digest: Digest

    private static let fixedWidth = 8 + VaultID.width + ULID.width + KeyID.width + 1

    static func header(_ magic: [UInt8], vault: VaultID, id: ULID, signer: KeyID, previous: [Digest]) -> [UInt8] {
        var bytes = magic + vault.bytes + id.bytes + signer.bytes + [UInt8(previous.count)]
        for digest in previous { bytes += digest.bytes }
        return bytes
    }

    static func sign(header: [UInt8], payload: [UInt8], with key: SigningKey) -> [UInt8] {
        let bytes = header + payload
        return bytes + key.sign(bytes)
    }

    /// Reads and verifies an object. Fails with `.damaged` naming it.
    ///
    /// - Parameter role: that its signer must have (I7); any signer of the vault where nil.
    init(
        _ bytes: [UInt8], name: String, magic: [UInt8], vault: VaultID, id: ULID, signers: [KeyID: VaultConfig.Signer],
        role: Role? = nil
    ) throws(VaultError) {
        guard bytes.count >= Self.fixedWidth + SigningKey.signatureWidth else { throw .damaged(name, "it is cut short.") }
        let end = bytes.count - SigningKey.signatureWidth
        var reader = ByteReader(bytes, in: 0..<end)
        do {
            guard try reader.bytes(8) == magic else { throw VaultError.damaged(name, "it does not begin as it must.") }
            guard try reader.bytes(VaultID.width) == vault.bytes else {
                throw VaultError.damaged(name, "it names another vault.")
            }
            guard try reader.bytes(ULID.width) == id.bytes else { throw VaultError.damaged(name, "it names another object.") }
            guard let signer = KeyID(bytes: try reader.bytes(KeyID.width)) else { throw ByteReader.Truncated() }
            var previous: [Digest] = []
            for _ in 0..<(try reader.number(UInt8.self)) {
                guard let digest = Digest(bytes: try reader.bytes(Digest.width)) else { throw ByteReader.Truncated() }
                previous.append(digest)
            }
            self.signer = signer
            self.previous = previous
        } catch let error as VaultError {
            throw error
        } catch {
            throw .damaged(name, "it is cut short.")
        }
        guard let known = signers[signer] else {
            throw .damaged(name, "it is signed by the key \(signer), which the vault does not know.")
        }
        if let role, !known.roles.contains(role) {
            throw .damaged(name, "it is signed by the key of \(known.holder), which may not write such objects.")
        }
        guard SigningKey.verify(Array(bytes[end...]), of: Array(bytes[..<end]), by: Array(known.publicKey)) else {
            throw .damaged(name, "its signature does not fit its contents.")
        }
        self.magic = magic
        self.id = id
        header = Array(bytes[..<reader.offset])
        payload = Array(bytes[reader.offset..<end])
        digest = Digest(sha256: bytes)
    }
}
