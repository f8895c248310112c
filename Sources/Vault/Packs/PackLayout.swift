import Crypto
import Language
import ObjectStore

/// How a pack is laid out.
///
///     "RPRSPAK1" (8) ‖ vault (16) ‖ kind (1) ‖ number of slots (1) ‖ zero (2) ‖ slots        header
///     sealed chunks, one behind the other
///     footer, sealed with the index key
///     size of the footer (4) ‖ "RPRSEND1" (8)                                              trailer
///
/// A pack is named by the SHA-256 of all its bytes: `packs/4f/4f0c…`.
struct PackLayout: Sendable {
    let vault: VaultID
    let indexKey: [UInt8]
    let packBytes: Int

    static let magic = Array("RPRSPAK1".utf8)
    static let endMagic = Array("RPRSEND1".utf8)
    static let trailerWidth = 12
    /// Enough for the header of a pack with a few readers; a longer header is read again in full.
    static let usualHeaderWidth = 512
    static let prefix = "packs/"

    static func objectName(_ pack: PackID) -> String {
        let name = pack.description
        return prefix + name.prefix(2) + "/" + name
    }

    /// The pack that an object's name names, or nil.
    static func pack(of name: String) -> PackID? {
        guard name.hasPrefix(prefix), let bytes = [UInt8](hex: String(name.suffix(64))), let pack = PackID(bytes: bytes),
            objectName(pack) == name
        else { return nil }
        return pack
    }

    static func header(_ vault: VaultID, _ kind: ChunkKind, slots: [KeySlot]) -> [UInt8] {
        var bytes = magic + vault.bytes + [kind.rawValue, UInt8(slots.count), 0, 0]
        for slot in slots { bytes += slot.encoded }
        return bytes
    }

    /// Reads a header from a pack's first bytes. Nil where they are no header of this vault's; `short` where more bytes are
    /// needed.
    static func readHeader(_ bytes: [UInt8], vault: VaultID) throws(ByteReader.Truncated) -> PackHeader? {
        var reader = ByteReader(bytes)
        guard try reader.bytes(8) == magic, try reader.bytes(VaultID.width) == vault.bytes,
            let kind = ChunkKind(rawValue: try reader.number(UInt8.self))
        else { return nil }
        let count = try reader.number(UInt8.self)
        guard try reader.number(UInt16.self) == 0 else { return nil }
        var slots: [KeySlot] = []
        for _ in 0..<count { slots.append(try KeySlot(from: &reader)) }
        return PackHeader(kind: kind, slots: slots)
    }
}

struct PackHeader: Sendable {
    let kind: ChunkKind
    let slots: [KeySlot]
}

/// The list of a pack's chunks at its end, for whoever rebuilds the index: number (4), then per chunk id (32), offset (4), stored
/// size (4), plain size (4); in the order of the offsets.
struct PackFooter: Sendable {
    struct Chunk: Hashable, Sendable {
        let id: ChunkID
        let offset: Int
        let storedSize: Int
        let plainSize: Int
    }

    let kind: ChunkKind
    let chunks: [Chunk]

    private static let context = "reprise/pack-footer/1"
    static let chunkWidth = 44

    func append(to pack: inout [UInt8], layout: PackLayout) {
        var plain: [UInt8] = []
        plain.append(little: UInt32(chunks.count))
        for chunk in chunks {
            plain += chunk.id.bytes
            plain.append(little: UInt32(chunk.offset))
            plain.append(little: UInt32(chunk.storedSize))
            plain.append(little: UInt32(chunk.plainSize))
        }
        let sealed = IndexBox(indexKey: layout.indexKey).seal(
            plain, context: Self.context, binding: layout.vault.bytes + [kind.rawValue])
        pack += sealed
        pack.append(little: UInt32(sealed.count))
        pack += PackLayout.endMagic
    }

    /// Reads the footer of a whole pack. Nil where it is not what was written.
    init?(pack: [UInt8], layout: PackLayout) {
        let trailer = pack.count - PackLayout.trailerWidth
        guard trailer > 24, pack[(trailer + 4)...].elementsEqual(PackLayout.endMagic), let kind = ChunkKind(rawValue: pack[24])
        else {
            return nil
        }
        var reader = ByteReader(pack, in: trailer..<pack.count)
        guard let size = try? Int(reader.number(UInt32.self)), size <= trailer else { return nil }
        self.init(sealed: Array(pack[(trailer - size)..<trailer]), kind: kind, end: trailer - size, layout: layout)
    }

    /// Reads the footer of a pack in `store` by itself. Nil where it is not what was written, or the pack is not there any more.
    static func read(_ pack: PackID, size: Int, from store: any ObjectStore, layout: PackLayout) async throws(StoreError)
        -> PackFooter?
    {
        let trailer = size - PackLayout.trailerWidth
        guard trailer > 0, let key = ObjectKey(PackLayout.objectName(pack)) else { return nil }
        do throws(StoreError) {
            let end = try await store.get(key, range: trailer..<size)
            var reader = ByteReader(end)
            guard end.count == PackLayout.trailerWidth, let width = try? Int(reader.number(UInt32.self)), width <= trailer,
                end[4...].elementsEqual(PackLayout.endMagic)
            else {
                return nil
            }
            let sealed = try await store.get(key, range: (trailer - width)..<trailer)
            for kind in ChunkKind.allCases {  // the header says which, and so does what opens
                if let footer = PackFooter(sealed: sealed, kind: kind, end: trailer - width, layout: layout) { return footer }
            }
            return nil
        } catch {
            if error.code == .missing || error.code == .short { return nil }
            throw error
        }
    }

    private init?(sealed: [UInt8], kind: ChunkKind, end: Int, layout: PackLayout) {
        guard
            let plain = IndexBox(indexKey: layout.indexKey).open(
                sealed, context: Self.context, binding: layout.vault.bytes + [kind.rawValue]),
            let chunks = try? Self.read(plain, within: end)
        else { return nil }
        self.init(kind: kind, chunks: chunks)
    }

    init(kind: ChunkKind, chunks: [Chunk]) {
        self.kind = kind
        self.chunks = chunks
    }

    private static func read(_ plain: [UInt8], within end: Int) throws(ByteReader.Truncated) -> [Chunk] {
        var reader = ByteReader(plain)
        let count = Int(try reader.number(UInt32.self))
        guard count * chunkWidth == reader.remaining else { throw ByteReader.Truncated() }
        var chunks: [Chunk] = []
        chunks.reserveCapacity(count)
        for _ in 0..<count {
            guard let id = ChunkID(bytes: try reader.bytes(Digest.width)) else { throw ByteReader.Truncated() }
            let chunk = Chunk(
                id: id, offset: Int(try reader.number(UInt32.self)), storedSize: Int(try reader.number(UInt32.self)),
                plainSize: Int(try reader.number(UInt32.self)))
            guard chunk.offset + chunk.storedSize <= end, chunk.storedSize >= ChunkCipher.overhead,
                (1...ChunkCipher.largestChunk).contains(chunk.plainSize)
            else { throw ByteReader.Truncated() }
            chunks.append(chunk)
        }
        return chunks
    }
}
