@testable import Postgres
import TestNumbers
import Testing

/// The reader of a COPY's bytes by itself, fed from arrays.
struct CopyStreamTests {
    @Test func aCopyIsReadWhereverItsBytesAreCut() {
        let rows = (0..<40).map { row in Array("\(row)\t\(String(repeating: "x", count: row * row))\n".utf8) }
        let wire = copyOut + rows.flatMap { message("d", $0) } + message("c") + message("C", "COPY 40\0") + message("Z", "I")
        let expected = Reading(rows.flatMap { $0 }, [.completed("COPY 40"), .ready(UInt8(ascii: "I"))])
        #expect(read([wire]) == expected)
        #expect(read(wire.map { [$0] }) == expected)
        var numbers = SeededGenerator(seed: 1)
        for _ in 0..<200 { #expect(read(pieces(wire, ofAtMost: 12, &numbers)) == expected) }
    }

    @Test func whatTheServerSaysBetweenTheRowsIsNotTakenForRows() {
        let wire =
            message("S", "client_encoding\0LATIN1\0") + copyOut + message("d", "a\n") + message("N", "SWARNING\0Mcareful\0\0")
            + message("A", [0, 0, 0, 1] + Array("channel\0\0".utf8)) + message("d", "b\n") + message("c")
            + message("C", "COPY 2\0")
            + message("Z", "T")
        for pieces in [[wire], wire.map { [$0] }] {
            #expect(read(pieces) == Reading(Array("a\nb\n".utf8), [.completed("COPY 2"), .ready(UInt8(ascii: "T"))]))
        }
    }

    @Test func anErrorIsReadWithItsFields() {
        let wire =
            copyOut + message("d", "a\n") + message("E", "SERREUR\0VERROR\0C22012\0Mdivision by zero\0Dtwice\0Hdon't\0\0")
            + message("Z", "E")
        let report = ServerReport(
            severity: "ERROR", sqlState: "22012", message: "division by zero", detail: "twice", hint: "don't")
        #expect(read(wire.map { [$0] }) == Reading(Array("a\n".utf8), [.failed(report), .ready(UInt8(ascii: "E"))]))
        #expect(!report.endsSession)
    }

    @Test func anErrorOfAnyLengthIsCut() {
        let wire = message("E", "SFATAL\0M" + String(repeating: "m", count: 1 << 20) + "\0\0") + message("Z", "I")
        let reading = read([wire])
        guard case .failed(let report)? = reading.events.first else {
            Issue.record("\(reading.events)")
            return
        }
        #expect(report.endsSession)
        #expect(report.message.utf8.count < CopyStream.longestReport)
        #expect(reading.events.last == .ready(UInt8(ascii: "I")))
    }

    @Test(arguments: [
        message("d", "row before the beginning\n"), message("c"), copyOut + message("c") + message("d", "after the end\n"),
        message("H", [1, 0, 0]), message("H"), message("Z"), message("Z", "II"), message("!", "?"), message("v"),
        [0, 0, 0, 0, 4],
        [UInt8(ascii: "Z"), 0, 0, 0, 3], [UInt8(ascii: "E"), 0xFF, 0xFF, 0xFF, 0xFF], [UInt8(ascii: "C"), 0, 1, 0, 0],
        copyOut + [UInt8(ascii: "d"), 0x80, 0, 0, 0],
    ])
    func bytesThatAreNoAnswerToACopyAreRefused(wire: [UInt8]) {
        for pieces in [[wire], wire.map { [$0] }] {
            guard case .violation? = read(pieces).events.last else {
                Issue.record("\(read(pieces).events)")
                continue
            }
        }
    }

    /// Random bytes, and real answers with some bytes changed, lost, doubled or cut off: the reader keeps its bounds, never
    /// gives more rows than bytes came in, comes to the same result however the bytes are cut, and goes on to the end.
    @Test(arguments: 0..<16)
    func noBytesMakeItGoWrong(seed: Int) {
        var numbers = SeededGenerator(seed: UInt64(seed))
        for _ in 0..<400 {
            var wire: [UInt8]
            if Bool.random(using: &numbers) {
                wire = (0..<Int.random(in: 0...200, using: &numbers)).map { _ in
                    // Kinds and small lengths more often than other bytes, to come past the first message.
                    Bool.random(using: &numbers)
                        ? "dcCEHGZSNATDI".utf8.randomElement(using: &numbers)! : UInt8.random(in: 0...8, using: &numbers)
                }
            } else {
                wire = copyOut
                for _ in 0..<Int.random(in: 0...20, using: &numbers) {
                    wire += [
                        message("d", "1\tabc\n"), message("N", "SNOTICE\0Mm\0\0"), message("S", "a\0b\0"), message("d", ""),
                        message("d", String(repeating: "y", count: 300)),
                    ].randomElement(using: &numbers)!
                }
                wire += message("c") + message("C", "COPY 1\0") + message("Z", "I")
                for _ in 0..<Int.random(in: 1...4, using: &numbers) {
                    let place = Int.random(in: 0..<wire.count, using: &numbers)
                    switch Int.random(in: 0..<4, using: &numbers) {
                    case 0: wire[place] = UInt8.random(in: 0...255, using: &numbers)
                    case 1: wire.remove(at: place)
                    case 2: wire.insert(wire[place], at: place)
                    default: wire.removeSubrange(place...)
                    }
                    if wire.isEmpty { break }
                }
            }
            let whole = read([wire])
            #expect(whole.rows.count <= wire.count)
            #expect(read(pieces(wire, ofAtMost: 12, &numbers)) == whole)
        }
    }

    private struct Reading: Equatable {
        var rows: [UInt8]
        var events: [CopyStream.Event]

        init(_ rows: [UInt8] = [], _ events: [CopyStream.Event] = []) {
            self.rows = rows
            self.events = events
        }
    }

    /// What the reader makes of `pieces`, until it refuses to go on.
    private func read(_ pieces: [[UInt8]]) -> Reading {
        var stream = CopyStream()
        var reading = Reading()
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: (pieces.map(\.count).max() ?? 0) + 3, alignment: 1)
        defer { buffer.deallocate() }
        for piece in pieces {
            // Rows are kept in front of the new bytes, as the caller does.
            var (kept, position) = (3, 3)
            UnsafeMutableRawBufferPointer(rebasing: buffer[3...]).copyBytes(from: piece)
            while true {
                let event = stream.next(in: buffer, from: &position, to: 3 + piece.count, keepingAt: &kept)
                if event == .needsMore { break }
                reading.events.append(event)
                if case .violation = event {
                    reading.rows += buffer[3..<kept]
                    return reading
                }
            }
            reading.rows += buffer[3..<kept]
        }
        return reading
    }
}

/// A message as a server writes it.
private func message(_ kind: Unicode.Scalar, _ body: [UInt8] = []) -> [UInt8] {
    [UInt8(ascii: kind)] + withUnsafeBytes(of: UInt32(body.count + 4).bigEndian) { Array($0) } + body
}

private func message(_ kind: Unicode.Scalar, _ body: String) -> [UInt8] { message(kind, Array(body.utf8)) }

/// CopyOutResponse: one column, text format.
private let copyOut = message("H", [0, 0, 1, 0, 0])
