internal import CXXHash

/// Counts and checksums lines of COPY text while their bytes pass, in pieces of any size.
///
/// COPY text escapes every newline inside a value, so a newline byte always ends a row, in every encoding a server can have.
public struct RowHasher: ~Copyable, RowReader {
    static let readsBinary = false

    private var sum: UInt128 = 0
    private var rows: Int64 = 0
    private(set) var bytes: Int64 = 0
    /// Takes in the beginning of a line whose end has not come yet; made for the first such line.
    private var partial: OpaquePointer?
    private var isInsideLine = false

    public init() {}

    deinit { xxh3_stream_free(partial) }

    public mutating func update(_ piece: UnsafeRawBufferPointer) {
        guard var start = piece.baseAddress else { return }
        let end = start + piece.count
        while start < end {
            guard let newline = memchr(start, 10, end - start) else {
                beginLine(start, end - start)
                return
            }
            endLine(start, UnsafeRawPointer(newline) - start)
            start = UnsafeRawPointer(newline) + 1
        }
    }

    /// Takes bytes of a line, none of them a newline, that goes on.
    mutating func beginLine(_ start: UnsafeRawPointer, _ count: Int) {
        if partial == nil {
            partial = xxh3_stream_make()
            precondition(partial != nil, "out of memory")
        }
        if !isInsideLine {
            xxh3_stream_reset(partial)
            isInsideLine = true
        }
        xxh3_stream_update(partial, start, count)
        bytes += Int64(count)
    }

    /// Takes the last bytes of a line, without its newline.
    mutating func endLine(_ start: UnsafeRawPointer, _ count: Int) {
        if isInsideLine {
            beginLine(start, count)
            isInsideLine = false
            add(xxh3_stream_digest(partial))
        } else {
            add(xxh3_of(start, count))
            bytes += Int64(count)
        }
        bytes += 1
    }

    /// What has passed so far; a last line without a newline counts as a row.
    public consuming func finish() -> CopyTotals {
        if isInsideLine {
            add(xxh3_stream_digest(partial))
        }
        return CopyTotals(rows: rows, bytes: bytes, checksum: RowChecksum(sum: sum))
    }

    private mutating func add(_ hash: xxh3_digest) {
        sum &+= UInt128(hash.high) << 64 | UInt128(hash.low)
        rows += 1
    }
}

/// What a COPY delivered.
public struct CopyTotals: Sendable, Hashable, Codable {
    public let rows: Int64
    /// Of COPY text, newlines included.
    public let bytes: Int64
    public let checksum: RowChecksum

    public init(rows: Int64 = 0, bytes: Int64 = 0, checksum: RowChecksum = RowChecksum()) {
        self.rows = rows
        self.bytes = bytes
        self.checksum = checksum
    }

    public static func + (left: CopyTotals, right: CopyTotals) -> CopyTotals {
        CopyTotals(rows: left.rows + right.rows, bytes: left.bytes + right.bytes, checksum: left.checksum + right.checksum)
    }
}
