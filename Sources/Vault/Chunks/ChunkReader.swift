import Crypto
import Dispatch
import Foundation
import Language
import ObjectStore
import Synchronization

/// Content keys of packs that were opened, so that each pack's header is read once, however many want it at the same time.
final class PackKeys: Sendable {
    typealias Found = Result<[SymmetricKey?], VaultError>

    private struct State {
        var known: [PackID: [SymmetricKey?]] = [:]
        var asked: [PackID: Task<Found, Never>] = [:]
    }

    private let state = Mutex(State())
    /// Entries; past that the cache starts anew.
    private static let limit = 16_384

    subscript(_ pack: PackID) -> [SymmetricKey?]? { state.withLock { $0.known[pack] } }

    func remember(_ found: [SymmetricKey?], of pack: PackID) {
        state.withLock {
            if $0.known.count >= Self.limit { $0.known.removeAll() }
            $0.known[pack] = found
        }
    }

    /// What is known, or what `read` finds: once, for all who ask meanwhile.
    func keys(
        of pack: PackID, _ read: @escaping @Sendable () async throws(VaultError) -> [SymmetricKey?]
    ) async -> Found {
        let task = state.withLock { state -> Task<Found, Never> in
            if let known = state.known[pack] { return Task { .success(known) } }
            if let asked = state.asked[pack] { return asked }
            let task = Task { await outcome { () throws(VaultError) in try await read() } }
            state.asked[pack] = task
            return task
        }
        let found = await task.value
        if case .success(let keys) = found { remember(keys, of: pack) }
        state.withLock { $0.asked[pack] = nil }
        return found
    }
}

/// Fetches chunks by reference, neighbours of a pack in one request, and gives their proven plain bytes.
final class ChunkReader: Sendable {
    private let store: any ObjectStore
    private let index: ChunkIndex
    let cipher: ChunkCipher
    private let vault: VaultID
    private let reader: ReaderPrivateKey
    private let indexKey: [UInt8]
    private let keys: PackKeys
    private let isLetGo: @Sendable () async -> Bool

    /// Whether what is wanted soon should be asked for long before.
    var isFar: Bool { store.isFar }

    /// Chunks of a pack that lie at most this far apart, in bytes, are fetched together…
    private static let gap = 256 << 10
    /// …up to this many bytes a request: of a disk…
    private static let nearSpan = 2 << 20
    /// …and of a far store, where a request costs as much as its bytes: a whole pack, which is a chunk longer than it was meant.
    static let farSpan = 32 << 20
    private static let decoding = DispatchQueue(label: "reprise.chunks.decode", attributes: .concurrent)

    init(
        store: any ObjectStore, index: ChunkIndex, cipher: ChunkCipher, vault: VaultID, reader: ReaderPrivateKey,
        indexKey: [UInt8], keys: PackKeys, isLetGo: @escaping @Sendable () async -> Bool = { false }
    ) {
        self.store = store
        self.index = index
        self.cipher = cipher
        self.vault = vault
        self.reader = reader
        self.indexKey = indexKey
        self.keys = keys
        self.isLetGo = isLetGo
    }

    /// What went wrong; where a keeper has let go what is read, that.
    private func explained(_ error: VaultError) async -> VaultError {
        guard error.exitStatus == .damagedData, await isLetGo() else { return error }
        return VaultError(
            .letGo, "A prune let the snapshot go while it was read.",
            hint: "Run the same command again with a snapshot that is there: «reprise snapshots» lists them.", cause: error)
    }

    /// Takes the plain bytes of the chunk at a position; they stand no longer than it runs.
    typealias Deliver = @Sendable (_ position: Int, _ plain: UnsafeRawBufferPointer) throws -> Void

    /// Takes why the chunk at a position cannot be had.
    typealias Lost = @Sendable (_ position: Int, _ reason: VaultError) -> Void

    struct Wanted: Sendable {
        let position: Int
        let reference: ChunkRef
        let place: ChunkPlace
    }

