import Crypto
import Foundation

/// What a host remembers of the entries that it stored last time, so that it need not read them again: for each path a stamp of
/// the asset's own making, where the bytes lie in the vault, and the line of the entry list, which need not be made again then. A
/// host that cannot read the vault has no other way to know.
///
/// A file of the local cache (I14): each block has a checksum and is dropped where it does not fit, an entry counts only while
/// every chunk of it is in the index, and whoever deletes the file loses time. It holds names and sizes, no contents, and only
/// its owner may read it. Both the old one and the new one are gone through once, in the order of the paths: the memory is a
/// block of each. Where every entry is as it was, the file stays what it is, and nothing is written.
///
/// Blocks: size (4) ‖ size of the plain bytes (4) ‖ first 16 bytes of the SHA-256 of the stored bytes ‖ stored bytes: a zstd
/// frame, or where both sizes are the same the plain bytes themselves, which are records, one behind the other.
///
/// `@unchecked Sendable`: `find` is called by one thread at a time, and so are the calls that write.
public final class KnownEntries: @unchecked Sendable {
    private let cache: LocalCache
    private let writer: ChunkWriter
    private let name: String
    private let head: [UInt8]

    private var old: Int32 = -1
    private var oldOffset: Int64 = 0
    private var block = ByteReader([])
    /// Where it lies in the file.
    private var blockPlace: Range<Int64> = 0..<0
    private let decompressor = Decompressor()
    private var candidate: Found?
    private var isExhausted = false

    /// Whether what was kept is what the old file begins with, up to `last`. No new one is written until that ends.
    private var isSame = true
    private var last: Found?
    private var new: Int32 = -1
    private let draft: String
    private var pending: [UInt8] = []
    private var compressor = Compressor()
    private var isBroken = false

    /// A record, in a block that lies at `place` in the old file.
    fileprivate struct Found: Sendable {
        let block: [UInt8]
        let place: Range<Int64>
        let record: Range<Int>
        let path: Range<Int>

        var isLastOfBlock: Bool { record.upperBound == block.count }

        /// Whether it comes next behind `other`, or first of all.
        func follows(_ other: Found?) -> Bool {
            guard let other else { return place.lowerBound == headWidth && record.lowerBound == 4 }
            if place == other.place { return record.lowerBound == other.record.upperBound + 4 }
            return place.lowerBound == other.place.upperBound && other.isLastOfBlock && record.lowerBound == 4
        }
    }

    /// A remembered entry whose bytes are all in the vault.
    public struct Known: Sendable {
        let content: StoredContent
        fileprivate let found: Found
        private let lineRange: Range<Int>

        fileprivate init(_ parsed: Parsed, _ found: Found) {
            content = parsed.content
            self.found = found
            lineRange = parsed.line
        }

        /// Bytes.
        public var size: Int64 { content.size }
        var path: ArraySlice<UInt8> { found.block[found.path] }
        /// Its line of the entry list.
        var line: ArraySlice<UInt8> { found.block[lineRange] }
    }

    private static let magic = Array("RPRSKNO3".utf8)
    private static let blockBytes = 64 << 10
    private static let largestBlock = 1 << 28

    init(cache: LocalCache, vault: VaultID, writer: ChunkWriter, name: String) {
        self.cache = cache
        self.writer = writer
        self.name = "known/" + name
        head = Self.magic + vault.bytes
        draft = cache.path(self.name) + "." + String(UInt64.random(in: .min ... .max), radix: 16)
        old = open(cache.path(self.name), O_RDONLY | O_CLOEXEC)
        if old >= 0, read(head.count) != head { isExhausted = true }
    }

    deinit {
        if old >= 0 { close(old) }
        discard()
    }

    // MARK: - The last time's

