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
    }

    static func body(_ chunks: some Sequence<ChunkID>) -> Data {
        Data(OpenVault.json(Body(chunks: Data(chunks.flatMap(\.bytes)))))
    }

    /// Nil where the body is none of ours.
    static func chunks(of body: Data) -> [ChunkID]? {
        guard let bytes = (try? JSONDecoder().decode(Body.self, from: body))?.chunks,
            bytes.count.isMultiple(of: Digest.width)
        else { return nil }
        let all = Array(bytes)
        return stride(from: 0, to: all.count, by: Digest.width).compactMap { ChunkID(bytes: Array(all[$0..<$0 + Digest.width])) }
    }
}

extension OpenVault {
    /// Chunks that keepers have found to be lost. What is wrong with a record is told by who asks for records.
    func lostChunks() async throws(VaultError) -> Set<ChunkID> {
        var found: Set<ChunkID> = []
        for object in try await recordObjects().found where signers[object.signer]?.roles.contains(.keeper) ?? false {
            guard let record = VaultRecord(object), record.kind == LostChunks.kind else { continue }
            found.formUnion(LostChunks.chunks(of: record.body) ?? [])
        }
        return found
    }

    func appendLost(_ chunks: Set<ChunkID>) async throws(VaultError) {
        var rest = chunks.sorted()[...]
        while !rest.isEmpty {
            try await append(kind: LostChunks.kind, body: LostChunks.body(rest.prefix(LostChunks.limit)))
            rest = rest.dropFirst(LostChunks.limit)
        }
    }
}
