import Foundation
import Language

/// The records of kind `left`: snapshots that a copy of the vault was not given, because it would not keep them or they were let
/// go elsewhere before. Others follow them in their writer's chain, which is whole without them here (I8).
enum LeftBehind {
    static let kind = "left"
    /// Snapshots in a record, at most.
    static let limit = 16_384

    private struct Body: Codable {
        /// SHA-256 of the snapshots' objects, one behind the other.
        let snapshots: Data
        /// The copy that was not given them.
        let copy: ULID?
    }

    static func body(_ digests: some Sequence<Digest>, in copy: ULID?) -> Data {
        Data(OpenVault.json(Body(snapshots: Data(digests.flatMap(\.bytes)), copy: copy)))
    }

    /// Nil where the body is none of ours, or another copy's.
    static func digests(of body: Data, in copy: ULID?) -> [Digest]? {
        guard let body = try? JSONDecoder().decode(Body.self, from: body), body.copy == copy,
            body.snapshots.count.isMultiple(of: Digest.width)
        else { return nil }
        let all = Array(body.snapshots)
        return stride(from: 0, to: all.count, by: Digest.width).compactMap { Digest(bytes: Array(all[$0..<$0 + Digest.width])) }
    }
}

extension OpenVault {
    /// SHA-256 of the snapshots' objects that this copy of the vault may lack: those that were let go in it, and those that it
    /// was never given.
    func explainedDigests() async throws(VaultError) -> Set<Digest> {
        var found = try await letGoDigests()
        for object in try await recordObjects().found {
            guard let record = VaultRecord(object), record.kind == LeftBehind.kind else { continue }
            found.formUnion(LeftBehind.digests(of: record.body, in: copy) ?? [])
        }
        return found
    }

    /// Says of every snapshot that the chains of `arriving` and of what is here name, and that is not here, that it was left in
    /// `source`. What `source` cannot account for itself stays unexplained.
    func explain(_ arriving: [ListedSnapshot], from source: OpenVault) async throws(VaultError) {
        let here = try await listedSnapshots().found
        let known = try await explainedDigests().union(here.map(\.object.digest))
        // First the snapshots, then the records: what is gone from the first by a keeper's hand is in the second by then.
        let listed = try await source.listedSnapshots().found.map(\.object.digest)
        let accounted = try await source.explainedDigests().union(listed)
        let named = Set((here + arriving).flatMap(\.object.previous))
        var rest = named.subtracting(known).intersection(accounted).sorted()[...]
        while !rest.isEmpty {
            try await append(kind: LeftBehind.kind, body: LeftBehind.body(rest.prefix(LeftBehind.limit), in: copy))
            rest = rest.dropFirst(LeftBehind.limit)
        }
    }
}
