import Foundation
import TestNumbers
import Testing
import Vault

@testable import Assets

@Suite struct FilesRoundTripTests {
    /// One of everything that a file system has.
    static func fill(_ bench: FilesBench) async throws {
        try bench.write("a.txt", Array("hello\n".utf8))
        try bench.write("a-b", [1], mode: 0o4750)
        try bench.write("a/z", [2])
        try bench.write("a/deep/er/file", [3], mode: 0o400)
        try bench.write("empty", [])
        try bench.write("mid.bin", FilesBench.noise(700_000))
        try bench.write("images/big.bin", FilesBench.noise(9_000_000, seed: 2))
        try bench.write("images/copy.bin", FilesBench.noise(9_000_000, seed: 2))
        try bench.write("é/ünïcode", [4])
        _ = try await bench.sh(
            """
            cd \(bench.source)
            ln a.txt hard; ln a.txt a/harder; ln -s ../a.txt images/link; ln -s /nowhere dangling; ln -s . self
            printf x > "$(printf 'caf\\xe9')"; mkdir "$(printf 'dir\\xff')"; printf y > "$(printf 'dir\\xff/in')"
            printf z > "$(printf 'new\\nline')"; printf w > "$(printf 'mark\\xef\\xbf\\xbdff')"
            truncate -s 6M sparse; printf end >> sparse; truncate -s 3M holes
            mkfifo pipe; mkdir closed; printf c > closed/in; mkdir -p sticky; chmod 1777 sticky
            touch -h -d '1965-02-03 04:05:06.123456789' images/link a-b
            touch -d '2040-02-03 04:05:06.5' mid.bin
            chmod 555 closed
            touch -d '2001-01-01 00:00:00.000000001' closed a images .
            """)
    }

    @Test func aTreeComesBackAsItWas() async throws {
        let bench = try await FilesBench()
        try await Self.fill(bench)
        let (record, manifest) = try await bench.capture()
        #expect(manifest.isComplete && manifest.problems.isEmpty)
        #expect((manifest.counts.bytes..<manifest.counts.bytes + 10_000).contains(record.sourceBytes))
        let report = try await bench.restore(record, to: "out")
        #expect(report.problems.isEmpty)
        #expect(try await bench.listing(bench.source) == bench.listing(bench.folder + "/out"))
        let compared = try await bench.compare(record, with: "out")
        #expect(compared.differences == [])
        #expect(compared.bytes == manifest.counts.bytes)
        // Holes are holes again.
        let blocks = try await bench.sh("stat -c %b \(bench.folder)/out/holes \(bench.folder)/out/sparse")
        #expect(blocks.split(separator: "\n").compactMap { Int($0) }.allSatisfy { $0 < 200 })
    }

    private static let python = ProcessInfo.processInfo.environment["REPRISE_PYTHON"]

    /// `tools/read_vault.py`, which shares no code with us, brings the same tree back.
    @Test(.enabled(if: python != nil, "needs the Python of scripts/setup test: run it as scripts/with-tools swift test"))
    func theIndependentReaderUnpacksTheTree() async throws {
        let bench = try await FilesBench()
        try await Self.fill(bench)
        let (record, _) = try await bench.capture()
        try Data(bench.keys.encoded).write(to: URL(fileURLWithPath: bench.folder + "/key"))
        let tools =
            URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().path + "/tools/read_vault.py"
        let run = "\(Self.python ?? "") \(tools) --key \(bench.folder)/key \(bench.folder)/vault"
        _ = try await bench.sh("\(run) verify 2>&1")
        _ = try await bench.sh("\(run) unpack \(record.id) \(bench.folder)/out 2>&1")
        #expect(try await bench.listing(bench.source) == bench.listing(bench.folder + "/out/files"))
    }

    @Test func attributesComeBack() async throws {
        let bench = try await FilesBench()
        try bench.write("file", [1])
        let file = open(bench.source + "/file", O_RDWR)
        defer { close(file) }
        let wanted = [
            FileFacts.Attribute(name: Array("user.a".utf8), value: []),
            FileFacts.Attribute(name: Array("user.b".utf8), value: [0, 255, 10]),
        ]
        try #require(ExtendedAttributes.apply(wanted, to: file) == [], "this file system has no extended attributes")
        let (record, _) = try await bench.capture()
        try await bench.restore(record, to: "out")
        let restored = open(bench.folder + "/out/file", O_RDONLY)
        defer { close(restored) }
        #expect(ExtendedAttributes.of(restored) == wanted)
        #expect(try await bench.compare(record, with: "out").isEqual)
        #expect(ExtendedAttributes.apply([], to: restored) == [])
        #expect(try await bench.compare(record, with: "out").differences == [.init(path: "file", what: .attributes)])
    }

