/// A line of the entry list as bytes, written and read by hand: a snapshot may have millions, and a general coder takes longer
/// for one than reading the small file behind it.
///
/// Keys are written in order, so that equal entries are equal bytes.
enum EntryLine {
    static func encode(_ entry: Entry) -> [UInt8] {
        var line: [UInt8] = []
        line.reserveCapacity(320)
        line.append(UInt8(ascii: "{"))
        if let file = entry.file {
            line += "\"file\":".utf8
            append(file, to: &line)
            line.append(UInt8(ascii: ","))
        }
        line += "\"parts\":[".utf8
        for (number, part) in entry.parts.enumerated() {
            if number > 0 { line.append(UInt8(ascii: ",")) }
            append(part, to: &line)
        }
        line += "],\"path\":".utf8
        append(string: entry.path.utf8, to: &line)
        line += "}\n".utf8
        return line
    }

    private static func append(_ content: Content, to line: inout [UInt8]) {
        line += "{\"chunks\":\"".utf8
        Base64.append(Content.encode(content.chunks), to: &line)
        line += "\",\"depth\":".utf8
        append(number: Int64(content.depth), to: &line)
        line += ",\"size\":".utf8
        append(number: content.size, to: &line)
        line.append(UInt8(ascii: "}"))
    }

    private static func append(_ file: FileFacts, to line: inout [UInt8]) {
        line.append(UInt8(ascii: "{"))
        if !file.attributes.isEmpty {
            line += "\"attributes\":{".utf8
            for (number, attribute) in file.attributes.enumerated() {
                if number > 0 { line.append(UInt8(ascii: ",")) }
                append(string: RawText.escaped(attribute.name), to: &line)
                line += ":\"".utf8
                Base64.append(attribute.value, to: &line)
                line.append(UInt8(ascii: "\""))
            }
            line += "},".utf8
        }
        if let device = file.device {
            line += "\"device\":[".utf8
            append(number: Int64(device.major), to: &line)
            line.append(UInt8(ascii: ","))
            append(number: Int64(device.minor), to: &line)
            line += "],".utf8
        }
        line += "\"gid\":".utf8
        append(number: Int64(file.gid), to: &line)
        append(",\"group\":", file.group, to: &line)
        line += ",\"kind\":\"".utf8
        line += file.kind.rawValue.utf8
        line += "\",\"mode\":\"".utf8
        for shift in [9, 6, 3, 0] as [UInt16] { line.append(UInt8(ascii: "0") + UInt8(file.mode >> shift & 7)) }
        line += "\",\"modified\":[".utf8
        append(number: file.modified.seconds, to: &line)
        line.append(UInt8(ascii: ","))
        append(number: Int64(file.modified.nanoseconds), to: &line)
        line.append(UInt8(ascii: "]"))
        append(",\"note\":", file.note?.rawValue, to: &line)
        append(",\"same\":", file.same, to: &line)
        if file.isSparse { line += ",\"sparse\":true".utf8 }
        if let target = file.target {
            line += ",\"target\":".utf8
            append(string: RawText.escaped(target), to: &line)
        }
        line += ",\"uid\":".utf8
        append(number: Int64(file.uid), to: &line)
        append(",\"user\":", file.user, to: &line)
        line.append(UInt8(ascii: "}"))
    }

    private static func append(_ key: String, _ text: String?, to line: inout [UInt8]) {
        guard let text else { return }
        line += key.utf8
        append(string: text.utf8, to: &line)
    }

    private static func append(number: Int64, to line: inout [UInt8]) {
        if (0...9).contains(number) { return line.append(UInt8(ascii: "0") + UInt8(number)) }
        line += String(number).utf8
    }

