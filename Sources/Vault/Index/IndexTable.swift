import Crypto
import Foundation
import Synchronization

/// A segment's table, or several merged ones, mapped from a file of the local cache: opened without being read, searched by
/// guessing.
///
/// `@unchecked Sendable`: the mapping is read-only and lives as long as this object; what has been verified is kept in atomics.
final class IndexTable: @unchecked Sendable {
    /// The segments whose records these are.
    let segments: [ULID]
    let packs: IndexPacks
    let recordCount: Int
    private let mapped: MappedFile
    /// The first 8 bytes of each block's first id, where they do not lie in `mapped`.
    private let ownFirsts: MappedFile?
    private let firsts: UnsafeRawBufferPointer
    private let records: UnsafeRawBufferPointer
    private let proofs: BlockProofs?

    /// Records that are verified together.
    static let blockRecords = 64

    static func blockCount(_ records: Int) -> Int { (records + blockRecords - 1) / blockRecords }

    /// A table in the form that a segment has, in memory. Nil where it is no sound table.
    convenience init?(_ table: [UInt8], segments: [ULID]) {
        guard table.count >= 8 else { return nil }
        let mapped = MappedFile(copying: table)
        func number(_ at: Int) -> Int {
            Int(UInt32(littleEndian: mapped.bytes.loadUnaligned(fromByteOffset: at, as: UInt32.self)))
        }
        let recordsOffset = 8 + number(0) * IndexSegment.packWidth
        guard table.count == recordsOffset + number(4) * IndexSegment.recordWidth,
            let packs = IndexPacks(mapped, at: 8, count: number(0), segments: 1)
        else { return nil }
        self.init(
            mapped, packs: packs, firsts: nil, records: UnsafeRawBufferPointer(rebasing: mapped.bytes[recordsOffset...]),
            sums: nil, segments: segments)
    }

    /// - Parameters:
    ///   - firsts: the first 8 bytes of the first id of each block; gathered where nil.
    ///   - sums: the blocks' checksums; nil where the records need no proof.
    init(
        _ mapped: MappedFile, packs: IndexPacks, firsts: UnsafeRawBufferPointer?, records: UnsafeRawBufferPointer,
        sums: UnsafeRawBufferPointer?, segments: [ULID]
    ) {
        self.mapped = mapped
        self.packs = packs
        self.records = records
        self.segments = segments
        recordCount = records.count / IndexSegment.recordWidth
        if let firsts {
            ownFirsts = nil
            self.firsts = firsts
        } else {
            var gathered: [UInt8] = []
            for at in stride(from: 0, to: records.count, by: Self.blockRecords * IndexSegment.recordWidth) {
                gathered.append(contentsOf: records[at..<at + CachedTable.firstWidth])
            }
            let own = MappedFile(copying: gathered)
            ownFirsts = own
            self.firsts = own.bytes
        }
        proofs = sums.map { BlockProofs(bytes: records, sums: $0) }
    }

    /// Whether a block was found that is not what was written. Nothing of it was used; what this table does not find may be there
    /// all the same.
    var isDamaged: Bool { proofs?.isDamaged ?? false }

    /// Bytes that were read when it was opened: all but the records.
    var openedBytes: Int { mapped.bytes.count - records.count }

    /// Whether the record's block has been verified, now or before.
    private func isProven(_ index: Int) -> Bool { proofs?.isProven(index / Self.blockRecords) ?? true }

    /// The id of a record whose block is proven; every way to a record goes through `isProven` first.
    private func id(at index: Int) -> ChunkID {
        let at = index * IndexSegment.recordWidth
        return ChunkID(UnsafeRawBufferPointer(rebasing: records[at..<at + Digest.width]))
    }

    /// Nil behind the last record, or where its block is not what was written.
    func provenID(at index: Int) -> ChunkID? { index < recordCount && isProven(index) ? id(at: index) : nil }

    private func number(_ offset: Int, of index: Int) -> Int {
        let at = index * IndexSegment.recordWidth + Digest.width
        return Int(UInt32(littleEndian: records.loadUnaligned(fromByteOffset: at + offset, as: UInt32.self)))
    }

    /// The ordinal of the record's pack in `packs`, or nil where there is none.
    func packOrdinal(at index: Int) -> Int? {
        let ordinal = number(0, of: index)
        return ordinal < packs.count ? ordinal : nil
    }

