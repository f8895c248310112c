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

    private struct State {
        var tables: [IndexTable] = []
        /// Packs that a table names and the store has not, or not with that size. What lies in them is unknown to a writer, so
        /// that the next backup stores it again instead of relying on it.
        var lost: Set<PackID> = []
        /// What is wrong with the segments that could not be read.
        var damage: [VaultError] = []
        /// The chunks of packs that no segment names, once they were looked for.
        var recovered: IndexTable?
    }

    init(cache: LocalCache, vault: VaultID, indexKey: [UInt8]) {
        self.cache = cache
        self.vault = vault
        self.indexKey = indexKey
    }

    /// Where a chunk lies that a writer need not store again: in a pack that is there.
    func find(_ id: ChunkID) -> ChunkPlace? {
        let (tables, lost) = state.withLock { ($0.tables, $0.lost) }
        for table in tables {
            if lost.isEmpty {
                if let place = table.find(id) { return place }
            } else if let place = table.places(of: id).first(where: { !lost.contains($0.pack) }) {
                return place
            }
        }
        return nil
    }

    /// Every place of a chunk (I13), those in packs that are there first; a pack that was cut short may still hold it.
    func places(of id: ChunkID) -> [ChunkPlace] {
        let (tables, lost) = state.withLock { ($0.tables + [$0.recovered].compactMap { $0 }, $0.lost) }
        let all = tables.flatMap { $0.places(of: id) }
        guard all.count > 1 else { return all }
        return all.filter { !lost.contains($0.pack) } + all.filter { lost.contains($0.pack) }
    }

    /// What is wrong with the first of the segments that could not be read.
    var damage: VaultError? { state.withLock { $0.damage.first } }

    /// Every pack that a segment names, once, with its size.
    var packs: [PackID: IndexSegment.Pack] {
        var found: [PackID: IndexSegment.Pack] = [:]
        for table in state.withLock({ $0.tables }) {
            for pack in table.packs { found[pack.id] = pack }
        }
        return found
    }

    var recordCount: Int { state.withLock { $0.tables.reduce(0) { $0 + $1.recordCount } } }

    // MARK: - Bringing it up to date

    /// Fetches what the store has and the cache has not; forgets what the store has no more.
    ///
    /// A damaged segment is no reason to stop: a writer stores again what it does not know, and a reader finds the chunks through
    /// their packs (`recover`). `check` reports it.
    func refresh(from store: any ObjectStore) async throws(VaultError) {
        var listed: Set<ULID> = []
        do throws(StoreError) {
            try await store.each(IndexSegment.prefix) { facts in
                if let id = ULID(String(facts.key.text.dropFirst(IndexSegment.prefix.count))) { listed.insert(id) }
            }
        } catch { throw VaultError(error) }
        if state.withLock({ $0.tables.isEmpty }) { loadCached() }
        // A table with a segment that is gone may name chunks that are gone: its living segments are fetched anew.
        let before = state.withLock { $0.tables }
        state.withLock { state in
            state.tables.removeAll { table in
                let isStale = !listed.isSuperset(of: table.segments)
                if isStale { cache.remove(CachedTable.fileName(table.segments)) }
                return isStale
            }
        }
        let known = Set(state.withLock { $0.tables.flatMap(\.segments) })
        var damage: [VaultError] = []
        for segment in listed.subtracting(known).sorted() {
            do throws(VaultError) {
                try await fetch(segment, from: store)
            } catch {
                guard error.code == .damaged else { throw error }
                damage.append(error)
            }
        }
        state.withLock { state in
            state.damage = damage
            if !before.elementsEqual(state.tables, by: ===) { state.recovered = nil }
        }
        compact()
        try await findLost(in: store)
    }

    private func findLost(in store: any ObjectStore) async throws(VaultError) {
        var missing = packs
        do throws(StoreError) {
            try await store.each(PackLayout.prefix) { facts in
                if let pack = PackLayout.pack(of: facts.key.text), missing[pack]?.size == facts.size { missing[pack] = nil }
            }
        } catch { throw VaultError(error) }
        state.withLock { $0.lost = Set(missing.keys) }
    }

    private func fetch(_ segment: ULID, from store: any ObjectStore) async throws(VaultError) {
        let name = IndexSegment.objectName(segment)
        guard let key = ObjectKey(name) else { preconditionFailure("a ULID makes a valid key") }
        let bytes: [UInt8]
        do throws(StoreError) {
            bytes = try await store.get(key)
        } catch {
            if error.code == .missing { return }  // merged into another since it was listed
            throw VaultError(error)
        }
        guard let table = IndexSegment.open(bytes, segment: segment, vault: vault, indexKey: indexKey),
            add(table, segments: [segment])
        else { throw .damaged(name, "its contents are not what was written.") }
    }

    /// Adds a table that was just fetched or written. False where it is no sound table.
    ///
    /// It is kept in memory where the cache cannot be written: a full disk here must not keep a vault elsewhere from being used.
    @discardableResult
    func add(_ table: [UInt8], segments: [ULID]) -> Bool {
        let name = CachedTable.fileName(segments)
        let head = CachedTable.head(table, segments: segments)
        let mapped = (cache.write(name, [head, table]) ? MappedFile(cache.path(name)) : nil) ?? MappedFile(copying: head + table)
        guard let loaded = CachedTable.load(mapped, isNew: true) else {
            cache.remove(name)
            return false
        }
        state.withLock { state in
            // Another refresh may have added the same.
            state.tables.removeAll { $0.segments == segments }
            state.tables.append(loaded)
        }
        return true
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
        let table = MappedFile(copying: IndexSegment.table(of: found))
        let recovered = IndexTable(table, offset: 0, segments: [])
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
        state.withLock { if $0.tables.isEmpty { $0.tables = tables } }
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

    /// Merges tables of like size until at most four of each size are left.
    private func compact() {
        while let group = groupToMerge() {
            var segments: [ULID] = []
            for segment in group.flatMap(\.segments) where !segments.contains(segment) { segments.append(segment) }
            guard add(IndexTable.merge(group), segments: segments) else { return }
            state.withLock { state in state.tables.removeAll { table in group.contains { $0 === table } } }
            for table in group { cache.remove(CachedTable.fileName(table.segments)) }
        }
    }

    private func groupToMerge() -> [IndexTable]? {
        let bySize = Dictionary(grouping: state.withLock { $0.tables }) { table in
            // Sizes are alike within a factor of four.
            (Int.bitWidth - max(1, table.recordCount / 1024).leadingZeroBitCount) / 2
        }
        return bySize.values.first { $0.count > 4 }
    }
}
