internal import Language

/// Reads the rows of a `COPY … TO STDOUT (FORMAT binary)` and takes the totals that the same rows have as COPY text: every row is
/// written as the server would write it, and hashed at once. A pure state machine without I/O.
///
/// The bytes may be cut anywhere. Memory is the same for a row of 500 MB as for one of 50 bytes, and nothing is allocated for a
/// row. Rows that are wholly there, most of them, take a short way; of others every unit (a length, a number, a part of a long
/// value) is taken as it comes. Bytes that are no such rows throw `protocolViolation`.
struct BinaryRows: ~Copyable, RowReader {
    static let readsBinary = true

    private enum Step {
        case signature
        /// Flags of the header, and the length of what is added to it.
        case header
        case addition
        /// The number of columns of a row, or the mark of the end.
        case count
        case length
        /// All of a value of a fixed size.
        case value
        /// The version of a jsonb.
        case version
        /// A value of any size.
        case long
        case ended
    }

    /// Of a value that is written at once.
    private static let longPiece = 8 << 10
    /// Bytes of a line of which the hasher is given what there is, unless the line ends here.
    private static let longLine = 16 << 10
    private static let lineBytes = 64 << 10

    private let columns: Columns
    private let line: Buffer
    /// A unit of which not all bytes have come yet.
    private let carry: Buffer
    private var hasher = RowHasher()
    private var step = Step.signature
    private var carried = 0
    /// Bytes that are still to come of an addition or a value.
    private var remaining = 0
    /// That is being read.
    private var column = 0
    /// Bytes of text in `line`.
    private var written = 0

    init(_ columns: [BinaryColumn]) {
        self.columns = Columns(columns)
        // A row of nothing but NULLs is written without looking at the room.
        line = Buffer(Self.lineBytes + columns.count * 3 + RowText.slack)
        carry = Buffer(16)
    }

    var bytes: Int64 { hasher.bytes }

    mutating func update(_ piece: UnsafeRawBufferPointer) throws(PostgresError) {
        guard var position = piece.baseAddress else { return }
        let end = position + piece.count
        while position < end {
            switch step {
            case .count:
                if carried == 0 { try readWholeRows(from: &position, to: end) }
                if let unit = unit(2, from: &position, to: end) { try beginRow(unit) }
            case .length:
                if let unit = unit(4, from: &position, to: end) { try beginValue(unit) }
            case .value:
                if let unit = unit(remaining, from: &position, to: end) {
                    written =
                        try RowText.value(
                            columns[column], unit, remaining, readableTo: unit + remaining, to: line.base + written) - line.base
                    endValue()
                }
            case .version:
                if let unit = unit(1, from: &position, to: end) { try beginDocument(unit) }
            case .long:
                writeLong(from: &position, to: end)
            case .signature:
                if let unit = unit(11, from: &position, to: end) { try checkSignature(unit) }
            case .header:
                if let unit = unit(8, from: &position, to: end) { try beginAddition(unit) }
            case .addition:
                let count = min(remaining, end - position)
                position += count
                remaining -= count
                if remaining == 0 { step = .count }
            case .ended:
                throw Self.violation("\(end - position) bytes behind the end of its rows")
            }
        }
    }

    consuming func finish() throws(PostgresError) -> CopyTotals {
        guard step == .ended else { throw Self.violation("it ends before the end of its rows") }
        return hasher.finish()
    }

    // MARK: - Rows that are there

    /// Reads rows as long as all of their bytes are there and their lines are short; the first that is not so is left alone.
    private mutating func readWholeRows(from position: inout UnsafeRawPointer, to end: UnsafeRawPointer) throws(PostgresError) {
        let base = line.base
        let limit = base + Self.lineBytes
        while end - position >= 2, Int(Self.int16(position)) == columns.count {
            var source = position + 2
            var target = base
            for column in 0..<columns.count {
                if column > 0 { target = RowText.character("\t", to: target) }
                guard end - source >= 4 else { return }
                let length = Int(Self.int32(source))
                source += 4
                if length == -1 {
                    target = RowText.literal("\\N", to: target)
                    continue
                }
                guard length >= 0, length <= end - source, limit - target >= RowText.most(length) else { return }
                let kind = columns[column]
                if let size = kind.size, size != length { return }
                target = try RowText.value(kind, source, length, readableTo: end, to: target)
                source += length
            }
            hasher.endLine(base, target - base)
            position = source
        }
    }

