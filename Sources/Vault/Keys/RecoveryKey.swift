import Crypto
import Foundation
import Language

/// The key that opens everything, for paper: from it alone the whole vault can be read and managed.
///
/// 32 secret bytes, from which the reader key and the signing key of whoever recovers are derived; 8 bytes that recognise the
/// vault; a checksum. Written as groups of five characters without those that are easily confused (Crockford base32); case,
/// blanks and hyphens do not matter when it is typed.
public struct RecoveryKey: Sendable {
    private let seed: [UInt8]
    let fingerprint: [UInt8]

    private static let label = "reprise-1-"
    private static let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz")
    private static let checksumWidth = 4

    init(seed: [UInt8], fingerprint: [UInt8]) {
        self.seed = seed
        self.fingerprint = fingerprint
    }

    /// Reads what somebody typed. Fails with `.badKey`, saying whether characters are missing or wrong.
    public init(_ typed: String) throws(VaultError) {
        let hint: Phrase = "Compare it with the printed kit, group by group. 0 and O, 1, I and L count as the same."
        var digits = Substring(
            typed.lowercased().compactMap { character -> Character? in
                switch character {
                case "-", "\u{2010}", "\u{2011}", "\u{2012}", "\u{2013}", "\u{2014}": nil  // what printing makes of a hyphen
                case "o": "0"
                case "i", "l": "1"
                default: character.isWhitespace ? nil : character
                }
            })
        // The label, as it reads now.
        if digits.count > Self.digitCount, digits.hasPrefix("repr1se1") { digits = digits.dropFirst(8) }
        let expected = Self.digitCount
        guard digits.count == expected else {
            throw VaultError(
                .badKey, "The recovery key has \(digits.count) characters instead of \(expected) behind «reprise-1».", hint: hint)
        }
        var bytes: [UInt8] = []
        var pending: UInt32 = 0
        var pendingBits = 0
        for character in digits {
            guard let value = Self.alphabet.firstIndex(of: character) else {
                throw VaultError(.badKey, "The recovery key has the character «\(character)», which none has.", hint: hint)
            }
            pending = pending << 5 | UInt32(value)
            pendingBits += 5
            if pendingBits >= 8 {
                pendingBits -= 8
                bytes.append(UInt8(truncatingIfNeeded: pending >> UInt32(pendingBits)))
                pending &= (1 << UInt32(pendingBits)) - 1
            }
        }
        let body = Array(bytes.prefix(40))
        // The last character has bits to spare, which are zero.
        guard pending == 0, Self.checksum(body) == Array(bytes[40...]) else {
            throw VaultError(.badKey, "The recovery key is mistyped: its checksum does not fit.", hint: hint)
        }
        seed = Array(body[..<32])
        fingerprint = Array(body[32...])
    }

    /// `reprise-1-` and 71 characters in groups of five.
    public var text: String {
        let bytes = seed + fingerprint + Self.checksum(seed + fingerprint)
        var digits: [Character] = []
        var pending: UInt32 = 0
        var pendingBits = 0
        for byte in bytes {
            pending = pending << 8 | UInt32(byte)
            pendingBits += 8
            while pendingBits >= 5 {
                pendingBits -= 5
                digits.append(Self.alphabet[Int(pending >> UInt32(pendingBits) & 31)])
            }
            pending &= (1 << UInt32(pendingBits)) - 1
        }
        if pendingBits > 0 { digits.append(Self.alphabet[Int(pending << UInt32(5 - pendingBits) & 31)]) }
        let groups = stride(from: 0, to: digits.count, by: 5).map { String(digits[$0..<min($0 + 5, digits.count)]) }
        return Self.label + groups.joined(separator: "-")
    }

    private static let digitCount = (44 * 8 + 4) / 5

    private static func checksum(_ body: [UInt8]) -> [UInt8] {
        Array(SHA256.hash(data: Array("reprise/recovery-key/1".utf8) + body).prefix(checksumWidth))
    }

    /// The reader key: X25519, from HKDF-SHA256 of the seed.
    var reader: ReaderPrivateKey { Self.reader(of: seed) }

    static func reader(of seed: [UInt8]) -> ReaderPrivateKey {
        guard let key = ReaderPrivateKey(raw: derive(seed, "reprise/reader/1")) else {
            preconditionFailure("any 32 bytes are an X25519 key")
        }
        return key
    }

    /// The signing key: Ed25519, from HKDF-SHA256 of the seed.
    var signing: SigningKey { Self.signing(of: seed) }

    static func signing(of seed: [UInt8]) -> SigningKey {
        guard let key = SigningKey(raw: derive(seed, "reprise/keeper/1")) else {
            preconditionFailure("any 32 bytes are an Ed25519 key")
        }
        return key
    }

    private static func derive(_ seed: [UInt8], _ purpose: String) -> [UInt8] {
        HKDF<SHA256>.deriveKey(
            inputKeyMaterial: SymmetricKey(data: seed), info: Array(purpose.utf8), outputByteCount: 32
        ).withUnsafeBytes { Array($0) }
    }
}
