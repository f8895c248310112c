import Foundation

/// A segment's table, or several merged ones, mapped from a file of the local cache: opened without being read, searched by
/// interpolation.
///
/// `@unchecked Sendable`: the mapping is read-only and lives as long as this object.
final class IndexTable: @unchecked Sendable {
    /// The segments whose records these are.
    let segments: [ULID]
    let packs: [IndexSegment.Pack]
    let recordCount: Int
    private let mapped: MappedFile
    private let recordsOffset: Int

    /// Maps the table in `file`, which starts at `offset`. Nil where it is no sound table.
    init?(_ mapped: MappedFile, offset: Int, segments: [ULID]) {
        let bytes = mapped.bytes
        guard bytes.count >= offset + 8 else { return nil }
        let packCount = Int(UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)))
        let recordCount = Int(UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset + 4, as: UInt32.self)))
        let packsOffset = offset + 8
        let recordsOffset = packsOffset + packCount * IndexSegment.packWidth
        guard bytes.count == recordsOffset + recordCount * IndexSegment.recordWidth else { return nil }
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
    }

    func id(at index: Int) -> ChunkID {
        let at = recordsOffset + index * IndexSegment.recordWidth
        return ChunkID(UnsafeRawBufferPointer(rebasing: mapped.bytes[at..<at + Digest.width]))
    }

    /// The record's place, or nil where the record is not sound.
    func place(at index: Int) -> ChunkPlace? {
        let at = recordsOffset + index * IndexSegment.recordWidth + Digest.width
        func number(_ offset: Int) -> Int {
            Int(UInt32(littleEndian: mapped.bytes.loadUnaligned(fromByteOffset: at + offset, as: UInt32.self)))
        }
        let ordinal = number(0)
        guard packs.indices.contains(ordinal) else { return nil }
        let pack = packs[ordinal]
        let place = ChunkPlace(
            pack: pack.id, offset: number(4), storedSize: number(8), plainSize: number(12), kind: pack.kind)
        guard place.offset + place.storedSize <= pack.size, place.storedSize >= ChunkCipher.overhead,
            (1...ChunkCipher.largestChunk).contains(place.plainSize)
        else { return nil }
        return place
    }

    /// A place of `id`, or nil where this table has it not.
    func find(_ id: ChunkID) -> ChunkPlace? { index(of: id).flatMap(place) }

    /// Every place of `id`; a merged table may have several.
    func places(of id: ChunkID) -> [ChunkPlace] {
        guard let found = index(of: id) else { return [] }
        var first = found
        while first > 0, self.id(at: first - 1) == id { first -= 1 }
        var last = found
        while last + 1 < recordCount, self.id(at: last + 1) == id { last += 1 }
        return (first...last).compactMap(place)
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
                let first = self.id(at: low).prefix
                let last = self.id(at: high - 1).prefix
                guard id.prefix >= first, id.prefix <= last else { return nil }
                let share = last == first ? 0 : Double(id.prefix - first) / Double(last - first)
                middle = min(high - 1, low + Int(share * Double(high - 1 - low)))
                guesses += 1
            } else {
                middle = (low + high) / 2
            }
            let found = self.id(at: middle)
            if found == id { return middle }
            if found < id { low = middle + 1 } else { high = middle }
        }
        return nil
    }

    /// The table of all records of `group`, as bytes.
    static func merge(_ group: [IndexTable]) -> [UInt8] {
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

    /// Gives back the memory of what was read through; it is mapped again when it is touched.
    func letGo() {
        if isMapped { madvise(UnsafeMutableRawPointer(mutating: bytes.baseAddress), bytes.count, Int32(MADV_DONTNEED)) }
    }

    deinit {
        if isMapped {
            munmap(UnsafeMutableRawPointer(mutating: bytes.baseAddress), bytes.count)
        } else {
            bytes.deallocate()
        }
    }
}
