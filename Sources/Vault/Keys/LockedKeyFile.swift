import Crypto
import CryptoExtras
import Foundation
import Language

/// A key file that a passphrase locks: the whole file, sealed with AES-256-GCM under a key that scrypt (RFC 7914) makes of the
/// passphrase.
///
/// Whoever takes the file without the passphrase must try passphrases, each at the price of the memory and time that stand in the
/// file. Where a process runs unattended the passphrase lies beside the file, and a plain key file of mode 0600 is as good.
public struct LockedKeyFile: Sendable {
    public let vault: VaultID
    public let holder: String
    private let cost: Cost
    private let salt: [UInt8]
    private let sealed: [UInt8]
    private let name: String

    /// What trying a passphrase costs: 128 · n · r bytes of memory, and p times the work.
    struct Cost: Codable, Sendable, Equatable {
        let n: Int
        let r: Int
        let p: Int

        /// 128 MiB and some tenths of a second.
        static let standard = Cost(n: 1 << 17, r: 8, p: 1)
        /// The most that a file may ask for, so that a forged one cannot take all memory.
        static let mostBytes = 512 << 20

        var isSound: Bool {
            (2...1 << 22).contains(n) && n & (n - 1) == 0 && (1...32).contains(r) && (1...16).contains(p)
                && 128 * n * r <= Self.mostBytes && (r >= 4 || n < 1 << (16 * r))  // the last by RFC 7914
        }
    }

    private struct Document: Codable {
        static let version = 2

        let reprise_key: Int
        let vault: String
        let holder: String
        let roles: [Role]
        let scrypt: Scrypt
        let sealed: Data

        struct Scrypt: Codable {
            let n: Int
            let r: Int
            let p: Int
            let salt: Data
        }
    }

    /// Whether these bytes are a key file that is locked, as far as a glance tells.
    public static func isOne(_ bytes: [UInt8]) -> Bool {
        guard bytes.count <= KeyFile.sizeLimit, let text = SummedText(bytes, label: "sha256") else { return false }
        return (try? JSONDecoder().decode(KeyFile.Version.self, from: Data(text.document)))?.reprise_key == Document.version
    }

    /// Reads a locked key file's text. Fails with `.badKey`.
    ///
    /// - Parameter name: how messages name the file.
    public init(_ bytes: [UInt8], name: String) throws(VaultError) {
        let document = try KeyFile.document(bytes, name: name)
        guard let fields = try? JSONDecoder().decode(Document.self, from: Data(document)), fields.reprise_key == Document.version,
            let vault = VaultID(fields.vault), fields.scrypt.salt.count == 32, fields.sealed.count > 16
        else { throw KeyFile.unusable(name, "it lacks a part that every locked key file has.") }
        cost = Cost(n: fields.scrypt.n, r: fields.scrypt.r, p: fields.scrypt.p)
        guard cost.isSound else {
            throw KeyFile.unusable(name, "opening it would take more memory or time than any key file may ask for.")
        }
        self.vault = vault
        self.name = name
        holder = fields.holder
        salt = Array(fields.scrypt.salt)
        sealed = Array(fields.sealed)
    }

    /// The key file inside. Fails with `.wrongPassphrase`.
    public func open(with passphrase: String) async throws(VaultError) -> KeyFile {
        let key = await Self.key(passphrase, salt, cost)
        guard
            let box = try? AES.GCM.SealedBox(nonce: zeroNonce, ciphertext: sealed.dropLast(16), tag: sealed.suffix(16)),
            let plain = try? AES.GCM.open(box, using: key, authenticating: Self.binding(vault))
        else {
            throw VaultError(
                .wrongPassphrase, "The passphrase does not open the key file \(name).",
                hint: "Try again. If it is lost, make a new key file with the recovery key of the kit («reprise key rotate»).")
        }
        let keys = try KeyFile(Array(plain), name: name)
        guard keys.vault == vault else { throw KeyFile.unusable(name, "what is inside is for another vault than it says.") }
        return keys
    }

    /// The bytes of a file that `passphrase`, which is not empty, locks.
    public static func lock(_ keys: KeyFile, with passphrase: String) async -> [UInt8] {
        await lock(keys, with: passphrase, cost: .standard)
    }

    static func lock(_ keys: KeyFile, with passphrase: String, cost: Cost) async -> [UInt8] {
        let salt = randomBytes(32)
        // A fresh salt makes a key that seals once, so the nonce may be zero.
        let key = await key(passphrase, salt, cost)
        guard let box = try? AES.GCM.seal(keys.encoded, using: key, nonce: zeroNonce, authenticating: binding(keys.vault)) else {
            preconditionFailure("AES-GCM refused a key of 32 bytes and a nonce of 12")
        }
        let document = SummedText.encode(
            Document(
                reprise_key: Document.version, vault: keys.vault.description, holder: keys.holder,
                roles: Role.allCases.filter(keys.roles.contains),
                scrypt: .init(n: cost.n, r: cost.r, p: cost.p, salt: Data(salt)), sealed: box.ciphertext + box.tag))
        return SummedText.join(document, label: "sha256", sum: Array(SHA256.hash(data: document)))
    }

    private static func binding(_ vault: VaultID) -> [UInt8] { Array("reprise/locked-key/1".utf8) + vault.bytes }

    private static func key(_ passphrase: String, _ salt: [UInt8], _ cost: Cost) async -> SymmetricKey {
        await onOwnThread {
            // The same letters give the same bytes, however a keyboard composes accents.
            let bytes = Array(passphrase.precomposedStringWithCanonicalMapping.utf8)
            precondition(!bytes.isEmpty, "a passphrase has at least one character")
            let key = try? KDF.Scrypt.deriveKey(
                from: bytes, salt: salt, outputByteCount: 32, rounds: cost.n, blockSize: cost.r, parallelism: cost.p)
            guard let key else { preconditionFailure("scrypt refused a cost that was checked") }
            return key
        }
    }
}
