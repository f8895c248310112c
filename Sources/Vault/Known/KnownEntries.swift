import Crypto
import Foundation

/// What a host remembers of the entries that it stored last time, so that it need not read them again: for each path a stamp of
/// the asset's own making, and where the bytes lie in the vault. A host that cannot read the vault has no other way to know.
///
/// A file of the local cache (I14): each block has a checksum and is dropped where it does not fit, an entry counts only while
/// every chunk of it is in the index, and whoever deletes the file loses time. It holds names and sizes, no contents, and only
/// its owner may read it. Both the old one and the new one are gone through once, in the order of the paths: the memory is a
/// block of each.
///
/// Blocks: size (4) ‖ first 16 bytes of the SHA-256 of the bytes ‖ bytes: records, one behind the other.
///
/// `@unchecked Sendable`: `find` is called by one thread at a time, and so are the calls that write.
public final class KnownEntries: @unchecked Sendable {
    private let cache: LocalCache
    private let writer: ChunkWriter
    private let name: String
    private let head: [UInt8]

    private var old: Int32 = -1
    private var block = ByteReader([])
    private var candidate: (path: [UInt8], record: [UInt8])?
    private var isExhausted = false

    private var new: Int32 = -1
    private let draft: String
    private var pending: [UInt8] = []
    private var isBroken = false

    /// A remembered entry whose bytes are all in the vault.
    public struct Known: Sendable {
        public let stamp: [UInt8]
        /// What the asset wanted kept beside.
        public let extra: [UInt8]
        public let content: StoredContent
        let record: [UInt8]
    }

    private static let magic = Array("RPRSKNO2".utf8)
    private static let blockBytes = 64 << 10
    private static let largestBlock = 1 << 28

    init(cache: LocalCache, vault: VaultID, writer: ChunkWriter, name: String) {
        self.cache = cache
        self.writer = writer
        self.name = "known/" + name
        head = Self.magic + vault.bytes
        draft = cache.path(self.name) + "." + String(UInt64.random(in: .min ... .max), radix: 16)
        mkdir(cache.path("known"), 0o700)
        old = open(cache.path(self.name), O_RDONLY | O_CLOEXEC)
        if old >= 0, read(head.count) != head { isExhausted = true }
        new = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        isBroken = new < 0 || !write(head)
    }

    deinit {
        if old >= 0 { close(old) }
        discard()
    }

    // MARK: - The last time's

    /// What is remembered of the entry at `path` with that stamp, or nil. Paths are asked for in order.
    public func find(_ path: [UInt8], stamp: (_ stamp: [UInt8], _ extra: [UInt8]) -> Bool) -> Known? {
        while let next = candidate ?? advance() {
            candidate = next
            if next.path == path {
                candidate = nil
                guard let known = try? Self.parse(next.record), stamp(known.stamp, known.extra), isStored(known) else {
                    return nil
                }
                return Known(stamp: known.stamp, extra: known.extra, content: known.content, record: next.record)
            }
            if path.lexicographicallyPrecedes(next.path) { return nil }
            candidate = nil
        }
        return nil
    }

    /// Whether this session may rely on every chunk: it is in the index, and in no pack that a keeper will delete. From then on
    /// it does.
    private func isStored(_ known: Parsed) -> Bool {
        func has(_ references: [ChunkRef], _ kind: ChunkKind) -> Bool {
            references.allSatisfy { writer.reliesOn($0, kind) }
        }
        return known.content.parts.allSatisfy { has($0.chunks, $0.depth == 0 ? .data : .tree) && has($0.reach, .reach) }
            && has(known.chunks.data, .data) && has(known.chunks.trees, .tree)
    }

    private func advance() -> (path: [UInt8], record: [UInt8])? {
        while !isExhausted {
            if block.remaining > 0, let record = try? block.block() {
                var reader = ByteReader(record)
                guard let path = try? reader.block() else { break }
                if let candidate, !candidate.path.lexicographicallyPrecedes(path) { break }
                return (path, record)
            }
            guard block.remaining == 0, let next = nextBlock() else { break }
            block = ByteReader(next)
        }
        isExhausted = true
        return nil
    }

    private func nextBlock() -> [UInt8]? {
        guard let start = read(20) else { return nil }
        var reader = ByteReader(start)
        guard let size = try? Int(reader.number(UInt32.self)), size <= Self.largestBlock, let bytes = read(size),
            Array(SHA256.hash(data: bytes).prefix(16)) == Array(start[4...])
        else { return nil }
        return bytes
    }

