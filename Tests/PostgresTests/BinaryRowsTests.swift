import Foundation
import Language
import TestNumbers
import TestServers
import Testing

@testable import Postgres

/// The reader of binary rows by itself, fed with what real servers wrote.
struct BinaryRowsTests {
    @Test(arguments: TestServers.majors)
    func rowsAreReadWhereverTheirBytesAreCut(major: Int) async throws {
        let (binary, expected) = try await rows(major, Self.everyType)
        #expect(read(Self.columns, [binary]) == expected)
        #expect(read(Self.columns, binary.map { [$0] }) == expected)
        for cut in 0...binary.count {
            #expect(read(Self.columns, [Array(binary[..<cut]), Array(binary[cut...])]) == expected, "cut at \(cut)")
        }
        var numbers = SeededGenerator(seed: 1)
        for _ in 0..<200 { #expect(read(Self.columns, pieces(binary, ofAtMost: 90, &numbers)) == expected) }
    }

    /// Random bytes in the place of some, and bytes lost, doubled or cut off: there are totals or a clear error, the same however
    /// the bytes are cut.
    @Test(arguments: 0..<16)
    func noBytesMakeItGoWrong(seed: Int) async throws {
        let (binary, _) = try await rows(TestServers.newest, Self.everyType)
        var numbers = SeededGenerator(seed: UInt64(seed))
        for _ in 0..<300 {
            var bytes = binary
            for _ in 0..<Int.random(in: 1...3, using: &numbers) where !bytes.isEmpty {
                let place = Int.random(in: 0..<bytes.count, using: &numbers)
                switch Int.random(in: 0..<6, using: &numbers) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &numbers)
                case 1: bytes[place] = [0, 1, 0x7F, 0x80, 0xFF].randomElement(using: &numbers)!
                case 2: bytes.remove(at: place)
                case 3: bytes.insert(bytes[place], at: place)
                case 4:
                    // A length at its limits.
                    let length = ([0, -1, -2, .min, .max, 1 << 16] as [Int32]).randomElement(using: &numbers)!
                    withUnsafeBytes(of: length.bigEndian) {
                        for (offset, byte) in $0.enumerated() where place + offset < bytes.count { bytes[place + offset] = byte }
                    }
                default: bytes.removeSubrange(place...)
                }
            }
            #expect(read(Self.columns, [bytes]) == read(Self.columns, pieces(bytes, ofAtMost: 90, &numbers)))
        }
    }

    private static let refused: [(bytes: [UInt8], problem: String)] = [
        ([], "ends before the end"),
        (header, "ends before the end"),
        (headed([0, 1, 0, 0, 0, 4, 0, 0]), "ends before the end"),
        (Array("PGCOPY\r\n\r\n\r\n".utf8), "does not begin"),
        (signed([0, 1, 0, 0, 0, 0, 0, 0]), "unknown form"),
        (signed([0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF]), "header of -1 bytes"),
        (headed([0, 2, 0, 0, 0, 4, 0, 0, 0, 1]), "2 columns where there are 1"),
        (headed([0xFF, 0xFE]), "-2 columns"),
        (headed([0, 1, 0, 0, 0, 8, 0, 0, 0, 1, 0, 0, 0, 1]), "8 bytes in a column of type int4"),
        (headed([0, 1, 0xFF, 0xFF, 0xFF, 0xFE]), "-2 bytes"),
        (headed([0xFF, 0xFF, 0]), "behind the end"),
    ]

    @Test(arguments: refused)
    func bytesThatAreNoSuchRowsAreRefused(bytes: [UInt8], problem: String) {
        for pieces in [[bytes], bytes.map { [$0] }] {
            do {
                let totals = try totals([.int4], pieces)
                Issue.record("\(totals)")
            } catch {
                #expect(error.code == .protocolViolation)
                #expect(error.description.contains(problem), "\(error)")
            }
        }
    }

    @Test func whatIsAddedToAHeaderIsPassedOver() {
        let bytes = signed([0, 0, 0, 1, 0, 0, 0, 3, 9, 9, 9, 0, 1, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF])
        for pieces in [[bytes], bytes.map { [$0] }] {
            #expect(read([.int4], pieces) == PostgresTests.totals(Array("\\N\n".utf8)))
        }
    }

    @Test func aTruthValueOrVersionThatDoesNotExistIsRefused() {
        #expect(read([.bool], [headed([0, 1, 0, 0, 0, 1, 2, 0xFF, 0xFF])]) == nil)
        #expect(read([.jsonb], [headed([0, 1, 0, 0, 0, 1, 2, 0xFF, 0xFF])]) == nil)
        #expect(read([.jsonb], [headed([0, 1, 0, 0, 0, 0, 0xFF, 0xFF])]) == nil)
    }

    // MARK: - Rows

    private static let columns: [BinaryColumn] = [
        .int2, .int4, .int8, .oid, .bool, .text, .jsonb, .bytea, .uuid, .date, .timestamp, .timestamptz,
    ]

    /// In the order of `columns`; short, so that every place of a cut can be tried.
    private static let everyType = #"""
        SELECT (-32768)::int2, 2147483647::int4, (-9223372036854775808)::int8, 4294967295::oid, true, E'a\tb\\c\nd\be\vf\fg\rh\x01é',
               '{"a": "b\\n"}'::jsonb, '\x00ff5c0a'::bytea, 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid, '2024-02-29'::date,
               'infinity'::timestamp, '0044-03-15 12:00:00.0625+00 BC'::timestamptz
        UNION ALL SELECT 0::int2, 9::int4, 10::int8, 0::oid, false, '', '""'::jsonb, ''::bytea, NULL, '-infinity'::date, NULL, NULL
        UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
        UNION ALL SELECT 1::int2, -99::int4, 100::int8, 1::oid, true, repeat(E'0123456789\n', 9), '1'::jsonb, '\x01'::bytea, NULL, '0001-01-01'::date, NULL, NULL
        """#

    /// What a server gives for `query` in binary form, and the totals of its text.
    private func rows(_ major: Int, _ query: String) async throws -> (binary: [UInt8], text: CopyTotals) {
        let connection = try await Connection.open(try await TestServers.freshDatabase(major))
        let text = try await connection.copyOut("COPY (\(query)) TO STDOUT") { _ in }
        let folder = try await connection.rows("SELECT current_setting('data_directory')")[0][0] ?? ""
        let file = SQL.literal(folder + "/rows-" + UUID().uuidString)
        try await connection.execute("COPY (\(query)) TO \(file) (FORMAT binary)")
        let digits = try await connection.rows("SELECT encode(pg_read_binary_file(\(file)), 'hex')")[0][0] ?? ""
        let bytes = Array(digits.utf8)
        return (
            stride(from: 0, to: bytes.count, by: 2).map {
                UInt8(String(decoding: bytes[$0..<$0 + 2], as: UTF8.self), radix: 16)!
            }, text
        )
    }

    private func totals(_ columns: [BinaryColumn], _ pieces: [[UInt8]]) throws(PostgresError) -> CopyTotals {
        var reader = BinaryRows(columns)
        for piece in pieces {
            // Of memory of its own, so that a step over its end can be noticed.
            let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: piece.count, alignment: 1)
            defer { copy.deallocate() }
            copy.copyBytes(from: piece)
            try reader.update(UnsafeRawBufferPointer(copy))
        }
        return try reader.finish()
    }

    private func read(_ columns: [BinaryColumn], _ pieces: [[UInt8]]) -> CopyTotals? { try? totals(columns, pieces) }
}

private let signature: [UInt8] = [0x50, 0x47, 0x43, 0x4F, 0x50, 0x59, 0x0A, 0xFF, 0x0D, 0x0A, 0x00]
private let header = signed([0, 0, 0, 0, 0, 0, 0, 0])

private func signed(_ bytes: [UInt8]) -> [UInt8] { signature + bytes }
private func headed(_ bytes: [UInt8]) -> [UInt8] { header + bytes }
