import Crypto
import CryptoExtras
import Foundation
import Language

/// One share of the recovery key's seed, as words: SLIP-0039, one group, no passphrase. Any `threshold` of the shares give the
/// seed; fewer tell nothing of it.
public struct RecoveryShare: Sendable, Hashable {
    /// Tells shares of one splitting from those of another; 15 bits.
    let identifier: Int
    let isExtendable: Bool
    let exponent: Int
    /// From 0.
    let index: Int
    public let threshold: Int
    let value: [UInt8]

    /// From 1, for people. SLIP-0039 does not keep how many there are.
    public var number: Int { index + 1 }

    /// Words before and behind those of the value.
    private static let prefixWords = 4
    static let metadataWords = prefixWords + ShareChecksum.words
    /// Words of a share of a seed of 32 bytes.
    public static let wordCount = metadataWords + 26
    private static let seedWidth = 32

    init(identifier: Int, isExtendable: Bool, exponent: Int, index: Int, threshold: Int, value: [UInt8]) {
        self.identifier = identifier
        self.isExtendable = isExtendable
        self.exponent = exponent
        self.index = index
        self.threshold = threshold
        self.value = value
    }

    public var words: [String] { indices.map { ShareWords.all[$0] } }

    var indices: [Int] {
        // 15 bits, 1, 4; then group index, group threshold − 1, group count − 1 (one group of one), 4 bits each; 4; 4.
        let head = identifier << 5 | (isExtendable ? 1 : 0) << 4 | exponent
        let parameters = index << 4 | (threshold - 1)
        var words = [head >> 10, head & 1023, parameters >> 10, parameters & 1023]
        var rest = value
        let valueWords = (value.count * 8 + 9) / 10
        // From the right, ten bits at a time; the padding stands before the first bit.
        var found: [Int] = []
        for _ in 0..<valueWords {
            var remainder = 0
            for index in rest.indices {
                let number = remainder << 8 | Int(rest[index])
                rest[index] = UInt8(number >> 10 & 0xff)
                remainder = number & 1023
            }
            found.append(remainder)
        }
        words += found.reversed()
        return words + ShareChecksum.make(words, extendable: isExtendable)
    }

    /// Why a list of words is no share that can be used here.
    enum Flaw: Error {
        case length
        case checksum
        /// A set of shares with groups, or of a secret of another length: made by something else.
        case foreign
    }

    init(indices: [Int]) throws(Flaw) {
        guard indices.count == Self.wordCount else { throw .length }
        let isExtendable = indices[1] >> 4 & 1 == 1
        guard ShareChecksum.syndrome(indices, extendable: isExtendable) == 0 else { throw .checksum }
        let head = indices[0] << 10 | indices[1]
        let parameters = indices[2] << 10 | indices[3]
        guard parameters >> 8 == 0 else { throw .foreign }
        var value = [UInt8](repeating: 0, count: Self.seedWidth)
        for word in indices[Self.prefixWords..<(indices.count - ShareChecksum.words)] {
            var carry = word
            for index in value.indices.reversed() {
                let number = Int(value[index]) << 10 | carry
                value[index] = UInt8(number & 0xff)
                carry = number >> 8
            }
            // What is pushed out of the front is the padding, which is zero.
            guard carry == 0 else { throw .foreign }
        }
        self.init(
            identifier: head >> 5, isExtendable: isExtendable, exponent: head & 15, index: parameters >> 4 & 15,
            threshold: (parameters & 15) + 1, value: value)
    }

    /// Whether both are of one splitting.
    func belongs(with other: RecoveryShare) -> Bool {
        (identifier, isExtendable, exponent, threshold) == (other.identifier, other.isExtendable, other.exponent, other.threshold)
    }
}

extension RecoveryShare {
    /// Splits a seed. PBKDF2 is run as often as SLIP-0039 asks at least: there is no passphrase to slow a guesser at, the seed is
    /// 256 random bits.
    static func split(_ seed: [UInt8], threshold: Int, count: Int) -> [RecoveryShare] {
        precondition(seed.count == seedWidth)
        let identifier = Int(randomBytes(2).reduce(0) { $0 << 8 | UInt16($1) } & 0x7fff)
        let encrypted = cipher(seed, identifier: identifier, isExtendable: true, exponent: 0, rounds: [0, 1, 2, 3])
        return SecretSharing.split(encrypted, threshold: threshold, count: count).map { point in
            RecoveryShare(
                identifier: identifier, isExtendable: true, exponent: 0, index: Int(point.x), threshold: threshold, value: point.y
            )
        }
    }

    /// The seed, or nil where the shares do not belong together.
    ///
    /// - Parameter shares: of one splitting, different ones; as many as their threshold are used.
    static func join(_ shares: [RecoveryShare]) -> [UInt8]? {
        guard let first = shares.first, shares.count >= first.threshold, shares.allSatisfy({ $0.belongs(with: first) }),
            Set(shares.map(\.index)).count == shares.count
        else { return nil }
        let points = shares.prefix(first.threshold).map { SecretSharing.Point(x: UInt8($0.index), y: $0.value) }
        let encrypted = first.threshold == 1 ? first.value : SecretSharing.join(points)
        return encrypted.map {
            cipher(
                $0, identifier: first.identifier, isExtendable: first.isExtendable, exponent: first.exponent,
                rounds: [3, 2, 1, 0])
        }
    }

    /// The four rounds of SLIP-0039's Feistel cipher; in the opposite order they undo themselves.
    private static func cipher(
        _ bytes: [UInt8], identifier: Int, isExtendable: Bool, exponent: Int, rounds: [UInt8]
    ) -> [UInt8] {
        let salt = isExtendable ? [] : Array("shamir".utf8) + [UInt8(identifier >> 8), UInt8(identifier & 0xff)]
        var (left, right) = (Array(bytes.prefix(bytes.count / 2)), Array(bytes.suffix(bytes.count / 2)))
        for round in rounds {
            let mask = roundKey([round], salt + right, iterations: 2500 << exponent, count: left.count)
            (left, right) = (right, zip(left, mask).map { $0 ^ $1 })
        }
        return right + left
    }

    private static func roundKey(_ password: [UInt8], _ salt: [UInt8], iterations: Int, count: Int) -> [UInt8] {
        let key = try? KDF.Insecure.PBKDF2.deriveKey(
            from: password, salt: salt, using: .sha256, outputByteCount: count, unsafeUncheckedRounds: iterations)
        guard let key else { preconditionFailure("PBKDF2 takes any password, salt and number of rounds") }
        return key.withUnsafeBytes { Array($0) }
    }
}
