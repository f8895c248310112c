import Foundation
import TestNumbers
import Testing

@testable import Vault

@Suite struct EntryLineTests {
    private let chunk = ChunkRef(id: ChunkID(sha256: [1]), size: 300)

    private var facts: FileFacts {
        var facts = FileFacts(
            kind: .file, mode: 0o4755, uid: 1000, gid: 4_294_967_295, modified: .init(seconds: -5, nanoseconds: 999_999_999))
        facts.user = "ann\"\\é"
        facts.group = "staff"
        facts.attributes = [.init(name: Array("user.a".utf8), value: []), .init(name: [0xff, 0x41], value: [0, 1, 2, 255])]
        facts.isSparse = true
        facts.note = .changed
        return facts
    }

    @Test func whatIsWrittenIsReadAgain() throws {
        let content = Content(size: 300, depth: 0, chunks: [chunk])
        var link = FileFacts(kind: .symlink, mode: 0o777, uid: 0, gid: 0, modified: .init(seconds: .max, nanoseconds: 0))
        link.target = [0x2e, 0xff, 10]
        var device = FileFacts(kind: .block, mode: 0, uid: 0, gid: 0, modified: .init(seconds: .min, nanoseconds: 0))
        device.device = .init(major: 8, minor: .max)
        var same = FileFacts(kind: .file, mode: 0o600, uid: 0, gid: 0, modified: .init(seconds: 0, nanoseconds: 0))
        same.same = "files/a"
        for entry in [
            Entry(path: "rows", parts: [content, content]),
            Entry(path: "files/é\"\n\u{1f}\u{7f}\u{2028}😀", parts: [content], file: facts),
            Entry(path: "l", parts: StoredContent.empty.parts, file: link),
            Entry(path: "d", parts: StoredContent.empty.parts, file: device),
            Entry(path: "s", parts: StoredContent.empty.parts, file: same),
        ] {
            let line = EntryList.line(entry)
            #expect(line.last == UInt8(ascii: "\n") && !line.dropLast().contains(UInt8(ascii: "\n")))
            #expect(EntryList.entry(of: line.dropLast()) == entry)
            // It is JSON to others too.
            #expect((try JSONSerialization.jsonObject(with: Data(line)) as? [String: Any])?["path"] as? String == entry.path)
        }
    }

    @Test func unknownKeysArePassedOverAndUnknownKindsAreNot() {
        let good =
            #"{"x":[1,{"y":null}],"path":"a","parts":[{"size":0,"depth":0,"chunks":"","z":-1.5e3}],"file":{"kind":"file","mode":"644","uid":0,"gid":0,"modified":[0,0],"new":true}}"#
        #expect(EntryList.entry(of: Array(good.utf8))?.file?.mode == 0o644)
        for (from, to) in [
            ("\"file\",\"mode\"", "\"door\",\"mode\""), ("644", "10000"), ("644", "8"), ("[0,0]", "[0,1000000000]"),
            ("[0,0]", "[0]"),
            ("\"uid\":0", "\"uid\":-1"), ("\"uid\":0", "\"uid\":4294967296"), ("\"path\":\"a\"", "\"path\":\"../a\""),
            ("\"path\":\"a\"", "\"path\":\"a//b\""), ("\"new\":true", "\"same\":\"../x\""),
            ("\"new\":true", "\"target\":\"\u{fffd}41\""),
            ("null", "nul"), ("{\"x\"", "{x"), ("-1.5e3", "-"), ("\"kind\":\"file\"", "\"kind\":\"symlink\""), ("[1,", "[1,,"),
        ] {
            let bad = good.replacingOccurrences(of: from, with: to)
            #expect(bad != good && EntryList.entry(of: Array(bad.utf8)) == nil, "\(from) → \(to)")
        }
    }

    @Test func changedLinesAreRefusedOrMeanWhatTheySay() {
        let entry = Entry(path: "files/a\u{fffd}ff", parts: [Content(size: 300, depth: 0, chunks: [chunk])], file: facts)
        let good = Array(EntryList.line(entry).dropLast())
        var generator = SeededGenerator(seed: 31)
        for _ in 0..<20_000 {
            let bad = Mutation.apply(toJSON: good, with: &generator)
            guard let found = EntryList.entry(of: bad) else { continue }
            #expect(EntryList.isSafe(found.path) && found.size >= 0)
            if let file = found.file { #expect(file.mode <= 0o7777 && (0..<1_000_000_000).contains(file.modified.nanoseconds)) }
            // What another reader of JSON takes for the path and size is what we do.
            guard let other = try? JSONSerialization.jsonObject(with: Data(bad)) as? [String: Any] else {
                Issue.record("read though it is no JSON: \(String(decoding: bad, as: UTF8.self))")
                continue
            }
            #expect((other["path"] as? String)?.utf8.elementsEqual(found.path.utf8) == true)
        }
        // Nesting ends somewhere.
        let deep = Array((String(repeating: "[", count: 100_000)).utf8)
        #expect(EntryList.entry(of: Array("{\"a\":".utf8) + deep) == nil)
    }

    @Test func everyNameHasATextOfItsOwn() {
        let names: [[UInt8]] = [
            Array("plain".utf8), Array("é😀".utf8), [0xff], [0xc3], [0xc3, 0x28], [0xed, 0xa0, 0x80], [0xc0, 0x80],
            [0xef, 0xbf, 0xbd],
            Array("\u{fffd}ff".utf8), Array("\u{fffd}\u{fffd}".utf8), [0xf4, 0x90, 0x80, 0x80], [0x80, 0x41], [0xe2, 0x82],
        ]
        var texts: Set<[UInt8]> = []
        for name in names {
            let text = RawText.escaped(name)
            #expect(String(validating: text, as: UTF8.self) != nil)
            #expect(RawText.name(text) == name)
            #expect(texts.insert(text).inserted)
        }
        var generator = SeededGenerator(seed: 5)
        for _ in 0..<5000 {
            let pieces: [[UInt8]] = [[0xef, 0xbf, 0xbd], [0x66], [0x41], [0xff], [0xc3, 0xa9], [0xe2]]
            let name = (0..<Int.random(in: 0...6, using: &generator)).flatMap { _ in pieces.randomElement(using: &generator)! }
            #expect(RawText.name(RawText.escaped(name)) == name)
            if let other = RawText.name(name) { #expect(RawText.escaped(other) == name) }
        }
        for text in ["\u{fffd}", "\u{fffd}4", "\u{fffd}41", "\u{fffd}FF", "\u{fffd}c3\u{fffd}a9"] {
            #expect(RawText.name(text.utf8) == nil)
        }
    }

    @Test func base64IsThatOfOthers() {
        var generator = SeededGenerator(seed: 9)
        for count in 0..<100 {
            let bytes = generator.bytes(count)
            var text: [UInt8] = []
            Base64.append(bytes, to: &text)
            #expect(String(decoding: text, as: UTF8.self) == Data(bytes).base64EncodedString())
            #expect(Base64.decode(text) == bytes)
            let bad = Mutation.apply(to: text, with: &generator)
            if let found = Base64.decode(bad) { #expect(Data(base64Encoded: Data(bad)) == Data(found)) }
        }
        for bad in ["A", "AA", "AAA", "AA=A", "=AAA", "AB==", "AAB=", "A===", "AA==AA=="] {
            #expect(Base64.decode(Array(bad.utf8)) == nil)
        }
    }
}
