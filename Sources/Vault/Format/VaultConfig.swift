import Crypto
import Foundation
import Language
import ObjectStore

/// The object `config`: what a vault is, for whoever opens it. Readable by anyone, believed only with the index key, which
/// authenticates it.
struct VaultConfig: Sendable {
    static let formatVersion = 1
    static let objectName = "config"
    /// Of a vault that is made without saying otherwise; see `packBytes`. Where each is a request, there are fewer of them.
    static func usualPackBytes(isFar: Bool) -> Int { isFar ? 24 << 20 : 16 << 20 }

    let vault: VaultID
    let created: Date
    let chunking: Chunking
    /// A pack is closed when it holds this many bytes.
    let packBytes: Int
    let readers: [ReaderPublicKey]
    let signers: [Signer]
    /// The shared secrets, sealed to each reader, so that the recovery key alone opens the vault.
    let shared: [SealedSecrets]
    /// What `init` found out about the store.
    var store = StoreFacts()
    /// Tells this copy of the vault from the others; nil: the one that was made first.
    var copy: ULID?

    struct StoreFacts: Codable, Hashable, Sendable {
        /// False where a put that must be new may replace another object: then keepers end no session that may be alive, and
        /// every put looks first. Vaults made before this was recorded are in stores that honour it.
        var conditional_create = true
        /// As it was then, for people; nil: not known.
        var versioning: Bool?
        var object_lock: Bool?

        init() {}

        init(_ findings: StoreProbe.Findings, _ features: StoreFeatures) {
            conditional_create = findings.conditionalCreate
            versioning = features.versioning
            object_lock = features.objectLock
        }
    }

    struct Signer: Codable, Sendable {
        let holder: String
        let roles: [Role]
        /// Ed25519, 32 bytes.
        let publicKey: Data

        var id: KeyID { KeyID(publicKey: Array(publicKey)) }
    }

    struct SealedSecrets: Codable, Sendable {
        let reader: String
        let encapsulated: Data
        let sealed: Data
    }

    /// Sizes in bytes: least, usual, most.
    struct Chunking: Codable, Hashable, Sendable {
        let rows: ChunkSizes
        let file: ChunkSizes
        /// Of files that are changed in place; nil in vaults that were made before there were such chunks.
        var pages: Int?

        static let usualPages = 64 << 10

        var isSound: Bool {
            rows.isSound && file.isSound && pages.map { (4096...1 << 24).contains($0) && $0.nonzeroBitCount == 1 } ?? true
        }

        static let standard = Chunking(
            rows: ChunkSizes(least: 32 << 10, usual: 128 << 10, most: 512 << 10),
            file: ChunkSizes(least: 512 << 10, usual: 1 << 20, most: 2 << 20), pages: usualPages)
    }

    private struct Document: Codable {
        let format: Int
        let vault: String
        let created: Date
        let chunking: Chunking
        let pack_bytes: Int
        let readers: [Data]
        let signers: [Signer]
        let shared: [SealedSecrets]
        /// Nil in vaults of the first programs.
        let store: StoreFacts?
        /// Nil in the copy that was made first.
        var copy: ULID?
    }

    private struct Version: Codable {
        let format: Int
    }

    static func sealed(_ secrets: SharedSecrets, to reader: ReaderPublicKey, vault: VaultID) -> SealedSecrets {
        let parts = hpkeSeal(secrets.dedup + secrets.index, to: reader, label: "reprise/shared/1", vault: vault, binding: [])
        return SealedSecrets(
            reader: reader.id.description, encapsulated: Data(parts.encapsulated), sealed: Data(parts.sealed))
    }

    /// The secrets that `reader` can open, or nil.
    func secrets(for reader: ReaderPrivateKey) -> SharedSecrets? {
        for candidate in shared where candidate.reader == reader.publicKey.id.description {
            guard
                let bytes = hpkeOpen(
                    Array(candidate.sealed), encapsulated: Array(candidate.encapsulated), with: reader,
                    label: "reprise/shared/1", vault: vault, binding: []),
                bytes.count == SharedSecrets.width
            else { return nil }
            return SharedSecrets(dedup: Array(bytes[..<32]), index: Array(bytes[32...]))
        }
        return nil
    }
}

