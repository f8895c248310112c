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

    init(_ object: SignedObject, indexKey: [UInt8]) throws(VaultError) {
        let name = Self.objectName(object.id)
        guard let plain = IndexBox(indexKey: indexKey).open(object.payload, context: Self.context, binding: object.header),
            let width = plain.first.map(Int.init), width > 0, plain.count > width,
            let kind = String(validating: plain[1...width], as: UTF8.self)
        else { throw .damaged(name, "its contents are not what was written.") }
        id = object.id
        signer = object.signer
        self.kind = kind
        body = Data(plain[(width + 1)...])
    }
}
