internal import CPostgres
internal import Foundation
internal import Language

extension Session {
    /// Bytes of rows gathered before they are handed on, and the least room kept for the next read.
    private static let pieceBytes = 1 << 20
    private static let readBytes = 256 << 10

    /// Runs a `COPY … TO STDOUT`, reads its rows as they come, and hands each piece on with the bytes of COPY text so far. Errors
    /// of `reader` and `receive` are thrown as they are, after the server has been stopped; the connection stays usable.
    func copyOut<Reader: RowReader & ~Copyable>(
        _ sql: String, _ cancellation: Cancellation, by reader: consuming Reader,
        into receive: (_ piece: UnsafeRawBufferPointer, _ bytes: Int64) throws -> Void
    ) throws -> CopyTotals {
        try begin(cancellation)
        let wire = try takeOver()
        defer { settle() }
        try send(query(sql), over: wire, cancellation)

        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.pieceBytes + Self.readBytes, alignment: 64)
        defer { buffer.deallocate() }
        var answer = CopyAnswer()
        var stream = CopyStream(binary: Reader.readsBinary)
        var kept = 0
        var refusal: (any Error)?
        var pace = ReadPace()
        while !answer.isComplete || !stream.isBetweenMessages {
            if cancellation.isRequested || refusal != nil { requestCancel() }
            if pace.isTooFast { usleep(ReadPace.pause) }
            var position = kept
            let end = try kept + read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[kept...]), over: wire, cancellation)
            pace.note(end - kept)
            while try answer.note(stream.next(in: buffer, from: &position, to: end, keepingAt: &kept), on: self) {}
            // A COPY FROM STDIN, by mistake: the server would wait for ever.
            if answer.awaitsRows, answer.failure == nil {
                try send(Self.message("f", Array("no rows to copy\0".utf8)), over: wire, cancellation)
                answer.refuse(PostgresError(.sqlError, "The statement is no COPY … TO STDOUT."))
            }
            if kept > 0, answer.isComplete || buffer.count - kept < Self.readBytes {
                let piece = UnsafeRawBufferPointer(rebasing: buffer[..<kept])
                if refusal == nil, !cancellation.isRequested {
                    do {
                        try reader.update(piece)
                        try receive(piece, reader.bytes)
                    } catch { refusal = error }
                }
                kept = 0
            }
        }
        if let refusal { throw refusal }
        if cancellation.isRequested { throw PostgresError.cancelled }
        if let failure = answer.failure { throw failure }
        guard stream.hasCopiedOut else { throw PostgresError(.sqlError, "The statement is no COPY … TO STDOUT.") }
        let totals = try reader.finish()
        guard totals.rows == answer.rows else {
            throw PostgresError(
                .protocolViolation,
                "The server says that it sent \(count: answer.rows) {row|rows}, and \(count: totals.rows) arrived.",
                hint: "Copy in text format without a header line.")
        }
        return totals
    }

    /// The wire of this connection, when libpq has nothing more to send or receive on it.
    func takeOver() throws(PostgresError) -> Wire {
        guard PQtransactionStatus(handle) != PQTRANS_ACTIVE, PQflush(handle) == 0, PQconsumeInput(handle) == 1 else {
            throw lost()
        }
        // Lets libpq digest what the server may have said on its own account since the last statement.
        while let notification = PQnotifies(handle) { PQfreemem(notification) }
        guard PQstatus(handle) == CONNECTION_OK else { throw lost() }
        guard let wire = Wire(handle) else { throw lost("its encryption is of an unknown kind") }
        return wire
    }

    /// A Query message. COPY takes its data encoding from the session at its start, and the text of the statement is converted
    /// before: so the names travel as text and the rows in the database's own encoding.
    func query(_ sql: String) throws(PostgresError) -> [UInt8] {
        try refuseZeroBytes([sql])
        var sql = sql
        if textEncoding != dataEncoding {
            sql =
                "SET client_encoding TO \(SQL.literal(dataEncoding)); \(sql)\n; SET client_encoding TO \(SQL.literal(textEncoding))"
        }
        return Self.message("Q", Array(sql.utf8) + [0])
    }

    static func message(_ kind: Unicode.Scalar, _ body: [UInt8] = []) -> [UInt8] {
        [UInt8(ascii: kind)] + withUnsafeBytes(of: UInt32(body.count + 4).bigEndian) { Array($0) } + body
    }

    func send(_ bytes: [UInt8], over wire: Wire, _ cancellation: Cancellation) throws(PostgresError) {
        var start = 0
        while start < bytes.count {
            switch bytes.withUnsafeBytes({ wire.write(UnsafeRawBufferPointer(rebasing: $0[start...])) }) {
            case .moved(let count): start += count
            case .blocked(let event): try wait(for: Int32(event), cancellation)
            case .closed: throw lost("")
            }
        }
    }

    /// Reads at least one byte.
    func read(
        into buffer: UnsafeMutableRawBufferPointer, over wire: Wire, _ cancellation: Cancellation
    ) throws(PostgresError) -> Int {
        while true {
            switch wire.read(into: buffer) {
            case .moved(let count): return count
            case .blocked(let event): try wait(for: Int32(event), cancellation)
            case .closed: throw lost("")
            }
        }
    }
}

/// What the server has said about a COPY so far.
struct CopyAnswer {
    private(set) var failure: PostgresError?
    private(set) var isComplete = false
    private(set) var awaitsRows = false
    /// As the server counts them.
    private(set) var rows: Int64 = 0

    /// Makes `error` the answer, whatever the server says later.
    mutating func refuse(_ error: PostgresError) { failure = error }

    /// Takes note of `event`; false when more bytes are needed. Throws when the stream cannot be understood any more.
    mutating func note(_ event: CopyStream.Event, on session: Session) throws(PostgresError) -> Bool {
        switch event {
        case .needsMore:
            return false
        case .copyInStarted:
            awaitsRows = true
        case .failed(let report):
            awaitsRows = false
            if failure == nil { failure = report.error(redactedBy: session.target) }
            if report.endsSession {
                throw session.breakOff(failure!)
            }
        case .completed(let tag):
            awaitsRows = false
            if tag.hasPrefix("COPY "), let count = Int64(tag.dropFirst(5)) { rows += count }
        case .ready:
            isComplete = true
        case .violation(let problem):
            throw session.breakOff(
                PostgresError(.protocolViolation, "The server's answer to a COPY cannot be understood: \(problem)."))
        }
        return true
    }
}
