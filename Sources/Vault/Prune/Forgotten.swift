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
        var found: [Forgotten.Item] = []
        for facts in try await list(VaultRecord.prefix) {
            guard let id = ULID(String(facts.key.text.dropFirst(VaultRecord.prefix.count))) else { continue }
            if let known = forgottenMemo.withLock({ $0[id] }) {
                found += known
                continue
            }
            let items: [Forgotten.Item]
            do throws(VaultError) {
                items = try await forgottenItems(of: id)
            } catch {
                // What is wrong with a record is told by who asks for records. This one lets nothing go.
                guard error.code == .damaged || error.storeCode == .missing else { throw error }
                continue
            }
            forgottenMemo.withLock { $0[id] = items }
            found += items
        }
        return found
    }

    private func forgottenItems(of id: ULID) async throws(VaultError) -> [Forgotten.Item] {
        let name = VaultRecord.objectName(id)
        func open(_ bytes: [UInt8]) throws(VaultError) -> [Forgotten.Item] {
            let object = try SignedObject(
                bytes, name: name, magic: VaultRecord.magic, vault: self.id, id: id, signers: signers)
            let record = try VaultRecord(object, indexKey: keys.indexKey)
            guard record.kind == Forgotten.kind, signers[record.signer]?.roles.contains(.keeper) ?? false,
                keyring.counts(object, .records)
            else { return [] }
            return Forgotten.items(of: record.body) ?? []
        }
        if let cached = cache.read(name), let items = try? open(cached) { return items }
        let bytes = try await get(name)
        let items = try open(bytes)
        cache.write(name, [bytes])
        return items
    }
}
