import Crypto
import Foundation
import Language

/// The keys of one holder for one vault, in any set of roles: a text file that only its owner may read.
///
/// The file is a JSON document and a line with its SHA-256, so that a damaged copy is known as damaged instead of failing later
/// as a wrong key.
public struct KeyFile: Sendable {
    public let vault: VaultID
    /// Whom the key belongs to, for people: a host or a person.
    public let holder: String
    public let roles: Set<Role>

    let signing: SigningKey
    let indexKey: [UInt8]
    /// Writers and readers have it.
    let dedupKey: [UInt8]?
    /// For whom a writer seals. Held here and not read from the store, where a thief could add a reader of their own.
    let readers: [ReaderPublicKey]
    let reader: ReaderPrivateKey?
    /// The recovery key's public signing key, which alone may add and revoke keys; nil in key files that were made before it was
    /// kept in them.
    let authority: [UInt8]?

    public var id: KeyID { signing.id }

    /// The environment variable and option that name a key file are the caller's; this is the longest file that is one.
    static let sizeLimit = 64 << 10

    init(
        vault: VaultID, holder: String, roles: Set<Role>, signing: SigningKey, shared: SharedSecrets, readers: [ReaderPublicKey],
        reader: ReaderPrivateKey?, authority: [UInt8]?
    ) {
        self.authority = authority
        self.vault = vault
        self.holder = holder
        self.roles = roles
        self.signing = signing
        indexKey = shared.index
        dedupKey = roles.contains(.writer) || roles.contains(.reader) ? shared.dedup : nil
        self.readers = roles.contains(.writer) ? readers : []
        self.reader = roles.contains(.reader) ? reader : nil
    }

    /// Reads a key file's text. Fails with `.badKey`.
    ///
    /// - Parameter name: how messages name the file.
    public init(_ bytes: [UInt8], name: String) throws(VaultError) {
        func bad(_ what: Phrase) -> VaultError { Self.unusable(name, what) }
        let text = try Self.document(bytes, name: name)
        guard !LockedKeyFile.isOne(bytes) else {
            throw VaultError(.wrongPassphrase, "The key file \(name) is locked with a passphrase.")
        }
        guard let document = try? JSONDecoder().decode(Document.self, from: Data(text)),
            document.reprise_key == Document.version
        else { throw bad("it lacks a part that every key file has.") }
        guard let vault = VaultID(document.vault), let signing = SigningKey(raw: Array(document.signing)),
            document.index.count == 32, document.dedup.map({ $0.count == 32 }) ?? true,
            document.authority.map({ $0.count == 32 }) ?? true
        else { throw bad("one of its keys has the wrong form.") }
        let roles = Set(document.roles)
        let readers = (document.readers ?? []).compactMap { ReaderPublicKey(raw: Array($0)) }
        let reader = document.reader.flatMap { ReaderPrivateKey(raw: Array($0)) }
        guard readers.count == document.readers?.count ?? 0,
            !roles.contains(.writer) || (!readers.isEmpty && document.dedup != nil),
            !roles.contains(.reader) || (reader != nil && document.dedup != nil)
        else { throw bad("it lacks a key that its roles need.") }
        self.vault = vault
        self.holder = document.holder
        self.roles = roles
        self.signing = signing
        indexKey = Array(document.index)
        dedupKey = document.dedup.map(Array.init)
        self.readers = readers
        self.reader = reader
        authority = document.authority.map(Array.init)
    }

    /// The same key file, for a writer that seals for other readers.
    func sealing(for readers: [ReaderPublicKey]) -> KeyFile {
        KeyFile(
            vault: vault, holder: holder, roles: roles, signing: signing,
            shared: SharedSecrets(dedup: dedupKey ?? [], index: indexKey), readers: readers, reader: reader, authority: authority)
    }

    /// The JSON of a key file of a version that is known, with its checksum proven. Fails with `.badKey` or `.newerFormat`.
    static func document(_ bytes: [UInt8], name: String) throws(VaultError) -> [UInt8] {
        guard bytes.count <= sizeLimit else { throw unusable(name, "it is longer than any key file.") }
        guard let text = SummedText(bytes, label: "sha256") else {
            throw unusable(name, "it is not a key file, or its end is missing.")
        }
        guard Array(SHA256.hash(data: text.document)) == text.sum else {
            throw unusable(name, "its contents do not match its checksum.")
        }
        if let version = try? JSONDecoder().decode(Version.self, from: Data(text.document)), version.reprise_key > Version.newest
        {
            throw VaultError(
                .newerFormat,
                "The key file \(name) is of version \(version.reprise_key); this program reads up to \(Version.newest).",
                hint: "Update Reprise to the version that wrote it, or a later one.")
        }
        return text.document
    }

    static func unusable(_ name: String, _ what: Phrase) -> VaultError {
        VaultError(
            .badKey, "The key file \(name) cannot be used: \(what)",
            hint: "Take another copy of it, or make a new one from the recovery key of the kit.")
    }

    /// The file's bytes; to be written with mode 0600.
    public var encoded: [UInt8] {
        let document = SummedText.encode(
            Document(
                reprise_key: Document.version, vault: vault.description, holder: holder,
                roles: Role.allCases.filter(roles.contains), signing: Data(signing.raw), index: Data(indexKey),
                dedup: dedupKey.map { Data($0) }, readers: readers.isEmpty ? nil : readers.map { Data($0.raw) },
                reader: reader.map { Data($0.raw) }, authority: authority.map { Data($0) }))
        return SummedText.join(document, label: "sha256", sum: Array(SHA256.hash(data: document)))
    }

    struct Version: Codable {
        /// 2: locked with a passphrase.
        static let newest = 2

        let reprise_key: Int
    }

    /// The file's JSON; keys of 32 bytes as base64.
    private struct Document: Codable {
        static let version = 1

        let reprise_key: Int
        let vault: String
        let holder: String
        let roles: [Role]
        let signing: Data
        let index: Data
        let dedup: Data?
        let readers: [Data]?
        let reader: Data?
        let authority: Data?
    }
}
