import Foundation
import Language
import ObjectStore
import Synchronization

/// The way of every byte into the vault: name, drop the known, compress, seal, pack, upload.
///
/// Threads of its own do the work; whoever submits is held back while more than `budget` bytes wait. The first failure ends the
/// session: every later call throws it. `@unchecked Sendable`: all mutable state is behind `condition` or in a `Mutex`.
final class ChunkWriter: @unchecked Sendable {
    private let vault: OpenVault
    private let store: any ObjectStore
    let index: ChunkIndex
    private let cipher: ChunkCipher
    private let layout: PackLayout
    /// For whom packs are sealed from now on.
    private let readers: Mutex<[ReaderPublicKey]>

    private let condition = NSCondition()
    private var queue: [Job] = []
    private var waitingBytes = 0
    private var activeWorkers = 0
    private var uploads = 0
    private var uploadedBytes = 0
    private var isClosing = false
    private var failure: VaultError?

    /// Chunks of packs that are not in the store's index yet: claimed by whoever stores them first.
    private let claimed = Mutex<Set<ChunkID>>([])
    /// Packs that are in the store and in no segment yet.
    private let unindexed = Mutex<[Unindexed]>([])
    private let tree: Mutex<PackBuilderBox>
    private let reach: Mutex<PackBuilderBox>
    private let base: WritingBase
    /// What is stored; of other kinds the chunks are only named.
    private let kinds: Set<ChunkKind>
    private let reachCuts: ReachList.Cuts
    /// Packs in which something lies that the snapshot uses: written in this session, or found. Nil once they are too many.
    private let used = Mutex<Set<PackID>?>([])
    /// 32 bytes each, twice: a snapshot of some 16 TB. Beyond, a backup whose session a keeper has ended begins anew.
    static let mostUsed = 1 << 20
    private let written = Mutex<Set<PackID>>([])
    private let segments = Mutex(Segments())
    private let storeFailed = Mutex(false)
    private let pace: WritingPace
    private let counters = Mutex(Counters())

    struct Counters {
        var newBytes: Int64 = 0
        var storedBytes: Int64 = 0
        var sourceBytes: Int64 = 0
    }

    private struct Unindexed {
        let pack: IndexSegment.Pack
        let chunks: [PackFooter.Chunk]
        let content: FinishedPack.ContentKey?
    }

    private struct Segments {
        var count: UInt16 = 0
        var last = ContinuousClock.now
    }

    private struct Job {
        let plain: [UInt8]
        let ticket: Ticket
    }

    /// A submitted chunk on its way; holds its reference once it is stored or known.
    final class Ticket: Sendable {
        fileprivate let reference = Mutex<ChunkRef?>(nil)
        var result: ChunkRef? { reference.withLock { $0 } }
    }

    /// Bytes of chunks that may wait for a worker.
    static let budget = 24 << 20
    /// Closed packs that may wait for a store near by, which is busy with two: more would only take memory.
    static let nearUploads = 2
    /// Bytes of closed packs that may wait for a far one, where most of the time is the way: at least one pack.
    static let farUploadBytes = 64 << 20

    init(
        vault: OpenVault, cipher: ChunkCipher, readers: [ReaderPublicKey], base: WritingBase, kinds: Set<ChunkKind>,
        reachCuts: ReachList.Cuts, workers: Int,
        pace: WritingPace
    ) {
        self.vault = vault
        store = vault.store
        index = vault.index
        self.cipher = cipher
        layout = vault.layout
        self.readers = Mutex(readers)
        tree = Mutex(PackBuilderBox())
        reach = Mutex(PackBuilderBox())
        self.base = base
        self.kinds = kinds
        self.reachCuts = reachCuts
        self.pace = pace
        activeWorkers = workers
        for number in 0..<workers {
            let thread = Thread { [self] in work() }
            thread.name = "reprise-chunks-\(number)"
            thread.stackSize = 1 << 20
            thread.start()
        }
    }

    var progress: Counters { counters.withLock { $0 } }

    func count(sourceBytes: Int) {
        counters.withLock { $0.sourceBytes += Int64(sourceBytes) }
    }

    // MARK: - From the sources' threads

    /// Hands a data chunk to the workers; blocks while too much is waiting.
    func submit(_ plain: [UInt8]) throws(VaultError) -> Ticket {
        let ticket = Ticket()
        condition.lock()
        defer { condition.unlock() }
        while failure == nil, waitingBytes > 0, waitingBytes + plain.count > Self.budget { condition.wait() }
        if let failure { throw failure }
        precondition(!isClosing, "a session that is finishing takes no more data")
        waitingBytes += plain.count
        queue.append(Job(plain: plain, ticket: ticket))
        condition.broadcast()
        return ticket
    }

