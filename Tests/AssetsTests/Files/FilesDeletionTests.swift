import Foundation
import ObjectStore
import Testing
import Vault

@testable import Assets

/// A target becomes what the snapshot was, and nothing goes that nobody asked to lose.
@Suite struct FilesDeletionTests {
    private static func restore(
        _ bench: FilesBench, _ record: SnapshotRecord, only: [String] = [], exclude: [String] = [], avoided: [String] = []
    ) async throws -> (plan: FilesRestorePlan, report: FilesRestoreReport) {
        let reader = try await bench.vault.read(record)
        let restore = FilesRestore(
            reader, into: bench.source,
            options: .init(only: only, inPlace: true, deletion: .init(exclude: exclude, avoided: avoided)))
        return (try await restore.plan(), try await restore.run())
    }

    private static func names(_ bench: FilesBench) async throws -> [String] {
        try await bench.sh("cd \(bench.source) && find . -mindepth 1 -printf '%P\\n' | LC_ALL=C sort").split(separator: "\n").map(
            String.init)
    }

    @Test func whatTheSnapshotDoesNotHaveGoes() async throws {
        let bench = try await FilesBench()
        try await FilesRoundTripTests.fill(bench)
        let (record, _) = try await bench.capture()
        let before = try await bench.listing(bench.source)
        _ = try await bench.sh(
            """
            cd \(bench.source); mkdir -p new/deep a/z-new; echo 1 >new/deep/f; echo 2 >new/g; echo 3 >a.txt.bak; ln -s /etc a/escape
            echo 4 >"$(printf 'odd\\377')"; echo 5 >a-; echo 6 >'a b'; mkfifo new/pipe
            """)
        let (plan, report) = try await Self.restore(bench, record)
        #expect(plan.destroys && plan.deleted == 11, "\(plan.deletedExamples)")
        #expect(plan.deletedExamples.contains("new/deep/") && plan.deletedExamples.contains("a.txt.bak"))
        #expect(report.deleted == 11 && report.problems.isEmpty && !report.keptExtras)
        #expect(try await bench.listing(bench.source) == before)
        #expect(FileManager.default.fileExists(atPath: "/etc/passwd"))
    }

