import Foundation
import Synchronization
import TestNumbers
import Testing
import Vault

@testable import Assets

/// What is read again, what is stored again, and what happens under a capture's feet.
@Suite struct FilesChangeTests {
    @Test func whatHasNotChangedIsNotReadAgain() async throws {
        let bench = try await FilesBench()
        try await FilesRoundTripTests.fill(bench)
        try await bench.age()
        let (_, first) = try await bench.capture()
        #expect(first.counts.unchanged == 0)
        let (second, again) = try await bench.capture()
        // Of the names of one file only the first is counted as read or not.
        #expect(again.counts.unchanged == again.counts.files - 2)
        #expect(second.newBytes == 0)
        try bench.write("a.txt", Array("other\n".utf8))
        let (third, changed) = try await bench.capture()
        #expect(changed.counts.unchanged == again.counts.unchanged - 1)
        try await bench.restore(third, to: "out")
        #expect(try await bench.listing(bench.source) == bench.listing(bench.folder + "/out"))
    }

    /// What is remembered takes several blocks. Where nothing has changed its file stays; else what comes before and behind the
    /// change is taken over.
    @Test func whatIsRememberedIsWrittenAgainOnlyWhereSomethingHasChanged() async throws {
        let bench = try await FilesBench()
        for number in 100..<800 { try bench.write("f\(number)", Array("the file \(number)".utf8)) }
        try await bench.age()
        try await bench.capture()
        let known = try #require(
            try FileManager.default.subpathsOfDirectory(atPath: bench.folder + "/cache").first { $0.hasSuffix("known/files") })
        func number() throws -> UInt64? {
            let facts = try FileManager.default.attributesOfItem(atPath: bench.folder + "/cache/" + known)
            #expect((facts[.size] as? Int ?? 0) > 40_000, "several compressed blocks of 64 KiB")
            return facts[.systemFileNumber] as? UInt64
        }
        /// How many are read again, and whether the file is another one then.
        func changes() async throws -> [Bool: Int] {
            let before = try number()
            let (record, manifest) = try await bench.capture()
            let isNew = try number() != before
            let fresh = try await bench.vault.read(record)
            #expect(fresh.record.entryCount == Int(manifest.counts.files) + 2)
            return [isNew: Int(manifest.counts.files - manifest.counts.unchanged)]
        }
        #expect(try await changes() == [false: 0])
        for change in [["f450"], ["f100"], ["f799"], ["f1000", "f300", "f8"]] {
            for name in change { try bench.write(name, Array("another \(name)".utf8)) }
            try await bench.age()
            // The clock of the source's folder was set back for all.
            _ = try await bench.capture()
            #expect(try await changes() == [false: 0], "\(change)")
            try bench.write(change[0], Array("once more \(change)".utf8))
            #expect(try await changes() == [true: 1], "\(change)")
        }
        try await bench.age()
        _ = try await bench.capture()
        for gone in ["f100", "f500", "f8"] {
            try FileManager.default.removeItem(atPath: bench.source + "/" + gone)
            #expect(try await changes() == [true: 0], "\(gone)")
        }
        let (last, _) = try await bench.capture()
        #expect(try await changes() == [false: 0])
        try await bench.restore(last, to: "out")
        #expect(try await bench.listing(bench.source) == bench.listing(bench.folder + "/out"))
    }

    @Test func aFileThatWasWrittenJustNowIsReadAgain() async throws {
        let bench = try await FilesBench()
        try bench.write("file", [1, 2, 3])
        try await bench.capture()
        let (_, again) = try await bench.capture()
        #expect(again.counts.unchanged == 0)
    }

    @Test func theCacheIsNotBelievedWithoutItsChunks() async throws {
        let bench = try await FilesBench()
        try bench.write("file", FilesBench.noise(100_000))
        try await bench.age()
        try await bench.capture()
        // Packs are gone, as a prune or a damage would have it.
        _ = try await bench.sh("find \(bench.folder)/vault/packs -type f -delete")
        let vault = try await LockedVault(in: bench.store).open(with: bench.keys, cacheFolder: bench.folder + "/cache")
        let (record, manifest) = try await bench.capture(vault: vault)
        #expect(manifest.counts.unchanged == 0)
        #expect(record.newBytes >= 100_000)
        try await bench.restore(record, to: "out", vault: vault)
        #expect(try await bench.listing(bench.source) == bench.listing(bench.folder + "/out"))
    }

    @Test func aDamagedCacheCostsTimeAndNothingElse() async throws {
        let bench = try await FilesBench()
        for number in 0..<50 { try bench.write("f\(number)", FilesBench.noise(5000, seed: UInt64(number))) }
        try await bench.age()
        try await bench.capture()
        let cache = try #require(
            try FileManager.default.subpathsOfDirectory(atPath: bench.folder + "/cache").first { $0.hasSuffix("known/files") })
        let path = bench.folder + "/cache/" + cache
        #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o600)
        let good = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        var random = SeededGenerator(seed: 7)
        for round in 0..<12 {
            var bad = good
            switch round % 3 {
            case 0: bad[Int(random.next() % UInt64(bad.count))] ^= 1 << UInt8(random.next() % 8)
            case 1: bad.removeLast(Int(random.next() % UInt64(bad.count)))
            default: bad.insert(contentsOf: bad[24..<64], at: 24)
            }
            try Data(bad).write(to: URL(fileURLWithPath: path))
            let (record, manifest) = try await bench.capture()
            #expect(manifest.counts.files == 50 && record.newBytes == 0)
        }
        let (last, manifest) = try await bench.capture()
        #expect(manifest.counts.unchanged == 50)
        try await bench.restore(last, to: "out")
        #expect(try await bench.listing(bench.source) == bench.listing(bench.folder + "/out"))
    }

    @Test func aChangedPageOfALargeFileCostsAPage() async throws {
        let bench = try await FilesBench()
        // As PostgreSQL keeps a table: pages of 8 KiB with their size and version.
        var table = FilesBench.noise(4 << 20)
        for page in stride(from: 0, to: table.count, by: 8192) { (table[page + 18], table[page + 19]) = (4, 0x20) }
        try bench.write("base/5/16384", table)
        try bench.write("plain", FilesBench.noise(20 << 20, seed: 3))
        try await bench.capture()
        table[3 << 20] ^= 1
        try bench.write("base/5/16384", table)
        let (record, _) = try await bench.capture()
        // And the lists that name it.
        let page: ClosedRange<Int64> = 64 << 10...(64 << 10) + 40_000
        #expect(page.contains(record.newBytes), "\(record.newBytes)")
        // A file without such a mark is cut so once it has changed and kept its size: whole the first time, by blocks from then
        // on.
        var plain = FilesBench.noise(20 << 20, seed: 3)
        for round in 1...2 {
            plain[round * 7_000_000] ^= 1
            try bench.write("plain", plain)
            let (record, _) = try await bench.capture()
            if round == 2 { #expect(page.contains(record.newBytes), "\(record.newBytes)") }
        }
    }

    @Test func aFileThatKeepsChangingIsStoredAndNamed() async throws {
        let bench = try await FilesBench()
        try bench.write("log", FilesBench.noise(30 << 20))
        try bench.write("quiet", [1])
        let file = open(bench.source + "/log", O_WRONLY | O_APPEND)
        defer { close(file) }
        let isOver = Flag()
        // A thread of its own: the tasks' threads may all be busy.
        let writing = Thread {
            while !isOver.isUp {
                _ = [UInt8(1)].withUnsafeBytes { Foundation.write(file, $0.baseAddress, 1) }
                usleep(200)
            }
        }
        writing.start()
        let (record, manifest) = try await bench.capture()
        isOver.raise()
        #expect(manifest.problems == [.init(kind: .changed, path: "log")])
        #expect(manifest.isComplete && record.isComplete)
        let entry = try #require(try await bench.vault.read(record).entry("files/log"))
        #expect(entry.file?.note == .changed && entry.size >= 30 << 20)
    }

    /// The walk has seen all names of it when the first one goes: a large file before them is read then, by the only reader.
    @Test func aFileOutlivesItsFirstName() async throws {
        let bench = try await FilesBench()
        try bench.write("a", FilesBench.noise(2 << 20))
        try bench.write("m1", FilesBench.noise(5000))
        try bench.write("t1", FilesBench.noise(6000))
        _ = try await bench.sh("cd \(bench.source) && ln m1 m2 && ln m1 m3 && ln m1 m4 && ln t1 t2")
        let source = bench.source
        let isOver = Flag()
        let (record, manifest) = try await FilesCapture(source, options: FilesCaptureOptions(jobs: 1)).run(asset: "files") {
            try await bench.vault.startSnapshot(asset: "files", kind: FilesCapture.kind)
        } progress: { _ in
            guard !isOver.isUp else { return }
            isOver.raise()
            unlink(source + "/m1")
            unlink(source + "/m2")
            // Of another one the first name becomes another file's.
            try? Data("new".utf8).write(to: URL(fileURLWithPath: source + "/t0"))
            rename(source + "/t0", source + "/t1")
        }
        #expect(manifest.problems == [.init(kind: .vanished, path: "m1"), .init(kind: .vanished, path: "m2")])
        #expect(manifest.isComplete && record.isComplete)
        let entries = try await bench.vault.read(record).entries()
        #expect(entries.map(\.path) == ["files", "files/a", "files/m3", "files/m4", "files/t1", "files/t2", "manifest.json"])
        #expect(entries.compactMap { $0.file?.same } == ["files/m3"])
        try await bench.restore(record, to: "out")
        #expect(try await bench.sh("cd \(source) && sha256sum *") == bench.sh("cd \(bench.folder)/out && sha256sum *"))
    }

    /// However many files vanish, only of those with other names it is remembered.
    @Test func nothingIsRememberedOfFilesWithOneName() {
        var names = FirstNames()
        let facts = FileFacts(kind: .file, mode: 0, uid: 0, gid: 0, modified: .init(seconds: 0, nanoseconds: 0))
        for number in 0..<100 {
            let entry = CaptureEntry(
                path: "files/\(number)", facts: facts, work: .failed(.init(kind: .vanished, path: "\(number)")))
            entry.hasOtherNames = number == 7
            names.note(entry)
        }
        #expect(names.count == 1)
        guard case .gone = names["files/7"] else {
            Issue.record("it is not remembered")
            return
        }
    }

    @Test func aMissingFolderIsSaid() async throws {
        let bench = try await FilesBench()
        FilesRemoval.remove(bench.source)
        await #expect(throws: AssetError.self) { try await bench.capture() }
    }

    @Test func whatIsExcludedIsNotThere() async throws {
        let bench = try await FilesBench()
        for path in ["keep", "junk.tmp", "sub/junk.tmp", ".cache/x", "sub/.cache/y", "build/keep", "sub/build/kept", "a.tmp"] {
            try bench.write(path, [1])
        }
        let (record, manifest) = try await bench.capture(
            FilesCaptureOptions(exclude: ["*.tmp", ".cache/", "/build", "!a.tmp"], jobs: 2))
        let paths = try await bench.vault.read(record).entries().map(\.path)
        #expect(
            paths == [
                "files", "files/a.tmp", "files/keep", "files/sub", "files/sub/build", "files/sub/build/kept", "manifest.json",
            ])
        #expect(manifest.counts.excluded == 5)
    }

    @Test func theVaultDoesNotBackItselfUp() async throws {
        let bench = try await FilesBench()
        try bench.write("file", [1])
        let options = FilesCaptureOptions(jobs: 2, avoided: [bench.folder + "/vault", bench.folder + "/cache"])
        let (record, _) = try await FilesCapture(bench.folder, options: options).run(asset: "all") {
            try await bench.vault.startSnapshot(asset: "all", kind: FilesCapture.kind)
        }
        let paths = try await bench.vault.read(record).entries().map(\.path)
        #expect(paths == ["files", "files/cache", "files/source", "files/source/file", "files/vault", "manifest.json"])
    }
}

/// Raised by one thread and seen by another.
private final class Flag: Sendable {
    private let state = Mutex(false)

    var isUp: Bool { state.withLock { $0 } }

    func raise() { state.withLock { $0 = true } }
}