    // MARK: - Rows that come in pieces

    /// The next `count` bytes; nil where they have not all come, and are kept until they have.
    private mutating func unit(
        _ count: Int, from position: inout UnsafeRawPointer, to end: UnsafeRawPointer
    ) -> UnsafeRawPointer? {
        if carried == 0, end - position >= count {
            defer { position += count }
            return position
        }
        let more = min(count - carried, end - position)
        (carry.base + carried).copyMemory(from: position, byteCount: more)
        position += more
        carried += more
        guard carried == count else { return nil }
        carried = 0
        return UnsafeRawPointer(carry.base)
    }

    private mutating func checkSignature(_ unit: UnsafeRawPointer) throws(PostgresError) {
        let isRight = UnsafeRawBufferPointer(start: unit, count: 11).elementsEqual(
            [0x50, 0x47, 0x43, 0x4F, 0x50, 0x59, 0x0A, 0xFF, 0x0D, 0x0A, 0x00])
        guard isRight else { throw Self.violation("it does not begin as rows in binary form do") }
        step = .header
    }

    private mutating func beginAddition(_ unit: UnsafeRawPointer) throws(PostgresError) {
        // The upper half tells of what a reader must know, and nothing of it is in use any more.
        let flags = UInt32(bitPattern: Self.int32(unit))
        guard flags >> 16 == 0 else { throw Self.violation("its rows are of an unknown form") }
        remaining = Int(Self.int32(unit + 4))
        guard remaining >= 0 else { throw Self.violation("a header of \(remaining) bytes") }
        step = remaining == 0 ? .count : .addition
    }

    private mutating func beginRow(_ unit: UnsafeRawPointer) throws(PostgresError) {
        let count = Int(Self.int16(unit))
        if count == -1 {
            step = .ended
            return
        }
        guard count == columns.count else {
            throw Self.violation("a row of \(count) columns where there are \(columns.count)")
        }
        written = 0
        column = 0
        step = .length
        if count == 0 { endLine() }
    }

    private mutating func beginValue(_ unit: UnsafeRawPointer) throws(PostgresError) {
        let length = Int(Self.int32(unit))
        let kind = columns[column]
        makeRoom(RowText.most(0))
        if length == -1 {
            written = RowText.literal("\\N", to: line.base + written) - line.base
            return endValue()
        }
        guard length >= 0, kind.size ?? length == length, kind != .jsonb || length > 0 else {
            throw Self.violation("a value of \(length) bytes in a column of type \(kind)")
        }
        remaining = length
        if kind.size != nil {
            step = .value
        } else if kind == .jsonb {
            step = .version
        } else {
            if kind == .bytea { written = RowText.literal("\\\\x", to: line.base + written) - line.base }
            beginLong()
        }
    }

    private mutating func beginDocument(_ unit: UnsafeRawPointer) throws(PostgresError) {
        try RowText.checkVersion(unit)
        remaining -= 1
        beginLong()
    }

    private mutating func beginLong() {
        step = .long
        if remaining == 0 { endValue() }
    }

    private mutating func writeLong(from position: inout UnsafeRawPointer, to end: UnsafeRawPointer) {
        let count = min(remaining, end - position, Self.longPiece)
        makeRoom(RowText.most(count))
        let target = line.base + written
        let after =
            columns[column] == .bytea
            ? RowText.hexadecimal(position, count, to: target)
            : RowText.escaped(position, count, readableTo: end, to: target)
        written = after - line.base
        position += count
        remaining -= count
        if remaining == 0 { endValue() }
    }

    private mutating func endValue() {
        column += 1
        guard column < columns.count else { return endLine() }
        makeRoom(RowText.most(0))
        written = RowText.character("\t", to: line.base + written) - line.base
        step = .length
    }