    @Test func whatIsLeftOutOfBackupsStays() async throws {
        let bench = try await FilesBench()
        try bench.write("kept", [1])
        try bench.write("cache/old", [1])
        let (record, _) = try await bench.capture(.init(exclude: ["cache/", "*.log"]))
        for path in ["cache/new", "new/a.log", "new/b", "new/sub/c.tmp", "gone/d", "vault/pack", "plan.yaml", "more/vault2/x"] {
            try bench.write(path, [2])
        }
        let (plan, report) = try await Self.restore(
            bench, record, exclude: ["*.tmp"],
            avoided: ["vault", "plan.yaml", "more/vault2"].map { bench.source + "/" + $0 })
        #expect(plan.deletedExamples == ["gone/d", "new/b", "gone/"] && plan.deleted == 3)
        #expect(report.deleted == 3)
        #expect(
            try await Self.names(bench) == [
                "cache", "cache/new", "cache/old", "kept", "more", "more/vault2", "more/vault2/x", "new", "new/a.log", "new/sub",
                "new/sub/c.tmp", "plan.yaml", "vault", "vault/pack",
            ])
    }

    @Test func onlyBelowWhatWasAskedFor() async throws {
        let bench = try await FilesBench()
        try bench.write("one/f", [1])
        try bench.write("two/f", [1])
        let (record, _) = try await bench.capture()
        for path in ["one/g", "two/g", "three/g"] { try bench.write(path, [2]) }
        let (plan, report) = try await Self.restore(bench, record, only: ["one"])
        #expect(plan.deletedExamples == ["one/g"] && report.deleted == 1)
        #expect(try await Self.names(bench) == ["one", "one/f", "three", "three/g", "two", "two/f", "two/g"])
    }

    @Test func aFolderInTheWayOfAFileGivesWay() async throws {
        let bench = try await FilesBench()
        try bench.write("file", [1, 2, 3])
        symlink("file", bench.source + "/link")
        let (record, _) = try await bench.capture()
        let before = try await bench.listing(bench.source)
        _ = try await bench.sh(
            "cd \(bench.source) && rm file link && mkdir -p file/deep link && echo x >file/deep/x && echo y >link/y")
        let (_, report) = try await Self.restore(bench, record)
        #expect(report.problems.isEmpty, "\(report.problems)")
        #expect(try await bench.listing(bench.source) == before)
    }

    /// A snapshot that lacks what could not be read does not say that it should not be there.
    @Test func anIncompleteSnapshotDeletesNothing() async throws {
        let bench = try await FilesBench()
        try bench.write("file", [1])
        let problem = FilesManifest.Problem(kind: .unreadable, path: "other")
        var manifest = FilesManifest(source: bench.source, exclude: [], counts: .init(), problems: [])
        manifest.add(problem)
        let writer = try await bench.vault.startSnapshot(asset: "files", kind: FilesCapture.kind)
        let text = try manifest.encoded()
        try await onOwnThread { Result { try writer.add(FilesManifest.path, text: text) } }.get()
        let record = try await writer.commit(instant: Date(), tags: [], facts: [:])
        do {
            _ = try await Self.restore(bench, record)
            Issue.record("it was taken for the whole")
        } catch let error as AssetError {
            #expect(error.code == .incompleteSnapshot)
        }
        #expect(try await Self.names(bench) == ["file"])
    }

    @Test func nothingGoesWhileSomethingCannotBePutBack() async throws {
        try #require(geteuid() == 0, "needs the right to make a file that cannot be replaced")
        let bench = try await FilesBench()
        try bench.write("closed/file", [1])
        let (record, _) = try await bench.capture()
        try bench.write("extra", [2])
        _ = try await bench.sh("cd \(bench.source) && echo other >closed/file && mount -t tmpfs -o ro none closed")
        defer { _ = umount2(bench.source + "/closed", Int32(MNT_DETACH)) }
        let (_, report) = try await Self.restore(bench, record)
        #expect(report.problemCount > 0 && report.keptExtras && report.deleted == 0)
        #expect(FileManager.default.fileExists(atPath: bench.source + "/extra"))
    }

    /// What a restore that was cut off leaves is taken away by the next one, of whichever snapshot.
    @Test func leftoversOfACutOffRestoreGo() async throws {
        let bench = try await FilesBench()
        try bench.write("sub/file", [1])
        let (first, _) = try await bench.capture()
        try bench.write("sub/file", [2, 2])
        let (second, _) = try await bench.capture()
        _ = try await bench.sh(
            """
            cd \(bench.source); echo part >sub/.reprise-part-3x; echo part >.reprise-part-17; touch .reprise-restore-\(first.id)
            echo mine >sub/.reprise-part-Mine; mkdir .reprise-part-folder
            """)
        let reader = try await bench.vault.read(second)
        let restore = FilesRestore(reader, into: bench.source, options: .init(inPlace: true))
        let report = try await restore.run()
        #expect(report.problems.isEmpty && report.deleted == 0)
        #expect(try await Self.names(bench) == [".reprise-part-folder", "sub", "sub/.reprise-part-Mine", "sub/file"])
        // Without a sign that one was cut off they are somebody's.
        _ = try await bench.sh("echo mine >\(bench.source)/.reprise-part-9")
        _ = try await restore.run()
        #expect(try await Self.names(bench).contains(".reprise-part-9"))
    }

    @Test func twoRestoresIntoOneFolderDoNotMeet() async throws {
        let bench = try await FilesBench()
        try bench.write("file", [1])
        let (record, _) = try await bench.capture()
        let folder = try #require(OpenFolder.root(bench.source))
        var other: RestoreMark? = try RestoreMark(record.id, in: folder)
        do {
            try await bench.restore(record, to: "source", .init(inPlace: true))
            Issue.record("it went on")
        } catch let error as AssetError {
            #expect(error.code == .targetBusy)
        }
        // Of another snapshot either, which leaves no mark of its own.
        let (later, _) = try await bench.capture()
        await #expect(throws: AssetError.self) { try await bench.restore(later, to: "source", .init(inPlace: true)) }
        #expect(try await Self.names(bench) == [".reprise-restore-\(record.id)", "file"])
        other?.remove()
        other = nil
        try await bench.restore(record, to: "source", .init(inPlace: true))
        #expect(try await Self.names(bench) == ["file"])
    }

    /// Of two who begin at once one makes the mark, and the other may be the first to lock it.
    @Test func aMarkUnderWhichAnotherWorksStays() async throws {
        let bench = try await FilesBench()
        try bench.write("file", [1])
        let (record, _) = try await bench.capture()
        let folder = try #require(OpenFolder.root(bench.source))
        var other: RestoreMark?
        do throws(RestoreMark.Failure) {
            _ = try RestoreMark(record.id, in: folder) { other = try? RestoreMark(record.id, in: folder) }
            Issue.record("it went on")
        } catch {
            guard case .busy = error else { throw error }
        }
        #expect(try await Self.names(bench) == [".reprise-restore-\(record.id)", "file"])
        try #require(other).remove()
        #expect(try await Self.names(bench) == ["file"])
    }
}