    /// Blocks until `ticket` has its reference.
    func wait(for ticket: Ticket) throws(VaultError) -> ChunkRef {
        if let reference = ticket.result { return reference }
        condition.lock()
        defer { condition.unlock() }
        while true {
            if let reference = ticket.result { return reference }
            if let failure { throw failure }
            condition.wait()
        }
    }

    /// Stores a tree chunk on the caller's thread.
    func storeTree(_ plain: [UInt8]) throws(VaultError) -> ChunkRef { try store(plain, .tree, in: tree) }

    /// Stores a part of a reach list on the caller's thread.
    func storeReach(_ plain: [UInt8]) throws(VaultError) -> ChunkRef { try store(plain, .reach, in: reach) }

    func reachList() -> ReachList { ReachList(writer: self, cuts: reachCuts) }

    /// The packs in which something lies that the snapshot uses; nil where they are too many to be remembered.
    var usedPacks: Set<PackID>? { used.withLock { $0 } }

    private func use(_ pack: PackID) {
        used.withLock { packs in
            packs?.insert(pack)
            if let count = packs?.count, count > Self.mostUsed { packs = nil }
        }
    }

    /// The packs that this session has put.
    var writtenPacks: Set<PackID> { written.withLock { $0 } }

    /// Whether this chunk is in the vault where this session may rely on it; from then on it does.
    func reliesOn(_ reference: ChunkRef, _ kind: ChunkKind) -> Bool {
        guard let place = index.find(reference.id, avoiding: base.condemned), place.kind == kind,
            place.plainSize == reference.size
        else { return false }
        use(place.pack)
        return true
    }

    private func store(_ plain: [UInt8], _ kind: ChunkKind, in open: borrowing Mutex<PackBuilderBox>) throws(VaultError)
        -> ChunkRef
    {
        try throwFailure()
        let id = cipher.id(of: plain, kind: kind)
        guard kinds.contains(kind), claim(id) else { return ChunkRef(id: id, size: plain.count) }
        let full = try open.withLock { box throws(VaultError) -> FinishedPack? in
            let stored = try plain.withUnsafeBufferPointer { bytes throws(VaultError) in
                try box.append(UnsafeRawBufferPointer(bytes), id: id, kind: kind, writer: self)
            }
            count(new: plain.count, stored: stored)
            return try box.takeIfFull(self)
        }
        if let full { upload(full) }
        return ChunkRef(id: id, size: plain.count)
    }

    func fail(_ error: VaultError) {
        condition.lock()
        if failure == nil { failure = error }
        queue.removeAll()
        condition.broadcast()
        condition.unlock()
    }

    func throwFailure() throws(VaultError) {
        condition.lock()
        defer { condition.unlock() }
        if let failure { throw failure }
    }

    // MARK: - Ending

    /// Ends the workers, closes every open pack, waits for the uploads, and writes what is left of the index. Blocks; nothing may
    /// be submitted any more.
    func finish() async throws(VaultError) {
        await onOwnThread { [self] in
            condition.lock()
            isClosing = true
            condition.broadcast()
            while activeWorkers > 0 { condition.wait() }
            condition.unlock()
            uploadLast(of: tree)
            uploadLast(of: reach)
            condition.lock()
            while uploads > 0 { condition.wait() }
            condition.unlock()
        }
        try throwFailure()
        try await writeSegment(atLeast: 1)
    }

    /// Ends the workers, and lets go of what is in open packs. What was uploaded is named, also for who was interrupted, so that
    /// the next backup finds it; not where the store has failed, which would only be waited for again.
    func abandon() async {
        fail(VaultError(.cancelled, "The backup was given up."))
        await onOwnThread { [self] in
            condition.lock()
            isClosing = true
            condition.broadcast()
            while activeWorkers > 0 || uploads > 0 { condition.wait() }
            condition.unlock()
            tree.withLock { $0.abandon() }
            reach.withLock { $0.abandon() }
        }
        // A task of its own is not cancelled with its caller.
        if storeFailed.withLock({ !$0 }) { await Task { try? await writeSegment(atLeast: 1) }.value }
    }

    // MARK: - On the workers

    /// Names data chunks and stores them in the caller's own pack unless they are known; on the caller's thread.
    func store(_ chunks: [UnsafeRawBufferPointer], in box: inout PackBuilderBox) throws(VaultError) -> [ChunkRef] {
        let ids = cipher.ids(of: chunks, kind: .data)
        for (plain, id) in zip(chunks, ids) where claim(id) {
            let stored = try box.append(plain, id: id, kind: .data, writer: self)
            count(new: plain.count, stored: stored)
            if let full = try box.takeIfFull(self) {
                upload(full)
                try throwFailure()
            }
        }
        return zip(chunks, ids).map { ChunkRef(id: $1, size: $0.count) }
    }

