import Foundation
import Language
import ObjectStore
import Testing
import Vault

@testable import Assets

/// Restores from a vault that has lost something: of one file, and no other suffers for it.
@Suite struct FilesDamageTests {
    private static let large = 12 << 20

    /// A tree of which only the file `bad` lies in packs that are damaged afterwards; what it is put right with.
    private static func damagedTree(
        _ bench: FilesBench
    ) async throws -> (record: SnapshotRecord, mend: @Sendable () async throws -> Void) {
        for number in 0..<5 { try bench.write("sub/good\(number)", FilesBench.noise(200_000, seed: UInt64(number + 1))) }
        try bench.write("zlarge", FilesBench.noise(3 << 20, seed: 9))
        try await bench.capture()
        let before = try await packs(bench).map(\.key)
        try bench.write("bad", FilesBench.noise(large, seed: 99))
        _ = try await bench.sh("cd \(bench.source) && ln bad worse")
        let (record, _) = try await bench.capture()
        let added = try await packs(bench).filter { !before.contains($0.key) }
        let largest = try #require(added.max { $0.size < $1.size })
        let key = largest.key
        let bytes = try await bench.store.get(key, range: nil)
        var harmed = bytes
        harmed[bytes.count / 2] ^= 1
        try await replace(bench, key, harmed)
        return (record, { try await replace(bench, key, bytes) })
    }

    private static func replace(_ bench: FilesBench, _ key: ObjectKey, _ bytes: [UInt8]) async throws {
        try await bench.store.delete(key)
        try await bench.store.put(key, bytes, ifAbsent: true)
    }

    private static func packs(_ bench: FilesBench) async throws -> [ObjectFacts] {
        var packs: [ObjectFacts] = []
        try await bench.store.each("packs/") { packs.append($0) }
        return packs
    }

    private static func names(_ bench: FilesBench, _ folder: String) async throws -> [String] {
        try await bench.sh("cd \(bench.folder)/\(folder) && find . -type f -printf '%P\\n' | LC_ALL=C sort")
            .split(separator: "\n").map(String.init)
    }

    @Test func everyOtherFileComesBackAndTheDamagedOneIsNamed() async throws {
        let bench = try await FilesBench()
        let (record, mend) = try await Self.damagedTree(bench)
        let report = try await bench.restore(record, to: "out")
        #expect(report.damaged == 1 && report.damage?.exitStatus == .damagedData)
        #expect(report.problems.map(\.path) == ["bad", "worse"])
        #expect(report.problems.first?.message.description.contains("packs/") == true)
        // Nothing of it stands there, under no name.
        let good = (0..<5).map { "sub/good\($0)" } + ["zlarge"]
        #expect(try await Self.names(bench, "out").filter { !$0.hasPrefix(".reprise-restore-") } == good)

        // Once it can be read the same restore goes on.
        try await mend()
        let again = try await bench.restore(record, to: "out")
        #expect(again.problems.isEmpty && again.equal == 6 && again.written == 1)
        #expect(try await bench.listing(bench.source) == bench.listing(bench.folder + "/out"))
    }

    @Test func inPlaceADamagedFileStaysWhatItWas() async throws {
        let bench = try await FilesBench()
        let (record, mend) = try await Self.damagedTree(bench)
        // Each is its own file by now, and all of them differ, in every piece.
        _ = try await bench.sh("cd \(bench.source) && rm worse && head -c \(Self.large) /dev/zero >bad && cp bad worse")
        try bench.write("sub/good1", [1])
        try bench.write("zlarge", FilesBench.noise(3 << 20, seed: 10))
        try bench.write("extra", [1])
        let sums = "cd \(bench.source) && sha256sum bad worse && stat -c '%i %Y' bad worse"
        let before = try await bench.sh(sums)
        let options = FilesRestoreOptions(inPlace: true, deletion: .init())
        let report = try await bench.restore(record, to: "source", options)
        #expect(report.damaged == 1 && report.problems.map(\.path) == ["bad", "worse"])
        #expect(report.written == 2 && report.keptExtras)
        #expect(try await bench.sh(sums) == before)
        #expect(try await bench.sh("find \(bench.source) -name '.reprise*'") == "")

        try await mend()
        #expect(try await bench.restore(record, to: "source", options).problems.isEmpty)
        #expect(try await bench.compare(record, with: "source").isEqual)
        #expect(try await Self.names(bench, "source").contains("extra") == false)
    }

    /// Pieces that differ, lie anywhere and are of a longer or shorter file are put where they belong.
    @Test(arguments: [1 << 20, 5 << 20, 14 << 20]) func aLargeFileInPlaceBecomesWhatItWas(size: Int) async throws {
        let bench = try await FilesBench()
        try bench.write("file", FilesBench.noise(Self.large, seed: 3))
        let (record, _) = try await bench.capture()
        let sum = try await bench.sh("sha256sum <\(bench.source)/file")
        _ = try await bench.sh(
            """
            cd \(bench.source) && truncate -s \(size) file
            for at in 10 700000 3000000; do printf x | dd of=file bs=1 seek=$at conv=notrunc status=none; done
            """)
        let number = try await bench.sh("stat -c %i \(bench.source)/file")
        let report = try await bench.restore(record, to: "source", .init(inPlace: true))
        #expect(report.problems.isEmpty && report.written == 1)
        #expect(try await bench.sh("sha256sum <\(bench.source)/file") == sum)
        #expect(try await bench.sh("stat -c %i \(bench.source)/file") == number)
        #expect(try await bench.compare(record, with: "source").isEqual)
        #expect(try await Self.names(bench, "source") == ["file"])
    }

    @Test func aPatternThatTakesAwayAsksForNothing() {
        let selection = FilesSelection(["!*.tmp", "./!note"])
        #expect(!selection.has(Array("a.tmp".utf8), isFolder: false) && !selection.has(Array("note".utf8), isFolder: false))
        #expect(selection.has(Array("!note".utf8), isFolder: false))
    }
}