    /// The chunks' plain bytes, in the order of the references. Fails with `.missing` or `.damaged` naming the object.
    func fetch(_ references: [ChunkRef], kind: ChunkKind) async throws(VaultError) -> [[UInt8]] {
        var wanted: [Wanted] = []
        for (position, reference) in references.enumerated() {
            let places = try await places(of: reference, kind: kind)
            wanted.append(Wanted(position: position, reference: reference, place: places[0]))
        }
        var results = [[UInt8]](repeating: [], count: references.count)
        do {
            try await withThrowingTaskGroup(of: [(Int, [UInt8])].self) { group in
                for span in spans(of: wanted) {
                    group.addTask { try await self.fetch(span, kind) }
                }
                for try await decoded in group {
                    for (position, plain) in decoded { results[position] = plain }
                }
            }
        } catch let error as VaultError {
            throw error
        } catch {
            throw VaultError(.cancelled, "The reading was given up.")
        }
        return results
    }

    /// Where a chunk may lie; at least one place.
    func places(of reference: ChunkRef, kind: ChunkKind) async throws(VaultError) -> [ChunkPlace] {
        do throws(VaultError) {
            return try await found(reference, kind)
        } catch { throw await explained(error) }
    }

    private func found(_ reference: ChunkRef, _ kind: ChunkKind) async throws(VaultError) -> [ChunkPlace] {
        var places = index.places(of: reference.id)
        if places.isEmpty {
            // A prune may have moved it since the index was read.
            try await index.refreshAfterMiss(from: store)
            places = index.places(of: reference.id)
        }
        if places.isEmpty {
            try await index.recover(from: store)
            places = index.places(of: reference.id)
        }
        guard let first = places.first else {
            throw index.damage
                ?? VaultError(
                    .missing, "The chunk \(reference.id) is in no pack that the index names.",
                    hint: "Run «reprise check» to see which snapshots that touches.")
        }
        let sound = places.filter { $0.kind == kind && $0.plainSize == reference.size }
        guard !sound.isEmpty else {
            throw .damaged(PackLayout.objectName(first.pack), "the chunk \(reference.id) is listed with other sizes than it has.")
        }
        return sound
    }

    /// Chunks that lie together; where that fails, each by itself from whichever of its places holds it (I13).
    func fetch(_ span: [Wanted], _ kind: ChunkKind) async throws(VaultError) -> [(Int, [UInt8])] {
        do throws(VaultError) {
            return try await fetch(span)
        } catch {
            guard error.exitStatus == .damagedData else { throw error }
            var decoded: [(Int, [UInt8])] = []
            for item in span { decoded += try await fetchAnywhereOrExplain(item, kind) }
            return decoded
        }
    }

    private func fetchAnywhereOrExplain(_ item: Wanted, _ kind: ChunkKind) async throws(VaultError) -> [(Int, [UInt8])] {
        do throws(VaultError) {
            return try await fetchAnywhere(item, kind)
        } catch { throw await explained(error) }
    }

    /// Gives chunks that lie together to `deliver`, each as soon as it is proven, on a thread that may block; what it throws ends
    /// it. Those that cannot be had there come from whichever of their places holds them.
    ///
    /// - Parameter lost: takes what no place holds any more; without it that ends the whole.
    func fetch(_ span: [Wanted], _ kind: ChunkKind, lost: Lost? = nil, deliver: @escaping Deliver) async throws {
        let given = Mutex<Set<Int>>([])
        do {
            let sealed = try await sealedSpan(span)
            let cipher = self.cipher
            try await onOwnThread {
                Result {
                    try Self.decode(span, sealed, kind, cipher: cipher) { position, plain in
                        try deliver(position, plain)
                        given.withLock { _ = $0.insert(position) }
                    }
                }
            }.get()
        } catch let error as VaultError {
            guard error.exitStatus == .damagedData else { throw error }
            for item in span where !given.withLock({ $0.contains(item.position) }) {
                try Task.checkCancellation()
                let chunks: [(Int, [UInt8])]
                do throws(VaultError) {
                    chunks = try await fetchAnywhereOrExplain(item, kind)
                } catch {
                    guard let lost, error.exitStatus == .damagedData else { throw error }
                    lost(item.position, error)
                    continue
                }
                try await onOwnThread {
                    Result { for (position, plain) in chunks { try plain.withUnsafeBytes { try deliver(position, $0) } } }
                }.get()
            }
        }
    }

