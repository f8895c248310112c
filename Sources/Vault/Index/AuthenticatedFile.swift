import Crypto
import Foundation

/// A file of the local cache that only who holds this host's signing key can have written (I14).
///
///     magic (8) ‖ HMAC-SHA256 of the rest (32) ‖ body
struct AuthenticatedFile: Sendable {
    private let cache: LocalCache
    private let name: String
    private let magic: [UInt8]
    private let key: SymmetricKey

    private static let codeWidth = 32

    /// - Parameters:
    ///   - magic: eight letters.
    ///   - purpose: derives a key of its own from the signing key.
    init(_ name: String, magic: String, purpose: String, cache: LocalCache, vault: VaultID, keys: KeyFile) {
        self.cache = cache
        self.name = name
        self.magic = Array(magic.utf8)
        key = HKDF<SHA256>.deriveKey(
            inputKeyMaterial: SymmetricKey(data: keys.signing.raw), salt: vault.bytes, info: Array("reprise/\(purpose)".utf8),
            outputByteCount: 32)
    }

    /// What `decode` makes of the body; nil where there is no file, where it is not what this host wrote, or where `decode` finds
    /// it cut off.
    func read<Value>(_ decode: (inout ByteReader) throws(ByteReader.Truncated) -> Value?) -> Value? {
        guard let bytes = cache.read(name), bytes.count >= magic.count + Self.codeWidth, bytes.starts(with: magic) else {
            return nil
        }
        let start = magic.count + Self.codeWidth
        let isOurs = bytes.withUnsafeBytes { raw in
            HMAC<SHA256>.isValidAuthenticationCode(
                bytes[magic.count..<start], authenticating: UnsafeRawBufferPointer(rebasing: raw[start...]), using: key)
        }
        guard isOurs else { return nil }
        var reader = ByteReader(bytes, in: start..<bytes.count)
        return try? decode(&reader)
    }

    /// A cache that cannot be written costs time and no more.
    func write(_ body: [UInt8]) {
        cache.write(name, [magic + Array(HMAC<SHA256>.authenticationCode(for: body, using: key)), body])
    }
}
