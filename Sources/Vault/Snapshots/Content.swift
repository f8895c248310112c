import Foundation

/// The bytes of one part of an entry: a list of chunks, or where that is long, a list of chunks that hold the list, and so on.
///
/// `depth` 0: `chunks` are the data themselves. `depth` d: `chunks` are tree chunks; put together their bytes are the references
/// (id 32, size 4, each) of depth d − 1.
struct Content: Hashable, Sendable {
    let size: Int64
    let depth: Int
    let chunks: [ChunkRef]
    /// Where `depth` is not 0, and only while the snapshot is written: the chunks of the list that tells keepers of all chunks of
    /// this content. It is no part of the entry list.
    var reach: [ChunkRef] = []

    /// At most this many references stand in the entry list itself.
    static let inlineLimit = 64
    /// Deeper lists than any real data makes are damage.
    static let depthLimit = 8

    /// The references of `chunks` one behind the other.
    static func encode(_ chunks: some Sequence<ChunkRef>) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(chunks.underestimatedCount * ChunkRef.width)
        for chunk in chunks {
            bytes.append(chunk.id)
            bytes.append(little: UInt32(chunk.size))
        }
        return bytes
    }

    /// Nil where `bytes` are no whole number of references, or one names a chunk larger than any.
    static func decode(_ bytes: some RandomAccessCollection<UInt8>) -> [ChunkRef]? {
        bytes.withContiguousStorageIfAvailable { decode(UnsafeRawBufferPointer($0)) } ?? Array(bytes).withUnsafeBytes(decode)
    }

    private static func decode(_ bytes: UnsafeRawBufferPointer) -> [ChunkRef]? {
        guard bytes.count.isMultiple(of: ChunkRef.width) else { return nil }
        var found: [ChunkRef] = []
        found.reserveCapacity(bytes.count / ChunkRef.width)
        for start in stride(from: 0, to: bytes.count, by: ChunkRef.width) {
            let id = ChunkID(UnsafeRawBufferPointer(rebasing: bytes[start..<start + Digest.width]))
            let size = Int(UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: start + Digest.width, as: UInt32.self)))
            guard (1...ChunkCipher.largestChunk).contains(size) else { return nil }
            found.append(ChunkRef(id: id, size: size))
        }
        return found
    }
}

extension Content: Codable {
    private enum CodingKeys: String, CodingKey { case size, depth, chunks }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        size = try container.decode(Int64.self, forKey: .size)
        depth = try container.decode(Int.self, forKey: .depth)
        guard size >= 0, (0...Self.depthLimit).contains(depth),
            let chunks = Self.decode(Array(try container.decode(Data.self, forKey: .chunks)))
        else { throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: "no content")) }
        self.chunks = chunks
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(size, forKey: .size)
        try container.encode(depth, forKey: .depth)
        try container.encode(Data(Self.encode(chunks)), forKey: .chunks)
    }
}

/// One file of a snapshot.
public struct Entry: Hashable, Sendable {
    /// Relative, `/`-separated.
    public let path: String
    let parts: [Content]
    /// What a file system said of it, where it is a file of one.
    public let file: FileFacts?

    init(path: String, parts: [Content], file: FileFacts? = nil) {
        self.path = path
        self.parts = parts
        self.file = file
    }

    /// Bytes.
    public var size: Int64 { parts.reduce(0) { $0 + $1.size } }
    /// This name of a file with the bytes of its first one.
    public func holding(_ first: Entry) -> Entry {
        var facts = file
        facts?.same = nil
        return Entry(path: path, parts: first.parts, file: facts)
    }

    /// Bytes of each of the pieces that the writer kept apart.
    public var partSizes: [Int64] { parts.map(\.size) }
}

/// Lists entries as lines of JSON, sorted by path.
enum EntryList {
    /// Bytes; more is no entry of ours, and its sizes can be added without overflowing.
    private static let largestEntry = Int64(1) << 60
    /// Bytes of a line; a longer one would be an entry of some 100,000 parts.
    static let longestLine = 64 << 20

    static func line(_ entry: Entry) -> [UInt8] { EntryLine.encode(entry) }

    /// Nil where `line` is no entry.
    static func entry(of line: some Collection<UInt8>) -> Entry? {
        guard let entry = EntryLine.decode(line), !entry.parts.isEmpty, isSafe(entry.path),
            entry.parts.allSatisfy({ $0.size <= largestEntry / Int64(entry.parts.count) })
        else { return nil }
        return entry
    }

    /// Whether a path stays below the folder it is unpacked into.
    static func isSafe(_ path: String) -> Bool {
        var path = path
        return path.withUTF8 { isSafe($0) }
    }

    static func isSafe(_ path: UnsafeBufferPointer<UInt8>) -> Bool {
        var start = 0
        for at in 0...path.count {
            if at < path.count, path[at] != UInt8(ascii: "/") {
                if path[at] == 0 { return false }
                continue
            }
            let dots = path[start..<at].allSatisfy { $0 == UInt8(ascii: ".") }
            if dots, at - start <= 2 { return false }  // empty, . or ..
            start = at + 1
        }
        return true
    }
}
