internal import Foundation
internal import Language

/// A `COPY … FROM STDIN` under way. Lives on its connection's thread.
///
/// Rows go out in messages of at most `frameBytes`; the server's answer is watched meanwhile, so that a refused row ends the copy
/// at once.
final class CopyIn {
    private let session: Session
    private let cancellation: Cancellation
    private let wire: Wire
    private var stream = CopyStream()
    private var answer = CopyAnswer()
    /// A CopyData message in the making: 5 bytes of header, then rows.
    private let frame: UnsafeMutableRawBufferPointer
    private var filled = headerBytes
    private let incoming: UnsafeMutableRawBufferPointer

    private static let headerBytes = 5
    private static let frameBytes = 256 << 10

    /// Starts the copy; throws when the server refuses it.
    init(_ session: Session, _ sql: String, _ cancellation: Cancellation) throws(PostgresError) {
        self.session = session
        self.cancellation = cancellation
        try session.begin(cancellation)
        wire = try session.takeOver()
        frame = .allocate(byteCount: Self.headerBytes + Self.frameBytes, alignment: 64)
        incoming = .allocate(byteCount: 16 << 10, alignment: 64)
        try session.send(session.query(sql), over: wire, cancellation)
        while !answer.awaitsRows, !answer.isComplete { try receive() }
        if answer.isComplete { try end() }
    }

    deinit {
        frame.deallocate()
        incoming.deallocate()
    }

    /// Adds rows; any piece of them, ending anywhere. Throws what the server has to say as soon as it says it.
    func write(_ piece: [UInt8]) throws(PostgresError) {
        var start = 0
        while start < piece.count {
            let count = min(piece.count - start, frame.count - filled)
            piece.withUnsafeBytes {
                UnsafeMutableRawBufferPointer(rebasing: frame[filled...]).copyMemory(
                    from: UnsafeRawBufferPointer(rebasing: $0[start..<start + count]))
            }
            start += count
            filled += count
            if filled == frame.count { try sendFrame() }
        }
    }

    /// Ends the copy; gives the number of rows as the server counts them.
    func finish() throws(PostgresError) -> Int64 {
        if filled > Self.headerBytes { try sendFrame() }
        if cancellation.isRequested {
            try abort("cancelled")
            throw .cancelled
        }
        try session.send(Session.message("c"), over: wire, cancellation)
        while !answer.isComplete || !stream.isBetweenMessages { try receive() }
        try end()
        return answer.rows
    }

    /// Makes the server forget the rows of this copy. Does nothing when it has already ended.
    func abort(_ reason: String) throws(PostgresError) {
        guard !answer.isComplete, session.broken == nil else { return }
        try session.send(Session.message("f", Array(reason.utf8) + [0]), over: wire, cancellation)
        while !answer.isComplete || !stream.isBetweenMessages { try receive() }
        session.settle()
    }

    /// Throws what went wrong in a copy that has ended.
    private func end() throws(PostgresError) {
        session.settle()
        if cancellation.isRequested { throw .cancelled }
        if let failure = answer.failure { throw failure }
        if stream.hasCopiedOut || answer.rows == 0 && !hasAwaitedRows {
            throw PostgresError(.sqlError, "The statement is no COPY … FROM STDIN.")
        }
    }

    private var hasAwaitedRows = false

    private func sendFrame() throws(PostgresError) {
        frame[0] = UInt8(ascii: "d")
        frame.storeBytes(of: UInt32(filled - 1).bigEndian, toByteOffset: 1, as: UInt32.self)
        var start = 0
        // A message that has been begun is sent to its end, whatever happens: else the connection is out of step.
        while start < filled {
            switch wire.write(UnsafeRawBufferPointer(rebasing: frame[start..<filled])) {
            case .moved(let count):
                start += count
            case .blocked(let event):
                try session.wait(for: Int32(event) | POLLIN, cancellation)
                try receiveWaiting()
            case .closed:
                // The server tells why before it closes.
                try receive()
            }
        }
        filled = Self.headerBytes
        try receiveWaiting()
        guard answer.failure == nil, !answer.isComplete else {
            while !answer.isComplete || !stream.isBetweenMessages { try receive() }
            return try end()
        }
        if cancellation.isRequested {
            try abort("cancelled")
            throw .cancelled
        }
    }

    /// Takes note of what has already arrived.
    private func receiveWaiting() throws(PostgresError) {
        switch wire.read(into: incoming) {
        case .moved(let count): try note(count)
        case .blocked: return
        case .closed: throw session.lost("")
        }
    }

    private func receive() throws(PostgresError) {
        try note(session.read(into: incoming, over: wire, cancellation))
    }

    private func note(_ count: Int) throws(PostgresError) {
        var position = 0
        var kept = 0
        while true {
            let event = stream.next(in: incoming, from: &position, to: count, keepingAt: &kept)
            guard try answer.note(event, on: session) else { return }
            if answer.awaitsRows { hasAwaitedRows = true }
        }
    }
}