    private func work() {
        var box = PackBuilderBox()
        while let (job, twin) = nextJobs() {
            // A failure is kept and thrown by the next call from outside.
            let references = try? job.plain.withUnsafeBytes { plain in
                guard let twin else { return try store([plain], in: &box) }
                return try twin.plain.withUnsafeBytes { try store([plain, $0], in: &box) }
            }
            if let references {
                job.ticket.reference.withLock { $0 = references.first }
                twin?.ticket.reference.withLock { $0 = references.last }
            }
            condition.lock()
            waitingBytes -= job.plain.count + (twin?.plain.count ?? 0)
            condition.broadcast()
            condition.unlock()
        }
        // As above.
        try? uploadLast(of: &box)
        condition.lock()
        activeWorkers -= 1
        condition.broadcast()
        condition.unlock()
    }

    /// The next job, and the one after it where that leaves one to every other worker: two are named together.
    private func nextJobs() -> (Job, Job?)? {
        condition.lock()
        defer { condition.unlock() }
        while queue.isEmpty {
            if isClosing || failure != nil { return nil }
            condition.wait()
        }
        return (queue.removeFirst(), queue.count >= activeWorkers ? queue.removeFirst() : nil)
    }

    /// Whether the caller is the one to store `id`: it is in no pack yet and nobody else is at it.
    private func claim(_ id: ChunkID) -> Bool {
        if claimed.withLock({ $0.contains(id) }) { return false }
        if let place = index.find(id, avoiding: base.condemned) {
            use(place.pack)
            return false
        }
        return claimed.withLock { $0.insert(id).inserted }
    }

    private func count(new: Int, stored: Int) {
        counters.withLock {
            $0.newBytes += Int64(new)
            $0.storedBytes += Int64(stored)
        }
    }

    /// Closes the pack that is open in `box` and sends it on its way.
    func uploadLast(of box: inout PackBuilderBox) throws(VaultError) {
        if let last = try box.takeIfAny(self) { upload(last) }
        try throwFailure()
    }

    private func uploadLast(of open: borrowing Mutex<PackBuilderBox>) {
        // A failure is kept.
        if let last = try? open.withLock({ box throws(VaultError) in try box.takeIfAny(self) }) { upload(last) }
    }

    /// Sends a pack on its way; blocks while as much is under way as may be.
    private func upload(_ pack: FinishedPack) {
        condition.lock()
        while failure == nil, !hasRoom(for: pack) { condition.wait() }
        guard failure == nil else { return condition.unlock() }
        uploads += 1
        uploadedBytes += pack.size
        condition.unlock()
        // The one place where work outlives its caller: `finish` and `abandon` wait for it.
        Task {
            do throws(VaultError) {
                try await put(pack)
            } catch {
                storeFailed.withLock { $0 = true }
                fail(error)
            }
            uploadEnded(pack.size)
        }
    }

    private func hasRoom(for pack: FinishedPack) -> Bool {
        guard store.isFar else { return uploads < Self.nearUploads }
        return uploads == 0 || uploadedBytes + pack.size <= Self.farUploadBytes
    }

    private func uploadEnded(_ bytes: Int) {
        condition.lock()
        uploads -= 1
        uploadedBytes -= bytes
        condition.broadcast()
        condition.unlock()
    }

    private func put(_ pack: FinishedPack) async throws(VaultError) {
        let name = PackLayout.objectName(pack.id)
        do throws(StoreError) {
            switch pack.body {
            case .written(let object): try await store.putSurely(name, object, size: pack.size)
            // Whether it is there is looked for before a segment names it, with many others at once.
            case .whole(let bytes) where store.isFar: try await store.putNamedByItsBytes(name, bytes)
            case .whole(let bytes): try await store.putSurely(name, bytes, isNamedByItsBytes: true)
            }
        } catch { throw await explained(error) }
        use(pack.id)
        written.withLock { _ = $0.insert(pack.id) }
        unindexed.withLock {
            $0.append(
                Unindexed(
                    pack: .init(id: pack.id, size: pack.size, kind: pack.kind), chunks: pack.chunks, content: pack.content))
        }
        let isTime = segments.withLock { .now - $0.last >= pace.naming }
        try await writeSegment(atLeast: isTime ? 1 : IndexSegment.usualRecords)
    }

