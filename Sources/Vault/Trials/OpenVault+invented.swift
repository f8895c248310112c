public import Foundation
import Language

/// Snapshots without a source, to measure how a vault of many behaves: `reprise debug snapshots`.
extension OpenVault {
    /// An entry of an invented snapshot.
    public struct InventedEntry: Sendable {
        public let path: String
        public let bytes: [UInt8]
        public let file: FileFacts?

        public init(path: String, bytes: [UInt8] = [], file: FileFacts? = nil) {
            self.path = path
            self.bytes = bytes
            self.file = file
        }
    }

    /// Writes `count` snapshots as a writer would have, signed and chained, one each `pause` seconds until now. Those of a batch
    /// share packs and a segment, as after a prune.
    ///
    /// - Parameter entries: of the snapshot with that number, sorted by path.
    public func inventSnapshots(
        _ count: Int, asset: String, kind: String, host: String, every pause: TimeInterval,
        entries: @escaping @Sendable (Int) -> [InventedEntry], progress: (Int) -> Void
    ) async throws(VaultError) {
        try require(.writer)
        let sealing = try await keysForWriting()
        let own = try await listedSnapshots().found.filter { $0.object.signer == keys.signing.id }
        let followed = Set(own.flatMap(\.object.previous))
        var previous = own.map(\.object.digest).filter { !followed.contains($0) }
        let end = Date()
        let batch = 200
        for first in stride(from: 0, to: count, by: batch) {
            let numbers = first..<min(first + batch, count)
            let base = try await beginWriting(asset: asset, host: host)
            let writer = chunkWriter(sealing, base: base, workers: 1)
            let contents = try await onOwnThread { [self] in
                Result { () throws(VaultError) -> [(entries: Content, reach: Content, bytes: Int64)] in
                    var contents: [(entries: Content, reach: Content, bytes: Int64)] = []
                    for number in numbers { contents.append(try invent(entries(number), with: writer)) }
                    return contents
                }
            }.get()
            try await writer.finish()
            for (number, content) in zip(numbers, contents) {
                let instant = end.addingTimeInterval(-pause * Double(count - number)).atMilliseconds
                let record = SnapshotRecord(
                    id: SnapshotID(at: instant), asset: asset, kind: kind, started: instant, instant: instant, finished: instant,
                    host: host, tags: [], sourceBytes: content.bytes, newBytes: content.bytes, storedBytes: content.bytes,
                    entryCount: entries(number).count, facts: [:])
                let bytes = SnapshotEnvelope.seal(
                    record, reach: content.reach, body: .init(entries: content.entries), vault: id, keys: sealing,
                    previous: previous)
                try await putNew(SnapshotEnvelope.objectName(record.id), bytes)
                previous = [Digest(sha256: bytes)]
            }
            try await self.end(base.session, .givenUp)
            progress(numbers.upperBound)
        }
    }

    private func invent(
        _ entries: [InventedEntry], with writer: ChunkWriter
    ) throws(VaultError) -> (entries: Content, reach: Content, bytes: Int64) {
        let feed = EntryFeed(writer: writer, chunker: chunker(.rows))
        var total: Int64 = 0
        for entry in entries {
            var chunks: [ChunkRef] = []
            if !entry.bytes.isEmpty { chunks.append(try writer.wait(for: writer.submit(entry.bytes))) }
            total += Int64(entry.bytes.count)
            let content = Content(size: Int64(entry.bytes.count), depth: 0, chunks: chunks)
            try feed.append(Entry(path: entry.path, parts: [content], file: entry.file))
        }
        let lists = try feed.finish()
        return (lists.entries, lists.reach, total)
    }
}
