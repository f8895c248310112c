public import Foundation
import Language
import ObjectStore
import Synchronization

/// A vault opened with a key file. What can be done with it depends on the roles in that file.
public final class OpenVault: Sendable {
    public let id: VaultID
    public let keys: KeyFile
    let store: any ObjectStore
    let config: VaultConfig
    let index: ChunkIndex
    let cache: LocalCache
    let cipher: ChunkCipher?
    private let signers: [KeyID: VaultConfig.Signer]
    private let packKeys = PackKeys()

    init(store: any ObjectStore, config: VaultConfig, keys: KeyFile, cache: LocalCache) {
        id = config.vault
        self.store = store
        self.config = config
        self.keys = keys
        self.cache = cache
        index = ChunkIndex(cache: cache, vault: config.vault, indexKey: keys.indexKey)
        cipher = keys.dedupKey.map { ChunkCipher(vault: config.vault, dedupKey: $0) }
        signers = Dictionary(config.signers.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// Where the vault is, for messages.
    public var location: String { store.location }

    public var created: Date { config.created }

    // MARK: - Writing

    /// Starts a snapshot. Needs the writer role.
    ///
    /// - Parameters:
    ///   - host: the name of this host, for people.
    ///   - workers: how many threads compress and seal.
    public func startSnapshot(
        asset: String, kind: String, host: String = ProcessInfo.processInfo.hostName,
        workers: Int = max(2, ProcessInfo.processInfo.activeProcessorCount)
    ) async throws(VaultError) -> SnapshotWriter {
        try require(.writer)
        try await index.refresh(from: store)
        return SnapshotWriter(vault: self, keys: keys, asset: asset, kind: kind, host: host, workers: workers)
    }

    func chunkWriter(_ keys: KeyFile, workers: Int) -> ChunkWriter {
        guard let cipher else { preconditionFailure("a writer has the dedup key") }
        let layout = PackLayout(vault: id, indexKey: keys.indexKey, packBytes: config.packBytes)
        return ChunkWriter(
            store: store, index: index, cipher: cipher, layout: layout, readers: keys.readers, workers: workers)
    }

    func chunker(_ kind: ContentKind) -> Chunker {
        switch kind {
        case .rows: Chunker(config.chunking.rows, dedupKey: keys.dedupKey ?? [])
        case .file: Chunker(config.chunking.file, dedupKey: keys.dedupKey ?? [])
        case .pages: Chunker(blocksOf: config.chunking.pages ?? VaultConfig.Chunking.usualPages)
        }
    }

    func commit(_ record: SnapshotRecord, body: SnapshotEnvelope.Body, keys: KeyFile) async throws(VaultError) {
        let previous = heads(of: try await envelopes().found.map(\.object))
        let bytes = SnapshotEnvelope.seal(record, body: body, vault: id, keys: keys, previous: previous)
        try await put(SnapshotEnvelope.objectName(record.id), bytes)
        cache.write(SnapshotEnvelope.objectName(record.id), [bytes])
    }

    /// Adds a signed record. Needs any role.
    @discardableResult
    public func append(kind: String, body: Data) async throws(VaultError) -> VaultRecord {
        let previous = heads(of: try await recordObjects().found)
        let record = ULID(at: Date())
        let bytes = VaultRecord.seal(kind: kind, body: body, id: record, vault: id, keys: keys, previous: previous)
        try await put(VaultRecord.objectName(record), bytes)
        let object = try SignedObject(
            bytes, name: VaultRecord.objectName(record), magic: VaultRecord.magic, vault: id, id: record, signers: signers)
        return try VaultRecord(object, indexKey: keys.indexKey)
    }

    /// The newest of this signer's objects that none of its others follows; at most as many as the format holds.
    private func heads(of objects: [SignedObject]) -> [Digest] {
        let own = objects.filter { $0.signer == keys.signing.id }
        let followed = Set(own.flatMap(\.previous))
        return Array(own.filter { !followed.contains($0.digest) }.map(\.digest).suffix(Int(UInt8.max)))
    }

    private func put(_ name: String, _ bytes: [UInt8]) async throws(VaultError) {
        do throws(StoreError) {
            try await store.putSurely(name, bytes)
        } catch { throw VaultError(error) }
    }

    // MARK: - Reading

    /// Every snapshot, oldest first. Fails where one of them is damaged; `survey` lists the others too.
    public func snapshots() async throws(VaultError) -> [SnapshotRecord] {
        let survey = try await survey()
        if let problem = survey.problems.first { throw problem }
        return survey.snapshots
    }

    /// Every snapshot that can be read, oldest first, and what is wrong with those that cannot.
    public func survey() async throws(VaultError) -> (snapshots: [SnapshotRecord], problems: [VaultError]) {
        let all = try await envelopes()
        return (all.found.map(\.record), all.problems)
    }

    /// Every record of `kind`, oldest first. Fails where one is damaged.
    public func records(kind: String) async throws(VaultError) -> [VaultRecord] {
        let all = try await recordObjects()
        if let problem = all.problems.first { throw problem }
        var records: [VaultRecord] = []
        for object in all.found {
            let record = try VaultRecord(object, indexKey: keys.indexKey)
            if record.kind == kind { records.append(record) }
        }
        return records
    }

    /// Opens a snapshot. Needs the reader role.
    public func read(_ snapshot: SnapshotRecord) async throws(VaultError) -> SnapshotReader {
        try require(.reader)
        guard let reader = keys.reader, let cipher else { preconditionFailure("a reader has its keys") }
        let envelope = try await envelope(snapshot.id)
        let body = try envelope.body(with: reader, vault: id)
        try await index.refresh(from: store)
        let chunks = ChunkReader(
            store: store, index: index, cipher: cipher, vault: id, reader: reader, keys: packKeys)
        return SnapshotReader(record: envelope.record, body: body, chunks: chunks)
    }

    func chunkReader() throws(VaultError) -> ChunkReader {
        try require(.reader)
        guard let reader = keys.reader, let cipher else { preconditionFailure("a reader has its keys") }
        return ChunkReader(store: store, index: index, cipher: cipher, vault: id, reader: reader, keys: packKeys)
    }

    private func envelope(_ snapshot: SnapshotID, fresh: Bool = false) async throws(VaultError) -> SnapshotEnvelope {
        let name = SnapshotEnvelope.objectName(snapshot)
        if !fresh, let cached = cache.read(name),
            let envelope = try? SnapshotEnvelope(cached, id: snapshot, vault: id, indexKey: keys.indexKey, signers: signers)
        {
            return envelope
        }
        let bytes = try await get(name)
        let envelope = try SnapshotEnvelope(bytes, id: snapshot, vault: id, indexKey: keys.indexKey, signers: signers)
        cache.write(name, [bytes])
        return envelope
    }

    /// - Parameter fresh: reads every object from the store, not from the cache.
    func envelopes(fresh: Bool = false) async throws(VaultError) -> (found: [SnapshotEnvelope], problems: [VaultError]) {
        var found: [SnapshotEnvelope] = []
        var problems: [VaultError] = []
        for facts in try await list(SnapshotEnvelope.prefix) {
            guard let snapshot = SnapshotID(String(facts.key.text.dropFirst(SnapshotEnvelope.prefix.count))) else {
                problems.append(.damaged(facts.key.text, "its name is not that of a snapshot."))
                continue
            }
            do throws(VaultError) {
                found.append(try await envelope(snapshot, fresh: fresh))
            } catch {
                guard error.code == .damaged || error.storeCode == .missing else { throw error }
                problems.append(error)
            }
        }
        return (found, problems)
    }

    func recordObjects() async throws(VaultError) -> (found: [SignedObject], problems: [VaultError]) {
        var found: [SignedObject] = []
        var problems: [VaultError] = []
        for facts in try await list(VaultRecord.prefix) {
            let name = facts.key.text
            guard let record = ULID(String(name.dropFirst(VaultRecord.prefix.count))) else {
                problems.append(.damaged(name, "its name is not that of a record."))
                continue
            }
            let bytes = try await get(name)
            do throws(VaultError) {
                let object = try SignedObject(
                    bytes, name: name, magic: VaultRecord.magic, vault: id, id: record, signers: signers)
                _ = try VaultRecord(object, indexKey: keys.indexKey)
                found.append(object)
            } catch { problems.append(error) }
        }
        return (found, problems)
    }

    /// Bytes of all objects by the part of the vault they belong to.
    public func storedBytes() async throws(VaultError) -> Int64 {
        try await list("").reduce(0) { $0 + Int64($1.size) }
    }

    // MARK: - The store

    func list(_ prefix: String) async throws(VaultError) -> [ObjectFacts] {
        var found: [ObjectFacts] = []
        do throws(StoreError) {
            try await store.each(prefix) { found.append($0) }
        } catch { throw VaultError(error) }
        return found
    }

    func get(_ name: String) async throws(VaultError) -> [UInt8] {
        do throws(StoreError) {
            return try await store.get(key(name))
        } catch { throw VaultError(error) }
    }

    private func key(_ name: String) -> ObjectKey {
        guard let key = ObjectKey(name) else { preconditionFailure("the vault names its objects with valid keys") }
        return key
    }

    public func require(_ role: Role) throws(VaultError) {
        guard !keys.roles.contains(role) else { return }
        let needed: Phrase =
            switch role {
            case .writer: "This needs a key file with the writer role, which adds snapshots."
            case .reader: "This needs a key file with the reader role, which opens snapshots."
            case .keeper: "This needs a key file with the keeper role, which deletes snapshots."
            }
        throw VaultError(
            .wrongKey, needed,
            hint:
                "The key file of \(keys.holder) has only: \(keys.roles.map(\.rawValue).sorted().joined(separator: ", ")). Use another one, or the recovery key of the kit."
        )
    }
}
