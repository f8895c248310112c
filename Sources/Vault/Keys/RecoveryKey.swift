import Crypto
import Foundation
import Language

/// The key that opens everything, for paper: from it alone the whole vault can be read and managed.
///
/// 32 secret bytes, from which the reader key and the signing key of whoever recovers are derived; 8 bytes that recognise the
/// vault; a checksum. Written as groups of five characters without those that are easily confused (Crockford base32); case,
/// blanks and hyphens do not matter when it is typed. The 32 bytes can also be split into shares (`RecoveryShare`).
public struct RecoveryKey: Sendable {
    let seed: [UInt8]
    /// Recognises the right secrets; nil in a key from shares, which do not carry it.
    let fingerprint: [UInt8]?

    private static let label = "reprise-1-"
    private static let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz")
    private static let checksumWidth = 4

    init(seed: [UInt8], fingerprint: [UInt8]?) {
        self.seed = seed
        self.fingerprint = fingerprint
    }

    /// Reads what somebody typed. Fails with `.badKey`, saying whether characters are missing or wrong.
    public init(_ typed: String) throws(VaultError) {
        let digits = Self.digits(of: typed)
        let expected = Self.digitCount
        guard digits.count == expected else {
            throw VaultError(
                .badKey, "The recovery key has \(digits.count) characters instead of \(expected) behind «reprise-1».",
                hint: Self.hint)
        }
        if let odd = digits.first(where: { !Self.alphabet.contains($0) }) {
            throw VaultError(.badKey, "The recovery key has the character «\(odd)», which none has.", hint: Self.hint)
        }
        guard let key = Self.decode(digits.compactMap(Self.alphabet.firstIndex)) else {
            throw VaultError(.badKey, "The recovery key is mistyped: its checksum does not fit.", hint: Self.hint)
        }
        self = key
    }

    private static let hint: Phrase = "Compare it with the printed kit, group by group. 0 and O, 1, I and L count as the same."

    /// The characters behind the label, as they are meant.
    private static func digits(of typed: String) -> [Character] {
        var digits = typed.lowercased().compactMap { character -> Character? in
            switch character {
            case "-", "\u{2010}", "\u{2011}", "\u{2012}", "\u{2013}", "\u{2014}": nil  // what printing makes of a hyphen
            case "o": "0"
            case "i", "l": "1"
            default: character.isWhitespace ? nil : character
            }
        }[...]
        // The label, as it reads now.
        if digits.count > Self.digitCount, digits.starts(with: "repr1se1") { digits = digits.dropFirst(8) }
        return Array(digits)
    }

    /// - Parameter values: of the 71 characters. Nil where the checksum does not fit.
    private static func decode(_ values: [Int]) -> RecoveryKey? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(44)
        var pending: UInt32 = 0
        var pendingBits = 0
        for value in values {
            pending = pending << 5 | UInt32(value)
            pendingBits += 5
            if pendingBits >= 8 {
                pendingBits -= 8
                bytes.append(UInt8(truncatingIfNeeded: pending >> UInt32(pendingBits)))
                pending &= (1 << UInt32(pendingBits)) - 1
            }
        }
        // The last character has bits to spare, which are zero.
        guard bytes.count == 44, pending == 0, checksum(Array(bytes.prefix(40))) == Array(bytes[40...]) else { return nil }
        return RecoveryKey(seed: Array(bytes[..<32]), fingerprint: Array(bytes[32..<40]))
    }

    /// `reprise-1-` and 71 characters in groups of five. Only of a key that has its fingerprint.
    public var text: String {
        guard let fingerprint else { preconditionFailure("a key from shares is completed by the vault it opens") }
        let digits = Self.encode(seed + fingerprint + Self.checksum(seed + fingerprint))
        return Self.label + Self.groups(digits, of: 5)
    }

    /// What recognises the vault, `xxxx-xxxx-xxxx-x`: no secret. It stands on the kit and on every share.
    public var fingerprintText: String? { fingerprint.map(Self.fingerprintText) }

    static func fingerprintText(_ fingerprint: [UInt8]) -> String { groups(encode(fingerprint), of: 4) }

    /// Nil where `text` is no fingerprint.
    static func fingerprint(_ text: String) -> [UInt8]? {
        let digits = digits(of: text)
        let values = digits.compactMap(alphabet.firstIndex)
        guard digits.count == 13, values.count == 13 else { return nil }
        let number = values.reduce(UInt128(0)) { $0 << 5 | UInt128($1) }
        guard number & 1 == 0 else { return nil }
        return (0..<8).map { UInt8(truncatingIfNeeded: number >> UInt128((7 - $0) * 8 + 1)) }
    }

    private static func encode(_ bytes: [UInt8]) -> [Character] {
        var digits: [Character] = []
        var pending: UInt32 = 0
        var pendingBits = 0
        for byte in bytes {
            pending = pending << 8 | UInt32(byte)
            pendingBits += 8
            while pendingBits >= 5 {
                pendingBits -= 5
                digits.append(alphabet[Int(pending >> UInt32(pendingBits) & 31)])
            }
            pending &= (1 << UInt32(pendingBits)) - 1
        }
        if pendingBits > 0 { digits.append(alphabet[Int(pending << UInt32(5 - pendingBits) & 31)]) }
        return digits
    }

    private static func groups(_ digits: [Character], of width: Int) -> String {
        stride(from: 0, to: digits.count, by: width).map { String(digits[$0..<min($0 + width, digits.count)]) }
            .joined(separator: "-")
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

extension RecoveryKey {
    /// The key that somebody meant who made one mistake: a wrong character, two neighbours in each other's place, one left out or
    /// one too many; and the group of five in which it is, from 1. Nil where no single change makes the checksum of 32 bits fit.
    static func nearest(to typed: String) -> (key: RecoveryKey, group: Int)? {
        let values = digits(of: typed).map { alphabet.firstIndex(of: $0) }
        guard abs(values.count - digitCount) <= 1 else { return nil }
        let odd = values.indices.filter { values[$0] == nil }
        guard odd.count <= 1 else { return nil }
        let known = values.map { $0 ?? 0 }
        func group(_ position: Int) -> Int { min(position, digitCount - 1) / 5 + 1 }
        switch values.count {
        case digitCount:
            for position in odd.isEmpty ? Array(known.indices) : odd {
                for value in alphabet.indices {
                    var fixed = known
                    fixed[position] = value
                    if let key = decode(fixed) { return (key, group(position)) }
                }
            }
            for position in known.indices.dropLast() where odd.isEmpty && known[position] != known[position + 1] {
                var fixed = known
                fixed.swapAt(position, position + 1)
                if let key = decode(fixed) { return (key, group(position)) }
            }
        case digitCount - 1 where odd.isEmpty:
            for position in 0..<digitCount {
                for value in alphabet.indices {
                    var fixed = known
                    fixed.insert(value, at: position)
                    if let key = decode(fixed) { return (key, group(position)) }
                }
            }
        case digitCount + 1:
            for position in odd.isEmpty ? Array(known.indices) : odd {
                var fixed = known
                fixed.remove(at: position)
                if let key = decode(fixed) { return (key, group(position)) }
            }
        default: break
        }
        return nil
    }

    // MARK: - Shares

    /// Splits the seed so that any `threshold` of the shares give it back.
    ///
    /// - Parameters:
    ///   - threshold: at least 2.
    ///   - count: at most 16.
    public func shares(_ threshold: Int, of count: Int) -> [RecoveryShare] {
        RecoveryShare.split(seed, threshold: threshold, count: count)
    }

    /// How many shares there may be.
    public static let mostShares = SecretSharing.mostShares
}
