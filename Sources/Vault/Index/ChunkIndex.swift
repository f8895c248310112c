import Foundation
import Language
import ObjectStore
import Synchronization

/// Where every chunk of the vault lies: the tables of all segments, mapped from the local cache and brought up to date from the
/// store.
///
/// Small tables are merged into larger ones in the cache, four of a size into one of the next, so that a look-up asks few tables
/// however many segments the vault has. Memory is the mapped pages in use and the list of packs.
final class ChunkIndex: Sendable {
    private let cache: LocalCache
    private let vault: VaultID
    private let indexKey: [UInt8]
    private let state = Mutex(State())
    /// One refresh after another: what a later one found is never replaced by what an earlier one saw.
    private let turn = OneAtATime()

    /// What is known at one moment; a look-up sees one of these as a whole.
    private final class View: Sendable {
        let tables: [IndexTable]
        /// Packs of the tables that are in the store with the size that the tables name. A writer relies on no other: what lies
        /// there is stored again.
        let present: Set<PackID>

        init(tables: [IndexTable], present: Set<PackID>) {
            self.tables = tables
            self.present = present
        }
    }

    private struct State {
        var view = View(tables: [], present: [])
        /// What is wrong with the segments that could not be read.
        var damage: [VaultError] = []
        /// The chunks of packs that no segment names, once they were looked for.
        var recovered: IndexTable?
        /// When a chunk that was not found last made this be read again, and found nothing new.
        var lastVainRefresh: ContinuousClock.Instant?
    }

    init(cache: LocalCache, vault: VaultID, indexKey: [UInt8]) {
        self.cache = cache
        self.vault = vault
        self.indexKey = indexKey
    }

    /// Where a chunk lies that a writer need not store again: in a pack that is there.
    ///
    /// - Parameter avoided: packs that will be deleted.
    func find(_ id: ChunkID, avoiding avoided: Set<PackID> = []) -> ChunkPlace? {
        let view = state.withLock(\.view)
        for table in view.tables {
            guard let place = table.find(id) else { continue }
            if view.present.contains(place.pack), !avoided.contains(place.pack) { return place }
            let others = table.places(of: id)
            if let place = others.first(where: { view.present.contains($0.pack) && !avoided.contains($0.pack) }) { return place }
        }
        return nil
    }

    /// Every place of a chunk (I13), those in packs that are there first; a pack that was cut short may still hold it.
    func places(of id: ChunkID) -> [ChunkPlace] {
        let (view, recovered) = state.withLock { ($0.view, $0.recovered) }
        let all = (view.tables + [recovered].compactMap { $0 }).flatMap { $0.places(of: id) }
        guard all.count > 1 else { return all }
        return all.filter { view.present.contains($0.pack) } + all.filter { !view.present.contains($0.pack) }
    }

    /// What is wrong with the first of the segments that could not be read.
    var damage: VaultError? { state.withLock { $0.damage.first } }

    /// Every pack that a segment names, once, with its size.
    var packs: [PackID: IndexSegment.Pack] {
        var found: [PackID: IndexSegment.Pack] = [:]
        for table in tables {
            for pack in table.packs { found[pack.id] = pack }
        }
        return found
    }

    /// The packs that are in the store as the tables name them.
    var present: Set<PackID> { state.withLock(\.view).present }

    var tables: [IndexTable] { state.withLock(\.view).tables }

    var recordCount: Int { tables.reduce(0) { $0 + $1.recordCount } }

    // MARK: - Bringing it up to date

    /// Fetches what the store has and the cache has not; forgets what the store has no more. Segments first, then packs: every
    /// pack of `present` was in the store after this was called.
    ///
    /// A damaged segment is no reason to stop: a writer stores again what it does not know, and a reader finds the chunks through
    /// their packs (`recover`). `check` reports it.
    func refresh(from store: any ObjectStore) async throws(VaultError) {
        try await turn.run { () throws(VaultError) in try await bringUpToDate(from: store) }
    }