    private func fetchAnywhere(_ item: Wanted, _ kind: ChunkKind) async throws(VaultError) -> [(Int, [UInt8])] {
        var first: VaultError?
        var tried: Set<ChunkPlace> = []
        // The second round looks where a prune has moved it to since the index was read.
        for round in 0..<2 {
            if round == 1 { try await index.refreshAfterMiss(from: store) }
            for place in try await places(of: item.reference, kind: kind) where tried.insert(place).inserted {
                do throws(VaultError) {
                    return try await fetch([Wanted(position: item.position, reference: item.reference, place: place)])
                } catch {
                    guard error.exitStatus == .damagedData else { throw error }
                    if first == nil { first = error }
                }
            }
        }
        throw first ?? .damaged(PackLayout.objectName(item.place.pack), "it has changed while it was read.")
    }

    func spans(of wanted: [Wanted]) -> [[Wanted]] {
        let longest = isFar ? Self.farSpan : Self.nearSpan
        let sorted = wanted.sorted { ($0.place.pack, $0.place.offset) < ($1.place.pack, $1.place.offset) }
        var spans: [[Wanted]] = []
        for item in sorted {
            if let last = spans.last?.last, let first = spans.last?.first, last.place.pack == item.place.pack,
                item.place.offset - (last.place.offset + last.place.storedSize) <= Self.gap,
                item.place.offset + item.place.storedSize - first.place.offset <= longest
            {
                spans[spans.count - 1].append(item)
            } else {
                spans.append([item])
            }
        }
        return spans
    }

    /// Bytes that a span takes while it is fetched and its chunks are opened one by one.
    static func memory(_ span: [Wanted]) -> Int {
        guard let first = span.first?.place, let last = span.last?.place else { return 0 }
        return last.offset + last.storedSize - first.offset + SpanOpening.memory(span)
    }

    /// What a span's chunks are opened from.
    private struct SealedSpan: Sendable {
        let name: String
        /// Of the pack, from `start` on.
        let bytes: [UInt8]
        let start: Int
        let slots: [SymmetricKey?]

        /// Where a chunk lies in `bytes`, and the key that it was sealed with.
        func place(of item: Wanted) throws(VaultError) -> (range: Range<Int>, key: SymmetricKey) {
            let offset = item.place.offset - start
            let range = offset..<offset + item.place.storedSize
            guard let slot = ChunkCipher.slot(of: bytes[range]), slots.indices.contains(slot) else { throw damaged(item) }
            guard let key = slots[slot] else { throw .notSealed(name) }
            return (range, key)
        }

        func damaged(_ item: Wanted) -> VaultError {
            .damaged(name, "the chunk \(item.reference.id) at byte \(item.place.offset) is not what was written.")
        }
    }

    private func sealedSpan(_ span: [Wanted]) async throws(VaultError) -> SealedSpan {
        let pack = span[0].place.pack
        let name = PackLayout.objectName(pack)
        let start = span[0].place.offset
        let end = span.reduce(0) { max($0, $1.place.offset + $1.place.storedSize) }
        var known = keys[pack]
        // A header in front of what is wanted comes with it, another at the same time.
        let first = known == nil && start <= Self.gap ? 0 : start
        async let read = outcome { () throws(VaultError) in try await get(name, first..<end) }
        if known == nil, first == start { known = try await slotKeys(of: pack, before: start) }
        let bytes = try await read.get()
        let slots = if let known { known } else { try open(bytes, before: start, of: pack) }
        return SealedSpan(name: name, bytes: bytes, start: first, slots: slots)
    }

    private func fetch(_ span: [Wanted]) async throws(VaultError) -> [(Int, [UInt8])] {
        let sealed = try await sealedSpan(span)
        let cipher = self.cipher
        let result: Result<[(Int, [UInt8])], VaultError> = await withCheckedContinuation { continuation in
            Self.decoding.async {
                continuation.resume(
                    returning: Result { () throws(VaultError) in try Self.decode(span, sealed, cipher: cipher) })
            }
        }
        return try result.get()
    }