    /// What was put and is not there may be a prune's doing, which took this session for dead.
    private func explained(_ error: StoreError) async -> VaultError {
        guard error.code == .failed, let key = ObjectKey(SnapshotEnvelope.objectName(base.session)),
            let facts = try? await store.head(key), facts.key == key
        else { return VaultError(error) }
        return SnapshotWriter.overtaken
    }

    /// Writes the waiting packs' chunks as a segment where there are enough of them. Their packs are in the store by then: what
    /// the index names is there.
    private func writeSegment(atLeast limit: Int) async throws(VaultError) {
        let packs = unindexed.withLock { waiting -> [Unindexed] in
            guard waiting.reduce(0, { $0 + $1.chunks.count }) >= limit else { return [] }
            defer { waiting = [] }
            return waiting
        }
        guard !packs.isEmpty else { return }
        do throws(VaultError) {
            try await name(packs)
        } catch {
            // Whoever was cancelled here may still name them.
            unindexed.withLock { $0 += packs }
            if error.code == .store { storeFailed.withLock { $0 = true } }
            throw error
        }
    }

    private func name(_ packs: [Unindexed]) async throws(VaultError) {
        let number = segments.withLock {
            $0.count &+= 1
            $0.last = .now
            return $0.count
        }
        // By its id a keeper knows that the segment is this session's, and leaves its packs alone meanwhile.
        let segment = ULID(at: Date(), family: base.session, number: number)
        async let current = outcome { () throws(VaultError) in try await vault.keysForWriting().readers }
        if store.isFar {
            do throws(StoreError) {
                try await store.requirePacks(packs.map { ($0.pack.id, $0.pack.size) }, amongst: index.packCount)
            } catch { throw await explained(error) }
        }
        try await grant(packs.compactMap(\.content), to: current.get())
        let table = IndexSegment.table(of: packs.map { ($0.pack, $0.chunks) })
        let bytes = IndexSegment.seal(table, segment: segment, vault: layout.vault, indexKey: layout.indexKey)
        do throws(StoreError) {
            try await store.putSurely(IndexSegment.objectName(segment), bytes)
        } catch { throw await explained(error) }
        index.add(table, segments: [segment])
        claimed.withLock { claimed in
            for pack in packs {
                for chunk in pack.chunks { claimed.remove(chunk.id) }
            }
        }
    }

    /// Opens packs to readers that were added since they were begun. Who adds one opens to it the packs that it lists then; those
    /// that were put later are opened here, before the index names them and others may rely on them.
    private func grant(_ packs: [FinishedPack.ContentKey], to current: [ReaderPublicKey]) async throws(VaultError) {
        readers.withLock { $0 = current }
        for reader in current {
            try await vault.grant(packs.filter { !$0.readers.contains(reader) }.map(\.bytes), to: reader)
        }
    }

    /// Ends the session with what the store said of an open pack.
    private func failed(_ error: StoreError) -> VaultError {
        let error = VaultError(error)
        storeFailed.withLock { $0 = true }
        fail(error)
        return error
    }

    /// The open pack of one thread, made when it is needed. A store's failure ends the session.
    struct PackBuilderBox: ~Copyable {
        private var builder: PackBuilder?

        mutating func append(
            _ plain: UnsafeRawBufferPointer, id: ChunkID, kind: ChunkKind, writer: ChunkWriter
        ) throws(VaultError) -> Int {
            do throws(StoreError) {
                var open: PackBuilder
                if let begun = builder.take() { open = begun } else { open = try writer.newBuilder(kind) }
                let stored = try open.append(plain, id: id, cipher: writer.cipher)
                builder = consume open
                return stored
            } catch { throw writer.failed(error) }
        }

        mutating func takeIfFull(_ writer: ChunkWriter) throws(VaultError) -> FinishedPack? {
            guard builder?.isFull == true else { return nil }
            return try takeIfAny(writer)
        }

        mutating func takeIfAny(_ writer: ChunkWriter) throws(VaultError) -> FinishedPack? {
            guard let open = builder.take() else { return nil }
            do throws(StoreError) {
                return try open.finish()
            } catch { throw writer.failed(error) }
        }

        /// Lets go of what is open.
        mutating func abandon() { builder = nil }
    }

    private func newBuilder(_ kind: ChunkKind) throws(StoreError) -> PackBuilder {
        try PackBuilder(kind: kind, layout: layout, readers: readers.withLock(\.self), into: store.beginPut(PackLayout.prefix))
    }
}

/// Runs blocking work on a thread that is not one of the cooperative pool's.
public func onOwnThread<Value: Sendable>(_ work: @escaping @Sendable () -> Value) async -> Value {
    await withCheckedContinuation { continuation in
        Thread.detachNewThread { continuation.resume(returning: work()) }
    }
}
