import Foundation
import Language

/// One run of a copy into a vault with other keys: each snapshot is opened, and what the target lacks of it is sealed anew.
///
/// Chunks stay cut as they are, so that one which was copied before is found by its name alone. In the target it is a backup like
/// any other, with the instant, the host and the tags of the original, and a fact that names it. Memory is a few windows of
/// chunks and the names of those that were copied.
struct ResealingCopy {
    private let source: OpenVault
    private let target: OpenVault
    private let names: ChunkNames
    private let progress: @Sendable (Int64, Int64) -> Void
    private var report = CopyReport()
    private var doneBytes: Int64 = 0
    private var allBytes: Int64 = 0

    /// Plain bytes that are fetched at once.
    private static let window = 16 << 20

    init(from source: OpenVault, to target: OpenVault, progress: @escaping @Sendable (Int64, Int64) -> Void) {
        self.source = source
        self.target = target
        self.progress = progress
        names = ChunkNames(of: source.id, in: target)
    }

    mutating func perform(_ snapshots: [SnapshotRecord]) async throws(VaultError) -> CopyReport {
        allBytes = snapshots.reduce(0) { $0 + $1.sourceBytes }
        defer { names.save() }
        for record in snapshots {
            let before = doneBytes
            do throws(VaultError) {
                report.copied.append(try await bring(record))
            } catch {
                // Of what is damaged or let go in the source nothing can be had; the others come.
                guard error.code == .letGo || error.exitStatus == .damagedData else { throw error }
                report.skipped.append(.init(snapshot: record, reason: error))
                if let object = error.object, !report.damaged.contains(object) { report.damaged.append(object) }
            }
            doneBytes = before + record.sourceBytes
            progress(doneBytes, allBytes)
        }
        return report
    }

    private mutating func bring(_ record: SnapshotRecord) async throws(VaultError) -> SnapshotRecord {
        let reader = try await source.read(record, index: .everything)
        let writer = try await target.startSnapshot(asset: record.asset, kind: record.kind, host: record.host)
        var chunks = SnapshotChunks(reader: reader, writer: writer, names: names)
        do throws(VaultError) {
            let entries = reader.entryStream()
            while let next = try await entries.next() {
                for group in Self.groups(of: next) { try await add(group, writer, &chunks) }
            }
        } catch {
            await writer.abandon()
            throw error
        }
        let facts = record.facts.merging([SnapshotRecord.originFact: record.origin(in: source.id)]) { $1 }
        let copied = try await writer.commit(instant: record.instant, tags: record.tags, facts: facts)
        report.read.bytes += chunks.openedBytes
        report.written.packs += writer.writtenPacks.count
        report.written.bytes += copied.storedBytes
        names.save()
        return copied
    }

    /// Entries whose chunks are fetched together: as many as fill a window. One with a list of chunks of its own comes alone.
    private static func groups(of entries: [Entry]) -> [ArraySlice<Entry>] {
        var groups: [ArraySlice<Entry>] = []
        var start = 0
        var bytes = 0
        for (position, entry) in entries.enumerated() {
            let isDeep = entry.parts.contains { $0.depth > 0 }
            if start < position, isDeep || bytes >= window {
                groups.append(entries[start..<position])
                (start, bytes) = (position, 0)
            }
            bytes = isDeep ? window : bytes + Int(clamping: entry.size)
        }
        if start < entries.count { groups.append(entries[start...]) }
        return groups
    }

    private mutating func add(
        _ entries: ArraySlice<Entry>, _ writer: SnapshotWriter, _ chunks: inout SnapshotChunks
    ) async throws(VaultError) {
        let inline = entries.flatMap(\.parts).filter { $0.depth == 0 }.flatMap(\.chunks)
        let renamed = try await chunks.renamed(inline)
        var next = 0
        var sealed: [Entry] = []
        for entry in entries {
            var parts: [Content] = []
            for part in entry.parts {
                guard part.chunks.reduce(0, { $0 + Int64($1.size) }) == part.size || part.depth > 0 else {
                    throw .damaged(entry.path, "its chunks do not add up to its size.")
                }
                if part.depth == 0 {
                    parts.append(Content(size: part.size, depth: 0, chunks: Array(renamed[next..<next + part.chunks.count])))
                    next += part.chunks.count
                } else {
                    parts.append(try await content(part, of: entry, writer, &chunks))
                }
            }
            sealed.append(Entry(path: entry.path, parts: parts, file: entry.file))
        }
        try await writer.append(sealed)
        doneBytes += entries.reduce(0) { $0 + $1.size }
        progress(doneBytes, max(doneBytes, allBytes))
    }

    /// A content with lists of chunks, a window at a time.
    private func content(
        _ part: Content, of entry: Entry, _ writer: SnapshotWriter, _ chunks: inout SnapshotChunks
    ) async throws(VaultError) -> Content {
        let list = writer.contentList()
        let references = chunks.references(of: part, entry.path)
        var waiting: [ChunkRef] = []
        var waitingBytes = 0
        var size: Int64 = 0
        while let batch = try await references.next() {
            for reference in batch {
                waiting.append(reference)
                waitingBytes += reference.size
                guard waitingBytes >= Self.window else { continue }
                try await list.append(chunks.renamed(waiting))
                size += Int64(waitingBytes)
                (waiting, waitingBytes) = ([], 0)
            }
        }
        try await list.append(chunks.renamed(waiting))
        guard size + Int64(waitingBytes) == part.size else {
            throw .damaged(entry.path, "its chunks do not add up to its size.")
        }
        return try await list.finish(size: part.size)
    }
}

/// The chunks of one snapshot on their way into another vault.
private struct SnapshotChunks {
    private let reader: SnapshotReader
    private let writer: SnapshotWriter
    private let names: ChunkNames
    /// What this snapshot stored itself, which the index may not name yet.
    private var stored: [ChunkID: ChunkRef] = [:]
    /// Plain bytes that were fetched.
    private(set) var openedBytes: Int64 = 0

    /// More are looked up, or opened again.
    private static let mostStored = 1 << 18

    init(reader: SnapshotReader, writer: SnapshotWriter, names: ChunkNames) {
        self.reader = reader
        self.writer = writer
        self.names = names
    }

    func references(of content: Content, _ name: String) -> ReferenceStream {
        ReferenceStream(content, chunks: reader.chunks, name: name)
    }

    /// The same chunks as the target names them; those that it lacks are opened and stored.
    mutating func renamed(_ references: [ChunkRef]) async throws(VaultError) -> [ChunkRef] {
        var found: [ChunkID: ChunkRef] = [:]
        var unknown: [ChunkRef] = []
        for reference in references where found[reference.id] == nil {
            if let known = stored[reference.id] ?? relied(reference) {
                found[reference.id] = known
            } else {
                found[reference.id] = reference
                unknown.append(reference)
            }
        }
        if !unknown.isEmpty {
            let plain = try await reader.chunks.fetch(unknown, kind: .data)
            openedBytes += unknown.reduce(0) { $0 + Int64($1.size) }
            let new = try await writer.store(plain)
            if stored.count > Self.mostStored { stored.removeAll() }
            for (old, new) in zip(unknown, new) {
                found[old.id] = new
                stored[old.id] = new
            }
            names.note(zip(unknown, new).map { ($0.id, $1.id) })
        }
        return references.compactMap { found[$0.id] }
    }

    /// What was copied before, where it is in the target still.
    private func relied(_ reference: ChunkRef) -> ChunkRef? {
        guard let name = names[reference.id] else { return nil }
        let known = ChunkRef(id: name, size: reference.size)
        return writer.reliesOn(known) ? known : nil
    }
}
