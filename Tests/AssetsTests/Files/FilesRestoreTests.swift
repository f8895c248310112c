import Foundation
import Language
import ObjectStore
import Synchronization
import Testing
import Vault

@testable import Assets

@Suite struct FilesRestoreTests {
    @Test func onlyWhatWasAskedForComesBack() async throws {
        let bench = try await FilesBench()
        try await FilesRoundTripTests.fill(bench)
        let (record, _) = try await bench.capture()
        func names(_ only: [String], _ target: String) async throws -> [String] {
            try await bench.restore(record, to: target, .init(only: only))
            return try await bench.sh("cd \(bench.folder)/\(target) && find . -mindepth 1 -printf '%P\\n' | LC_ALL=C sort")
                .split(separator: "\n").map(String.init)
        }
        #expect(try await names(["a/z"], "one") == ["a", "a/z"])
        #expect(
            try await names(["images"], "folder") == ["images", "images/big.bin", "images/copy.bin", "images/link"])
        #expect(try await names(["*.bin"], "glob") == ["images", "images/big.bin", "images/copy.bin", "mid.bin"])
        #expect(try await names(["/*.bin"], "anchored") == ["mid.bin"])
        // A second name of a file brings the bytes when the first was not asked for.
        #expect(try await names(["hard"], "hard") == ["hard"])
        #expect(try String(contentsOfFile: bench.folder + "/hard/hard", encoding: .utf8) == "hello\n")
        // A folder that was made for what is in it has its own rights and time.
        let facts = try await bench.sh("stat -c '%a %Y' \(bench.source)/a \(bench.folder)/one/a").split(separator: "\n")
        #expect(facts[0] == facts[1])
        await #expect(throws: AssetError.self) { try await bench.restore(record, to: "none", .init(only: ["nowhere"])) }
    }

    @Test func aFolderThatHoldsSomethingIsNotWrittenInto() async throws {
        let bench = try await FilesBench()
        try bench.write("file", [1])
        let (record, _) = try await bench.capture()
        _ = try await bench.sh("mkdir \(bench.folder)/out && echo mine > \(bench.folder)/out/other")
        do {
            try await bench.restore(record, to: "out")
            Issue.record("it was restored into")
        } catch let error as AssetError {
            #expect(error.code == .targetNotEmpty)
        }
        #expect(try await bench.sh("ls -A \(bench.folder)/out") == "other\n")
    }

    @Test func inPlaceOnlyWhatDiffersIsReplaced() async throws {
        let bench = try await FilesBench()
        try await FilesRoundTripTests.fill(bench)
        let (record, _) = try await bench.capture()
        let before = try await bench.listing(bench.source)
        _ = try await bench.sh(
            """
            cd \(bench.source)
            printf x | dd of=images/big.bin bs=1 seek=4000000 conv=notrunc status=none
            rm mid.bin a/deep/er/file; rm -r 'é'; chmod 777 empty; ln -sfn elsewhere images/link; rm dangling; mkdir dangling
            truncate -s 100 images/copy.bin; rm hard; echo other > hard; rm pipe; echo file > pipe
            """)
        let inodes = try await bench.sh("cd \(bench.source) && stat -c %i images/big.bin a.txt")
        let reader = try await bench.vault.read(record)
        let restore = FilesRestore(reader, into: bench.source, options: .init(inPlace: true))
        let plan = try await restore.plan()
        #expect(plan.destroys && plan.replaced >= 4)
        #expect(try await bench.listing(bench.source) != before, "a plan changes nothing")
        let report = try await restore.run()
        #expect(report.problems.isEmpty, "\(report.problems)")
        #expect(try await bench.listing(bench.source) == before)
        // The large file is the same file, changed where it differed.
        #expect(try await bench.sh("cd \(bench.source) && stat -c %i images/big.bin a.txt") == inodes)
        #expect(report.bytes < 14_000_000, "\(report.bytes) bytes were written")
        let again = try await restore.run()
        #expect(again.written == 0 && again.bytes == 0)
    }

    /// Whoever confirms must have seen everything that goes: what stands where a folder is to be.
    @Test func whatGivesWayToFoldersIsForeseen() async throws {
        let bench = try await FilesBench()
        try bench.write("one/deep/f", [1])
        try bench.write("one/g", [1])
        try bench.write("two/f", [1])
        let (record, _) = try await bench.capture()
        _ = try await bench.sh("cd \(bench.source) && rm -r one two && echo mine >one && ln -s /etc two")
        let reader = try await bench.vault.read(record)
        let everything = try await FilesRestore(reader, into: bench.source, options: .init(inPlace: true)).plan()
        #expect(everything.examples == ["one", "two"] && everything.replaced == 2 && everything.created == 3)
        // Above what was asked for too, and once.
        let part = try await FilesRestore(
            reader, into: bench.source, options: .init(only: ["one/deep", "one/g"], inPlace: true)
        ).plan()
        #expect(part.examples == ["one"] && part.replaced == 1 && part.created == 2)
    }

    /// Of the same time, and with another target.
    @Test func aLinkThatLeadsElsewhereIsForeseen() async throws {
        let bench = try await FilesBench()
        symlink("here", bench.source + "/link")
        _ = try await bench.sh("touch -h -d 2020-01-01T00:00:00Z \(bench.source)/link")
        let (record, _) = try await bench.capture()
        _ = try await bench.sh("cd \(bench.source) && ln -sfn there link && touch -h -d 2020-01-01T00:00:00Z link")
        let reader = try await bench.vault.read(record)
        let restore = FilesRestore(reader, into: bench.source, options: .init(inPlace: true))
        let plan = try await restore.plan()
        #expect(plan.destroys && plan.examples == ["link"] && plan.equal == 0)
        _ = try await restore.run()
        #expect(try await restore.plan().destroys == false)
    }

    /// What is our own is in no snapshot, and an older one that has it does not bring it back over what is there.
    @Test func ownPlacesAreNotTakenInNorWrittenOver() async throws {
        let bench = try await FilesBench()
        try bench.write("private/key", [1])
        try bench.write("sub/other.key", [1])
        try bench.write("sub/file", [1])
        let (older, _) = try await bench.capture()
        let own = ["private", "sub/other.key"].map { bench.source + "/" + $0 }
        for path in ["private/key", "sub/other.key", "sub/file"] { try bench.write(path, [2, 2]) }
        let reader = try await bench.vault.read(older)
        let restore = FilesRestore(
            reader, into: bench.source, options: .init(inPlace: true, deletion: .init(avoided: own), avoided: own))
        let plan = try await restore.plan()
        #expect(plan.examples == ["sub/file"] && plan.replaced == 1 && plan.deleted == 0)
        let report = try await restore.run()
        #expect(report.problems.isEmpty && report.written == 1 && report.deleted == 0)
        #expect(try await bench.sh("cd \(bench.source) && stat -c %s private/key sub/other.key sub/file") == "2\n2\n1\n")
        let (newer, _) = try await bench.capture(.init(avoided: own))
        try await bench.restore(newer, to: "out")
        #expect(
            try await bench.sh("cd \(bench.folder)/out && find . -mindepth 1 -printf '%P\\n' | LC_ALL=C sort")
                == "private\nsub\nsub/file\n")
    }

    @Test func otherFilesAreLeftAlone() async throws {
        let bench = try await FilesBench()
        try bench.write("sub/file", [1])
        let (record, _) = try await bench.capture()
        try bench.write("sub/later", [2])
        let reader = try await bench.vault.read(record)
        _ = try await FilesRestore(reader, into: bench.source, options: .init(inPlace: true)).run()
        #expect(FileManager.default.fileExists(atPath: bench.source + "/sub/later"))
    }

    @Test func sameSizeAndTimeCanBeComparedByBytes() async throws {
        let bench = try await FilesBench()
        try bench.write("file", FilesBench.noise(5000))
        let (record, _) = try await bench.capture()
        let before = try await bench.listing(bench.source)
        _ = try await bench.sh(
            "cd \(bench.source) && touch -r file ../t && printf x | dd of=file bs=1 seek=99 conv=notrunc status=none && touch -r ../t file"
        )
        let reader = try await bench.vault.read(record)
        let trusting = try await FilesRestore(reader, into: bench.source, options: .init(inPlace: true)).run()
        #expect(trusting.equal == 1 && trusting.written == 0)
        let reading = try await FilesRestore(
            reader, into: bench.source, options: .init(inPlace: true, comparesContents: true)
        ).run()
        #expect(reading.written == 1)
        #expect(try await bench.listing(bench.source) == before)
    }

    /// A plan that compares says what the run will do.
    @Test func whatIsFoundByComparingIsForeseen() async throws {
        let bench = try await FilesBench()
        for number in 0..<30 { try bench.write("f\(number + 10)", FilesBench.noise(2000 + number, seed: UInt64(number))) }
        try bench.write("empty", [])
        try bench.write("large", FilesBench.noise(5 << 20))
        symlink("large", bench.source + "/link")
        mkfifo(bench.source + "/pipe", 0o600)
        let (record, _) = try await bench.capture()
        let reader = try await bench.vault.read(record)
        let restore = FilesRestore(reader, into: bench.source, options: .init(inPlace: true, comparesContents: true))
        let same = try await restore.plan()
        #expect(same.equal == 34 && same.bytes == 0 && !same.destroys)
        let nothing = try await restore.run()
        #expect(nothing.equal == 34 && nothing.written == 0)

        // Of the same sizes and times; of one the time alone is another.
        _ = try await bench.sh(
            """
            cd \(bench.source)
            for name in f12 f25 large; do
                touch -r $name ../time; printf xyzzy | dd of=$name bs=1 seek=1000 conv=notrunc status=none; touch -r ../time $name
            done
            touch -d 2020-01-01 f30; truncate -s 5 f33; rm f35
            """)
        let plan = try await restore.plan()
        #expect(plan.examples == ["f12", "f25", "f33", "large"] && plan.replaced == 4 && plan.created == 1 && plan.equal == 29)
        let sizes: [Int64] = [2002, 2015, 2023, 2025, 5 << 20]
        #expect(plan.bytes == sizes.reduce(0, +))
        let report = try await restore.run()
        #expect(report.written == plan.replaced + plan.created && report.equal == plan.equal)
    }

    /// A name is there only where it is one of the file that its first name will be.
    @Test func otherNamesOfAFileAreForeseen() async throws {
        let bench = try await FilesBench()
        try bench.write("a", [1])
        try bench.write("m", [2])
        _ = try await bench.sh("cd \(bench.source) && ln a b && ln a c && ln m n && ln m sub-n")
        let (record, _) = try await bench.capture()
        let reader = try await bench.vault.read(record)
        func plan(_ only: [String] = []) async throws -> FilesRestorePlan {
            try await FilesRestore(reader, into: bench.source, options: .init(only: only, inPlace: true)).plan()
        }
        #expect(try await plan().equal == 6)
        // A file of its own, with the bytes and the time; and one whose first name will be another file.
        _ = try await bench.sh("cd \(bench.source) && cp -p a x && mv x c && echo other >m")
        let other = try await plan()
        #expect(other.examples == ["c", "m", "n", "sub-n"] && other.replaced == 4 && other.equal == 2)
        // Where the first name is not asked for, the bytes are what counts.
        let one = try await plan(["c", "n"])
        #expect(one.examples == ["n"] && one.equal == 1)
        let report = try await FilesRestore(reader, into: bench.source, options: .init(inPlace: true)).run()
        #expect(report.written + report.links == 4 && report.equal == 2)
        #expect(try await plan().equal == 6)
    }

    /// Somebody who may write into the target must not lead a restore out of it.
    @Test func linksAreNotFollowedOutOfTheTarget() async throws {
        let bench = try await FilesBench()
        try bench.write("sub/file", [1])
        try bench.write("top", [2])
        let (record, _) = try await bench.capture()
        _ = try await bench.sh(
            "cd \(bench.folder) && mkdir out outside && echo mine > outside/file && ln -s ../outside out/sub && ln -s ../outside/file out/top"
        )
        let reader = try await bench.vault.read(record)
        let report = try await FilesRestore(reader, into: bench.folder + "/out", options: .init(inPlace: true)).run()
        #expect(report.problems.isEmpty)
        #expect(try await bench.sh("cat \(bench.folder)/outside/file") == "mine\n")
        #expect(try await bench.listing(bench.source) == bench.listing(bench.folder + "/out"))
    }

    @Test func aRestoreThatWasCutOffGoesOnWhereItWas() async throws {
        let bench = try await FilesBench()
        for number in 0..<40 { try bench.write("d\(number % 5)/f\(number)", FilesBench.noise(300_000, seed: UInt64(number))) }
        let (record, _) = try await bench.capture()
        let reader = try await bench.vault.read(record)
        let restore = FilesRestore(reader, into: bench.folder + "/out", options: .init(jobs: 1))
        let running = Mutex<Task<Void, any Error>?>(nil)
        let task = Task {
            _ = try await restore.run { now in
                if now.bytes > 3_000_000 { running.withLock { $0?.cancel() } }
            }
        }
        running.withLock { $0 = task }
        let isComplete = (try? await task.value) != nil
        let there =
            Int(try await bench.sh("find \(bench.folder)/out -name 'f*' | wc -l").trimmingCharacters(in: .whitespacesAndNewlines))
            ?? 0
        // A machine that was busy elsewhere may have let it come to its end, into which nothing is written again.
        if !isComplete {
            let report = try await restore.run()
            #expect(report.problems.isEmpty)
            #expect(report.equal + report.written == 40 && report.equal >= min(there, 40))
        }
        #expect(try await bench.listing(bench.source) == bench.listing(bench.folder + "/out"))
        #expect(try await bench.sh("find \(bench.folder)/out -name '.reprise*'") == "")
    }

    /// A restore that was begun and did nothing, such as one of a path that is not there, keeps no other from the folder.
    @Test func whatCameToNothingKeepsNobodyFromAFolder() async throws {
        let bench = try await FilesBench()
        try bench.write("file", [1])
        let (first, _) = try await bench.capture()
        try bench.write("file", [2, 2])
        let (second, _) = try await bench.capture()
        await #expect(throws: AssetError.self) { try await bench.restore(first, to: "out", .init(only: ["nowhere"])) }
        #expect(try await bench.sh("ls -A \(bench.folder)/out") == "")
        // As one leaves it that was killed before its first file.
        _ = try await bench.sh("touch \(bench.folder)/out/.reprise-restore-\(first.id)")
        #expect(try await bench.restore(second, to: "out").problems.isEmpty)
        #expect(try await bench.listing(bench.source) == bench.listing(bench.folder + "/out"))
    }

    @Test func aFolderWithARestoreOfAnotherSnapshotNamesIt() async throws {
        let bench = try await FilesBench()
        try bench.write("file", [1])
        try bench.write("other", [1])
        let (first, _) = try await bench.capture()
        try bench.write("file", [2, 2])
        let (second, _) = try await bench.capture()
        _ = try await bench.sh(
            "cd \(bench.folder) && mkdir out && echo 1 >out/.reprise-part-1 && touch out/.reprise-restore-\(first.id)")
        let error = await #expect(throws: AssetError.self) { try await bench.restore(second, to: "out") }
        #expect(error?.code == .targetNotEmpty && error?.hint?.description.contains("--snapshot \(first.id)") == true)
        #expect(try await bench.restore(first, to: "out").written == 2)
        #expect(try await bench.sh("ls -A \(bench.folder)/out") == "file\nother\n")
    }

    /// The mark lets the same restore go on, and not over what somebody has made of its folder since.
    @Test func whatWasChangedSinceARestoreWasCutOffStays() async throws {
        let bench = try await FilesBench()
        for name in ["edited", "equal", "gone", "linked", "retimed"] { try bench.write(name, Array("of the snapshot".utf8)) }
        symlink("here", bench.source + "/symlink")
        _ = try await bench.sh("cd \(bench.source) && ln linked other && mkfifo pipe && touch -h -d 2020-01-01T00:00:00.5Z *")
        let (record, _) = try await bench.capture()
        try await bench.restore(record, to: "out")
        // As a file system has it that keeps times no finer than two seconds.
        _ = try await bench.sh(
            """
            cd \(bench.folder)/out && touch .reprise-restore-\(record.id) && touch -d 2020-01-01T00:00:00Z retimed
            echo mine >edited; rm gone; ln -sfn there symlink; rm other pipe; echo mine >other; echo mine >pipe
            """)
        let mine = "cd \(bench.folder)/out && cat edited other pipe && readlink symlink"
        let before = try await bench.sh(mine)

        let report = try await bench.restore(record, to: "out")
        #expect(report.problems.map(\.path).sorted() == ["edited", "other", "pipe", "symlink"])
        #expect(report.problems.allSatisfy { $0.message.description.contains("--in-place") })
        #expect(report.isUnfinished && report.equal == 2 && report.written == 2)
        #expect(try await bench.sh(mine) == before)

        // Where it was said that they may they give way.
        #expect(try await bench.restore(record, to: "out", .init(inPlace: true)).problems.isEmpty)
        #expect(try await bench.listing(bench.source) == bench.listing(bench.folder + "/out"))
        #expect(try await bench.sh("find \(bench.folder)/out -name '.reprise*'") == "")
    }

    /// However much is lacking: other names of what came back are made, and none of what did not.
    @Test func otherNamesComeBackWhereTooMuchIsLackingToBeRemembered() async throws {
        let bench = try await FilesBench()
        for name in ["b0", "b1", "good"] { try bench.write(name, [1]) }
        _ = try await bench.sh("cd \(bench.source) && ln b0 other0 && ln b1 other1 && ln good other2 && touch -d 2020-01-01 *")
        let (record, _) = try await bench.capture()
        _ = try await bench.sh("mkdir \(bench.folder)/out && cd \(bench.folder)/out && echo mine >b0 && echo mine >b1")
        let run = FilesRestoreRun(
            snapshot: try await bench.vault.read(record), root: try #require(OpenFolder.root(bench.folder + "/out")),
            options: .init(), selection: FilesSelection([]), rememberedLacking: 1, report: { _ in })
        _ = try await run.run(leftovers: false, rules: IgnoreRules())
        #expect(run.totals.problems.map(\.path) == ["b0", "b1", "other0", "other1"])
        #expect(run.totals.written == 1 && run.totals.links == 1)
        #expect(
            try await bench.sh("cd \(bench.folder)/out && ls -A && stat -c %h good && cat b0 b1")
                == "b0\nb1\ngood\nother2\n2\nmine\nmine\n")
    }

    @Test func aFullDiskIsSaidAndNamesTheFile() async throws {
        try #require(geteuid() == 0, "needs the right to mount")
        let bench = try await FilesBench()
        try bench.write("small", [1])
        try bench.write("large", FilesBench.noise(8 << 20))
        let (record, _) = try await bench.capture()
        let target = bench.folder + "/small-disk"
        _ = try await bench.sh("mkdir \(target) && mount -t tmpfs -o size=2m none \(target)")
        defer { _ = umount2(target, Int32(MNT_DETACH)) }
        let report = try await bench.restore(record, to: "small-disk/out")
        let large = try #require(report.problems.first { $0.path == "large" })
        #expect(large.message.description == "No space left on device")
        #expect(try await bench.sh("cd \(target)/out && find . -type f ! -name small ! -name '.reprise-restore*'") == "")
        // With more room it goes on.
        _ = try await bench.sh("mount -o remount,size=20m \(target)")
        let again = try await bench.restore(record, to: "small-disk/out")
        #expect(again.problems.isEmpty && again.equal == 1 && again.written == 1)
        #expect(try await bench.sh("ls -A \(target)/out") == "large\nsmall\n")
    }

    @Test func tarUnpacksAnExport() async throws {
        let bench = try await FilesBench()
        try await FilesRoundTripTests.fill(bench)
        let long = String(repeating: "long name ", count: 20)
        try bench.write(long + "/" + long, [9])
        symlink(long + "/" + long, bench.source + "/long-link")
        let (record, _) = try await bench.capture()
        let archive = bench.folder + "/a.tar"
        let file = open(archive, O_WRONLY | O_CREAT, 0o600)
        try await TarExport(bench.vault.read(record)).run { bytes in
            try #require(bytes.withUnsafeBytes { Foundation.write(file, $0.baseAddress, $0.count) } == bytes.count)
        }
        close(file)
        _ = try await bench.sh("mkdir \(bench.folder)/out && tar -xpf \(archive) -C \(bench.folder)/out --same-owner 2>&1")
        #expect(try await bench.listing(bench.source) == bench.listing(bench.folder + "/out"))
    }
}