    private func read(_ count: Int) -> [UInt8]? {
        guard old >= 0 else { return nil }
        var bytes = [UInt8](repeating: 0, count: count)
        var filled = 0
        while filled < count {
            let got = bytes.withUnsafeMutableBytes { Foundation.read(old, $0.baseAddress! + filled, count - filled) }
            if got < 0, errno == EINTR { continue }
            guard got > 0 else { return nil }
            filled += got
        }
        return bytes
    }

    // MARK: - The next time's

    /// Remembers an entry, behind those before it.
    public func add(_ path: [UInt8], stamp: [UInt8], extra: [UInt8], _ content: StoredContent, _ chunks: EntryChunks? = nil) {
        guard !isBroken else { return }
        append(Self.record(path, stamp, extra, content, chunks ?? .none))
    }

    /// Remembers an entry as it was remembered before.
    public func keep(_ known: Known) { append(known.record) }

    /// Puts what was added in the place of the last time's: once the snapshot is committed.
    public func commit() {
        flush()
        if !isBroken, rename(draft, cache.path(name)) == 0 {
            close(new)
            new = -1
        }
        discard()
    }

    private func discard() {
        guard new >= 0 else { return }
        close(new)
        new = -1
        unlink(draft)
    }

    private func append(_ record: [UInt8]) {
        pending.append(block: record)
        if pending.count >= Self.blockBytes { flush() }
    }

    private func flush() {
        guard !pending.isEmpty, !isBroken else { return }
        var bytes: [UInt8] = []
        bytes.append(little: UInt32(pending.count))
        bytes += SHA256.hash(data: pending).prefix(16)
        // A cache that cannot be written costs time and no more.
        isBroken = !write(bytes + pending)
        pending.removeAll(keepingCapacity: true)
    }

    private func write(_ bytes: [UInt8]) -> Bool {
        var offset = 0
        while offset < bytes.count {
            let count = bytes.withUnsafeBytes { Foundation.write(new, $0.baseAddress! + offset, $0.count - offset) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            offset += count
        }
        return true
    }

    // MARK: - Records

    struct Parsed {
        let path: [UInt8]
        let stamp: [UInt8]
        let extra: [UInt8]
        let content: StoredContent
        let chunks: EntryChunks
    }

    /// Path, stamp and extra as blocks; number of parts (1); for each: size (8), depth (1), references as a block, those of its
    /// list for keepers as a block; then as blocks the references of data and of tree chunks that the parts do not name
    /// themselves.
    static func record(
        _ path: [UInt8], _ stamp: [UInt8], _ extra: [UInt8], _ content: StoredContent, _ chunks: EntryChunks
    ) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(block: path)
        bytes.append(block: stamp)
        bytes.append(block: extra)
        bytes.append(UInt8(content.parts.count))
        for part in content.parts {
            bytes.append(little: part.size)
            bytes.append(UInt8(part.depth))
            bytes.append(block: Content.encode(part.chunks))
            bytes.append(block: Content.encode(part.reach))
        }
        bytes.append(block: Content.encode(chunks.data))
        bytes.append(block: Content.encode(chunks.trees))
        return bytes
    }

    static func parse(_ record: [UInt8]) throws(ByteReader.Truncated) -> Parsed {
        var reader = ByteReader(record)
        func references(_ bytes: [UInt8]) throws(ByteReader.Truncated) -> [ChunkRef] {
            guard let found = Content.decode(bytes) else { throw ByteReader.Truncated() }
            return found
        }
        let path = try reader.block()
        let stamp = try reader.block()
        let extra = try reader.block()
        var parts: [Content] = []
        for _ in 0..<(try reader.number(UInt8.self)) {
            let size = try reader.number(Int64.self)
            let depth = Int(try reader.number(UInt8.self))
            guard size >= 0, depth <= Content.depthLimit else { throw ByteReader.Truncated() }
            let chunks = try references(reader.block())
            let reach = try references(reader.block())
            guard depth == 0 || !reach.isEmpty else { throw ByteReader.Truncated() }
            parts.append(Content(size: size, depth: depth, chunks: chunks, reach: reach))
        }
        let chunks = EntryChunks(data: try references(reader.block()), trees: try references(reader.block()))
        guard !parts.isEmpty, reader.remaining == 0 else { throw ByteReader.Truncated() }
        // What is deep must bring the chunks below it along, else nobody could tell whether they are still there.
        for part in parts where part.depth > 0 {
            guard chunks.data.reduce(Int64(0), { $0 + Int64($1.size) }) == part.size else { throw ByteReader.Truncated() }
        }
        return Parsed(
            path: path, stamp: stamp, extra: extra, content: StoredContent(parts: parts), chunks: chunks)
    }
}
