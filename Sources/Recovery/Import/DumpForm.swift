import Foundation

/// What a file or folder of somebody's dumps is, by its first bytes.
enum DumpForm: String, Sendable {
    /// SQL for `psql`.
    case script
    /// `pg_dump -Fc`
    case custom
    /// `pg_dump -Ft`
    case tar
    /// `pg_dump -Fd`
    case directory

    enum Packing: String, Sendable {
        case gzip, zstd, bzip2, xz
    }

    /// - Parameter head: the first bytes, at least 512 where there are so many.
    static func recognise(_ head: [UInt8]) -> DumpForm? {
        if head.starts(with: Array("PGDMP".utf8)) { return .custom }
        if head.count >= 262, Array(head[257..<262]) == Array("ustar".utf8) {
            return head.starts(with: Array("toc.dat".utf8)) ? .tar : nil
        }
        guard !head.isEmpty, !head.contains(0) else { return nil }
        // A script may be in any encoding, and has no bytes that text has not.
        return head.allSatisfy { $0 >= 0x20 || [0x09, 0x0a, 0x0c, 0x0d].contains($0) } ? .script : nil
    }

    static func packing(_ head: [UInt8]) -> Packing? {
        let marks: [(Packing, [UInt8])] = [
            (.gzip, [0x1f, 0x8b]), (.zstd, [0x28, 0xb5, 0x2f, 0xfd]), (.bzip2, Array("BZh".utf8)),
            (.xz, [0xfd, 0x37, 0x7a, 0x58, 0x5a]),
        ]
        return marks.first { head.starts(with: $0.1) }?.0
    }
}

/// What a dump says about itself, in the comments at its beginning.
struct DumpHeader: Sendable, Equatable {
    /// When it was made; scripts tell only when they were written with `--verbose`.
    var written: Date?
    /// The least major version that can take it: of the server it came from, or of the program that wrote it.
    var major: Int?

    /// Reads comments of `pg_restore --list` (`;`) or of a script (`--`).
    init(_ text: String) {
        for line in text.split(separator: "\n", omittingEmptySubsequences: true) {
            let words = line.drop { ";- \t".contains($0) }
            if let value = Self.value(words, "Archive created at ") ?? Self.value(words, "Started on ") {
                written = Self.date(value) ?? written
            }
            for label in ["Dumped from database version", "Dumped by pg_dump version"] {
                if let value = Self.value(words, label) {
                    major = max(major ?? 0, Int(value.drop { !$0.isNumber }.prefix { $0.isNumber }) ?? 0)
                }
            }
        }
        if major == 0 { major = nil }
    }

    private static func value(_ line: Substring, _ label: String) -> String? {
        line.hasPrefix(label) ? line.dropFirst(label.count).trimmingCharacters(in: .whitespaces) : nil
    }

    /// `2026-11-22 20:14:03 UTC`. Another zone's abbreviation says too little.
    private static func date(_ text: String) -> Date? {
        let parts = text.split(separator: " ")
        guard parts.count >= 3, ["UTC", "GMT"].contains(parts[2]) else { return nil }
        return try? Date("\(parts[0])T\(parts[1])Z", strategy: .iso8601)
    }
}