    private static func append(string: some Sequence<UInt8>, to line: inout [UInt8]) {
        line.append(UInt8(ascii: "\""))
        for byte in string {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                line.append(UInt8(ascii: "\\"))
                line.append(byte)
            case 0..<0x20:
                line += "\\u00".utf8
                line.append(UInt8(ascii: "0") + (byte >> 4))
                let low = byte & 15
                line.append(low < 10 ? UInt8(ascii: "0") + low : UInt8(ascii: "a") + low - 10)
            default: line.append(byte)
            }
        }
        line.append(UInt8(ascii: "\""))
    }

    /// Nil where `line` is no entry. Keys that are not known are passed over (I15).
    static func decode(_ line: some Collection<UInt8>) -> Entry? {
        func read(_ bytes: UnsafeBufferPointer<UInt8>) -> Entry? {
            var text = JSONText(bytes)
            return try? entry(&text)
        }
        if let entry = line.withContiguousStorageIfAvailable(read) { return entry }
        return Array(line).withUnsafeBufferPointer(read)
    }

    private static func entry(_ text: inout JSONText) throws(JSONText.Malformed) -> Entry {
        var path: String?
        var parts: [Content]?
        var file: FileFacts?
        try text.object { key, text throws(JSONText.Malformed) in
            switch key {
            case "path": path = try text.string()
            case "parts":
                var found: [Content] = []
                try text.array { text throws(JSONText.Malformed) in found.append(try content(&text)) }
                parts = found
            case "file": file = try facts(&text)
            default: try text.skip()
            }
        }
        try text.end()
        guard let path, let parts else { throw JSONText.Malformed() }
        return Entry(path: path, parts: parts, file: file)
    }

    static func content(_ text: inout JSONText) throws(JSONText.Malformed) -> Content {
        var size: Int64?
        var depth: Int64?
        var chunks: [ChunkRef]?
        try text.object { key, text throws(JSONText.Malformed) in
            switch key {
            case "size": size = try text.integer()
            case "depth": depth = try text.integer()
            case "chunks": chunks = Base64.decode(try text.plainString()).flatMap(Content.decode)
            default: try text.skip()
            }
        }
        guard let size, size >= 0, let depth, (0...Int64(Content.depthLimit)).contains(depth), let chunks else {
            throw JSONText.Malformed()
        }
        return Content(size: size, depth: Int(depth), chunks: chunks)
    }

    private static func facts(_ text: inout JSONText) throws(JSONText.Malformed) -> FileFacts {
        var kind: FileFacts.Kind?
        var facts = FileFacts(kind: .file, mode: 0, uid: 0, gid: 0, modified: .init(seconds: 0, nanoseconds: 0))
        var hasMode = false
        var hasTime = false
        try text.object { key, text throws(JSONText.Malformed) in
            switch key {
            case "kind": kind = FileFacts.Kind(rawValue: try text.string())
            case "mode":
                guard let mode = UInt16(try text.string(), radix: 8), mode <= 0o7777 else { throw JSONText.Malformed() }
                facts.mode = mode
                hasMode = true
            case "uid": facts.uid = try text.number(UInt32.self)
            case "gid": facts.gid = try text.number(UInt32.self)
            case "user": facts.user = try text.string()
            case "group": facts.group = try text.string()
            case "modified":
                let pair = try text.integers(2)
                guard (0..<1_000_000_000).contains(pair[1]) else { throw JSONText.Malformed() }
                facts.modified = .init(seconds: pair[0], nanoseconds: Int32(pair[1]))
                hasTime = true
            case "target": facts.target = try name(text.string())
            case "same":
                let same = try text.string()
                guard EntryList.isSafe(same) else { throw JSONText.Malformed() }
                facts.same = same
            case "sparse": facts.isSparse = try text.boolean()
            case "device":
                let pair = try text.integers(2)
                guard let major = UInt32(exactly: pair[0]), let minor = UInt32(exactly: pair[1]) else {
                    throw JSONText.Malformed()
                }
                facts.device = .init(major: major, minor: minor)
            case "note": facts.note = FileFacts.Note(rawValue: try text.string())
            case "attributes":
                try text.object { key, text throws(JSONText.Malformed) in
                    guard let value = Base64.decode(try text.plainString()) else { throw JSONText.Malformed() }
                    facts.attributes.append(.init(name: try name(key), value: value))
                }
            default: try text.skip()
            }
        }
        // A kind that a newer version made cannot be unpacked here, and must not pass for a file.
        guard let kind, hasMode, hasTime, kind != .symlink || facts.target != nil else { throw JSONText.Malformed() }
        facts.kind = kind
        return facts
    }

    private static func name(_ text: String) throws(JSONText.Malformed) -> [UInt8] {
        guard let name = RawText.name(text.utf8), !name.contains(0), !name.isEmpty else { throw JSONText.Malformed() }
        return name
    }
}
