import Crypto
import Foundation
import Synchronization

/// A segment's table, or several merged ones, mapped from a file of the local cache: opened without being read, searched by
/// interpolation.
///
/// `@unchecked Sendable`: the mapping is read-only and lives as long as this object; what has been verified is kept in atomics.
final class IndexTable: @unchecked Sendable {
    /// The segments whose records these are.
    let segments: [ULID]
    let packs: [IndexSegment.Pack]
    let recordCount: Int
    private let mapped: MappedFile
    private let recordsOffset: Int
    private let proofs: BlockProofs?

    /// Records that are verified together.
    static let blockRecords = 1024

    /// A table in the form that a segment has, in memory. Nil where it is no sound table.
    convenience init?(_ table: [UInt8], segments: [ULID]) {
        guard table.count >= 8 else { return nil }
        let mapped = MappedFile(copying: table)
        func number(_ at: Int) -> Int {
            Int(UInt32(littleEndian: mapped.bytes.loadUnaligned(fromByteOffset: at, as: UInt32.self)))
        }
        let recordsOffset = 8 + number(0) * IndexSegment.packWidth
        guard table.count == recordsOffset + number(4) * IndexSegment.recordWidth else { return nil }
        self.init(
            mapped, packsOffset: 8, packCount: number(0), recordsOffset: recordsOffset, recordCount: number(4), sumsOffset: nil,
            segments: segments)
    }

    /// - Parameter sumsOffset: where the blocks' checksums stand; nil where the records need no proof.
    init?(
        _ mapped: MappedFile, packsOffset: Int, packCount: Int, recordsOffset: Int, recordCount: Int, sumsOffset: Int?,
        segments: [ULID]
    ) {
        let bytes = mapped.bytes
        var packs: [IndexSegment.Pack] = []
        packs.reserveCapacity(packCount)
        for ordinal in 0..<packCount {
            let at = packsOffset + ordinal * IndexSegment.packWidth
            guard let kind = ChunkKind(rawValue: bytes[at + 36]) else { return nil }
            packs.append(
                .init(
                    id: PackID(UnsafeRawBufferPointer(rebasing: bytes[at..<at + Digest.width])),
                    size: Int(UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: at + 32, as: UInt32.self))), kind: kind))
        }
        self.mapped = mapped
        self.recordsOffset = recordsOffset
        self.segments = segments
        self.packs = packs
        self.recordCount = recordCount
        proofs = sumsOffset.map {
            BlockProofs(
                bytes: UnsafeRawBufferPointer(rebasing: bytes[recordsOffset...]),
                sums: UnsafeRawBufferPointer(rebasing: bytes[$0..<recordsOffset]))
        }
    }

    /// Whether a block was found that is not what was written. Nothing of it was used; what this table does not find may be there
    /// all the same.
    var isDamaged: Bool { proofs?.isDamaged ?? false }

    /// Whether the record's block has been verified, now or before.
    private func isProven(_ index: Int) -> Bool { proofs?.isProven(index / Self.blockRecords) ?? true }

    /// The id of a record whose block is proven; every way to a record goes through `isProven` first.
    private func id(at index: Int) -> ChunkID {
        let at = recordsOffset + index * IndexSegment.recordWidth
        return ChunkID(UnsafeRawBufferPointer(rebasing: mapped.bytes[at..<at + Digest.width]))
    }

    /// Nil behind the last record, or where its block is not what was written.
    func provenID(at index: Int) -> ChunkID? { index < recordCount && isProven(index) ? id(at: index) : nil }

    private func number(_ offset: Int, of index: Int) -> Int {
        let at = recordsOffset + index * IndexSegment.recordWidth + Digest.width
        return Int(UInt32(littleEndian: mapped.bytes.loadUnaligned(fromByteOffset: at + offset, as: UInt32.self)))
    }

    /// The ordinal of the record's pack in `packs`, or nil where there is none.
    func packOrdinal(at index: Int) -> Int? {
        let ordinal = number(0, of: index)
        return packs.indices.contains(ordinal) ? ordinal : nil
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

    /// Appends the record as it stands, with its pack's ordinal in another table; a record that names no pack of this one names
    /// none of the other either.
    func appendRecord(_ index: Int, ordinals: [UInt32], to bytes: inout [UInt8]) {
        let at = recordsOffset + index * IndexSegment.recordWidth
        let ordinal = packOrdinal(at: index).map { ordinals[$0] } ?? .max
        bytes.append(contentsOf: mapped.bytes[at..<at + Digest.width])
        bytes.append(little: ordinal)
        bytes.append(contentsOf: mapped.bytes[at + Digest.width + 4..<at + IndexSegment.recordWidth])
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

    /// The position of one of the records of `id`.
    private func index(of id: ChunkID) -> Int? {
        var low = 0
        var high = recordCount  // behind the last candidate
        var guesses = 0
        while low < high {
            let middle: Int
            if high - low > 8, guesses < 6 {
                // Ids are evenly spread, so the position can be guessed from the value.
                guard isProven(low), isProven(high - 1) else { return nil }
                let first = self.id(at: low).prefix
                let last = self.id(at: high - 1).prefix
                guard id.prefix >= first, id.prefix <= last else { return nil }
                let share = last == first ? 0 : Double(id.prefix - first) / Double(last - first)
                middle = min(high - 1, low + Int(share * Double(high - 1 - low)))
                guesses += 1
            } else {
                middle = (low + high) / 2
            }
            guard isProven(middle) else { return nil }
            let found = self.id(at: middle)
            if found == id { return middle }
            if found < id { low = middle + 1 } else { high = middle }
        }
        return nil
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

/// A read-only mapping of a whole file, or bytes in its place.
///
/// `@unchecked Sendable`: the bytes never change and go only with the object.
final class MappedFile: @unchecked Sendable {
    let bytes: UnsafeRawBufferPointer
    private let isMapped: Bool

    /// Nil where the file cannot be opened or is empty.
    init?(_ path: String) {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var facts = stat()
        guard fstat(file, &facts) == 0, facts.st_size > 0,
            let address = mmap(nil, Int(facts.st_size), PROT_READ, MAP_PRIVATE, file, 0), address != MAP_FAILED
        else { return nil }
        bytes = UnsafeRawBufferPointer(start: address, count: Int(facts.st_size))
        isMapped = true
    }

    init(copying source: [UInt8]) {
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: source.count, alignment: 16)
        copy.copyBytes(from: source)
        bytes = UnsafeRawBufferPointer(copy)
        isMapped = false
    }

    deinit {
        if isMapped {
            munmap(UnsafeMutableRawPointer(mutating: bytes.baseAddress), bytes.count)
        } else {
            bytes.deallocate()
        }
    }
}
