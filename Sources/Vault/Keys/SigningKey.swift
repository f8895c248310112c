import Crypto
import Foundation

/// The Ed25519 key with which a holder signs what it writes.
struct SigningKey: Sendable {
    let raw: [UInt8]
    let publicKey: [UInt8]

    var id: KeyID { KeyID(publicKey: publicKey) }

    init() { self.init(Curve25519.Signing.PrivateKey()) }

    init?(raw: [UInt8]) {
        guard let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: raw) else { return nil }
        self.init(key)
    }

    private init(_ key: Curve25519.Signing.PrivateKey) {
        raw = Array(key.rawRepresentation)
        publicKey = Array(key.publicKey.rawRepresentation)
    }

    func sign(_ message: [UInt8]) -> [UInt8] {
        guard
            let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: raw),
            let signature = try? key.signature(for: message)
        else { preconditionFailure("Ed25519 refused a key that init accepted") }
        return Array(signature)
    }

    static let signatureWidth = 64

    static func verify(_ signature: [UInt8], of message: [UInt8], by publicKey: [UInt8]) -> Bool {
        guard let key = try? Curve25519.Signing.PublicKey(rawRepresentation: publicKey) else { return false }
        return key.isValidSignature(signature, for: message)
    }
}
