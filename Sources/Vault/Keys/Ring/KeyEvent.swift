import Foundation
import Language

/// The object `keys/<id>`: a signed object whose payload is JSON in clear, like `config`. The recovery key, and nobody else, adds
/// and revokes keys by it.
///
/// Events are a set: a revoked key stays revoked, whatever is added and in whatever order they are read.
struct KeyEvent: Sendable {
    static let prefix = "keys/"
    static let magic = Array("RPRSKEY1".utf8)

    let object: SignedObject
    let instant: Date
    let act: Act

    enum Act: Sendable {
        case add(Added)
        case revoke(Revoked)
    }

    struct Added: Sendable {
        let signer: VaultConfig.Signer
        /// For whom writers seal from now on; of a reader.
        let reader: ReaderPublicKey?
        /// The shared secrets sealed to that reader, so that its private key alone opens the vault.
        let shared: VaultConfig.SealedSecrets?
    }

    struct Revoked: Sendable {
        let key: KeyID
        /// No longer sealed for.
        let reader: ReaderPublicKey?
        /// What the key had signed by then: this still counts, and nothing else of it.
        let snapshots: Set<Digest>
        let records: Set<Digest>
    }

    static func objectName(_ id: ULID) -> String { prefix + id.text }

    private struct Document: Codable {
        let act: String
        let instant: Date
        var holder: String?
        var roles: [Role]?
        var publicKey: Data?
        var reader: Data?
        var shared: VaultConfig.SealedSecrets?
        var key: String?
        var snapshots: Data?
        var records: Data?
    }

    static func seal(_ act: Act, at instant: Date, id: ULID, vault: VaultID, key: SigningKey, previous: [Digest]) -> [UInt8] {
        var document: Document
        switch act {
        case .add(let added):
            document = Document(act: "add", instant: instant)
            document.holder = added.signer.holder
            document.roles = added.signer.roles
            document.publicKey = added.signer.publicKey
            document.reader = added.reader.map { Data($0.raw) }
            document.shared = added.shared
        case .revoke(let revoked):
            document = Document(act: "revoke", instant: instant)
            document.key = revoked.key.description
            document.reader = revoked.reader.map { Data($0.raw) }
            document.snapshots = Data(revoked.snapshots.sorted().flatMap(\.bytes))
            document.records = Data(revoked.records.sorted().flatMap(\.bytes))
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .custom { date, encoder in
            var container = encoder.singleValueContainer()
            try container.encode(Int64((date.timeIntervalSince1970 * 1000).rounded()))
        }
        guard let json = try? encoder.encode(document) else { preconditionFailure("our own values can be encoded") }
        let header = SignedObject.header(magic, vault: vault, id: id, signer: key.id, previous: previous)
        return SignedObject.sign(header: header, payload: Array(json), with: key)
    }

    /// Reads and verifies an event. Fails with `.damaged` naming it.
    init(_ bytes: [UInt8], id: ULID, vault: VaultID, authority: VaultConfig.Signer) throws(VaultError) {
        let name = Self.objectName(id)
        object = try SignedObject(
            bytes, name: name, magic: Self.magic, vault: vault, id: id, signers: [authority.id: authority])
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .millisecondsSince1970
        guard let document = try? decoder.decode(Document.self, from: Data(object.payload)) else {
            throw .damaged(name, "its contents are not those of a key's object.")
        }
        instant = document.instant
        let reader = document.reader.flatMap { ReaderPublicKey(raw: Array($0)) }
        guard (reader == nil) == (document.reader == nil) else { throw .damaged(name, "one of its keys has the wrong form.") }
        switch document.act {
        case "add":
            guard let holder = document.holder, let roles = document.roles, let publicKey = document.publicKey,
                publicKey.count == 32, roles.contains(.reader) == (reader != nil)
            else { throw .damaged(name, "it lacks a part.") }
            act = .add(
                Added(
                    signer: .init(holder: holder, roles: roles, publicKey: publicKey), reader: reader,
                    shared: document.shared))
        case "revoke":
            guard let key = document.key.flatMap({ KeyID($0) }), let snapshots = Self.digests(document.snapshots),
                let records = Self.digests(document.records)
            else { throw .damaged(name, "it lacks a part.") }
            act = .revoke(Revoked(key: key, reader: reader, snapshots: snapshots, records: records))
        default:
            // What it says might be that a key does not count any more.
            throw VaultError(
                .newerFormat, "\(name) says something of the vault's keys that this program does not know.",
                hint: "Update Reprise to the version that wrote it, or a later one.", object: name)
        }
    }

    private static func digests(_ data: Data?) -> Set<Digest>? {
        guard let data, data.count.isMultiple(of: Digest.width) else { return nil }
        let bytes = Array(data)
        return Set(
            stride(from: 0, to: bytes.count, by: Digest.width).compactMap { Digest(bytes: Array(bytes[$0..<$0 + Digest.width])) })
    }
}
