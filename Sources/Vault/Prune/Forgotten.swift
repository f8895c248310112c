import Foundation
import Language
import ObjectStore
import Synchronization

/// A record of kind `forgotten`: which snapshots a keeper let go, and by which rule. It is written before the snapshots' objects
/// are deleted and stays for ever: a snapshot that it names counts no more, even where its object is still there or comes back,
/// and the chain of its writer is whole without it (I8).
///
/// It lets go in one copy of the vault alone; another may keep its snapshots longer (I21).
struct Forgotten: Sendable {
    static let kind = "forgotten"

    struct Item: Codable, Hashable, Sendable {
        let id: SnapshotID
        /// SHA-256 of the object, hex; nil where it could not be read.
        let digest: String?
        /// Why, for people: the rule that let it go.
        let rule: String
        /// The name of the object in which a copy brought it; nil where it stands under its own.
        var object: ULID?
        /// Where it came from a vault with other keys: what names it there, so that it is not brought again.
        var origin: String?

        /// The names under `snapshots/` that count no more.
        var objects: [ULID] { [id] + (object.map { [$0] } ?? []) }
    }

    let items: [Item]
    /// The copy of the vault in which they are let go.
    let copy: ULID?

    private struct Body: Codable {
        let snapshots: [Item]
        let copy: ULID?
    }

    static func body(_ items: [Item], in copy: ULID?) -> Data { Data(OpenVault.json(Body(snapshots: items, copy: copy))) }

    /// Nil where the body is none of ours.
    init?(body: Data) {
        guard let body = try? JSONDecoder().decode(Body.self, from: body) else { return nil }
        items = body.snapshots
        copy = body.copy
    }
}

extension OpenVault {
    /// Everything that keepers have let go in this copy of the vault.
    func forgottenItems() async throws(VaultError) -> [Forgotten.Item] {
        try await forgottenRecords().filter { $0.copy == copy }.flatMap(\.items)
    }

    /// The names under `snapshots/` that count no more in this copy of the vault: the snapshots that keepers have let go, and the
    /// objects in which copies brought them.
    func letGoObjects() async throws(VaultError) -> Set<ULID> {
        Set(try await forgottenItems().flatMap(\.objects))
    }

    /// SHA-256 of the objects of snapshots that keepers have let go, here or in any copy.
    func letGoDigests(inAnyCopy: Bool = false) async throws(VaultError) -> Set<Digest> {
        let records = try await forgottenRecords().filter { inAnyCopy || $0.copy == copy }
        let digests = records.flatMap(\.items).compactMap(\.digest)
        return Set(digests.compactMap { Digest(hex: $0) })
    }

    private func forgottenRecords() async throws(VaultError) -> [Forgotten] {
        var found: [Forgotten] = []
        for object in try await keepersRecords(of: Forgotten.kind) {
            if let known = forgottenMemo.withLock({ $0[object.id] }) {
                found.append(known)
                continue
            }
            guard let new = VaultRecord(object).flatMap({ Forgotten(body: $0.body) }) else { continue }
            forgottenMemo.withLock { $0[object.id] = new }
            found.append(new)
        }
        return found
    }
}
