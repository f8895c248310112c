import Foundation
import Language
import ObjectStore
import Synchronization

/// Where every chunk of the vault lies: the tables of all segments, mapped from the local cache and brought up to date from the store.
///
/// Small tables are merged into larger ones in the cache, four of a size into one of the next, so that a look-up asks few tables however
/// many segments the vault has. Memory is the mapped pages in use and the list of packs.
final class ChunkIndex: Sendable {
    private let cache: LocalCache
    private let vault: VaultID
    private let indexKey: [UInt8]
    private let tables = Mutex<[IndexTable]>([])
    /// Packs that a table names and the store has not, or not with that size. What lies in them is unknown to every look-up, so that the next backup
    /// stores it again instead of relying on it.
    private let lost = Mutex<Set<PackID>>([])

    /// Cached tables start with: "RPRSTAB1" (8) ‖ number of segments (4) ‖ their ids (16 each).
    private static let cacheMagic = Array("RPRSTAB1".utf8)

    init(cache: LocalCache, vault: VaultID, indexKey: [UInt8]) {
        self.cache = cache
        self.vault = vault
        self.indexKey = indexKey
    }

    func find(_ id: ChunkID) -> ChunkPlace? {
        let tables = tables.withLock { $0 }
        let lost = lost.withLock { $0 }
        for table in tables {
            if let place = table.find(id), lost.isEmpty || !lost.contains(place.pack) { return place }
        }
        return nil
    }

    /// Every pack that a segment names, once, with its size.
    var packs: [PackID: IndexSegment.Pack] {
        var found: [PackID: IndexSegment.Pack] = [:]
        for table in tables.withLock({ $0 }) {
            for pack in table.packs { found[pack.id] = pack }
        }
        return found
    }

    var recordCount: Int { tables.withLock { $0.reduce(0) { $0 + $1.recordCount } } }

    /// Fetches what the store has and the cache has not; forgets what the store has no more. Fails with `.damaged` naming the segment.
    func refresh(from store: any ObjectStore) async throws(VaultError) {
        var listed: Set<ULID> = []
        do throws(StoreError) {
            try await store.each(IndexSegment.prefix) { facts in
                if let id = ULID(String(facts.key.text.dropFirst(IndexSegment.prefix.count))) { listed.insert(id) }
            }
        } catch { throw VaultError(error) }
        if tables.withLock({ $0.isEmpty }) { loadCached() }
        // A table with a segment that is gone may name chunks that are gone: its living segments are fetched anew.
        tables.withLock { tables in
            tables.removeAll { table in
                let isStale = !listed.isSuperset(of: table.segments)
                if isStale { cache.remove(Self.fileName(table.segments)) }
                return isStale
            }
        }
        let known = Set(tables.withLock { $0.flatMap(\.segments) })
        for segment in listed.subtracting(known).sorted() { try await fetch(segment, from: store) }
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
        lost.withLock { $0 = Set(missing.keys) }
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
        guard let table = IndexSegment.open(bytes, segment: segment, vault: vault, indexKey: indexKey) else {
            throw .damaged(name, "its contents are not what was written.")
        }
        try add(table, segments: [segment])
    }

    /// Adds a table that was just fetched or written.
    func add(_ table: [UInt8], segments: [ULID]) throws(VaultError) {
        let name = Self.fileName(segments)
        var header = Self.cacheMagic
        header.append(little: UInt32(segments.count))
        for segment in segments { header += segment.bytes }
        guard cache.write(name, [header, table]), let loaded = load(name) else {
            throw VaultError(
                .store, "The cache folder \(cache.folder) cannot be written.",
                hint: "Free some space there, or set REPRISE_CACHE to another folder.")
        }
        tables.withLock { $0.append(loaded) }
    }

    private static func fileName(_ segments: [ULID]) -> String {
        guard segments.count != 1 else { return "index/" + segments[0].text }
        return "index/m-" + Digest(sha256: segments.flatMap(\.bytes)).description.prefix(32)
    }

    private func loadCached() {
        for file in cache.names(in: "index") {
            guard let table = load("index/" + file) else {
                cache.remove("index/" + file)
                continue
            }
            tables.withLock { $0.append(table) }
        }
        dropCovered()
    }

    private func load(_ name: String) -> IndexTable? {
        guard let mapped = MappedFile(cache.path(name)), mapped.bytes.count >= 12 else { return nil }
        guard mapped.bytes.prefix(8).elementsEqual(Self.cacheMagic) else { return nil }
        let count = Int(UInt32(littleEndian: mapped.bytes.loadUnaligned(fromByteOffset: 8, as: UInt32.self)))
        guard mapped.bytes.count >= 12 + count * ULID.width else { return nil }
        let segments = (0..<count).compactMap { ULID(bytes: Array(mapped.bytes[(12 + $0 * 16)..<(28 + $0 * 16)])) }
        return IndexTable(mapped, offset: 12 + count * ULID.width, segments: segments)
    }

    /// A crash between writing a merged table and removing its parts leaves both.
    private func dropCovered() {
        tables.withLock { tables in
            let merged = tables.filter { $0.segments.count > 1 }
            let covered = Set(merged.flatMap(\.segments))
            tables.removeAll { table in
                guard table.segments.count == 1, covered.contains(table.segments[0]) else { return false }
                cache.remove(Self.fileName(table.segments))
                return true
            }
        }
    }

    /// Merges tables of like size until at most four of each size are left.
    private func compact() {
        while let group = groupToMerge() {
            let segments = group.flatMap(\.segments)
            guard (try? add(Self.merge(group), segments: segments)) != nil else { return }
            tables.withLock { tables in tables.removeAll { table in group.contains { $0 === table } } }
            for table in group { cache.remove(Self.fileName(table.segments)) }
        }
    }

    private func groupToMerge() -> [IndexTable]? {
        let bySize = Dictionary(grouping: tables.withLock { $0 }) { table in
            // Sizes are alike within a factor of four.
            (Int.bitWidth - max(1, table.recordCount / 1024).leadingZeroBitCount) / 2
        }
        return bySize.values.first { $0.count > 4 }
    }

    private static func merge(_ group: [IndexTable]) -> [UInt8] {
        var packs: [IndexSegment.Pack] = []
        var ordinals: [PackID: UInt32] = [:]
        for table in group {
            for pack in table.packs where ordinals[pack.id] == nil {
                ordinals[pack.id] = UInt32(packs.count)
                packs.append(pack)
            }
        }
        var records: [UInt8] = []
        records.reserveCapacity(group.reduce(0) { $0 + $1.recordCount } * IndexSegment.recordWidth)
        var positions = [Int](repeating: 0, count: group.count)
        var count = 0
        while true {
            var least: (id: ChunkID, table: Int)?
            for (number, table) in group.enumerated() where positions[number] < table.recordCount {
                let id = table.id(at: positions[number])
                if least == nil || id < least!.id { least = (id, number) }
            }
            guard let least else { break }
            if let place = group[least.table].place(at: positions[least.table]), let ordinal = ordinals[place.pack] {
                records += least.id.bytes
                records.append(little: ordinal)
                records.append(little: UInt32(place.offset))
                records.append(little: UInt32(place.storedSize))
                records.append(little: UInt32(place.plainSize))
                count += 1
            }
            positions[least.table] += 1
        }
        var bytes: [UInt8] = []
        bytes.append(little: UInt32(packs.count))
        bytes.append(little: UInt32(count))
        for pack in packs { IndexSegment.append(pack, to: &bytes) }
        return bytes + records
    }
}