    private mutating func endLine() {
        hasher.endLine(line.base, written)
        written = 0
        step = .count
    }

    /// Gives what is written of a line to the hasher before it grows long.
    private mutating func makeRoom(_ count: Int) {
        guard written > Self.longLine || Self.lineBytes - written < count else { return }
        hasher.beginLine(line.base, written)
        written = 0
    }

    // MARK: - The bytes

    @inline(__always)
    private static func int16(_ place: UnsafeRawPointer) -> Int16 { Int16(bigEndian: place.loadUnaligned(as: Int16.self)) }

    @inline(__always)
    private static func int32(_ place: UnsafeRawPointer) -> Int32 { Int32(bigEndian: place.loadUnaligned(as: Int32.self)) }

    static func violation(_ problem: String) -> PostgresError {
        PostgresError(.protocolViolation, "The server's answer to a COPY cannot be understood: \(problem).")
    }

    /// Bytes that stay where they are.
    private struct Buffer: ~Copyable {
        let base: UnsafeMutableRawPointer

        init(_ count: Int) { base = .allocate(byteCount: count, alignment: 64) }

        deinit { base.deallocate() }
    }

    /// The columns, where reading one costs no more than a load.
    private struct Columns: ~Copyable {
        let count: Int
        private let base: UnsafeMutablePointer<BinaryColumn>

        init(_ columns: [BinaryColumn]) {
            count = columns.count
            base = .allocate(capacity: columns.count)
            base.initialize(from: columns, count: columns.count)
        }

        deinit { base.deallocate() }

        @inline(__always)
        subscript(_ number: Int) -> BinaryColumn { base[number] }
    }
}

extension RowText {
    /// The room that a value takes whose binary form has `count` bytes, with what stands around it.
    @inline(__always)
    static func most(_ count: Int) -> Int { 2 * count + BinaryColumn.longestText + slack }

    /// Writes a value whose `count` bytes are all there, of which the caller has seen that they are as many as its type has.
    @inline(__always)
    static func value(
        _ kind: BinaryColumn, _ source: UnsafeRawPointer, _ count: Int, readableTo end: UnsafeRawPointer,
        to target: UnsafeMutableRawPointer
    ) throws(PostgresError) -> UnsafeMutableRawPointer {
        switch kind {
        case .text:
            return escaped(source, count, readableTo: end, to: target)
        case .int4:
            return decimal(Int64(Int32(bigEndian: source.loadUnaligned(as: Int32.self))), to: target)
        case .int8:
            return decimal(Int64(bigEndian: source.loadUnaligned(as: Int64.self)), to: target)
        case .int2:
            return decimal(Int64(Int16(bigEndian: source.loadUnaligned(as: Int16.self))), to: target)
        case .oid:
            return decimal(UInt64(UInt32(bigEndian: source.loadUnaligned(as: UInt32.self))), to: target)
        case .bool:
            let byte = source.load(as: UInt8.self)
            guard byte <= 1 else { throw BinaryRows.violation("a truth value of \(byte)") }
            return character(byte == 1 ? "t" : "f", to: target)
        case .jsonb:
            guard count > 0 else { throw BinaryRows.violation("a value of 0 bytes in a column of type jsonb") }
            try checkVersion(source)
            return escaped(source + 1, count - 1, readableTo: end, to: target)
        case .bytea:
            return hexadecimal(source, count, to: literal("\\\\x", to: target))
        case .uuid:
            return uuid(source, to: target)
        case .date:
            return date(Int32(bigEndian: source.loadUnaligned(as: Int32.self)), to: target)
        case .timestamp:
            return timestamp(Int64(bigEndian: source.loadUnaligned(as: Int64.self)), withZone: false, to: target)
        case .timestamptz:
            return timestamp(Int64(bigEndian: source.loadUnaligned(as: Int64.self)), withZone: true, to: target)
        }
    }

    static func checkVersion(_ place: UnsafeRawPointer) throws(PostgresError) {
        let version = place.load(as: UInt8.self)
        guard version == 1 else { throw BinaryRows.violation("a jsonb of version \(version)") }
    }
}
