/// The packs of a table, where they lie: a large vault has millions, and a look-up asks for one.
struct IndexPacks: RandomAccessCollection, Sendable {
    private let mapped: MappedFile
    private let offset: Int
    let endIndex: Int
    var startIndex: Int { 0 }

    /// Nil where one of them is of no known kind, or of none of the segments.
    init?(_ mapped: MappedFile, at offset: Int, count: Int, segments: Int) {
        self.mapped = mapped
        self.offset = offset
        endIndex = count
        for ordinal in 0..<count {
            guard ChunkKind(rawValue: mapped.bytes[offset + ordinal * IndexSegment.packWidth + 36]) != nil,
                segment(of: ordinal) < segments
            else { return nil }
        }
    }

    subscript(_ ordinal: Int) -> IndexSegment.Pack {
        let at = place(ordinal)
        guard let kind = ChunkKind(rawValue: mapped.bytes[at + 36]) else { preconditionFailure("kinds were verified") }
        return .init(id: id(ordinal), size: number(at + 32), kind: kind)
    }

    func id(_ ordinal: Int) -> PackID {
        let at = place(ordinal)
        return PackID(UnsafeRawBufferPointer(rebasing: mapped.bytes[at..<at + Digest.width]))
    }

    func size(_ ordinal: Int) -> Int { number(place(ordinal) + 32) }

    /// The ordinal of the segment that names the pack, in its table's segments.
    func segment(of ordinal: Int) -> Int { number(place(ordinal) + 36) >> 8 }

    private func place(_ ordinal: Int) -> Int {
        precondition(ordinal < endIndex, "a pack of this table")
        return offset + ordinal * IndexSegment.packWidth
    }

    private func number(_ at: Int) -> Int {
        Int(UInt32(littleEndian: mapped.bytes.loadUnaligned(fromByteOffset: at, as: UInt32.self)))
    }
}
