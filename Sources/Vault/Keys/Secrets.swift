import Crypto

/// The two secrets that every writer and reader of a vault shares.
struct SharedSecrets: Hashable, Sendable {
    /// 32 bytes: keys chunk ids and the chunker's gear table.
    let dedup: [UInt8]
    /// 32 bytes: opens index segments, pack footers, snapshot summaries and records.
    let index: [UInt8]

    static let width = 64

    static func random() -> SharedSecrets {
        SharedSecrets(dedup: randomBytes(32), index: randomBytes(32))
    }

    /// 8 bytes that stand on the recovery key, so that it recognises the right secrets.
    func fingerprint(of vault: VaultID) -> [UInt8] {
        Array(SHA256.hash(data: Array("reprise/fingerprint/1".utf8) + vault.bytes + dedup + index).prefix(8))
    }
}

func randomBytes(_ count: Int) -> [UInt8] {
    SymmetricKey(size: SymmetricKeySize(bitCount: count * 8)).withUnsafeBytes { Array($0) }
}

/// A sealing of small objects that every role can open: AES-256-GCM under a key of its own, derived from the index key and a
/// random salt.
///
/// Layout: salt (16) ‖ ciphertext ‖ tag (16). The nonce is zero because each key seals once.
struct IndexBox {
    let indexKey: [UInt8]

    static let overhead = 32

    func seal(_ plain: [UInt8], context: String, binding: [UInt8]) -> [UInt8] {
        let salt = randomBytes(16)
        // Sealing fails only for a nonce or key of a wrong length, which these never are.
        let box = try? AES.GCM.seal(plain, using: key(salt, context), nonce: zeroNonce, authenticating: binding)
        guard let box else { preconditionFailure("AES-GCM refused a key of 32 bytes and a nonce of 12") }
        return salt + box.ciphertext + box.tag
    }

    /// Nil where the bytes are not what was sealed for this context and binding.
    func open(_ sealed: [UInt8], context: String, binding: [UInt8]) -> [UInt8]? {
        guard sealed.count >= Self.overhead else { return nil }
        let salt = Array(sealed[..<16])
        guard
            let box = try? AES.GCM.SealedBox(
                nonce: zeroNonce, ciphertext: sealed[16..<sealed.count - 16], tag: sealed[(sealed.count - 16)...]),
            let plain = try? AES.GCM.open(box, using: key(salt, context), authenticating: binding)
        else { return nil }
        return Array(plain)
    }

    /// A message authentication code over something that stays readable.
    func authenticate(_ bytes: [UInt8], context: String) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: bytes, using: key([], context)))
    }

    private func key(_ salt: [UInt8], _ context: String) -> SymmetricKey {
        HKDF<SHA256>.deriveKey(
            inputKeyMaterial: SymmetricKey(data: indexKey), salt: salt, info: Array(context.utf8), outputByteCount: 32)
    }
}

/// Only for keys that seal one message.
var zeroNonce: AES.GCM.Nonce {
    guard let nonce = try? AES.GCM.Nonce(data: [UInt8](repeating: 0, count: 12)) else {
        preconditionFailure("a nonce has 12 bytes")
    }
    return nonce
}
