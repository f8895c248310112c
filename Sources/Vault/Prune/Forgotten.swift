import Foundation
import Language
import ObjectStore
import Synchronization

/// The records of kind `forgotten`: which snapshots a keeper let go, and by which rule. They are written before the snapshots'
/// objects are deleted and stay for ever: a snapshot that they name counts no more, even where its object is still there or comes
/// back, and the chain of its writer is whole without it (I8).
enum Forgotten {
    static let kind = "forgotten"

    struct Item: Codable, Hashable, Sendable {
        let id: SnapshotID
        /// SHA-256 of the object, hex; nil where it could not be read.
        let digest: String?
        /// Why, for people: the rule that let it go.
        let rule: String
    }

    private struct Body: Codable {
        let snapshots: [Item]
    }

    static func body(_ items: [Item]) -> Data { Data(OpenVault.json(Body(snapshots: items))) }

    /// Nil where the body is none of ours.
    static func items(of body: Data) -> [Item]? { (try? JSONDecoder().decode(Body.self, from: body))?.snapshots }
}

extension OpenVault {
    /// Everything that keepers have let go.
    func forgottenItems() async throws(VaultError) -> [Forgotten.Item] {
        // What is wrong with a record is told by who asks for records. One that cannot be read lets nothing go.
        let records = try await verifiedRecords().found
        var found: [Forgotten.Item] = []
        for object in records where VaultRecord.kind(of: object.plain) == Forgotten.kind {
            guard signers[object.signer]?.roles.contains(.keeper) ?? false, keyring.counts(object, .records) else { continue }
            if let known = forgottenMemo.withLock({ $0[object.id] }) {
                found += known
                continue
            }
            let items = VaultRecord(object).flatMap { Forgotten.items(of: $0.body) } ?? []
            forgottenMemo.withLock { $0[object.id] = items }
            found += items
        }
        return found
    }
}
