import Foundation
import Language
import ObjectStore
import Synchronization

/// Where every chunk of the vault lies: the tables of all segments, mapped from the local cache and brought up to date from the
/// store.
///
/// Tables are merged in the cache so that each is several times as long as all shorter ones together: a look-up asks few tables
/// however many segments the vault has (six for 100 million chunks), and a backup that adds a little rewrites a little. Memory is
/// the mapped pages in use and a byte for each pack.
final class ChunkIndex: Sendable {
    private let cache: LocalCache
    private let vault: VaultID
    private let indexKey: [UInt8]
    private let state = Mutex(State())
    /// One refresh after another: what a later one found is never replaced by what an earlier one saw.
    private let turn = OneAtATime()

    /// What is known at one moment; a look-up sees one of these as a whole.
    private final class View: Sendable {
        /// The longest first, where most of what is looked for is found. A writer relies on no pack that is not present: what
        /// lies there is stored again.
        let tables: [PresentTable]

        init(_ tables: [PresentTable]) {
            self.tables = tables.sorted { $0.table.recordCount > $1.table.recordCount }
        }
    }

    private struct State {
        var view = View([])
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
            if let place = table.find(id, avoiding: avoided) { return place }
        }
        return nil
    }

    /// Every place of a chunk (I13), those in packs that are there first; a pack that was cut short may still hold it.
    func places(of id: ChunkID) -> [ChunkPlace] {
        let (view, recovered) = state.withLock { ($0.view, $0.recovered) }
        var present: [ChunkPlace] = []
        var others: [ChunkPlace] = []
        for known in view.tables {
            for index in known.table.positions(of: id) {
                guard let place = known.table.place(at: index) else { continue }
                let isPresent = known.table.packOrdinal(at: index).map(known.isPresent) ?? false
                if isPresent { present.append(place) } else { others.append(place) }
            }
        }
        return present + others + (recovered?.places(of: id) ?? [])
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
    var present: Set<PackID> {
        var found: Set<PackID> = []
        for known in state.withLock(\.view).tables {
            for ordinal in known.table.packs.indices where known.isPresent(ordinal) {
                found.insert(known.table.packs.id(ordinal))
            }
        }
        return found
    }

    var tables: [IndexTable] { state.withLock(\.view).tables.map(\.table) }

    /// How many packs the segments name.
    var packCount: Int { tables.reduce(0) { $0 + $1.packs.count } }

    var recordCount: Int { tables.reduce(0) { $0 + $1.recordCount } }

    // MARK: - Bringing it up to date

    /// Fetches what the store has and the cache has not; forgets what the store has no more. Segments first, then packs: every
    /// pack of `present` was in the store after this was called.
    ///
    /// A damaged segment is no reason to stop: a writer stores again what it does not know, and a reader finds the chunks through
    /// their packs (`recover`). `check` reports it.
    ///
    /// - Parameter looksForPacks: false for who only reads, to whom a missing pack shows when it is asked for: their list grows
    ///   with the vault. What is known of packs stays as it was, and no writer relies on new ones.
    func refresh(from store: any ObjectStore, looksForPacks: Bool = true) async throws(VaultError) {
        try await turn.run { () throws(VaultError) in try await bringUpToDate(from: store, looksForPacks: looksForPacks) }
    }

    /// As `refresh`, for a chunk that is not where it should be; not more than once in two seconds where that brings nothing new,
    /// so that a damaged vault can still be read.
    func refreshAfterMiss(from store: any ObjectStore) async throws(VaultError) {
        try await turn.run { () throws(VaultError) in
            let before = state.withLock { ($0.view, $0.lastVainRefresh) }
            if let last = before.1, ContinuousClock.now - last < .seconds(2) { return }
            try await bringUpToDate(from: store, looksForPacks: true)
            state.withLock { state in
                let isNew = !before.0.tables.elementsEqual(state.view.tables) {
                    $0.table === $1.table && $0.presence == $1.presence
                }
                state.lastVainRefresh = isNew ? nil : .now
            }
        }
    }

    private func bringUpToDate(from store: any ObjectStore, looksForPacks: Bool) async throws(VaultError) {
        if tables.isEmpty { loadCached() }
        dropDamaged()
        let before = tables
        var stale: [IndexTable] = []
        var fetched: [IndexTable] = []
        var damage: [VaultError] = []
        // A segment that goes while it is to be read was merged into another, which the next list names.
        for attempt in 0..<5 {
            var listed: [ULID: Int] = [:]
            do throws(StoreError) {
                try await store.each(IndexSegment.prefix) { facts in
                    if let id = ULID(facts.key.text.dropFirst(IndexSegment.prefix.count)) { listed[id] = facts.size }
                }
            } catch { throw VaultError(error) }
            // A table with a segment that is gone may name chunks that are gone.
            let newlyStale = before.filter { table in
                !stale.contains { $0 === table } && !table.segments.allSatisfy { listed[$0] != nil }
            }
            stale += newlyStale
            fetched = cutDown(fetched + newlyStale, to: listed)
            let kept = before.filter { table in !stale.contains { $0 === table } }
            let known = Set((kept + fetched).flatMap(\.segments))
            let missing = listed.filter { !known.contains($0.key) }.sorted { $0.key < $1.key }
            let result = try await fetch(missing.map { (id: $0.key, size: $0.value) }, from: store)
            fetched += result.tables
            damage = result.damage
            if result.isWhole || attempt == 4 { break }
        }
        for table in stale { cache.remove(CachedTable.fileName(table.segments)) }
        let known = before.filter { table in !stale.contains { $0 === table } } + fetched
        let present = looksForPacks ? try await presence(in: store, of: known) : presenceBefore(of: known)
        state.withLock { state in
            // What this process has written meanwhile is newer than the lists.
            let written = state.view.tables.filter { other in
                !before.contains { $0 === other.table } && !fetched.contains { $0.segments == other.table.segments }
            }
            let isSame = stale.isEmpty && fetched.isEmpty
            state.view = View(zip(known, present).map { PresentTable($0, presence: $1) } + written)
            state.damage = damage
            if !isSame { state.recovered = nil }
        }
        compact()
    }

    /// These tables without what the segments say that are not listed; what cannot be written anew is left out, and its segments
    /// are fetched.
    private func cutDown(_ tables: [IndexTable], to listed: [ULID: Int]) -> [IndexTable] {
        tables.compactMap { table in
            if table.segments.allSatisfy({ listed[$0] != nil }) { return table }
            return CachedTable.merge([table], in: cache) { listed[$0] != nil }
        }
    }

    /// For each table, which of its packs the store lists with the size that the table names.
    private func presence(in store: any ObjectStore, of tables: [IndexTable]) async throws(VaultError) -> [[Bool]] {
        let finder = PackFinder(tables)
        var presence = tables.map { [Bool](repeating: false, count: $0.packs.count) }
        // The first backup of a vault asks about none.
        guard presence.contains(where: { !$0.isEmpty }) else { return presence }
        do throws(StoreError) {
            try await store.eachPack { facts in
                guard let pack = PackLayout.pack(of: facts.key.text) else { return }
                finder.each(pack) { table, ordinal in
                    if tables[table].packs.size(ordinal) == facts.size { presence[table][ordinal] = true }
                }
            }
        } catch { throw VaultError(error) }
        return presence
    }

    private func presenceBefore(of tables: [IndexTable]) -> [[Bool]] {
        let view = state.withLock(\.view)
        return tables.map { table in
            view.tables.first { $0.table === table }?.presence ?? [Bool](repeating: false, count: table.packs.count)
        }
    }

    /// Bytes of segments that are read, opened and merged together.
    private static let fetchedAtOnce = 32 << 20

    /// Reads segments, many at once, and merges them as they come: a vault may have thousands of small ones. A segment that is
    /// not there any more makes the result not whole.
    private func fetch(
        _ segments: [(id: ULID, size: Int)], from store: any ObjectStore
    ) async throws(VaultError) -> (tables: [IndexTable], damage: [VaultError], isWhole: Bool) {
        var tables: [IndexTable] = []
        var damage: [VaultError] = []
        var isWhole = true
        var rest = segments[...]
        while !rest.isEmpty {
            var bytes = 0
            let group = rest.prefix { segment in
                defer { bytes += segment.size }
                return bytes < Self.fetchedAtOnce
            }
            rest = rest.dropFirst(group.count)
            typealias Fetched = (table: IndexTable?, damage: VaultError?)
            let found = try await concurrently(group.map(\.id), atMost: requestsAtOnce) {
                [self] id throws(VaultError) -> Fetched in
                do throws(VaultError) {
                    return (try await fetch(id, from: store), nil)
                } catch {
                    guard error.code == .damaged else { throw error }
                    return (nil, error)
                }
            }
            for one in found where one.table == nil {
                if let problem = one.damage { damage.append(problem) } else { isWhole = false }
            }
            tables += cached(found.compactMap(\.table))
        }
        return (tables, damage, isWhole)
    }

    /// The table of a segment, in memory; nil where it is not there any more.
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
        guard let plain = IndexSegment.open(bytes, segment: segment, vault: vault, indexKey: indexKey),
            let table = IndexTable(plain, segments: [segment])
        else { throw .damaged(name, "its contents are not what was written.") }
        return table
    }

    /// Adds the table of a segment that this process has just written, and whose packs it has.
    func add(_ table: [UInt8], segments: [ULID]) {
        guard let written = IndexTable(table, segments: segments) else { preconditionFailure("our own tables are sound") }
        let loaded = cached([written])
        state.withLock { state in
            // A refresh may have found the same.
            let others = state.view.tables.filter { $0.table.segments != segments }
            state.view = View(others + loaded.map { PresentTable(complete: $0) })
        }
    }

    /// Tables in memory as one in the cache; as they are where that cannot be written: a full disk here must not keep a vault
    /// elsewhere from being used.
    private func cached(_ tables: [IndexTable]) -> [IndexTable] {
        guard !tables.isEmpty, let merged = CachedTable.merge(tables, in: cache) else { return tables }
        return [merged]
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
            try await store.eachPack { facts in
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
        let absent = tables.map { PresentTable($0, presence: Array(repeating: false, count: $0.packs.count)) }
        state.withLock { if $0.view.tables.isEmpty { $0.view = View(absent) } }
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
            let damaged = state.view.tables.filter(\.table.isDamaged)
            guard !damaged.isEmpty else { return }
            for known in damaged { cache.remove(CachedTable.fileName(known.table.segments)) }
            state.view = View(state.view.tables.filter { !$0.table.isDamaged })
        }
    }

    /// Merges the shorter tables until each is several times as long as all shorter ones together.
    private func compact() {
        while let group = groupToMerge() {
            guard let merged = CachedTable.merge(group.map(\.table), in: cache) else { return }
            state.withLock { state in
                let others = state.view.tables.filter { other in !group.contains { $0.table === other.table } }
                state.view = View(others + [PresentTable(merged, presence: group.flatMap(\.presence))])
            }
            for known in group { cache.remove(CachedTable.fileName(known.table.segments)) }
        }
    }

    /// A table is at least so many times as long as all shorter ones together.
    private static let growth = 4
    /// Records that are rewritten without a thought: a megabyte.
    private static let few = 4096

    private func groupToMerge() -> [PresentTable]? {
        let shortestFirst = state.withLock(\.view).tables.reversed()
        var sum = 0
        var count = 0
        for (number, known) in shortestFirst.enumerated() {
            if known.table.recordCount < Self.growth * max(sum, Self.few) { count = number + 1 }
            sum += known.table.recordCount
        }
        return count > 1 ? Array(shortestFirst.prefix(count)) : nil
    }
}
