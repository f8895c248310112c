import Foundation
import Language

/// The records of kind `lost`: chunks that snapshots use and that a repair found in no pack. A prune goes on without them: what
/// is nowhere cannot be lost by deleting something else. One that is stored again is a chunk like any other.
enum LostChunks {
    static let kind = "lost"
    /// Chunks in a record, at most.
    static let limit = 32_768

    private struct Body: Codable {
        /// Ids, one behind the other.
        let chunks: Data
        /// The copy of the vault in which they are lost.
        let copy: ULID?
    }

    static func body(_ chunks: some Sequence<ChunkID>, in copy: ULID?) -> Data {
        Data(OpenVault.json(Body(chunks: Data(chunks.flatMap(\.bytes)), copy: copy)))
    }

    /// Nil where the body is none of ours, or says what another copy has lost.
    static func chunks(of body: Data, in copy: ULID?) -> [ChunkID]? {
        guard let body = try? JSONDecoder().decode(Body.self, from: body), body.copy == copy,
            body.chunks.count.isMultiple(of: Digest.width)
        else { return nil }
        let bytes = body.chunks
        let all = Array(bytes)
        return stride(from: 0, to: all.count, by: Digest.width).compactMap { ChunkID(bytes: Array(all[$0..<$0 + Digest.width])) }
    }
}

extension OpenVault {
    /// Chunks that keepers have found to be lost in this copy of the vault.
    func lostChunks() async throws(VaultError) -> Set<ChunkID> {
        var found: Set<ChunkID> = []
        for record in try await keepersRecords(of: LostChunks.kind).compactMap(VaultRecord.init) {
            found.formUnion(LostChunks.chunks(of: record.body, in: copy) ?? [])
        }
        return found
    }

    func appendLost(_ chunks: Set<ChunkID>) async throws(VaultError) {
        var rest = chunks.sorted()[...]
        while !rest.isEmpty {
            try await append(kind: LostChunks.kind, body: LostChunks.body(rest.prefix(LostChunks.limit), in: copy))
            rest = rest.dropFirst(LostChunks.limit)
        }
    }
}