    /// The record's place, or nil where the record is not sound.
    func place(at index: Int) -> ChunkPlace? {
        guard isProven(index), let ordinal = packOrdinal(at: index) else { return nil }
        let pack = packs[ordinal]
        let place = ChunkPlace(
            pack: pack.id, offset: number(4, of: index), storedSize: number(8, of: index), plainSize: number(12, of: index),
            kind: pack.kind)
        guard place.offset + place.storedSize <= pack.size, place.storedSize >= ChunkCipher.overhead,
            (1...ChunkCipher.largestChunk).contains(place.plainSize)
        else { return nil }
        return place
    }

    /// Appends the record as it stands, with its pack's ordinal in another table.
    func appendRecord(_ index: Int, ordinal: UInt32, to bytes: inout [UInt8]) {
        let at = index * IndexSegment.recordWidth
        bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: records[at..<at + Digest.width]))
        bytes.append(little: ordinal)
        bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: records[at + Digest.width + 4..<at + IndexSegment.recordWidth]))
    }

    /// How many records are of packs whose new ordinal is not `.max`; those of no pack count too.
    func count(of ordinals: [UInt32]) -> Int {
        (0..<recordCount).reduce(0) { count, index in
            let ordinal = number(0, of: index)
            return count + (ordinal < ordinals.count && ordinals[ordinal] == .max ? 0 : 1)
        }
    }

    /// Takes these records out of memory; they come back when they are asked for.
    func forget(_ range: Range<Int>) {
        let width = IndexSegment.recordWidth
        mapped.forget(UnsafeRawBufferPointer(rebasing: records[range.lowerBound * width..<range.upperBound * width]))
    }

    // MARK: - Searching

    /// The position of one of the records of `id`.
    func index(of id: ChunkID) -> Int? {
        let wanted = id.prefix
        // Of several blocks that begin with the same bytes the record may be in any, and in the one before.
        var block = max(0, blocksBefore(wanted) - 1)
        while block * Self.blockRecords < recordCount, block == 0 || first(block) <= wanted {
            let start = block * Self.blockRecords
            guard isProven(start) else { return nil }
            if let found = index(of: id, from: start, to: min(start + Self.blockRecords, recordCount)) { return found }
            block += 1
        }
        return nil
    }

    /// The position of `id` among the records of a block, or nil.
    private func index(of id: ChunkID, from start: Int, to end: Int) -> Int? {
        let wanted = id.prefix
        // Ids are evenly spread, so the position can be guessed from the value, between this block's first id and the next one's.
        let low = prefix(at: start)
        let next = end / Self.blockRecords
        let high = end < recordCount ? first(next) : .max
        guard wanted >= low else { return nil }
        var at = start
        if high > low {
            let share = min(1, Double(wanted - low) / Double(high - low))
            at = min(end - 1, start + Int(share * Double(end - start)))
        }
        while at > start, prefix(at: at) >= wanted { at -= 1 }
        while at < end {
            let found = prefix(at: at)
            if found > wanted { return nil }
            if found == wanted, self.id(at: at) == id { return at }
            at += 1
        }
        return nil
    }

    private func prefix(at index: Int) -> UInt64 {
        UInt64(bigEndian: records.loadUnaligned(fromByteOffset: index * IndexSegment.recordWidth, as: UInt64.self))
    }

    private func first(_ block: Int) -> UInt64 {
        UInt64(bigEndian: firsts.loadUnaligned(fromByteOffset: block * CachedTable.firstWidth, as: UInt64.self))
    }

    /// How many blocks begin with less than `wanted`.
    private func blocksBefore(_ wanted: UInt64) -> Int {
        var low = 0
        var high = Self.blockCount(recordCount)
        let perBlock = UInt64.max / UInt64(max(1, high))
        // The first guess is off by the square root of the number of records, the second by a few.
        var guess = min(max(0, high - 1), Int(wanted / max(1, perBlock)))
        var guesses = 0
        while low < high {
            let found = first(guess)
            let distance: Int
            if found < wanted {
                low = guess + 1
                distance = Int(min((wanted - found) / perBlock, UInt64(Int32.max)))
            } else {
                high = guess
                distance = -Int(min((found - wanted) / perBlock, UInt64(Int32.max))) - 1
            }
            guesses += 1
            guess =
                guesses < 6
                ? min(max(guess + (distance >= 0 ? distance + 1 : distance), low), max(low, high - 1)) : (low + high) / 2
        }
        return low
    }

    /// A place of `id`, or nil where this table has it not.
    func find(_ id: ChunkID) -> ChunkPlace? { index(of: id).flatMap(place) }

    /// Every place of `id`; a merged table may have several.
    func places(of id: ChunkID) -> [ChunkPlace] { positions(of: id).compactMap(place) }

    /// The positions of the records of `id`.
    func positions(of id: ChunkID) -> Range<Int> {
        guard let found = index(of: id) else { return 0..<0 }
        var first = found
        while first > 0, provenID(at: first - 1) == id { first -= 1 }
        var end = found + 1
        while provenID(at: end) == id { end += 1 }
        return first..<end
    }

    /// The table of the records of `group` whose pack is wanted, in the form that a segment has. A record that stands there twice
    /// is taken once.
    static func merge(_ group: [IndexTable], where isWanted: (PackID) -> Bool = { _ in true }) -> [UInt8] {
        var packs: [IndexSegment.Pack] = []
        var ordinals: [PackID: UInt32] = [:]
        var records: [UInt8] = []
        records.reserveCapacity(group.reduce(0) { $0 + $1.recordCount } * IndexSegment.recordWidth)
        var count = 0
        var same: (id: ChunkID, places: Set<ChunkPlace>)?
        var merged = MergedRecords(group)
        while let record = merged.next() {
            let table = group[record.table]
            guard let place = table.place(at: record.index), isWanted(place.pack) else { continue }
            if same?.id != record.id { same = (record.id, []) }
            guard same!.places.insert(place).inserted else { continue }
            let ordinal =
                ordinals[place.pack]
                ?? {
                    let next = UInt32(packs.count)
                    let known = table.packOrdinal(at: record.index).map { table.packs[$0] }
                    packs.append(known ?? .init(id: place.pack, size: 0, kind: place.kind))
                    ordinals[place.pack] = next
                    return next
                }()
            records += record.id.bytes
            records.append(little: ordinal)
            records.append(little: UInt32(place.offset))
            records.append(little: UInt32(place.storedSize))
            records.append(little: UInt32(place.plainSize))
            count += 1
        }
        var bytes: [UInt8] = []
        bytes.append(little: UInt32(packs.count))
        bytes.append(little: UInt32(count))
        for pack in packs { IndexSegment.append(pack, to: &bytes) }
        return bytes + records
    }
}