    /// What is remembered of the entry at `path`, or nil where that does not fit it any more. Paths are asked for in order.
    public func find(_ path: [UInt8], fits: (_ stamp: ArraySlice<UInt8>, _ extra: ArraySlice<UInt8>) -> Bool) -> Known? {
        while let next = candidate ?? advance() {
            candidate = next
            let order = Self.order(path, next)
            if order < 0 { return nil }
            candidate = nil
            guard order == 0 else { continue }
            guard let parsed = try? Self.parse(next.block, next.record),
                fits(next.block[parsed.stamp], next.block[parsed.extra]), isStored(parsed)
            else { return nil }
            return Known(parsed, next)
        }
        return nil
    }

    /// Negative where `path` comes before the candidate's, 0 where it is the same.
    private static func order(_ path: [UInt8], _ candidate: Found) -> Int {
        candidate.block.withUnsafeBytes { block in
            path.withUnsafeBytes { path in
                let other = UnsafeRawBufferPointer(rebasing: block[candidate.path])
                let common = min(path.count, other.count)
                let order = common == 0 ? 0 : Int(memcmp(path.baseAddress!, other.baseAddress!, common))
                return order == 0 ? path.count - other.count : order
            }
        }
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

    private func advance() -> Found? {
        while !isExhausted {
            if block.remaining > 0, let record = try? block.blockPlace() {
                var reader = ByteReader(block.bytes, in: record)
                guard let path = try? reader.blockPlace() else { break }
                return Found(block: block.bytes, place: blockPlace, record: record, path: path)
            }
            let start = oldOffset
            guard block.remaining == 0, let next = nextBlock() else { break }
            (block, blockPlace) = (ByteReader(next), start..<oldOffset)
        }
        isExhausted = true
        return nil
    }

    private func nextBlock() -> [UInt8]? {
        guard let start = read(blockHead) else { return nil }
        var reader = ByteReader(start)
        guard let size = try? Int(reader.number(UInt32.self)), let plainSize = try? Int(reader.number(UInt32.self)),
            size <= plainSize, plainSize <= Self.largestBlock, let bytes = read(size),
            Array(SHA256.hash(data: bytes).prefix(16)) == Array(start[8...])
        else { return nil }
        return size == plainSize ? bytes : decompressor.decompress(bytes, size: plainSize)
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
            oldOffset += Int64(got)
        }
        return bytes
    }

    // MARK: - The next time's

    /// Remembers an entry, behind those before it.
    public func add(_ entry: ListedEntry, stamp: [UInt8], extra: [UInt8], _ chunks: EntryChunks? = nil) {
        beginWriting()
        guard !isBroken else { return }
        append(Self.record(entry, stamp, extra, chunks ?? .none)[...])
    }

    /// Remembers an entry as it was remembered before.
    public func keep(_ known: Known) {
        if isSame, known.found.follows(last) {
            last = known.found
            return
        }
        beginWriting()
        append(known.found.block[known.found.record])
    }

    /// Puts what was added in the place of the last time's: once the snapshot is committed.
    public func commit() {
        var facts = stat()
        if isSame, let last, last.isLastOfBlock, fstat(old, &facts) == 0, Int64(facts.st_size) == last.place.upperBound { return }
        beginWriting()
        flush()
        if !isBroken, rename(draft, cache.path(name)) == 0 {
            close(new)
            new = -1
        }
        discard()
    }

    /// Begins the new file with what was the same until now.
    private func beginWriting() {
        guard isSame else { return }
        isSame = false
        mkdir(cache.path("known"), 0o700)
        new = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        isBroken = new < 0 || !write(head)
        guard !isBroken, let last else { return }
        isBroken = !copyOld(upTo: last.place.lowerBound)
        pending = Array(last.block[..<last.record.upperBound])
        self.last = nil
    }

    /// Copies whole blocks, from the first one on.
    private func copyOld(upTo end: Int64) -> Bool {
        var offset = Int64(headWidth)
        while offset < end {
            let piece = [UInt8](unsafeUninitializedCapacity: Int(min(end - offset, 256 << 10))) { buffer, count in
                count = max(0, pread(old, buffer.baseAddress, buffer.count, off_t(offset)))
            }
            guard !piece.isEmpty, write(piece) else { return false }
            offset += Int64(piece.count)
        }
        return true
    }