extension VaultConfig {
    /// A config whose bytes are intact and that nobody has vouched for yet.
    struct Unproven: Sendable {
        private let config: Result<VaultConfig, VaultError>
        private let text: SummedText
        /// Which vault the config says it is; nil for a format this program cannot read.
        var vault: VaultID? { try? config.get().vault }

        fileprivate init(_ text: SummedText, _ config: Result<VaultConfig, VaultError>) {
            self.text = text
            self.config = config
        }

        /// The config, not vouched for: only for finding the sealed secrets that then vouch for it.
        func unproven() throws(VaultError) -> VaultConfig { try config.get() }

        /// The config, once the index key has proven that a holder of it wrote these bytes.
        func proven(by indexKey: [UInt8]) throws(VaultError) -> VaultConfig {
            let config = try config.get()
            guard IndexBox(indexKey: indexKey).authenticate(text.document, context: VaultConfig.context) == text.sum else {
                throw .damaged(VaultConfig.objectName, "its authentication code does not fit its contents and this key.")
            }
            return config
        }
    }

    private static let context = "reprise/config/1"

    /// Reads the object: JSON, its SHA-256, and the authentication code over both. Fails with `.damaged`.
    static func read(_ bytes: [UInt8]) throws(VaultError) -> Unproven {
        guard let outer = SummedText(bytes, label: "hmac") else {
            throw .damaged(objectName, "it does not end with its authentication code.")
        }
        guard let inner = SummedText(outer.document, label: "sha256"), Array(SHA256.hash(data: inner.document)) == inner.sum
        else {
            throw .damaged(objectName, "its contents do not match its checksum.")
        }
        return Unproven(outer, Result { () throws(VaultError) in try decode(inner.document) })
    }

    private static func decode(_ json: [UInt8]) throws(VaultError) -> VaultConfig {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        if let version = try? decoder.decode(Version.self, from: Data(json)), version.format > formatVersion {
            throw VaultError(
                .newerFormat,
                "The vault has format \(version.format); this program reads formats up to \(formatVersion).",
                hint: "Update Reprise to the version that wrote it, or a later one.")
        }
        guard let document = try? decoder.decode(Document.self, from: Data(json)), document.format == formatVersion,
            let vault = VaultID(document.vault), document.chunking.isSound,
            (1 << 16...1 << 30).contains(document.pack_bytes)
        else { throw .damaged(objectName, "its contents are not those of a config.") }
        let readers = document.readers.compactMap { ReaderPublicKey(raw: Array($0)) }
        guard readers.count == document.readers.count else { throw .damaged(objectName, "one of its keys has the wrong form.") }
        return VaultConfig(
            vault: vault, created: document.created, chunking: document.chunking, packBytes: document.pack_bytes,
            readers: readers, signers: document.signers, shared: document.shared, store: document.store ?? StoreFacts(),
            copy: document.copy)
    }

    func encoded(indexKey: [UInt8]) -> [UInt8] {
        let document = Document(
            format: Self.formatVersion, vault: vault.description, created: created, chunking: chunking, pack_bytes: packBytes,
            readers: readers.map { Data($0.raw) }, signers: signers, shared: shared, store: store, copy: copy)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .iso8601
        guard let data = try? encoder.encode(document) else { preconditionFailure("our own values can be encoded") }
        let json = Array(data) + [UInt8(ascii: "\n")]
        let summed = SummedText.join(json, label: "sha256", sum: Array(SHA256.hash(data: json)))
        return SummedText.join(
            summed, label: "hmac", sum: IndexBox(indexKey: indexKey).authenticate(summed, context: Self.context))
    }
}