    /// As `refresh`, for a chunk that is not where it should be; not more than once in two seconds where that brings nothing new,
    /// so that a damaged vault can still be read.
    func refreshAfterMiss(from store: any ObjectStore) async throws(VaultError) {
        try await turn.run { () throws(VaultError) in
            let before = state.withLock { ($0.view, $0.lastVainRefresh) }
            if let last = before.1, ContinuousClock.now - last < .seconds(2) { return }
            try await bringUpToDate(from: store)
            state.withLock { state in
                let isNew =
                    !before.0.tables.elementsEqual(state.view.tables, by: ===) || before.0.present != state.view.present
                state.lastVainRefresh = isNew ? nil : .now
            }
        }
    }

    private func bringUpToDate(from store: any ObjectStore) async throws(VaultError) {
        if tables.isEmpty { loadCached() }
        dropDamaged()
        let before = tables
        var stale: [IndexTable] = []
        var fetched: [IndexTable] = []
        var damage: [VaultError] = []
        // A segment that goes while it is to be read was merged into another, which the next list names.
        for attempt in 0..<5 {
            var listed: Set<ULID> = []
            do throws(StoreError) {
                try await store.each(IndexSegment.prefix) { facts in
                    if let id = ULID(String(facts.key.text.dropFirst(IndexSegment.prefix.count))) { listed.insert(id) }
                }
            } catch { throw VaultError(error) }
            // A table with a segment that is gone may name chunks that are gone: its living segments are fetched anew.
            stale = before.filter { !listed.isSuperset(of: $0.segments) }
            fetched.removeAll { !listed.isSuperset(of: $0.segments) }
            damage = []
            var isWhole = true
            let kept = before.filter { table in !stale.contains { $0 === table } }
            for segment in listed.subtracting((kept + fetched).flatMap(\.segments)).sorted() {
                do throws(VaultError) {
                    if let table = try await fetch(segment, from: store) { fetched.append(table) } else { isWhole = false }
                } catch {
                    guard error.code == .damaged else { throw error }
                    damage.append(error)
                }
            }
            if isWhole || attempt == 4 { break }
        }
        for table in stale { cache.remove(CachedTable.fileName(table.segments)) }
        let known = before.filter { table in !stale.contains { $0 === table } } + fetched
        let present = try await packsInStore(store, of: known)
        state.withLock { state in
            // What this process has written meanwhile is newer than the lists.
            let written = state.view.tables.filter { table in
                !before.contains { $0 === table } && !fetched.contains { $0.segments == table.segments }
            }
            let isSame = stale.isEmpty && fetched.isEmpty
            state.view = View(tables: known + written, present: present.union(written.flatMap { $0.packs.map(\.id) }))
            state.damage = damage
            if !isSame { state.recovered = nil }
        }
        compact()
    }

    /// The packs of these tables that the store lists with the size that the tables name.
    private func packsInStore(_ store: any ObjectStore, of tables: [IndexTable]) async throws(VaultError) -> Set<PackID> {
        var sizes: [PackID: Int] = [:]
        for table in tables {
            for pack in table.packs { sizes[pack.id] = pack.size }
        }
        var present: Set<PackID> = []
        do throws(StoreError) {
            try await store.each(PackLayout.prefix) { facts in
                if let pack = PackLayout.pack(of: facts.key.text), sizes[pack] == facts.size { present.insert(pack) }
            }
        } catch { throw VaultError(error) }
        return present
    }

    /// Nil where the segment is not there any more.
    private func fetch(_ segment: ULID, from store: any ObjectStore) async throws(VaultError) -> IndexTable? {
        let name = IndexSegment.objectName(segment)
        guard let key = ObjectKey(name) else { preconditionFailure("a ULID makes a valid key") }
        let bytes: [UInt8]
        do throws(StoreError) {
            bytes = try await store.get(key)
        } catch {
            if error.code == .missing { return nil }
            throw VaultError(error)
        }
        guard let table = IndexSegment.open(bytes, segment: segment, vault: vault, indexKey: indexKey),
            let loaded = cached(table, segments: [segment])
        else { throw .damaged(name, "its contents are not what was written.") }
        return loaded
    }

    /// Adds the table of a segment that this process has just written, and whose packs it has.
    func add(_ table: [UInt8], segments: [ULID]) {
        guard let loaded = cached(table, segments: segments) else { preconditionFailure("our own tables are sound") }
        state.withLock { state in
            // A refresh may have found the same.
            let others = state.view.tables.filter { $0.segments != segments }
            state.view = View(tables: others + [loaded], present: state.view.present.union(loaded.packs.map(\.id)))
        }
    }

