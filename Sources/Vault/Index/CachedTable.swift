import Crypto
import Foundation

/// A table as it rests in the local cache:
///
///     "RPRSTAB4" (8) ‖ SHA-256 of the rest of the head (32)
///     number of segments (4) ‖ of packs (4) ‖ of records (4) ‖ ids of the segments (16 each)
///     packs (40 each, as in a segment; the last 3 bytes are the ordinal of the segment that names the pack)
///     for each block of 64 records the first 8 bytes of its first id
///     for each block the first 16 bytes of its SHA-256                                      up to here: the head
///     the records (48 each)
///
/// The head is verified when the table is opened, a block of records when it is first looked into (I14): a table that claims
/// segments it does not hold would hide chunks, and one whose records have changed would send a restore to the wrong bytes. The
/// head is a fiftieth of the whole, so a table of any length is opened at once.
enum CachedTable {
    private static let magic = Array("RPRSTAB4".utf8)
    private static let bodyOffset = 40
    private static let fixedWidth = bodyOffset + 12
    static let firstWidth = 8
    static let sumWidth = 16

    static func fileName(_ segments: [ULID]) -> String {
        guard segments.count != 1 else { return "index/" + segments[0].text }
        return "index/m-" + Digest(sha256: segments.flatMap(\.bytes)).description.prefix(32)
    }

    /// Writes what `group` holds together into one table, in memory for a few bytes a block. The packs of the new table are those
    /// of the old ones, one table behind the other.
    ///
    /// - Parameter isKept: which segments are wanted still; what others say is left out.
    /// - Returns: nil where the cache cannot be written, or one of the tables is not what was written.
    static func merge(_ group: [IndexTable], in cache: LocalCache, where isKept: (ULID) -> Bool = { _ in true }) -> IndexTable? {
        var segments: [ULID] = []
        var packs: [UInt8] = []
        var packCount = 0
        // New ordinals of the packs of each table; `.max` for those that are left out.
        var ordinals: [[UInt32]] = []
        for table in group {
            var kept: [Int?] = []
            for segment in table.segments {
                kept.append(isKept(segment) ? segments.count : nil)
                if isKept(segment) { segments.append(segment) }
            }
            ordinals.append(
                table.packs.indices.map { ordinal in
                    guard let segment = kept[table.packs.segment(of: ordinal)] else { return .max }
                    IndexSegment.append(table.packs[ordinal], segment: segment, to: &packs)
                    packCount += 1
                    return UInt32(packCount - 1)
                })
        }
        let isWhole = segments.count == group.reduce(0) { $0 + $1.segments.count }
        let count = zip(group, ordinals).reduce(0) { $0 + (isWhole ? $1.0.recordCount : $1.0.count(of: $1.1)) }
        let name = fileName(segments)
        guard !segments.isEmpty, var file = CacheFile(name, in: cache) else { return nil }
        var head: [UInt8] = []
        head.append(little: UInt32(segments.count))
        head.append(little: UInt32(packCount))
        head.append(little: UInt32(count))
        for segment in segments { head += segment.bytes }
        var sum = SHA256()
        sum.update(data: head)
        sum.update(data: packs)
        file.append(magic)
        file.append([UInt8](repeating: 0, count: 32))
        file.append(head)
        file.append(packs)
        let blocks = IndexTable.blockCount(count)
        let firstsOffset = fixedWidth + segments.count * ULID.width + packs.count
        packs = []
        file.skip(blocks * (firstWidth + sumWidth))
        var body = TableBody(blocks: blocks)
        var records = MergedRecords(group)
        while let record = records.next() {
            let table = group[record.table]
            guard let old = table.packOrdinal(at: record.index) else {
                table.appendRecord(record.index, ordinal: .max, to: &body.block)
                body.finishBlockIfFull(into: &file)
                continue
            }
            let ordinal = ordinals[record.table][old]
            if ordinal == .max, !isWhole { continue }
            table.appendRecord(record.index, ordinal: ordinal, to: &body.block)
            body.finishBlockIfFull(into: &file)
        }
        body.finishBlock(into: &file)
        guard !group.contains(where: \.isDamaged), body.firsts.count == blocks * firstWidth else { return nil }
        sum.update(data: body.firsts)
        sum.update(data: body.sums)
        file.overwrite(body.firsts, at: firstsOffset)
        file.overwrite(body.sums, at: firstsOffset + body.firsts.count)
        file.overwrite(Array(sum.finalize()), at: magic.count)
        guard file.finish(), let mapped = MappedFile(cache.path(name)) else { return nil }
        return load(mapped, isNew: true)
    }

    /// The blocks of a table that is being written.
    private struct TableBody {
        var block: [UInt8] = []
        var firsts: [UInt8] = []
        var sums: [UInt8] = []

        private static let blockWidth = IndexTable.blockRecords * IndexSegment.recordWidth

        init(blocks: Int) {
            block.reserveCapacity(Self.blockWidth)
            firsts.reserveCapacity(blocks * firstWidth)
            sums.reserveCapacity(blocks * sumWidth)
        }

        mutating func finishBlockIfFull(into file: inout CacheFile) {
            if block.count == Self.blockWidth { finishBlock(into: &file) }
        }

        mutating func finishBlock(into file: inout CacheFile) {
            guard !block.isEmpty else { return }
            firsts.append(contentsOf: block[..<firstWidth])
            SHA256.hash(data: block).withUnsafeBytes { sums.append(contentsOf: $0[..<sumWidth]) }
            file.append(block)
            block.removeAll(keepingCapacity: true)
        }
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
        let firstsOffset = packsOffset + packCount * IndexSegment.packWidth
        let blocks = IndexTable.blockCount(recordCount)
        let sumsOffset = firstsOffset + blocks * firstWidth
        let recordsOffset = sumsOffset + blocks * sumWidth
        guard bytes.count == recordsOffset + recordCount * IndexSegment.recordWidth else { return nil }
        let sum = SHA256.hash(data: UnsafeRawBufferPointer(rebasing: bytes[bodyOffset..<recordsOffset]))
        guard sum.elementsEqual(bytes[8..<bodyOffset]) else { return nil }
        let segments = stride(from: fixedWidth, to: packsOffset, by: ULID.width).compactMap {
            ULID(bytes: Array(bytes[$0..<$0 + ULID.width]))
        }
        guard let packs = IndexPacks(mapped, at: packsOffset, count: packCount, segments: segmentCount) else { return nil }
        return IndexTable(
            mapped, packs: packs, firsts: UnsafeRawBufferPointer(rebasing: bytes[firstsOffset..<sumsOffset]),
            records: UnsafeRawBufferPointer(rebasing: bytes[recordsOffset...]),
            sums: isNew ? nil : UnsafeRawBufferPointer(rebasing: bytes[sumsOffset..<recordsOffset]), segments: segments)
    }
}