    private static func decode(
        _ span: [Wanted], _ sealed: SealedSpan, cipher: ChunkCipher
    ) throws(VaultError) -> [(Int, [UInt8])] {
        let decompressor = Decompressor()
        var decoded: [(Int, [UInt8])] = []
        for item in span {
            let (range, key) = try sealed.place(of: item)
            guard
                let plain = cipher.open(
                    sealed.bytes[range], id: item.reference.id, kind: item.place.kind, plainSize: item.reference.size, key: key,
                    decompressor: decompressor)
            else { throw sealed.damaged(item) }
            decoded.append((item.position, plain))
        }
        return decoded
    }

    /// Gives the chunks on in groups, which are opened in the same memory, so that they are still in the processor's cache, and
    /// proven together.
    private static func decode(
        _ span: [Wanted], _ sealed: SealedSpan, _ kind: ChunkKind, cipher: ChunkCipher, to deliver: Deliver
    ) throws {
        let opening = SpanOpening(span, sealed, kind, cipher)
        for start in stride(from: 0, to: span.count, by: SpanOpening.together) {
            let items = span[start..<min(start + SpanOpening.together, span.count)]
            try opening.open(items) { chunks in
                let ids = cipher.ids(of: chunks, kind: kind)
                if let (item, _) = zip(items, ids).first(where: { $0.reference.id != $1 }) { throw sealed.damaged(item) }
                for (item, plain) in zip(items, chunks) { try deliver(item.position, plain) }
            }
        }
    }

    /// Opens chunks of a span without memory of its own for each.
    private struct SpanOpening: ~Copyable {
        private let sealed: SealedSpan
        private let kind: ChunkKind
        private let cipher: ChunkCipher
        private let decompressor = Decompressor()
        private let room: UnsafeMutableRawBufferPointer
        /// Bytes of the largest chunk.
        private let width: Int

        /// Chunks that may be open at once.
        static let together = 2

        init(_ span: [Wanted], _ sealed: SealedSpan, _ kind: ChunkKind, _ cipher: ChunkCipher) {
            self.sealed = sealed
            self.kind = kind
            self.cipher = cipher
            width = Self.width(span)
            room = .allocate(byteCount: Self.memory(span), alignment: 4096)
        }

        deinit { room.deallocate() }

        static func memory(_ span: [Wanted]) -> Int { width(span) * min(together, span.count) }

        private static func width(_ span: [Wanted]) -> Int { span.reduce(0) { max($0, $1.reference.size) } }

        /// Gives `body` the plain bytes of all `items`, whose ids are not proven yet; they stand no longer than it runs.
        ///
        /// - Parameter opened: of those before.
        func open(
            _ items: ArraySlice<Wanted>, _ opened: [UnsafeRawBufferPointer] = [],
            _ body: ([UnsafeRawBufferPointer]) throws -> Void
        ) throws {
            guard let item = items.first else { return try body(opened) }
            let (range, key) = try sealed.place(of: item)
            let isOpened: Void? = try sealed.bytes.withUnsafeBytes { bytes in
                try cipher.withUnproven(
                    UnsafeRawBufferPointer(rebasing: bytes[range]), id: item.reference.id, kind: kind,
                    plainSize: item.reference.size, key: key, decompressor: decompressor,
                    room: UnsafeMutableRawBufferPointer(rebasing: room[(opened.count * width)...])
                ) { try open(items.dropFirst(), opened + [$0], body) }
            }
            guard isOpened != nil else { throw sealed.damaged(item) }
        }
    }

