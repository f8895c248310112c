import Crypto
import Foundation

/// Which vault: 16 random bytes, written as 32 hexadecimal digits.
public struct VaultID: Hashable, Sendable, CustomStringConvertible {
    let bytes: [UInt8]

    static let width = 16

    init() { bytes = (0..<Self.width).map { _ in .random(in: .min ... .max) } }

    init?(bytes: [UInt8]) {
        guard bytes.count == Self.width else { return nil }
        self.bytes = bytes
    }

    init?(_ text: String) {
        guard let bytes = [UInt8](hex: text) else { return nil }
        self.init(bytes: bytes)
    }

    public var description: String { bytes.hex }
}

/// The name of a key: the first 8 bytes of the SHA-256 of its public half.
public struct KeyID: Hashable, Comparable, Sendable, CustomStringConvertible {
    let bytes: [UInt8]

    static let width = 8

    init(publicKey: [UInt8]) { bytes = Array(SHA256.hash(data: publicKey).prefix(Self.width)) }

    init?(bytes: [UInt8]) {
        guard bytes.count == Self.width else { return nil }
        self.bytes = bytes
    }

    public init?(_ text: String) {
        guard let bytes = [UInt8](hex: text) else { return nil }
        self.init(bytes: bytes)
    }

    public var description: String { bytes.hex }

    public static func < (left: KeyID, right: KeyID) -> Bool { left.bytes.lexicographicallyPrecedes(right.bytes) }
}

/// 32 bytes that name content: HMAC-SHA256 of a chunk under the dedup key, or SHA-256 of an object.
struct Digest: Hashable, Comparable, Sendable, CustomStringConvertible {
    static let width = 32

    private let a: UInt64
    private let b: UInt64
    private let c: UInt64
    private let d: UInt64

    /// - Parameter bytes: exactly 32.
    init(_ bytes: UnsafeRawBufferPointer) {
        precondition(bytes.count == Self.width)
        a = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self))
        b = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
        c = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 16, as: UInt64.self))
        d = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 24, as: UInt64.self))
    }

    init?(bytes: [UInt8]) {
        guard bytes.count == Self.width else { return nil }
        self = bytes.withUnsafeBytes { Digest($0) }
    }

    /// - Parameter hex: 64 hexadecimal digits, as `description` gives.
    init?(hex: String) {
        guard let bytes = [UInt8](hex: hex) else { return nil }
        self.init(bytes: bytes)
    }

    init(sha256 bytes: [UInt8]) {
        self = SHA256.hash(data: bytes).withUnsafeBytes { Digest($0) }
    }

    var bytes: [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(Self.width)
        result.append(self)
        return result
    }

    fileprivate var words: (UInt64, UInt64, UInt64, UInt64) { (a.bigEndian, b.bigEndian, c.bigEndian, d.bigEndian) }

    /// The first 8 bytes: evenly spread, so a sorted table can be searched by interpolation.
    var prefix: UInt64 { a }

    var description: String { bytes.hex }

    func hash(into hasher: inout Hasher) { hasher.combine(a) }

    static func < (left: Digest, right: Digest) -> Bool {
        (left.a, left.b, left.c, left.d) < (right.a, right.b, right.c, right.d)
    }
}

extension [UInt8] {
    mutating func append(_ digest: Digest) { Swift.withUnsafeBytes(of: digest.words) { append(contentsOf: $0) } }
}

typealias ChunkID = Digest
typealias PackID = Digest

/// A ULID: 48 bits of milliseconds since 1970 and 80 random ones, as 26 lower-case Crockford base32 characters, so that text
/// order is order of time.
public struct ULID: Hashable, Comparable, Sendable, CustomStringConvertible, Codable {
    private let value: UInt128

    static let width = 16
    static let textWidth = 26
    private static let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)
    /// The digit of each byte; 255 where it is none.
    private static let digits: [UInt8] = {
        var digits = [UInt8](repeating: .max, count: 256)
        for (digit, letter) in alphabet.enumerated() { digits[Int(letter)] = UInt8(digit) }
        return digits
    }()

    init(at instant: Date) {
        let milliseconds = UInt64(max(0, instant.timeIntervalSince1970 * 1000))
        var value = UInt128(milliseconds & 0xffff_ffff_ffff) << 80
        value |= UInt128(UInt64.random(in: .min ... .max)) << 16 | UInt128(UInt16.random(in: .min ... .max))
        self.value = value
    }

    /// The first of all ULIDs of its millisecond.
    init(firstAt instant: Date) {
        value = UInt128(UInt64(max(0, instant.timeIntervalSince1970 * 1000)) & 0xffff_ffff_ffff) << 80
    }

    /// A ULID of the last 64 bits of `family`, and of a number in it: ids that show, to whoever lists them, that they belong
    /// together.
    init(at instant: Date, family: ULID, number: UInt16) {
        let milliseconds = UInt64(max(0, instant.timeIntervalSince1970 * 1000))
        let tail = UInt128(truncatingIfNeeded: UInt64(truncatingIfNeeded: family.value))
        value = UInt128(milliseconds & 0xffff_ffff_ffff) << 80 | UInt128(number) << 64 | tail
    }

    func isOfFamily(_ family: ULID) -> Bool {
        UInt64(truncatingIfNeeded: value) == UInt64(truncatingIfNeeded: family.value)
    }

    /// Its time, to the millisecond.
    var instant: Date { Date(timeIntervalSince1970: Double(UInt64(value >> 80)) / 1000) }

    /// Nil where `text` is no ULID.
    public init?(_ text: some StringProtocol) {
        var value = UInt128(0)
        var count = 0
        for letter in text.utf8 {
            let digit = Self.digits[Int(letter)]
            guard digit < 32, count > 0 || digit <= 7 else { return nil }
            value = value << 5 | UInt128(digit)
            count += 1
            guard count <= Self.textWidth else { return nil }
        }
        guard count == Self.textWidth else { return nil }
        self.value = value
    }

    init?(bytes: [UInt8]) {
        guard bytes.count == Self.width else { return nil }
        value = bytes.reduce(UInt128(0)) { $0 << 8 | UInt128($1) }
    }

    public var text: String {
        String(unsafeUninitializedCapacity: Self.textWidth) { buffer in
            for position in 0..<Self.textWidth {
                buffer[position] = Self.alphabet[Int(truncatingIfNeeded: value >> UInt128((25 - position) * 5)) & 31]
            }
            return Self.textWidth
        }
    }

    /// The 16 bytes of the number, most significant first.
    var bytes: [UInt8] { withUnsafeBytes(of: value.bigEndian) { Array($0) } }

    public var description: String { text }

    public init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let id = ULID(text) else {
            throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: "no ULID"))
        }
        self = id
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }

    public static func < (left: ULID, right: ULID) -> Bool { left.value < right.value }
}

/// Which snapshot.
public typealias SnapshotID = ULID