    private func discard() {
        guard new >= 0 else { return }
        close(new)
        new = -1
        unlink(draft)
    }

    private func append(_ record: ArraySlice<UInt8>) {
        pending.append(little: UInt32(record.count))
        pending += record
        if pending.count >= Self.blockBytes { flush() }
    }

    private func flush() {
        guard !pending.isEmpty, !isBroken else { return }
        let stored = pending.withUnsafeBytes { compressor.compress($0).map(Array.init) } ?? pending
        var bytes: [UInt8] = []
        bytes.append(little: UInt32(stored.count))
        bytes.append(little: UInt32(pending.count))
        bytes += SHA256.hash(data: stored).prefix(16)
        // A cache that cannot be written costs time and no more.
        isBroken = !write(bytes + stored)
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

    /// What a record says; the ranges are places in its block.
    struct Parsed {
        let path: Range<Int>
        let stamp: Range<Int>
        let extra: Range<Int>
        let line: Range<Int>
        let content: StoredContent
        let chunks: EntryChunks
    }

    /// Path, stamp, extra and line as blocks; number of parts (1); for each: size (8), depth (1), references as a block, those of
    /// its list for keepers as a block; then as blocks the references of data and of tree chunks that the parts do not name
    /// themselves.
    static func record(_ entry: ListedEntry, _ stamp: [UInt8], _ extra: [UInt8], _ chunks: EntryChunks) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(512)
        for block in [entry.path, stamp, extra, entry.line] { bytes.append(block: block) }
        bytes.append(UInt8(entry.content.parts.count))
        for part in entry.content.parts {
            bytes.append(little: part.size)
            bytes.append(UInt8(part.depth))
            bytes.append(block: Content.encode(part.chunks))
            bytes.append(block: Content.encode(part.reach))
        }
        bytes.append(block: Content.encode(chunks.data))
        bytes.append(block: Content.encode(chunks.trees))
        return bytes
    }

    static func parse(_ block: [UInt8], _ record: Range<Int>) throws(ByteReader.Truncated) -> Parsed {
        var reader = ByteReader(block, in: record)
        func references() throws(ByteReader.Truncated) -> [ChunkRef] {
            guard let found = Content.decode(block[try reader.blockPlace()]) else { throw ByteReader.Truncated() }
            return found
        }
        let path = try reader.blockPlace()
        let stamp = try reader.blockPlace()
        let extra = try reader.blockPlace()
        let line = try reader.blockPlace()
        var parts: [Content] = []
        for _ in 0..<(try reader.number(UInt8.self)) {
            let size = try reader.number(Int64.self)
            let depth = Int(try reader.number(UInt8.self))
            guard size >= 0, depth <= Content.depthLimit else { throw ByteReader.Truncated() }
            let chunks = try references()
            let reach = try references()
            guard depth == 0 || !reach.isEmpty else { throw ByteReader.Truncated() }
            parts.append(Content(size: size, depth: depth, chunks: chunks, reach: reach))
        }
        let chunks = EntryChunks(data: try references(), trees: try references())
        guard !parts.isEmpty, reader.remaining == 0 else { throw ByteReader.Truncated() }
        // What is deep must bring the chunks below it along, else nobody could tell whether they are still there.
        for part in parts where part.depth > 0 {
            guard chunks.data.reduce(Int64(0), { $0 + Int64($1.size) }) == part.size else { throw ByteReader.Truncated() }
        }
        return Parsed(
            path: path, stamp: stamp, extra: extra, line: line, content: StoredContent(parts: parts), chunks: chunks)
    }
}

/// Magic and vault.
private let headWidth = 8 + VaultID.width
/// In front of each block: its sizes and the beginning of its checksum.
private let blockHead = 24
