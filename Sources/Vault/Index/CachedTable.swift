import Crypto
import Foundation

/// A table as it rests in the local cache: "RPRSTAB2" (8) ‖ SHA-256 of all that follows (32) ‖ number of segments (4) ‖ their
/// ids (16 each) ‖ the table.
///
/// The checksum is verified before a table is used (I14): a table that claims segments it does not hold would hide chunks, and
/// one whose records have changed would send a restore to the wrong bytes. That costs a pass over the file, 48 bytes a chunk.
enum CachedTable {
    private static let magic = Array("RPRSTAB2".utf8)
    private static let bodyOffset = 40

    static func fileName(_ segments: [ULID]) -> String {
        guard segments.count != 1 else { return "index/" + segments[0].text }
        return "index/m-" + Digest(sha256: segments.flatMap(\.bytes)).description.prefix(32)
    }

    /// The file's bytes before the table.
    static func head(_ table: [UInt8], segments: [ULID]) -> [UInt8] {
        var list: [UInt8] = []
        list.append(little: UInt32(segments.count))
        for segment in segments { list += segment.bytes }
        var hash = SHA256()
        hash.update(data: list)
        hash.update(data: table)
        return magic + Array(hash.finalize()) + list
    }

    /// Nil where the file is not what was written.
    ///
    /// - Parameter isNew: this process has just written it.
    static func load(_ mapped: MappedFile, isNew: Bool) -> IndexTable? {
        let bytes = mapped.bytes
        guard bytes.count >= bodyOffset + 4, bytes.prefix(8).elementsEqual(magic) else { return nil }
        guard isNew || sum(of: mapped).elementsEqual(bytes[8..<bodyOffset]) else { return nil }
        let count = Int(UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: bodyOffset, as: UInt32.self)))
        let start = bodyOffset + 4
        let end = start + count * ULID.width
        guard bytes.count >= end else { return nil }
        let segments = stride(from: start, to: end, by: ULID.width).compactMap { ULID(bytes: Array(bytes[$0..<$0 + ULID.width])) }
        return IndexTable(mapped, offset: end, segments: segments)
    }

    private static func sum(of mapped: MappedFile) -> SHA256.Digest {
        var hash = SHA256()
        let step = 4 << 20
        for start in stride(from: bodyOffset, to: mapped.bytes.count, by: step) {
            hash.update(
                bufferPointer: UnsafeRawBufferPointer(rebasing: mapped.bytes[start..<min(start + step, mapped.bytes.count)]))
        }
        mapped.letGo()
        return hash.finalize()
    }
}
