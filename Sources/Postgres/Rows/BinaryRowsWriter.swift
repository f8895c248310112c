internal import Glibc

/// That rows of COPY text cannot be brought into binary form here: a value is not as the server itself writes values of its
/// type, or rows are too long for it. As text the server may take them all the same.
public struct UnsuitableRows: Error {}

/// Brings rows of COPY text, as a server wrote them, into the form of a binary COPY, which costs the server that takes them much
/// less. A pure state machine without I/O.
///
/// The text may be cut anywhere. Memory: a piece, its binary form, and a row that is not wholly there.
struct BinaryRowsWriter {
    /// Bytes of a row's text.
    static let longestRow = 16 << 20
    /// A server gathers so many rows before it stores them: of text fewer, by their bytes, which it does not count in binary
    /// form.
    static let gatheredRows = 1000
    /// Bytes that it may come to hold thereby.
    static let gatheredBytes = 96 << 20
    private static let newline: UInt8 = 10

    private let columns: [BinaryColumn]
    private var pending: [UInt8] = []
    private var isBegun = false
    private var gathered = Gathered()

    /// What the server gathers.
    private struct Gathered {
        var rows = 0
        var bytes = 0

        /// Whether one more row is not too much.
        mutating func add(_ count: Int) -> Bool {
            bytes += count
            rows += 1
            guard bytes <= BinaryRowsWriter.gatheredBytes else { return false }
            if rows == BinaryRowsWriter.gatheredRows { self = Gathered() }
            return true
        }
    }

    /// - Parameter columns: at least one.
    init(_ columns: [BinaryColumn]) { self.columns = columns }

    /// The binary form of the rows that end in `piece`.
    mutating func write(_ piece: [UInt8]) throws(UnsuitableRows) -> [UInt8] {
        guard let last = piece.lastIndex(of: Self.newline) else {
            try hold(piece[...])
            return []
        }
        let end = last + 1
        var first = 0
        var row: [UInt8] = []
        if !pending.isEmpty {
            first = (piece.firstIndex(of: Self.newline) ?? last) + 1
            try hold(piece[..<first])
            swap(&row, &pending)
        }
        let rows = try self.rows(row[...], piece[first..<end])
        try hold(piece[end...])
        return rows
    }

    /// What stands behind the last row.
    mutating func finish() throws(UnsuitableRows) -> [UInt8] {
        guard pending.isEmpty else { throw UnsuitableRows() }
        return (isBegun ? [] : Self.head) + [0xff, 0xff]
    }

    private mutating func hold(_ bytes: ArraySlice<UInt8>) throws(UnsuitableRows) {
        guard pending.count + bytes.count <= Self.longestRow else { throw UnsuitableRows() }
        pending += bytes
    }

    /// The signature, no flags, nothing added.
    private static let head: [UInt8] =
        [0x50, 0x47, 0x43, 0x4F, 0x50, 0x59, 0x0A, 0xFF, 0x0D, 0x0A, 0x00] + [UInt8](repeating: 0, count: 8)

    /// Of two runs of whole rows, either of which may be empty.
    private mutating func rows(_ first: ArraySlice<UInt8>, _ second: ArraySlice<UInt8>) throws(UnsuitableRows) -> [UInt8] {
        let head = isBegun ? [] : Self.head
        isBegun = true
        let columns = self.columns
        let bytes = first.count + second.count
        // A row has a byte for each of its columns at least; the first that has not is not suitable.
        let count = min(first.count { $0 == Self.newline } + second.count { $0 == Self.newline }, bytes / columns.count + 1)
        let room = head.count + bytes + count * (2 + columns.count * RowValue.most) + RowValue.slack
        var isSuitable = true
        var gathered = self.gathered
        let binary = [UInt8](unsafeUninitializedCapacity: room) { buffer, filled in
            let base = UnsafeMutableRawPointer(buffer.baseAddress!)
            base.copyMemory(from: head, byteCount: head.count)
            var target = base + head.count
            for run in [first, second] {
                let after = run.withUnsafeBytes { Self.rows($0, columns, &gathered, at: target) }
                guard let after else {
                    isSuitable = false
                    break
                }
                target = after
            }
            filled = target - base
        }
        guard isSuitable else { throw UnsuitableRows() }
        self.gathered = gathered
        return binary
    }

    /// Writes whole rows; returns where they end, nil where they are not suitable.
    private static func rows(
        _ text: UnsafeRawBufferPointer, _ columns: [BinaryColumn], _ gathered: inout Gathered, at start: UnsafeMutableRawPointer
    ) -> UnsafeMutableRawPointer? {
        guard var position = text.baseAddress, !text.isEmpty else { return start }
        let end = position + text.count
        var target = start
        do throws(UnsuitableRows) {
            try columns.withUnsafeBufferPointer { columns throws(UnsuitableRows) in
                while position < end {
                    let row = target
                    target.storeBytes(of: Int16(columns.count).bigEndian, as: Int16.self)
                    target += 2
                    for column in 0..<columns.count {
                        let terminator: UInt8 = column == columns.count - 1 ? newline : 9
                        guard position < end else { throw UnsuitableRows() }
                        target = try RowValue.write(columns[column], from: &position, to: end, terminator, at: target)
                    }
                    guard gathered.add(target - row) else { throw UnsuitableRows() }
                }
            }
            return target
        } catch { return nil }
    }
}

/// Rows of COPY text on their way into a binary COPY.
struct BinaryPieces<Base: AsyncSequence & Sendable>: AsyncSequence, Sendable where Base.Element == [UInt8] {
    typealias Element = [UInt8]
    let base: Base
    let columns: [BinaryColumn]

    struct Iterator: AsyncIteratorProtocol {
        var base: Base.AsyncIterator
        var writer: BinaryRowsWriter
        var isAtEnd = false

        mutating func next() async throws -> [UInt8]? {
            guard !isAtEnd else { return nil }
            guard let piece = try await base.next() else {
                isAtEnd = true
                return try writer.finish()
            }
            return try writer.write(piece)
        }
    }

    func makeAsyncIterator() -> Iterator { Iterator(base: base.makeAsyncIterator(), writer: BinaryRowsWriter(columns)) }
}
