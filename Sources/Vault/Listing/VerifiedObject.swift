import Foundation

/// What is known of a signed object once its signature and its sealing were verified.
struct VerifiedObject: Sendable {
    /// By which it is named in the store.
    let id: ULID
    let signer: KeyID
    /// Those of its family that it follows, by the SHA-256 of each.
    let previous: [Digest]
    /// SHA-256 of the whole object; of a snapshot that a copy has brought, of the one that its writer signed.
    let digest: Digest
    /// What was sealed in it: of a snapshot the summary, of a record its kind and body, of a tombstone nothing.
    let plain: [UInt8]

    init(id: ULID, signer: KeyID, previous: [Digest], digest: Digest, plain: [UInt8]) {
        self.id = id
        self.signer = signer
        self.previous = previous
        self.digest = digest
        self.plain = plain
    }

    init(_ object: SignedObject, plain: [UInt8] = []) {
        self.init(id: object.id, signer: object.signer, previous: object.previous, digest: object.digest, plain: plain)
    }
}

/// A snapshot as a list has it: what every key role can know of it without opening it.
struct ListedSnapshot: Sendable {
    let object: VerifiedObject
    let record: SnapshotRecord

    /// Whether a copy has brought it, under a name of its own.
    var isCopied: Bool { record.id != object.id }

    /// Nil where its plain bytes are no summary.
    init?(_ object: VerifiedObject) {
        guard let summary = SnapshotSummary.decode(object.plain, withReach: false) else { return nil }
        self.object = object
        record = summary.record
    }

    /// Which chunks it uses, for keepers; nil in a snapshot of a program that wrote none yet.
    var reach: Content? { SnapshotSummary.decode(object.plain, withReach: true)?.reach }
}
