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
    /// What chunkers share, once there was one.
    private let gear = Mutex<[UInt64]?>(nil)
    private let ring: Mutex<Keyring>
    /// As it was listed when the vault was opened, for the first who asks; see `LockedVault.open`.
    let keyringOfOpening = Passing<Keyring>()
    private let grants = Mutex(false)
    private let packKeys = PackKeys()
    /// What the vault's `forgotten` records name, by record; records never change.
    let forgottenMemo = Mutex<[ULID: Forgotten]>([:])
    /// By which objects the snapshots are in the vault that a copy has brought.
    let arrivals = Mutex<[SnapshotID: ULID]>([:])
    /// The newest object of the last list that was read from the store: the one that is wanted next.
    let lastRead = Mutex<(name: String, bytes: [UInt8])?>(nil)
    let snapshotCatalogue: VerifiedCatalogue
    let recordCatalogue: VerifiedCatalogue
    let snapshotWitness: Witness
    let recordWitness: Witness
    let lockBook: LockBook
    /// What is worth a bundle. Smaller where tests have few objects.
    let bundleSizes = Mutex(ObjectBundle.Sizes.usual)

    /// Whose signatures count, as it was last read.
    var keyring: Keyring { ring.withLock { $0 } }
    var signers: [KeyID: VaultConfig.Signer] { keyring.signers }

    func setKeyring(_ new: Keyring) { ring.withLock { $0 = new } }

    /// Whether what was granted to this reader is in `keys.reader.granted`.
    var grantsAreLoaded: Bool { grants.withLock { $0 } }
    func setGrantsLoaded() { grants.withLock { $0 = true } }

    init(store: any ObjectStore, config: VaultConfig, keyring: Keyring, keys: KeyFile, cache: LocalCache) {
        id = config.vault
        // Packs are named by their bytes, segments and sessions by an id that nobody else makes.
        self.store =
            config.store.conditional_create
            ? store : CheckFirstStore(store, uncontested: [PackLayout.prefix, IndexSegment.prefix, Session.prefix])
        self.config = config
        self.keys = keys
        self.cache = cache
        snapshotCatalogue = VerifiedCatalogue("snapshots", cache: cache, vault: config.vault, keys: keys)
        recordCatalogue = VerifiedCatalogue("records", cache: cache, vault: config.vault, keys: keys)
        snapshotWitness = Witness("snapshots", cache: cache, vault: config.vault, keys: keys)
        recordWitness = Witness("records", cache: cache, vault: config.vault, keys: keys)
        lockBook = LockBook(cache: cache, vault: config.vault, keys: keys)
        index = ChunkIndex(cache: cache, vault: config.vault, indexKey: keys.indexKey)
        cipher = keys.dedupKey.map { ChunkCipher(vault: config.vault, dedupKey: $0) }
        ring = Mutex(keyring)
    }

    /// Where the vault is, for messages.
    public var location: String { store.location }

    public var created: Date { config.created }

    /// Tells this copy of the vault from the others; nil: the one that was made first.
    public var copy: ULID? { config.copy }

    /// Whether `init` found that the store gives a new name to one alone.
    public var storeCreatesConditionally: Bool { config.store.conditional_create }

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
        try await startSnapshot(asset: asset, kind: kind, host: host, workers: workers, pace: .usual)
    }

    /// As above.
    func startSnapshot(
        asset: String, kind: String, host: String, workers: Int, pace: WritingPace
    ) async throws(VaultError) -> SnapshotWriter {
        try require(.writer)
        async let current = outcome { () throws(VaultError) in try await keysForWriting() }
        let base = try await beginWriting(asset: asset, host: host)
        let keys: KeyFile
        do throws(VaultError) {
            keys = try await current.get()
        } catch {
            _ = try? await end(base.session, .givenUp)
            throw error
        }
        return SnapshotWriter(
            vault: self, keys: keys, asset: asset, kind: kind, host: host, base: base, workers: workers, pace: pace)
    }

    /// Announces a session, then looks at what it may rely on. The order is what makes it safe: docs/decisions/0003.
    func beginWriting(asset: String, host: String) async throws(VaultError) -> WritingBase {
        let session = try await putSession(.backup, asset: asset, host: host)
        do throws(VaultError) {
            async let isThere = outcome { () throws(VaultError) in try await requireSession(session) }
            let condemned = try await condemned().reduce(into: Set<PackID>()) { $0.formUnion($1.packs) }
            try await index.refresh(from: store)
            try await isThere.get()
            return WritingBase(session: session.id, condemned: condemned)
        } catch {
            _ = try? await end(session.id, .givenUp)
            throw error
        }
    }

    /// - Parameter kinds: what is stored; of other kinds the chunks are only named.
    func chunkWriter(
        _ keys: KeyFile, base: WritingBase, workers: Int, kinds: Set<ChunkKind> = Set(ChunkKind.allCases),
        pace: WritingPace = .usual
    ) -> ChunkWriter {
        guard let cipher else { preconditionFailure("a writer has the dedup key") }
        return ChunkWriter(
            vault: self, cipher: cipher, readers: keys.readers, base: base, kinds: kinds,
            reachCuts: ReachList.Cuts(config.chunking.rows), workers: workers, pace: pace)
    }

    var layout: PackLayout { PackLayout(vault: id, indexKey: keys.indexKey, packBytes: config.packBytes) }

    func chunker(_ kind: ContentKind) -> Chunker {
        switch kind {
        case .rows: Chunker(config.chunking.rows, gear: madeGear)
        case .file: Chunker(config.chunking.file, gear: madeGear)
        case .pages: Chunker(blocksOf: config.chunking.pages ?? VaultConfig.Chunking.usualPages)
        }
    }

    private var madeGear: [UInt64] {
        gear.withLock { gear in
            if let gear { return gear }
            let made = Chunker.gear(keys.dedupKey ?? [])
            gear = made
            return made
        }
    }

    /// Puts the snapshot, where its session has not ended. False where a keeper has ended it.
    ///
    /// - Parameter previous: what it follows; see `heads`.
    func commit(
        _ record: SnapshotRecord, reach: Content, body: SnapshotEnvelope.Body, keys: KeyFile, previous: [Digest]
    ) async throws(VaultError) -> Bool {
        let name = SnapshotEnvelope.objectName(record.id)
        try requireInForce(keyring)
        let bytes = SnapshotEnvelope.seal(record, reach: reach, body: body, vault: id, keys: keys, previous: previous)
        do throws(StoreError) {
            try await store.putSurely(name, bytes)
        } catch {
            // It stood there. A prune has let it go by its rules before this looked again, which it does late where it slept.
            if error.code == .failed, try await letGoObjects().contains(record.id) { return true }
            guard error.code == .exists else { throw VaultError(error) }
            // The answer to an earlier try may have been lost on the way.
            guard try await get(name) == bytes else { return false }
        }
        cache.write(name, [bytes])
        snapshotWitness.note([
            VerifiedObject(id: record.id, signer: keys.signing.id, previous: previous, digest: Digest(sha256: bytes), plain: [])
        ])
        return true
    }

    /// The snapshots of this signer that the next one follows. Reads the keyring again: the signer may have been revoked since
    /// the backup began.
    func heads() async throws(VaultError) -> [Digest] {
        let listed = try await snapshotObjects()
        return heads(of: listed.found.map(\.object), beside: snapshotWitness.seen, there: listed.ended)
    }

    /// Adds a signed record. Needs any role.
    @discardableResult
    public func append(kind: String, body: Data) async throws(VaultError) -> VaultRecord {
        let listed = try await recordObjects()
        let previous = heads(of: listed.found, beside: recordWitness.seen, there: listed.there)
        try requireInForce(keyring)
        let record = ULID(at: Date())
        let bytes = VaultRecord.seal(kind: kind, body: body, id: record, vault: id, keys: keys, previous: previous)
        try await putNew(VaultRecord.objectName(record), bytes)
        let object = try SignedObject(
            bytes, name: VaultRecord.objectName(record), magic: VaultRecord.magic, vault: id, id: record, signers: signers)
        recordWitness.note([VerifiedObject(object)])
        return try VaultRecord(object, indexKey: keys.indexKey)
    }

    /// The newest of this signer's objects that none of its others follows; at most as many as the format holds.
    ///
    /// What this host knows to have signed and finds no more is among them: so that it is missing shows to everybody from then
    /// on.
    ///
    /// - Parameters:
    ///   - seen: what this host has ever verified of the family.
    ///   - there: ids of all that is listed, or was let go.
    private func heads(of objects: [VerifiedObject], beside seen: [ULID: Witness.Sight], there: Set<ULID>) -> [Digest] {
        let own = objects.filter { $0.signer == keys.signing.id }
        let followed = Set(own.flatMap(\.previous))
        let known = Set(own.map(\.digest))
        let vanished = seen.values.filter {
            $0.signer == keys.signing.id && !there.contains($0.id) && !known.contains($0.digest)
        }.sorted { $0.id < $1.id }
        let digests = vanished.map(\.digest) + own.map(\.digest)
        return Array(digests.filter { !followed.contains($0) }.suffix(Int(UInt8.max)))
    }

    func putNew(_ name: String, _ bytes: [UInt8]) async throws(VaultError) {
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
        let all = try await listedSnapshots()
        return (all.found.map(\.record), all.problems)
    }

    /// Opens a snapshot. Needs the reader role. What is missing because a keeper has let the snapshot go meanwhile is no damage:
    /// that is `.letGo`.
    public func read(_ snapshot: SnapshotRecord) async throws(VaultError) -> SnapshotReader {
        try await read(snapshot, index: .segments)
    }

    /// How much of the index is brought up to date before a snapshot is read.
    enum IndexUpkeep {
        /// Nothing: the caller did so when it listed the snapshot.
        case nothing
        /// Where chunks lie, and not whether their packs are there: for who only reads. See `ChunkIndex.refresh`.
        case segments
        /// For who will ask the index what is there.
        case everything
    }

    /// As above.
    func read(_ snapshot: SnapshotRecord, index upkeep: IndexUpkeep) async throws(VaultError) -> SnapshotReader {
        try await read(snapshot, index: upkeep) { [self] in
            ((try? await forgottenItems()) ?? []).contains { $0.id == snapshot.id }
        }
    }

    /// As above.
    ///
    /// - Parameter isLetGo: asked where something is missing or damaged.
    func read(
        _ snapshot: SnapshotRecord, index upkeep: IndexUpkeep, isLetGo: @escaping @Sendable () async -> Bool
    ) async throws(VaultError) -> SnapshotReader {
        try require(.reader)
        guard let reader = keys.reader, let cipher else { preconditionFailure("a reader has its keys") }
        guard let envelope = try await envelope(snapshot.id) else {
            throw VaultError(.notFound, "There is no snapshot \(snapshot.id).", hint: "«reprise snapshots» lists them.")
        }
        async let granted = outcome { () throws(VaultError) in try await loadGrants() }
        if upkeep != .nothing { try await index.refresh(from: store, looksForPacks: upkeep == .everything) }
        try await granted.get()
        let body = try envelope.body(with: reader, vault: id)
        let chunks = ChunkReader(
            store: store, index: index, cipher: cipher, vault: id, reader: reader, indexKey: keys.indexKey, keys: packKeys,
            isLetGo: isLetGo)
        return SnapshotReader(record: envelope.record, body: body, chunks: chunks)
    }

    func chunkReader() throws(VaultError) -> ChunkReader {
        try require(.reader)
        guard let reader = keys.reader, let cipher else { preconditionFailure("a reader has its keys") }
        return ChunkReader(
            store: store, index: index, cipher: cipher, vault: id, reader: reader, indexKey: keys.indexKey, keys: packKeys)
    }

    /// Nil for a tombstone.
    func envelope(_ snapshot: SnapshotID) async throws(VaultError) -> SnapshotEnvelope? {
        let name = SnapshotEnvelope.objectName(snapshot)
        if let cached = cache.read(name) ?? lastRead.withLock({ $0?.name == name ? $0?.bytes : nil }) {
            if let envelope = try? SnapshotEnvelope(cached, id: snapshot, vault: id, indexKey: keys.indexKey, signers: signers) {
                return envelope
            }
            if (try? checkTombstone(cached, snapshot)) != nil { return nil }
        }
        guard let bytes = try await snapshotBytes(snapshot) else { return nil }
        let envelope = try SnapshotEnvelope(bytes, id: snapshot, vault: id, indexKey: keys.indexKey, signers: signers)
        cache.write(name, [bytes])
        return envelope
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

    /// As `list`, of objects that are named by ULIDs and may be very many.
    func listByTime(_ prefix: String) async throws(VaultError) -> [ObjectFacts] {
        var found: [ObjectFacts] = []
        do throws(StoreError) {
            try await store.eachSpread(prefix, .times(prefix)) { found.append($0) }
        } catch { throw VaultError(error) }
        return store.isFar ? found.sorted { $0.key < $1.key } : found
    }

    /// Every object under `packs/`, in no certain order.
    func listPacks() async throws(VaultError) -> [ObjectFacts] {
        var found: [ObjectFacts] = []
        do throws(StoreError) {
            try await store.eachPack { found.append($0) }
        } catch { throw VaultError(error) }
        return found
    }

    func get(_ name: String) async throws(VaultError) -> [UInt8] {
        do throws(StoreError) {
            return try await store.get(key(name))
        } catch { throw VaultError(error) }
    }

    func get(_ name: String, _ range: Range<Int>) async throws(VaultError) -> [UInt8] {
        do throws(StoreError) {
            return try await store.get(key(name), range: range)
        } catch { throw VaultError(error) }
    }

    /// Nil where the object is gone: a prune may delete what was listed a moment ago.
    func getUnlessGone(_ name: String) async throws(VaultError) -> [UInt8]? {
        do throws(VaultError) {
            return try await get(name)
        } catch {
            guard error.storeCode == .missing else { throw error }
            return nil
        }
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
