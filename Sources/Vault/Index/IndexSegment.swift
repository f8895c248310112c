import Foundation

/// One object under `index/`: where the chunks of some packs lie, sorted by chunk id.
///
///     "RPRSIDX1" (8) ‖ vault (16) ‖ segment id (16)                  header, in clear and authenticated
///     the table, sealed with the index key
///
/// The table: number of packs (4) ‖ number of records (4) ‖ packs: id (32), size (4), kind (1), zero (3) ‖ records: chunk id
/// (32), ordinal of the pack (4), offset (4), stored size (4), plain size (4). Records are sorted by chunk id. The local cache
/// keeps the table in this form and maps it.
struct IndexSegment: Sendable {
    static let prefix = "index/"
    static let magic = Array("RPRSIDX1".utf8)
    static let packWidth = 40
    static let recordWidth = 48
    /// A segment is written when this many records are waiting, or the last is `WritingPace.naming` ago: the packs of a session
    /// that does not come to its end are found again.
    static let usualRecords = 131_072

    private static let context = "reprise/index/1"

    struct Pack: Hashable, Sendable {
        let id: PackID
        let size: Int
        let kind: ChunkKind
    }

    static func objectName(_ segment: ULID) -> String { prefix + segment.text }

    static func seal(_ table: [UInt8], segment: ULID, vault: VaultID, indexKey: [UInt8]) -> [UInt8] {
        let header = magic + vault.bytes + segment.bytes
        return header + IndexBox(indexKey: indexKey).seal(table, context: context, binding: header)
    }

    /// The table of a segment, authenticated; nil where the bytes are not what was written under that id.
    static func open(_ bytes: [UInt8], segment: ULID, vault: VaultID, indexKey: [UInt8]) -> [UInt8]? {
        let header = magic + vault.bytes + segment.bytes
        guard bytes.starts(with: header) else { return nil }
        return IndexBox(indexKey: indexKey).open(Array(bytes[header.count...]), context: context, binding: header)
    }

    /// The table of these packs' chunks.
    static func table(of packs: [(pack: Pack, chunks: [PackFooter.Chunk])]) -> [UInt8] {
        var records: [(chunk: PackFooter.Chunk, pack: UInt32)] = []
        for (ordinal, entry) in packs.enumerated() {
            for chunk in entry.chunks { records.append((chunk, UInt32(ordinal))) }
        }
        records.sort { $0.chunk.id < $1.chunk.id }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(8 + packs.count * packWidth + records.count * recordWidth)
        bytes.append(little: UInt32(packs.count))
        bytes.append(little: UInt32(records.count))
        for entry in packs { append(entry.pack, to: &bytes) }
        for record in records {
            bytes += record.chunk.id.bytes
            bytes.append(little: record.pack)
            bytes.append(little: UInt32(record.chunk.offset))
            bytes.append(little: UInt32(record.chunk.storedSize))
            bytes.append(little: UInt32(record.chunk.plainSize))
        }
        return bytes
    }

    /// The packs of a table; nil where it is no sound table.
    static func packs(of table: [UInt8]) -> [Pack]? {
        var reader = ByteReader(table)
        guard let packCount = try? Int(reader.number(UInt32.self)), let recordCount = try? Int(reader.number(UInt32.self)),
            reader.remaining == packCount * packWidth + recordCount * recordWidth
        else { return nil }
        var packs: [Pack] = []
        for _ in 0..<packCount {
            guard let bytes = try? reader.bytes(packWidth), let id = PackID(bytes: Array(bytes[..<Digest.width])),
                let kind = ChunkKind(rawValue: bytes[36])
            else { return nil }
            let size = bytes.withUnsafeBytes { UInt32(littleEndian: $0.loadUnaligned(fromByteOffset: 32, as: UInt32.self)) }
            packs.append(Pack(id: id, size: Int(size), kind: kind))
        }
        return packs
    }

    /// - Parameter segment: in a table of the local cache the ordinal of the segment that names the pack; elsewhere 0.
    static func append(_ pack: Pack, segment: Int = 0, to bytes: inout [UInt8]) {
        bytes += pack.id.bytes
        bytes.append(little: UInt32(pack.size))
        bytes.append(little: UInt32(pack.kind.rawValue) | UInt32(segment) << 8)
    }
}
