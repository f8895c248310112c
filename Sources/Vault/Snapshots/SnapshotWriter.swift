public import Foundation
import Language
import ObjectStore
import Synchronization

/// A snapshot being written. Nothing of it can be seen before `commit` returns; given up or killed, it leaves at worst some
/// garbage.
///
/// It writes under a session whose id becomes the snapshot's. Where a keeper has ended that session, `commit` goes on under
/// another, if everything that the snapshot uses is still there.
public final class SnapshotWriter: Sendable {
    private let session: LivingSession
    private let vault: OpenVault
    private let keys: KeyFile
    private let asset: String
    private let kind: String
    private let host: String
    private let started: Date
    let writer: ChunkWriter
    /// By the bytes of the path: to `String`, two spellings of one accented letter are the same, and two files may bear them.
    private let parts = Mutex<[[UInt8]: [Int: Content?]]>([:])
    private let feed: EntryFeed

    var listChunker: Chunker { vault.chunker(.rows) }
    /// The packs that it has put.
    var writtenPacks: Set<PackID> { writer.writtenPacks }

    /// The snapshot's id, unless `commit` has to take another.
    public var id: SnapshotID { session.id }

    init(
        vault: OpenVault, keys: KeyFile, asset: String, kind: String, host: String, base: WritingBase, workers: Int,
        pace: WritingPace
    ) {
        started = Date()
        session = LivingSession(base.session, in: vault, every: pace.renewal)
        self.vault = vault
        self.keys = keys
        self.asset = asset
        self.kind = kind
        self.host = host
        writer = vault.chunkWriter(keys, base: base, workers: workers, pace: pace)
        feed = EntryFeed(writer: writer, chunker: vault.chunker(.rows))
    }

    /// Starts an entry, or one part of it: parts 0…n−1 may be written at the same time and are put together in that order.
    ///
    /// - Parameter path: relative, `/`-separated, without `.` and `..`; each path and part is written once.
    public func entry(_ path: String, content: ContentKind, part: Int = 0) throws(VaultError) -> EntryWriter {
        precondition(EntryList.isSafe(path) && part >= 0, "an entry has a relative path")
        try writer.throwFailure()
        let key = Array(path.utf8)
        parts.withLock { parts in
            precondition(parts[key]?[part] == nil, "an entry is written once")
            parts[key, default: [:]][part] = Content?.none
        }
        return EntryWriter(writer: writer, chunker: vault.chunker(content), listChunker: listChunker) { [self] content in
            parts.withLock { $0[key]?[part] = content }
        }
    }

    /// Writes a small entry at once. Blocks, like `EntryWriter.write`.
    public func add(_ path: String, text: String) throws(VaultError) {
        let entry = try entry(path, content: .file)
        try entry.write(Array(text.utf8))
        try entry.finishNow()
    }

    // MARK: - Many entries

    /// A lane for the calling thread; see `ChunkLane`.
    public func lane() -> ChunkLane {
        let kinds: [ContentKind] = [.rows, .file, .pages]
        return ChunkLane(
            writer: writer, chunkers: Dictionary(uniqueKeysWithValues: kinds.map { ($0, vault.chunker($0)) }),
            listChunker: listChunker)
    }

    /// An entry whose bytes several threads read from `source`; see `SharedEntry`.
    public func shared(_ content: ContentKind, from source: @escaping SharedEntry.Source) -> SharedEntry {
        SharedEntry(writer: writer, chunker: vault.chunker(content), listChunker: listChunker, source: source)
    }

    /// Adds an entry whose bytes are stored already. Such entries come in the order of their paths, and those of `entry` and
    /// `add` behind all of them, so that the list of millions is never held.
    ///
    /// - Parameter path: as of `entry`.
    @discardableResult
    public func append(_ path: String, _ content: StoredContent, _ file: FileFacts) throws(VaultError) -> ListedEntry {
        try append(Entry(path: path, parts: content.parts, file: file))
    }

    /// As above.
    @discardableResult
    func append(_ entry: Entry) throws(VaultError) -> ListedEntry {
        writer.count(sourceBytes: Int(entry.size))
        return try feed.append(entry)
    }

    /// As above, of an entry that is as it was.
    public func append(_ known: KnownEntries.Known) throws(VaultError) {
        writer.count(sourceBytes: Int(known.size))
        try feed.append(path: known.path, line: known.line, known.content.parts)
    }

    /// What an earlier snapshot of this asset on this host is known to hold, and what this one will be known by; see
    /// `KnownEntries`.
    ///
    /// - Parameter name: a plain word: the asset's name.
    public func knownEntries(_ name: String) -> KnownEntries {
        KnownEntries(cache: vault.cache, vault: vault.id, writer: writer, name: name)
    }

