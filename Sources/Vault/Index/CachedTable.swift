import Crypto
import Foundation

/// A table as it rests in the local cache:
///
///     "RPRSTAB3" (8) ‖ SHA-256 of the rest of the head (32)
///     number of segments (4) ‖ of packs (4) ‖ of records (4) ‖ ids of the segments (16 each) ‖ packs (40 each)
///     for each block of 1024 records the first 16 bytes of its SHA-256                      up to here: the head
///     the records (48 each)
///
/// The head is verified when the table is opened, a block of records when it is first looked into (I14): a table that claims
/// segments it does not hold would hide chunks, and one whose records have changed would send a restore to the wrong bytes. So a
/// table of any length is opened at once; memory is for its packs and 17 bytes for 1024 chunks.
enum CachedTable {
    private static let magic = Array("RPRSTAB3".utf8)
    private static let bodyOffset = 40
    private static let fixedWidth = bodyOffset + 12
    static let sumWidth = 16

    static func fileName(_ segments: [ULID]) -> String {
        guard segments.count != 1 else { return "index/" + segments[0].text }
        return "index/m-" + Digest(sha256: segments.flatMap(\.bytes)).description.prefix(32)
    }

    /// Writes what `group` holds together into one table, in memory for a block. Nil where the cache cannot be written, or one of
    /// the tables is not what was written.
    static func merge(_ group: [IndexTable], segments: [ULID], in cache: LocalCache) -> IndexTable? {
        var packs: [IndexSegment.Pack] = []
        var ordinals: [PackID: UInt32] = [:]
        let mapping = group.map { table in
            table.packs.map { pack -> UInt32 in
                if let known = ordinals[pack.id] { return known }
                ordinals[pack.id] = UInt32(packs.count)
                packs.append(pack)
                return UInt32(packs.count - 1)
            }
        }
        let count = group.reduce(0) { $0 + $1.recordCount }
        let name = fileName(segments)
        guard var file = CacheFile(name, in: cache) else { return nil }
        var head: [UInt8] = []
        head.append(little: UInt32(segments.count))
        head.append(little: UInt32(packs.count))
        head.append(little: UInt32(count))
        for segment in segments { head += segment.bytes }
        for pack in packs { IndexSegment.append(pack, to: &head) }
        let blocks = (count + IndexTable.blockRecords - 1) / IndexTable.blockRecords
        file.append(magic)
        file.append([UInt8](repeating: 0, count: 32))
        file.append(head)
        let sumsOffset = fixedWidth + segments.count * ULID.width + packs.count * IndexSegment.packWidth
        file.append([UInt8](repeating: 0, count: blocks * sumWidth))
        var sums: [UInt8] = []
        var block: [UInt8] = []
        block.reserveCapacity(IndexTable.blockRecords * IndexSegment.recordWidth)
        var records = MergedRecords(group)
        while let record = records.next() {
            group[record.table].appendRecord(record.index, ordinals: mapping[record.table], to: &block)
            guard block.count == IndexTable.blockRecords * IndexSegment.recordWidth else { continue }
            sums += SHA256.hash(data: block).prefix(sumWidth)
            file.append(block)
            block.removeAll(keepingCapacity: true)
        }
        if !block.isEmpty {
            sums += SHA256.hash(data: block).prefix(sumWidth)
            file.append(block)
        }
        guard !group.contains(where: \.isDamaged), sums.count == blocks * sumWidth else { return nil }
        if !sums.isEmpty { file.overwrite(sums, at: sumsOffset) }
        file.overwrite(Array(SHA256.hash(data: head + sums)), at: magic.count)
        guard file.finish(), let mapped = MappedFile(cache.path(name)) else { return nil }
        return load(mapped, isNew: true)
    }

    /// The file's bytes for one segment's table (`IndexSegment`), which is in memory already. Nil where it is no sound table.
    static func encode(_ table: [UInt8], segments: [ULID]) -> [UInt8]? {
        guard let packs = IndexSegment.packs(of: table) else { return nil }
        let packsEnd = 8 + packs.count * IndexSegment.packWidth
        let count = (table.count - packsEnd) / IndexSegment.recordWidth
        var head: [UInt8] = []
        head.append(little: UInt32(segments.count))
        head.append(little: UInt32(packs.count))
        head.append(little: UInt32(count))
        for segment in segments { head += segment.bytes }
        head += table[8..<packsEnd]
        let blockWidth = IndexTable.blockRecords * IndexSegment.recordWidth
        for start in stride(from: packsEnd, to: table.count, by: blockWidth) {
            head += SHA256.hash(data: table[start..<min(start + blockWidth, table.count)]).prefix(sumWidth)
        }
        return magic + Array(SHA256.hash(data: head)) + head + table[packsEnd...]
    }

    /// Nil where the head is not what was written, or the file has another length than it says.
    ///
    /// - Parameter isNew: this process has just written it.
    static func load(_ mapped: MappedFile, isNew: Bool) -> IndexTable? {
        let bytes = mapped.bytes
        guard bytes.count >= fixedWidth, bytes.prefix(8).elementsEqual(magic) else { return nil }
        func number(_ at: Int) -> Int { Int(UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: at, as: UInt32.self))) }
        let segmentCount = number(bodyOffset)
        let packCount = number(bodyOffset + 4)
        let recordCount = number(bodyOffset + 8)
        let packsOffset = fixedWidth + segmentCount * ULID.width
        let sumsOffset = packsOffset + packCount * IndexSegment.packWidth
        let blocks = (recordCount + IndexTable.blockRecords - 1) / IndexTable.blockRecords
        let recordsOffset = sumsOffset + blocks * sumWidth
        guard bytes.count == recordsOffset + recordCount * IndexSegment.recordWidth else { return nil }
        let sum = SHA256.hash(data: UnsafeRawBufferPointer(rebasing: bytes[bodyOffset..<recordsOffset]))
        guard sum.elementsEqual(bytes[8..<bodyOffset]) else { return nil }
        let segments = stride(from: fixedWidth, to: packsOffset, by: ULID.width).compactMap {
            ULID(bytes: Array(bytes[$0..<$0 + ULID.width]))
        }
        return IndexTable(
            mapped, packsOffset: packsOffset, packCount: packCount, recordsOffset: recordsOffset, recordCount: recordCount,
            sumsOffset: isNew ? nil : sumsOffset, segments: segments)
    }
}

/// The records of several tables in the order of their chunk ids.
struct MergedRecords {
    private let tables: [IndexTable]
    private var positions: [Int]
    private var heads: [ChunkID?]

    init(_ tables: [IndexTable]) {
        self.tables = tables
        positions = Array(repeating: 0, count: tables.count)
        heads = tables.map { $0.provenID(at: 0) }
    }

    /// A table that turns out damaged ends early; `IndexTable.isDamaged` says so afterwards.
    mutating func next() -> (id: ChunkID, table: Int, index: Int)? {
        var least: (id: ChunkID, table: Int)?
        for (number, head) in heads.enumerated() {
            guard let head else { continue }
            if let found = least, found.id <= head { continue }
            least = (head, number)
        }
        guard let least else { return nil }
        let index = positions[least.table]
        positions[least.table] += 1
        heads[least.table] = tables[least.table].provenID(at: index + 1)
        return (least.id, least.table, index)
    }
}
