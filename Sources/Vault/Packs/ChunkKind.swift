/// What a chunk is part of; packs hold one kind, and a chunk of one kind never passes for another.
enum ChunkKind: UInt8, Sendable, CaseIterable {
    /// Bytes of entries.
    case data = 1
    /// Entry lists and chunk lists.
    case tree = 2
    /// Lists of the chunks that a snapshot uses, which every holder of the index key can open.
    case reach = 3
}

/// One chunk as lists name it: what it is and how long.
struct ChunkRef: Hashable, Sendable {
    let id: ChunkID
    /// Plain bytes.
    let size: Int

    /// In lists: id (32), size (4).
    static let width = 36
}

/// Where a chunk lies.
struct ChunkPlace: Hashable, Sendable {
    let pack: PackID
    /// Of the sealed chunk in the pack, bytes.
    let offset: Int
    let storedSize: Int
    let plainSize: Int
    let kind: ChunkKind
}