    public struct Progress: Sendable {
        /// Bytes read from the source so far.
        public let sourceBytes: Int64
        /// Of those, bytes the vault did not have.
        public let newBytes: Int64
        /// What the new ones take in the vault.
        public let storedBytes: Int64
    }

    public var progress: Progress {
        let now = writer.progress
        return Progress(sourceBytes: now.sourceBytes, newBytes: now.newBytes, storedBytes: now.storedBytes)
    }

    /// Makes the snapshot: when this returns it is complete, durable and listed. Packs come first, then the index, then the
    /// snapshot itself.
    ///
    /// - Parameter instant: when the data stood as they were read.
    public func commit(instant: Date, tags: [String], facts: [String: String]) async throws(VaultError) -> SnapshotRecord {
        do throws(VaultError) {
            let entries = finishedEntries()
            let lists = try await onOwnThread { [self] in
                Result { () throws(VaultError) -> (entries: Content, reach: Content) in try writeLists(entries) }
            }.get()
            // What it follows is looked for while the last packs are on their way.
            async let listed = outcome { () throws(VaultError) in try await vault.heads() }
            try await writer.finish()
            var previous = try await listed.get()
            let totals = writer.progress
            for _ in 0..<Self.tries {
                let record = SnapshotRecord(
                    id: id, asset: asset, kind: kind, started: started.atMilliseconds, instant: instant.atMilliseconds,
                    finished: Date().atMilliseconds, host: host,
                    tags: tags, sourceBytes: totals.sourceBytes, newBytes: totals.newBytes, storedBytes: totals.storedBytes,
                    entryCount: feed.count, facts: facts)
                if Task.isCancelled { throw VaultError(.cancelled, "The backup was given up.") }
                try await vault.extendLocks(relyingOn: writer.usedPacks, written: writer.writtenPacks, since: started)
                let body = SnapshotEnvelope.Body(entries: lists.entries)
                // Who was added until the heads were read, with the keyring, reads it too; later ones by «key grant».
                let keys = keys.sealing(for: vault.keyring.readers(for: keys))
                if try await vault.commit(record, reach: lists.reach, body: body, keys: keys, previous: previous) {
                    session.stop()
                    return record
                }
                try await mend()
                previous = try await vault.heads()
            }
            throw Self.overtaken
        } catch {
            await abandon()
            throw error
        }
    }

    /// How many sessions may be ended under one backup before it gives up.
    private static let tries = 4

    static var overtaken: VaultError {
        VaultError(
            .overtaken, "A prune took this backup for dead and has removed some of what it relied on.",
            hint: "Run the same command again: what it uploaded and is still there is not uploaded again.")
    }

    /// A keeper has ended the session: goes on under a new one, if every pack that the snapshot uses is there and will be.
    private func mend() async throws(VaultError) {
        let base = try await vault.beginWriting(asset: asset, host: host)
        session.become(base.session)
        let safe = vault.index.present.subtracting(base.condemned)
        guard let used = writer.usedPacks, used.isSubset(of: safe) else { throw Self.overtaken }
    }

    /// Gives the snapshot up. What it has uploaded is found by the next backup, until a prune takes it away.
    public func abandon() async {
        session.stop()
        await writer.abandon()
        // Where that fails a keeper does it, later.
        _ = try? await vault.end(id, .givenUp)
    }

    private func finishedEntries() -> [Entry] {
        let all = parts.withLock { $0 }
        return all.keys.sorted { $0.lexicographicallyPrecedes($1) }.map { key in
            let parts = all[key] ?? [:]
            let contents = (0..<parts.count).map { number -> Content in
                guard let content = parts[number] ?? nil else {
                    preconditionFailure("every part of an entry is finished before the commit")
                }
                return content
            }
            return Entry(path: String(decoding: key, as: UTF8.self), parts: contents)
        }
    }

    private func writeLists(_ entries: [Entry]) throws(VaultError) -> (entries: Content, reach: Content) {
        for entry in entries { try feed.append(entry) }
        return try feed.finish()
    }
}

/// What a session may rely on when it begins to write.
struct WritingBase: Sendable {
    let session: ULID
    /// Packs that keepers will delete.
    let condemned: Set<PackID>
}

/// How often a session says what others have to know.
struct WritingPace: Sendable {
    /// That it is alive.
    var renewal = LivingSession.usualPause
    /// What lies in the packs that it has put, with the first of them after so long: that much of its work is lost where it is
    /// killed.
    var naming = Duration.seconds(300)

    static let usual = WritingPace()
}
