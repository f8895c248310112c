internal import Foundation
internal import Language
public import Vault

/// Writes a snapshot of a tree as one tar archive (POSIX pax), which any `tar` unpacks with names of any bytes, times to the
/// nanosecond, links, owners and attributes.
public struct TarExport: Sendable {
    private let snapshot: SnapshotReader

    public init(_ snapshot: SnapshotReader) { self.snapshot = snapshot }

    /// - Parameter write: takes the archive's bytes in order.
    public func run(_ write: ([UInt8]) async throws -> Void) async throws {
        let stream = snapshot.entryStream()
        let everything = FilesSelection([])
        while let entries = try await stream.next() {
            for entry in entries {
                guard let (raw, facts) = try FilesRestore.file(entry, everything), facts.kind != .socket else { continue }
                if facts.kind == .directory {
                    // Open to write into until everything is in it.
                    var open = facts
                    open.mode |= 0o700
                    try await write(Self.folder(raw, open))
                    continue
                }
                try await write(try TarHeader(raw, facts, size: facts.kind == .file ? entry.size : 0).bytes)
                guard facts.kind == .file, facts.same == nil else { continue }
                for try await piece in snapshot.bytes(of: entry) { try await write(piece) }
                let padding = Int((512 - entry.size % 512) % 512)
                if padding > 0 { try await write([UInt8](repeating: 0, count: padding)) }
            }
        }
        // Once more the folders, with their own rights and times, which what came into them has changed.
        let again = snapshot.entryStream()
        while let entries = try await again.next() {
            for entry in entries {
                guard let (raw, facts) = try FilesRestore.file(entry, everything), facts.kind == .directory else { continue }
                try await write(Self.folder(raw, facts))
            }
        }
        try await write([UInt8](repeating: 0, count: 1024))
    }

    private static func folder(_ raw: [UInt8], _ facts: FileFacts) throws -> [UInt8] {
        try TarHeader(raw.isEmpty ? Array("./".utf8) : raw + [UInt8(ascii: "/")], facts, size: 0).bytes
    }
}

/// The blocks before a member's bytes: a pax header with everything that ustar cannot say, and the ustar header.
struct TarHeader {
    let bytes: [UInt8]

    init(_ name: [UInt8], _ facts: FileFacts, size: Int64) throws {
        let link: [UInt8]
        if let same = facts.same {
            guard let raw = RawText.name(same.utf8.dropFirst(FilesManifest.root.utf8.count + 1)) else {
                throw AssetError(.damagedSnapshot, "The entry \(same) of this snapshot is none of a file.")
            }
            link = raw
        } else {
            link = facts.target ?? []
        }
        var records: [UInt8] = []
        let time = facts.modified
        if time.nanoseconds != 0 || !(0...0o77_777_777_777).contains(time.seconds) {
            // Seconds before 1970 count down, and the fraction with them.
            let isBefore = time.seconds < 0 && time.nanoseconds > 0
            let whole = isBefore ? time.seconds + 1 : time.seconds
            let fraction = isBefore ? 1_000_000_000 - Int(time.nanoseconds) : Int(time.nanoseconds)
            let digits = String(fraction)
            let sign = isBefore && whole == 0 ? "-" : ""
            records += Self.record(
                "mtime", Array("\(sign)\(whole).\(String(repeating: "0", count: 9 - digits.count))\(digits)".utf8))
        }
        if name.count > 100 { records += Self.record("path", name) }
        if link.count > 100 { records += Self.record("linkpath", link) }
        if size > 0o77_777_777_777 { records += Self.record("size", Array(String(size).utf8)) }
        if facts.uid > 0o7_777_777 { records += Self.record("uid", Array(String(facts.uid).utf8)) }
        if facts.gid > 0o7_777_777 { records += Self.record("gid", Array(String(facts.gid).utf8)) }
        if let user = facts.user, user.utf8.count > 31 { records += Self.record("uname", Array(user.utf8)) }
        if let group = facts.group, group.utf8.count > 31 { records += Self.record("gname", Array(group.utf8)) }
        for attribute in facts.attributes {
            records += Self.record("SCHILY.xattr." + String(decoding: attribute.name, as: UTF8.self), attribute.value)
        }
        var bytes: [UInt8] = []
        if !records.isEmpty {
            var pax = FileFacts(kind: .file, mode: 0o600, uid: 0, gid: 0, modified: .init(seconds: 0, nanoseconds: 0))
            pax.user = nil
            bytes += Self.ustar(Array("./PaxHeaders/entry".utf8), pax, link: [], size: Int64(records.count), type: "x")
            bytes += records + [UInt8](repeating: 0, count: (512 - records.count % 512) % 512)
        }
        let type: Unicode.Scalar =
            switch facts.kind {
            case .file: facts.same == nil ? "0" : "1"
            case .symlink: "2"
            case .character: "3"
            case .block: "4"
            case .directory: "5"
            case .fifo, .socket: "6"
            }
        self.bytes = bytes + Self.ustar(name, facts, link: link, size: facts.same == nil ? size : 0, type: type)
    }

    /// `length key=value newline`, the length with itself.
    private static func record(_ key: String, _ value: [UInt8]) -> [UInt8] {
        let rest = Array(" \(key)=".utf8) + value + [UInt8(ascii: "\n")]
        var length = rest.count + 1
        while String(length).utf8.count + rest.count != length { length = String(length).utf8.count + rest.count }
        return Array(String(length).utf8) + rest
    }

    private static func ustar(_ name: [UInt8], _ facts: FileFacts, link: [UInt8], size: Int64, type: Unicode.Scalar) -> [UInt8] {
        var block = [UInt8](repeating: 0, count: 512)
        func put(_ bytes: some Collection<UInt8>, at offset: Int, width: Int) {
            for (index, byte) in bytes.prefix(width).enumerated() { block[offset + index] = byte }
        }
        func octal(_ number: Int64, at offset: Int, width: Int) {
            let most = Int64(1) << Int64(3 * (width - 1)) - 1
            let digits = String(max(0, min(number, most)), radix: 8)
            put(Array((String(repeating: "0", count: width - 1 - digits.count) + digits).utf8), at: offset, width: width - 1)
        }
        put(name, at: 0, width: 100)
        // Most who unpack it set no list; who does sets the bits of the group with it.
        octal(Int64(AccessList.mode(facts.mode, without: facts.attributes)), at: 100, width: 8)
        octal(Int64(facts.uid), at: 108, width: 8)
        octal(Int64(facts.gid), at: 116, width: 8)
        octal(size, at: 124, width: 12)
        octal(facts.modified.seconds, at: 136, width: 12)
        put([UInt8](repeating: UInt8(ascii: " "), count: 8), at: 148, width: 8)
        block[156] = UInt8(ascii: type)
        put(link, at: 157, width: 100)
        put(Array("ustar\u{0}00".utf8), at: 257, width: 8)
        put(Array((facts.user ?? "").utf8), at: 265, width: 31)
        put(Array((facts.group ?? "").utf8), at: 297, width: 31)
        octal(Int64(facts.device?.major ?? 0), at: 329, width: 8)
        octal(Int64(facts.device?.minor ?? 0), at: 337, width: 8)
        let sum = block.reduce(0) { $0 + Int64($1) }
        octal(sum, at: 148, width: 7)
        block[154] = 0
        block[155] = UInt8(ascii: " ")
        return block
    }
}