    /// The content keys of a pack's slots; nil for a slot that is not sealed to this reader.
    ///
    /// - Parameter end: where some chunk of the pack begins; the header ends before.
    private func slotKeys(of pack: PackID, before end: Int) async throws(VaultError) -> [SymmetricKey?] {
        let found = await keys.keys(of: pack) { [self] () throws(VaultError) in
            var width = PackLayout.usualHeaderWidth
            while true {
                let bytes = try await get(PackLayout.objectName(pack), 0..<min(end, width))
                if width >= end { return try open(bytes, before: end, of: pack) }
                if let header = try header(in: bytes, of: pack) { return try open(header, PackLayout.objectName(pack)) }
                width *= 16
            }
        }
        return try found.get()
    }

    /// The content keys that the header in a pack's first bytes has, from then on remembered.
    private func open(_ bytes: [UInt8], before end: Int, of pack: PackID) throws(VaultError) -> [SymmetricKey?] {
        let name = PackLayout.objectName(pack)
        guard let header = try header(in: Array(bytes.prefix(end)), of: pack) else {
            throw .damaged(name, "its header is cut short.")
        }
        let found = try open(header, name)
        keys.remember(found, of: pack)
        return found
    }

    private func open(_ header: PackHeader, _ name: String) throws(VaultError) -> [SymmetricKey?] {
        if header.kind == .reach { return header.slots.map { $0.reachKey(indexKey: indexKey) } }
        var found: [SymmetricKey?] = []
        for slot in header.slots {
            let key = slot.open(with: reader, vault: vault)
            if key == nil, slot.isSealed(to: reader.publicKey.id) { throw .damaged(name, "its key is not what was written.") }
            found.append(key)
        }
        return found
    }

    /// The header in a pack's first bytes; nil where it is longer than they are.
    private func header(in bytes: [UInt8], of pack: PackID) throws(VaultError) -> PackHeader? {
        let name = PackLayout.objectName(pack)
        let header: PackHeader?
        do throws(ByteReader.Truncated) {
            header = try PackLayout.readHeader(bytes, vault: vault)
        } catch { return nil }
        guard let header else { throw .damaged(name, "it does not begin as a pack of this vault.") }
        return header
    }

    private func get(_ name: String, _ range: Range<Int>) async throws(VaultError) -> [UInt8] {
        guard let key = ObjectKey(name) else { preconditionFailure("a digest makes a valid key") }
        do throws(StoreError) {
            let bytes = try await store.get(key, range: range)
            guard bytes.count == range.count else {
                throw StoreError(.short, "\(store.location) gave \(bytes.count) bytes of \(name) instead of \(range.count).")
            }
            return bytes
        } catch {
            switch error.code {
            case .short: throw .damaged(name, "it is cut short.")
            case .missing:
                throw VaultError(
                    .missing, "\(name) is not in the vault.", hint: "Run «reprise check» to see which snapshots that touches.")
            default: throw VaultError(error)
            }
        }
    }

    /// Every chunk of a whole pack, opened and named again. Returns the bytes proven. Fails with `.damaged`.
    func prove(_ pack: PackID, bytes: [UInt8], layout: PackLayout) async throws(VaultError) -> Int {
        let name = PackLayout.objectName(pack)
        guard let footer = PackFooter(pack: bytes, layout: layout),
            let header = try? PackLayout.readHeader(bytes, vault: vault)
        else { throw .damaged(name, "its list of chunks is not what was written.") }
        let sealed = SealedSpan(name: name, bytes: bytes, start: 0, slots: try open(header, name))
        let wanted = footer.chunks.enumerated().map { position, chunk in
            Wanted(
                position: position, reference: ChunkRef(id: chunk.id, size: chunk.plainSize),
                place: ChunkPlace(
                    pack: pack, offset: chunk.offset, storedSize: chunk.storedSize, plainSize: chunk.plainSize, kind: header.kind)
            )
        }
        let cipher = self.cipher
        let result: Result<Int, VaultError> = await withCheckedContinuation { continuation in
            Self.decoding.async {
                continuation.resume(
                    returning: Result { () throws(VaultError) in
                        var proven = 0
                        for item in wanted {  // one at a time: a pack's plain bytes may be many times its size
                            let plain = try Self.decode([item], sealed, cipher: cipher)
                            proven += plain[0].1.count
                        }
                        return proven
                    })
            }
        }
        return try result.get()
    }
}
