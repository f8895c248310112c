public import Foundation
import Language

/// A signed and chained note in the vault, `records/<id>`: evidence of drills, checks and restores. Every key role can read it;
/// its contents are its writer's.
public struct VaultRecord: Sendable {
    public let id: ULID
    public let signer: KeyID
    /// What kind of note: `evidence`.
    public let kind: String
    /// JSON.
    public let body: Data

    static let prefix = "records/"
    static let magic = Array("RPRSREC1".utf8)
    private static let context = "reprise/record/1"

    static func objectName(_ id: ULID) -> String { prefix + id.text }

    /// The payload is the kind's length (1), the kind, and the body, sealed together with the index key and bound to the header.
    static func seal(kind: String, body: Data, id: ULID, vault: VaultID, keys: KeyFile, previous: [Digest]) -> [UInt8] {
        let header = SignedObject.header(magic, vault: vault, id: id, signer: keys.signing.id, previous: previous)
        let plain = [UInt8(kind.utf8.count)] + Array(kind.utf8) + Array(body)
        let payload = IndexBox(indexKey: keys.indexKey).seal(plain, context: context, binding: header)
        return SignedObject.sign(header: header, payload: payload, with: keys.signing)
    }

    /// What is sealed in a record. Fails with `.damaged` naming it.
    static func open(_ object: SignedObject, indexKey: [UInt8]) throws(VaultError) -> [UInt8] {
        guard let plain = IndexBox(indexKey: indexKey).open(object.payload, context: context, binding: object.header),
            kind(of: plain) != nil
        else { throw .damaged(objectName(object.id), "its contents are not what was written.") }
        return plain
    }

    init(_ object: SignedObject, indexKey: [UInt8]) throws(VaultError) {
        let plain = try Self.open(object, indexKey: indexKey)
        guard let record = VaultRecord(VerifiedObject(object, plain: plain)) else {
            preconditionFailure("what opens as a record is one")
        }
        self = record
    }

    /// Nil where the plain bytes are no record's.
    init?(_ object: VerifiedObject) {
        guard let kind = Self.kind(of: object.plain) else { return nil }
        id = object.id
        signer = object.signer
        self.kind = kind
        body = Data(object.plain[(kind.utf8.count + 1)...])
    }

    /// The kind, behind its length.
    static func kind(of plain: [UInt8]) -> String? {
        guard let width = plain.first.map(Int.init), width > 0, plain.count > width else { return nil }
        return String(validating: plain[1...width], as: UTF8.self)
    }
}
