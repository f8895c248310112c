/// Reads the bytes that a server sends from a COPY statement until it is ready for the next one: a pure state machine without
/// I/O.
///
/// The bytes come in pieces of any size. What COPY delivers is moved together in place, so that the caller's buffer holds nothing
/// but rows; no row is ever held back or allocated, however long it is. Everything else is kept to at most `longestReport` bytes.
struct CopyStream {
    enum Event: Equatable {
        /// All bytes given are used up.
        case needsMore
        /// The server awaits our rows (CopyInResponse).
        case copyInStarted
        /// ErrorResponse. Unless it ends the session, `ready` follows.
        case failed(ServerReport)
        /// CommandComplete, with its tag: "COPY 12".
        case completed(String)
        /// ReadyForQuery. The transaction status: I, T or E.
        case ready(UInt8)
        /// These bytes are no answer to a COPY. Nothing after them can be trusted.
        case violation(String)
    }

    /// Bytes kept of a message that is not data; a longer error is cut, never refused.
    static let longestReport = 64 << 10

    /// libpq's own limit for messages that should be short: a longer one means that the stream is out of step.
    private static let longestShortMessage = 30_000

    /// Whether rows are to come in binary form, and not as text.
    private let isBinary: Bool
    private(set) var hasCopiedOut = false
    private(set) var hasReturnedRows = false
    private var isCopyingOut = false
    private var header: (kind: UInt8, length: UInt32, count: Int) = (0, 0, 0)
    /// Of the message that is being read.
    private var kind: UInt8 = 0
    private var remaining = 0
    private var body: [UInt8] = []

    init(binary: Bool = false) { isBinary = binary }

    /// Nothing of a further message has been read yet.
    var isBetweenMessages: Bool { header.count == 0 && remaining == 0 }

    /// Reads on in `buffer` from `position` to `end`, moving COPY data down to `kept`; returns at the first event.
    ///
    /// `0 ≤ kept ≤ position ≤ end ≤ buffer.count` holds before and after.
    mutating func next(
        in buffer: UnsafeMutableRawBufferPointer, from position: inout Int, to end: Int, keepingAt kept: inout Int
    ) -> Event {
        precondition(0 <= kept && kept <= position && position <= end && end <= buffer.count)
        guard let base = buffer.baseAddress else { return .needsMore }
        while position < end {
            if remaining == 0 {
                if header.count == 0, end - position >= 5 {
                    kind = base.load(fromByteOffset: position, as: UInt8.self)
                    header.length = UInt32(bigEndian: base.loadUnaligned(fromByteOffset: position + 1, as: UInt32.self))
                    position += 5
                } else {
                    let byte = base.load(fromByteOffset: position, as: UInt8.self)
                    position += 1
                    if header.count == 0 { header.kind = byte } else { header.length = header.length << 8 | UInt32(byte) }
                    header.count += 1
                    if header.count < 5 { continue }
                    kind = header.kind
                }
                if let problem = begin(length: header.length) { return .violation(problem) }
                header = (0, 0, 0)
            }
            if remaining > 0 {
                let count = min(remaining, end - position)
                if kind == UInt8(ascii: "d") {
                    if kept != position { (base + kept).copyMemory(from: base + position, byteCount: count) }
                    kept += count
                } else {
                    keepBody(UnsafeRawBufferPointer(start: base + position, count: count))
                }
                position += count
                remaining -= count
            }
            if remaining == 0, kind != UInt8(ascii: "d"), let event = finishMessage() { return event }
        }
        return .needsMore
    }

    /// Looks at a message's header; returns what is wrong with it.
    private mutating func begin(length: UInt32) -> String? {
        guard length >= 4, length <= UInt32(Int32.max) else { return "a message of impossible length \(length)" }
        remaining = Int(length) - 4
        switch kind {
        case UInt8(ascii: "d"):
            return isCopyingOut ? nil : "rows before the beginning of a COPY"
        case UInt8(ascii: "E"), UInt8(ascii: "N"), UInt8(ascii: "A"), UInt8(ascii: "S"):
            return nil
        case UInt8(ascii: "T"), UInt8(ascii: "D"):
            hasReturnedRows = true
            return nil
        case UInt8(ascii: "H"), UInt8(ascii: "G"), UInt8(ascii: "c"), UInt8(ascii: "C"), UInt8(ascii: "Z"), UInt8(ascii: "I"):
            return length <= Self.longestShortMessage ? nil : "a message of impossible length \(length)"
        default:
            return "a message of unexpected kind \(kind)"
        }
    }

    private mutating func keepBody(_ bytes: UnsafeRawBufferPointer) {
        // Result rows of a statement that is no COPY are of no use.
        guard kind != UInt8(ascii: "D"), kind != UInt8(ascii: "T") else { return }
        body.append(contentsOf: bytes.prefix(Self.longestReport - body.count))
    }

    private mutating func finishMessage() -> Event? {
        defer { body.removeAll(keepingCapacity: true) }
        switch kind {
        case UInt8(ascii: "H"):
            guard body.first == (isBinary ? 1 : 0) else {
                return .violation(isBinary ? "a COPY that is not in binary format" : "a COPY that is not in text format")
            }
            hasCopiedOut = true
            isCopyingOut = true
            return nil
        case UInt8(ascii: "G"):
            // Rows go there in the form that the statement names.
            guard let form = body.first, form <= 1 else { return .violation("a COPY in an unknown format") }
            return .copyInStarted
        case UInt8(ascii: "c"):
            guard isCopyingOut else { return .violation("the end of a COPY that has not begun") }
            isCopyingOut = false
            return nil
        case UInt8(ascii: "C"):
            return .completed(String(decoding: body.prefix { $0 != 0 }, as: UTF8.self))
        case UInt8(ascii: "E"):
            isCopyingOut = false
            return .failed(ServerReport(body: body))
        case UInt8(ascii: "Z"):
            guard body.count == 1 else { return .violation("a message of impossible length") }
            isCopyingOut = false
            return .ready(body[0])
        default:
            return nil
        }
    }
}