/// Which blocks of a mapped table have been compared with their checksums.
///
/// `@unchecked Sendable`: the bytes never change, the states are atomic, and two threads that verify one block come to the same.
private final class BlockProofs: @unchecked Sendable {
    private let bytes: UnsafeRawBufferPointer
    private let sums: UnsafeRawBufferPointer
    private let count: Int
    /// A block a byte: 0 not looked at, 1 sound, 2 not.
    private let states: UnsafeMutablePointer<Atomic<UInt8>>
    private let damage = Atomic<Bool>(false)

    init(bytes: UnsafeRawBufferPointer, sums: UnsafeRawBufferPointer) {
        self.bytes = bytes
        self.sums = sums
        count = sums.count / CachedTable.sumWidth
        states = .allocate(capacity: max(1, count))
        for block in 0..<count { (states + block).initialize(to: Atomic(0)) }
    }

    deinit {
        states.deinitialize(count: count)
        states.deallocate()
    }

    var isDamaged: Bool { damage.load(ordering: .relaxed) }

    func isProven(_ block: Int) -> Bool {
        switch states[block].load(ordering: .relaxed) {
        case 1: return true
        case 2: return false
        default: break
        }
        let width = IndexTable.blockRecords * IndexSegment.recordWidth
        let start = block * width
        let sum = SHA256.hash(data: UnsafeRawBufferPointer(rebasing: bytes[start..<min(start + width, bytes.count)]))
        let at = block * CachedTable.sumWidth
        let isSound = sum.prefix(CachedTable.sumWidth).elementsEqual(sums[at..<at + CachedTable.sumWidth])
        states[block].store(isSound ? 1 : 2, ordering: .relaxed)
        if !isSound { damage.store(true, ordering: .relaxed) }
        return isSound
    }
}
