import Crypto
import Foundation
import Synchronization

/// Every signed object of a family that this host has ever verified, in a file of the local cache: what a vault that was put back
/// to an earlier state is told by, since nothing in that vault can tell.
///
/// It only grows, where the catalogue of what is listed follows the store. Authenticated as that one is (I14); whoever deletes it
/// makes this host forget, and no more.
///
///     "RPRSWIT1" (8) ‖ HMAC-SHA256 of the rest (32)
///     for each object: id (16) ‖ SHA-256 (32) ‖ signer (8)
final class Witness: Sendable {
    struct Sight: Sendable, Hashable {
        let id: ULID
        /// SHA-256 of the whole object.
        let digest: Digest
        let signer: KeyID
    }

    private let cache: LocalCache
    private let name: String
    private let key: SymmetricKey
    private let sights = Mutex<[ULID: Sight]?>(nil)

    private static let magic = Array("RPRSWIT1".utf8)
    private static let headWidth = 40

    /// - Parameter family: a plain word. Each key has a file of its own, so that who uses another key on this host for once makes
    ///   nobody forget.
    init(_ family: String, cache: LocalCache, vault: VaultID, keys: KeyFile) {
        self.cache = cache
        name = family + "-" + keys.signing.id.description + ".witness"
        key = HKDF<SHA256>.deriveKey(
            inputKeyMaterial: SymmetricKey(data: keys.signing.raw), salt: vault.bytes,
            info: Array("reprise/witness/1/\(family)".utf8), outputByteCount: 32)
    }

    var seen: [ULID: Sight] {
        sights.withLock { sights in
            if let sights { return sights }
            let loaded = cache.read(name).flatMap(decode) ?? [:]
            sights = loaded
            return loaded
        }
    }

    /// Notes what was verified. What was seen first stays: an object never changes (I1).
    func note(_ objects: [VerifiedObject]) {
        let before = seen
        let new = objects.filter { before[$0.id] == nil }
        guard !new.isEmpty else { return }
        var all = before
        for object in new { all[object.id] = Sight(id: object.id, digest: object.digest, signer: object.signer) }
        sights.withLock { $0 = all }
        cache.write(name, encode(all))
    }

    private func encode(_ sights: [ULID: Sight]) -> [[UInt8]] {
        var body: [UInt8] = []
        body.reserveCapacity(sights.count * (ULID.width + Digest.width + KeyID.width))
        for sight in sights.values { body += sight.id.bytes + sight.digest.bytes + sight.signer.bytes }
        return [Self.magic + Array(HMAC<SHA256>.authenticationCode(for: body, using: key)), body]
    }

    /// Nil where the bytes are not what this host wrote.
    private func decode(_ bytes: [UInt8]) -> [ULID: Sight]? {
        guard bytes.count >= Self.headWidth, bytes.starts(with: Self.magic),
            HMAC<SHA256>.isValidAuthenticationCode(
                bytes[Self.magic.count..<Self.headWidth], authenticating: bytes[Self.headWidth...], using: key)
        else { return nil }
        var found: [ULID: Sight] = [:]
        var reader = ByteReader(bytes, in: Self.headWidth..<bytes.count)
        do throws(ByteReader.Truncated) {
            while reader.remaining > 0 {
                guard let id = ULID(bytes: try reader.bytes(ULID.width)),
                    let digest = Digest(bytes: try reader.bytes(Digest.width)),
                    let signer = KeyID(bytes: try reader.bytes(KeyID.width))
                else { return nil }
                found[id] = Sight(id: id, digest: digest, signer: signer)
            }
        } catch { return nil }
        return found
    }
}