    @Test func everyDifferenceIsFound() async throws {
        let bench = try await FilesBench()
        try await Self.fill(bench)
        let (record, _) = try await bench.capture()
        try await bench.restore(record, to: "out")
        let sabotage: [(String, String, FilesComparison.Difference.What)] = [
            ("rm empty", "empty", .missing), ("chmod 600 a.txt", "a.txt", .mode), ("touch a-b", "a-b", .time),
            ("printf 'hellO\\n' > a.txt", "a.txt", .contents), ("truncate -s 5 images/big.bin", "images/big.bin", .size),
            ("ln -sfn elsewhere images/link", "images/link", .target), ("rm pipe; mkdir pipe", "pipe", .kind),
            ("cp a.txt x; mv x hard", "hard", .link),
            ("printf x | dd of=images/big.bin bs=1 seek=8999999 conv=notrunc status=none", "images/big.bin", .contents),
        ]
        for (script, path, what) in sabotage {
            FilesRemoval.remove(bench.folder + "/out")
            try await bench.restore(record, to: "out")
            _ = try await bench.sh("cd \(bench.folder)/out && \(script)")
            let found = try await bench.compare(record, with: "out")
            #expect(found.differences.contains(.init(path: path, what: what)), "\(script): \(found.differences)")
        }
    }

    /// Trees that nobody thought of.
    @Test(arguments: 1...12 as ClosedRange<UInt64>) func randomTreesComeBack(seed: UInt64) async throws {
        let bench = try await FilesBench()
        var random = SeededGenerator(seed: seed)
        var folders = [""]
        let letters = Array("abc-./_ ~!\u{e9}\u{fffd}%".unicodeScalars).map(String.init) + ["new\n", "*", "[", "\\", "\"", "'"]
        for _ in 0..<120 {
            let parent = folders[Int(random.next() % UInt64(folders.count))]
            var name = (0...Int(random.next() % 4)).map { _ in letters[Int(random.next() % UInt64(letters.count))] }.joined()
            name = name.replacingOccurrences(of: "/", with: "")
            guard !["", ".", ".."].contains(name) else { continue }
            let path = parent + name
            let full = bench.source + "/" + path
            var facts = stat()
            guard lstat(full, &facts) != 0 else { continue }
            switch random.next() % 6 {
            case 0, 1:
                mkdir(full, 0o755)
                folders.append(path + "/")
            case 2: symlink(letters[Int(random.next() % 8)] + "x", full)
            case 3 where !folders.isEmpty:
                let file = open(full, O_WRONLY | O_CREAT, 0o600)
                let sizes = [0, 1, 511, 4096, 65_537, 262_145, 1_048_576, 1_048_577, 5_000_000]
                let bytes = FilesBench.noise(sizes[Int(random.next() % UInt64(sizes.count))], seed: random.next())
                _ = bytes.withUnsafeBytes { Foundation.write(file, $0.baseAddress, $0.count) }
                close(file)
            default:
                let file = open(full, O_WRONLY | O_CREAT, mode_t(random.next() % 0o1000))
                _ = Array(path.utf8).withUnsafeBytes { Foundation.write(file, $0.baseAddress, $0.count) }
                close(file)
            }
        }
        let (record, manifest) = try await bench.capture()
        #expect(manifest.isComplete)
        #expect(try await bench.restore(record, to: "out").problems.isEmpty)
        #expect(try await bench.listing(bench.source) == bench.listing(bench.folder + "/out"))
        // The next one lists the same without reading.
        try await bench.age()
        let (second, _) = try await bench.capture()
        let (third, again) = try await bench.capture()
        #expect(again.counts.unchanged == again.counts.files - Int64(again.problems.count))
        #expect(third.newBytes < 100_000 && second.entryCount == third.entryCount, "the manifest and its list are new")
        try await bench.restore(third, to: "again")
        #expect(try await bench.listing(bench.source) == bench.listing(bench.folder + "/again"))
    }
}