    /// A table by way of the cache; kept in memory where that cannot be written: a full disk here must not keep a vault elsewhere
    /// from being used. Nil where it is no sound table.
    private func cached(_ table: [UInt8], segments: [ULID]) -> IndexTable? {
        guard let bytes = CachedTable.encode(table, segments: segments) else { return nil }
        let name = CachedTable.fileName(segments)
        let mapped = (cache.write(name, [bytes]) ? MappedFile(cache.path(name)) : nil) ?? MappedFile(copying: bytes)
        return CachedTable.load(mapped, isNew: true)
    }

    // MARK: - Packs that no segment names

    /// Reads the footers of packs that no segment names, so that a lost or damaged segment hides no chunk. Packs whose footer
    /// cannot be read are passed over.
    func recover(from store: any ObjectStore) async throws(VaultError) {
        guard state.withLock({ $0.recovered == nil }) else { return }
        let known = packs
        var unnamed: [(id: PackID, size: Int)] = []
        var found: [(pack: IndexSegment.Pack, chunks: [PackFooter.Chunk])] = []
        do throws(StoreError) {
            try await store.each(PackLayout.prefix) { facts in
                if let pack = PackLayout.pack(of: facts.key.text), known[pack] == nil { unnamed.append((pack, facts.size)) }
            }
            let layout = PackLayout(vault: vault, indexKey: indexKey, packBytes: 0)
            for pack in unnamed {
                guard let footer = try await PackFooter.read(pack.id, size: pack.size, from: store, layout: layout) else {
                    continue
                }
                found.append((.init(id: pack.id, size: pack.size, kind: footer.kind), footer.chunks))
            }
        } catch { throw VaultError(error) }
        let recovered = IndexTable(IndexSegment.table(of: found), segments: [])
        state.withLock { $0.recovered = recovered }
    }

    // MARK: - The local cache

    private func loadCached() {
        var loaded: [IndexTable] = []
        for file in cache.names(in: "index") where !LocalCache.isUnfinished(file) {
            if let mapped = MappedFile(cache.path("index/" + file)), let table = CachedTable.load(mapped, isNew: false) {
                loaded.append(table)
            } else {
                cache.remove("index/" + file)
            }
        }
        let tables = dropCovered(loaded)
        state.withLock { if $0.view.tables.isEmpty { $0.view = View(tables: tables, present: []) } }
    }

    /// A crash between writing a merged table and removing its parts leaves both, and so may two processes that merge at once.
    private func dropCovered(_ tables: [IndexTable]) -> [IndexTable] {
        var kept: [IndexTable] = []
        for table in tables.sorted(by: { $0.segments.count > $1.segments.count }) {
            if kept.contains(where: { Set($0.segments).isSuperset(of: table.segments) }) {
                cache.remove(CachedTable.fileName(table.segments))
            } else {
                kept.append(table)
            }
        }
        return kept
    }

    /// Forgets cached tables of which a part has turned out not to be what was written; their segments are fetched anew.
    private func dropDamaged() {
        state.withLock { state in
            let damaged = state.view.tables.filter(\.isDamaged)
            guard !damaged.isEmpty else { return }
            for table in damaged { cache.remove(CachedTable.fileName(table.segments)) }
            state.view = View(tables: state.view.tables.filter { !$0.isDamaged }, present: state.view.present)
        }
    }

    /// Merges tables of like size until at most four of each size are left.
    private func compact() {
        while let group = groupToMerge() {
            var segments: [ULID] = []
            var seen: Set<ULID> = []
            for segment in group.flatMap(\.segments) where seen.insert(segment).inserted { segments.append(segment) }
            guard let merged = CachedTable.merge(group, segments: segments, in: cache) else { return }
            state.withLock { state in
                let others = state.view.tables.filter { table in !group.contains { $0 === table } }
                state.view = View(tables: others + [merged], present: state.view.present)
            }
            for table in group { cache.remove(CachedTable.fileName(table.segments)) }
        }
    }

    private func groupToMerge() -> [IndexTable]? {
        let bySize = Dictionary(grouping: tables) { table in
            // Sizes are alike within a factor of four.
            (Int.bitWidth - max(1, table.recordCount / 1024).leadingZeroBitCount) / 2
        }
        return bySize.values.first { $0.count > 4 }
    }
}
