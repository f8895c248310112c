import Foundation
import Testing

/// Files, from the plan to the restored folder.
@Suite("Files are backed up, proven and brought back", .endToEnd)
struct FilesTests {
    private static func host(exclude: String = "[\".cache/\", \"*.tmp\"]") async throws -> Host {
        let host = try Host()
        try host.write(
            """
            version: 1
            project: { name: shop, timezone: UTC, language: en }
            vaults:
              local: { url: ./vault }
            assets:
              uploads: { kind: files, path: ./uploads, exclude: \(exclude), objectives: { rpo: 24h } }

            """, to: "reprise.yaml", mode: 0o644)
        try FileManager.default.createDirectory(atPath: host.path("uploads/images"), withIntermediateDirectories: true)
        try await host.run("init").succeeded()
        return host
    }

    private static func sh(_ script: String, in host: Host) async throws -> String {
        let child = try ChildProcess(
            "/bin/bash", ["-c", script], environment: ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C"],
            workingFolder: host.project)
        let end = await child.end()
        try #require(end.status == 0, "\(script): \(end.errors)")
        return end.output
    }

    /// Every name with what it is, and the sum of all bytes.
    private static func listing(_ folder: String, in host: Host) async throws -> String {
        try await sh(
            "cd \(folder) && find . -mindepth 1 -printf '%P %y %m %T@ %l %s\\n' | sort && find . -type f | sort | xargs -r -d '\\n' sha256sum",
            in: host)
    }

    /// Of libpq there is an empty file: as good as none.
    @Test func filesNeedNoPostgresAndDatabasesSayThatTheyDo() async throws {
        let host = try await Self.host()
        try FileManager.default.createDirectory(atPath: host.path("lib"), withIntermediateDirectories: true)
        try host.write("", to: "lib/libpq.so.5")
        let bare = ["LD_LIBRARY_PATH": host.path("lib"), "DATABASE_URL": "postgresql://me@localhost/shop"]
        try host.write("one", to: "uploads/a.txt")
        try await host.run("backup", environment: bare).succeeded()
        try await host.run("restore", "--to", "out", environment: bare).succeeded()
        try await host.run("status", environment: bare)
        try host.write(
            try host.read("reprise.yaml") + "  db: { kind: postgres, url: \"env:DATABASE_URL\", objectives: { rpo: 24h } }\n",
            to: "reprise.yaml", mode: 0o644)
        try await host.run("backup", "uploads", environment: bare).succeeded()
        try await host.run("backup", "db", environment: bare).ended(1).says("client library", "apt-get install libpq5")
        try await host.run("status", environment: bare)
        try await host.run("check", environment: bare).succeeded()
    }

    @Test func theWholeRound() async throws {
        let host = try await Self.host()
        _ = try await Self.sh(
            "cd uploads && echo one > a.txt && head -c 3000000 /dev/urandom > images/b.bin && ln -s a.txt link && mkdir .cache && touch .cache/x y.tmp",
            in: host)
        try await host.run("doctor").succeeded().says("the folder", "can be read")
        let backup = try await host.run("backup", "--json").succeeded().json()
        #expect(
            backup["complete"].bool == true && backup["counts"]["files"].number == 2 && backup["counts"]["excluded"].number == 2)
        try await host.run("ls", "latest").succeeded().says("images/b.bin", "link → a.txt")
        let line = try await host.run("ls", "latest", "images/b.bin", "--json").succeeded().json()
        #expect(line["kind"].text == "file" && line["bytes"].number == 3_000_000)
        #expect(try await host.run("ls", "latest", "nowhere").status == 64)
        try await host.run("drill").succeeded().says("every byte equal", "PASSED")
        try await host.run("status").succeeded().says("proven point")
        try await host.run("check", "--read-data", "all").succeeded()
        try await host.run("restore", "uploads", "--to", "out").succeeded()
        _ = try await Self.sh("rm -r uploads/.cache uploads/y.tmp; touch -r out uploads", in: host)
        #expect(try await Self.listing("out", in: host) == Self.listing("uploads", in: host))
        try await host.leavesNothing()

        // Into a folder that holds something: not without being told so, and not without its name.
        try await host.run("restore", "uploads", "--to", "out").ended(73).says("is not empty", "--in-place")
        _ = try await Self.sh("echo two > out/a.txt", in: host)
        try await host.run("restore", "uploads", "--to", "out", "--in-place", "--dry-run").succeeded().says(
            "1 to replace", "a.txt differs")
        try await host.run("restore", "uploads", "--to", "out", "--in-place").ended(64).says("--confirm out")
        try await host.run("restore", "uploads", "--to", "out", "--in-place", "--confirm", "other").ended(64)
        #expect(try host.read("out/a.txt") == "two\n")
        let restored = try await host.run("restore", "uploads", "--to", "out", "--in-place", "--confirm", "out", "--json")
            .succeeded().json()
        #expect(restored["written"].number == 1 && restored["equal"].number == 2)
        #expect(try host.read("out/a.txt") == "one\n")

        // What the snapshot does not have goes only where that was asked for, and what the plan excludes stays.
        _ = try await Self.sh("mkdir -p out/new out/.cache; echo 1 >out/new/f; echo 2 >out/.cache/f; echo 3 >out/z.tmp", in: host)
        try await host.run("restore", "uploads", "--to", "out", "--in-place", "--confirm", "out").succeeded()
        #expect(host.exists("out/new/f"))
        try await host.run("restore", "uploads", "--to", "out", "--delete").ended(64).says("--in-place")
        let delete = ["restore", "uploads", "--to", "out", "--in-place", "--delete"]
        try await host.outcome(of: host.start(delete + ["--dry-run"]), delete).succeeded().says(
            "new/f would be deleted", "deleted: 2")
        try await host.outcome(of: host.start(delete), delete).ended(64).says("--confirm out")
        #expect(host.exists("out/new/f"))
        let deleted = try await host.outcome(of: host.start(delete + ["--confirm", "out", "--json"]), delete).succeeded().json()
        #expect(deleted["deleted"].number == 2 && deleted["problem_count"].number == 0)
        #expect(!host.exists("out/new") && host.exists("out/.cache/f") && host.exists("out/z.tmp"))
        _ = try await Self.sh("rm -r out/.cache out/z.tmp; touch -r uploads out", in: host)

        try await host.run("export", "uploads", "--to", "u.tar").succeeded()
        #expect(try await Self.sh("tar tf u.tar | sort -u", in: host).contains("images/b.bin\n"))
        try await host.run("export", "uploads", "--format", "folder", "--to", "plain").succeeded()
        #expect(try await Self.listing("plain", in: host) == Self.listing("uploads", in: host))
        try await host.run("export", "uploads", "--format", "sql", "--to", "x").ended(64)
        try await host.run("restore", "uploads", "--to", "new", "--schema-only").ended(64)
        try await host.run("restore", "uploads").ended(64).says("--to")
        try await host.run("backup", "--lang", "fr").succeeded().says("inchangés")
    }

    @Test func aCommaIsACharacterOfAName() async throws {
        let host = try await Self.host()
        _ = try await Self.sh("cd uploads && echo one >a,keep && echo two >keep", in: host)
        try await host.run("backup").succeeded()
        try await host.run("restore", "uploads", "--to", "out", "--only", "a,keep").succeeded()
        #expect(host.exists("out/a,keep") && !host.exists("out/keep"))
        try await host.run("restore", "uploads", "--to", "all", "--only", "").ended(64).says("--only names nothing")
        #expect(!host.exists("all"))
    }

    /// A target that a slip of the tongue makes of our own folders is none, whatever name it goes by.
    @Test func noRestoreGoesIntoWhatIsOurOwn() async throws {
        let host = try await Self.host()
        try host.write("one", to: "uploads/a.txt")
        try await host.run("backup").succeeded()
        _ = try await Self.sh("ln -s vault alias", in: host)
        for target in ["vault", "alias", "vault/new/folder", "alias/new", ".reprise", ".reprise/new"] {
            let name = target.split(separator: "/").last.map(String.init) ?? target
            try await host.run("restore", "uploads", "--to", target, "--in-place", "--delete", "--confirm", name).ended(64)
                .says("no restore may touch", "--to")
            try await host.run("restore", "uploads", "--to", target, "--in-place", "--confirm", name).ended(64)
        }
        #expect(!host.exists("vault/a.txt") && !host.exists(".reprise/new"))
        try await host.run("check").succeeded()
        try await host.run("restore", "uploads", "--to", "out").succeeded()
    }

    /// Whoever reads a folder's snapshots must not find in them what opens the vault.
    @Test func aProjectIsBackedUpWithoutItsKeys() async throws {
        let host = try await Self.host()
        try host.write(
            try host.read("reprise.yaml").replacingOccurrences(of: "path: ./uploads", with: "path: ."), to: "reprise.yaml",
            mode: 0o644)
        try host.write("one", to: "uploads/a.txt")
        let key = try host.read(".reprise/local.key")
        try host.write(key, to: "spare.key")
        let named = ["REPRISE_KEY_FILE": host.path("spare.key")]
        try await host.run("backup", environment: named).succeeded()
        try await host.run("restore", "uploads", "--to", "../out").succeeded()
        #expect(host.exists("../out/uploads/a.txt") && host.exists("../out/reprise.yaml"))
        #expect(!host.exists("../out/spare.key") && !host.exists("../out/.reprise/local.key"))
        try await host.run(
            "restore", "uploads", "--in-place", "--delete", "--confirm", "project", environment: named
        ).succeeded()
        #expect(try host.read(".reprise/local.key") == key && host.read("spare.key") == key)
        #expect(host.exists(".reprise/local-kit.txt"))
    }

    /// What a snapshot takes over from the one before without reading it, a prune of that one must leave.
    @Test func whatIsNotReadAgainLivesThroughPrunes() async throws {
        let host = try await Self.host()
        // `deep` has more chunks than an entry names itself.
        _ = try await Self.sh(
            "cd uploads && head -c 100000000 /dev/urandom > deep && for i in $(seq 200); do echo $i > images/f$i; done", in: host)
        try await host.run("backup").succeeded()
        _ = try await Self.sh("sleep 3; rm uploads/images/f1*", in: host)
        try await host.run("backup").succeeded()
        for round in 0..<3 {
            _ = try await Self.sh("head -c 400000 /dev/urandom > uploads/new\(round); sleep 3", in: host)
            try await host.run("backup").succeeded()
            let older = try await host.run("snapshots", "--json").succeeded().json().list.compactMap { $0["id"].text }.dropLast()
            let prune = ["prune"] + older.flatMap { ["--forget", $0] }
            try await host.outcome(of: host.start(prune), prune).succeeded()
            try await host.run("check", "--read-data", "all").succeeded()
        }
        try await host.run("prune").succeeded()
        try await host.run("drill").succeeded().says("every byte equal")
        try await host.run("restore", "uploads", "--to", "back").succeeded()
        #expect(try await Self.listing("back", in: host) == Self.listing("uploads", in: host))
    }

    @Test func aDrillNoticesASnapshotThatCannotComeBack() async throws {
        let host = try await Self.host()
        _ = try await Self.sh("head -c 5000000 /dev/urandom > uploads/b.bin", in: host)
        try await host.run("backup").succeeded()
        for pack in host.files(below: "vault/packs") {
            let file = try #require(FileHandle(forUpdatingAtPath: pack))
            try file.seek(toOffset: (try file.seekToEnd()) / 2)
            try file.write(contentsOf: Data([1, 2, 3, 4, 5, 6, 7, 8]))
            try file.close()
        }
        try await host.run("drill").ended(2).says("FAILED")
        try await host.leavesNothing()
    }

    @Test func aDamagedFileIsNamedAndTheOthersComeBack() async throws {
        let host = try await Self.host()
        try host.write("one", to: "uploads/a.txt")
        try await host.run("backup").succeeded()
        let before = host.files(below: "vault/packs")
        _ = try await Self.sh("head -c 5000000 /dev/urandom > uploads/b.bin", in: host)
        try await host.run("backup").succeeded()
        func size(_ path: String) throws -> Int { try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0 }
        let added = host.files(below: "vault/packs").filter { !before.contains($0) }
        let largest = try #require(try added.max { try size($0) < size($1) })
        let file = try #require(FileHandle(forUpdatingAtPath: largest))
        try file.seek(toOffset: (try file.seekToEnd()) / 2)
        try file.write(contentsOf: Data([1, 2, 3, 4, 5, 6, 7, 8]))
        try file.close()
        try await host.run("restore", "uploads", "--to", "out").ended(65).says("b.bin: packs/", "check --repair")
        #expect(try host.read("out/a.txt") == "one")
        #expect(!host.exists("out/b.bin"))
        let again = try await host.run("restore", "uploads", "--to", "out", "--json").ended(65).json()
        #expect(again["damaged"].number == 1 && again["equal"].number == 1)
        try await host.run("drill").ended(2).says("b.bin: packs/", "FAILED")
        try await host.run("restore", "uploads", "--to", "some", "--only", "!*.tmp").ended(64).says("--only")
        try await host.leavesNothing()
    }

    @Test func whatCannotBeReadIsNamedAndTheRestIsKept() async throws {
        try #require(geteuid() == 0, "root reads everything, so another user is needed, which only root can become")
        let host = try await Self.host()
        _ = try await Self.sh(
            "cd uploads && echo good > good && echo bad > bad && chmod 600 bad && mkdir closed && echo in > closed/in && cd ../.. && chown -R 65534:65534 home project t && chown 0:0 project/uploads/bad project/uploads/closed && chmod 700 project/uploads/closed",
            in: host)
        let child = try ChildProcess(
            "/usr/bin/setpriv", ["--reuid=65534", "--regid=65534", "--clear-groups", BuiltProgram.path, "backup", "--json"],
            environment: host.environment, workingFolder: host.project)
        let outcome = Outcome(await child.end(), ["backup"])
        let backup = try outcome.ended(1).json()
        #expect(backup["complete"].bool == false && backup["counts"]["unreadable"].number == 2)
        #expect(Set(backup["problems"].list.compactMap { $0["path"].text }) == ["bad", "closed"])
        #expect(backup["tags"].list == [.text("incomplete")])
        try await host.run("restore", "uploads", "--to", "out").succeeded()
        #expect(try await Self.sh("cd out && find . | sort", in: host) == ".\n./closed\n./good\n./images\n")
        try await host.run("drill").succeeded().says("PASSED with remarks", "lacks what could not be read")
    }

    /// What is left out on purpose is a remark and no failure.
    @Test func aDrillOfAnotherUserLeavesSetIDBitsOut() async throws {
        try #require(geteuid() == 0, "takes a file of another user, which only root can make")
        let host = try await Self.host()
        _ = try await Self.sh(
            "echo x > uploads/tool && cd .. && chown -R 65534:65534 home project t && chown 0:0 project/uploads/tool && chmod 4755 project/uploads/tool",
            in: host)
        for command in ["backup", "drill"] {
            let child = try ChildProcess(
                "/usr/bin/setpriv", ["--reuid=65534", "--regid=65534", "--clear-groups", BuiltProgram.path, command],
                environment: host.environment, workingFolder: host.project)
            let outcome = try Outcome(await child.end(), [command]).succeeded()
            if command == "drill" { outcome.says("PASSED with remarks", "Set-id bits", "Owners") }
        }
    }

    /// Killed anywhere, a backup leaves the vault whole and a restore goes on where it was.
    @Test func kill9AtAnyMoment() async throws {
        let host = try await Self.host()
        _ = try await Self.sh(
            "cd uploads && for i in $(seq 60); do mkdir -p d$i; head -c $((i * 4000)) /dev/urandom > d$i/f; head -c 100 /dev/urandom > d$i/g; done; head -c 12000000 /dev/urandom > images/big",
            in: host)
        var random = SystemRandomNumberGenerator()
        var listed = 0
        var killed = 0
        var longest = 900
        for _ in 1...16 {
            let child = try host.start(["backup"])
            try await Task.sleep(for: .milliseconds(Int.random(in: 0...longest, using: &random)))
            child.send(SIGKILL)
            // What was too late is tried sooner.
            if await child.end().status == 137 { killed += 1 } else { longest /= 2 }
            let count = try await host.snapshots().count
            #expect(count == listed || count == listed + 1)
            listed = count
            _ = try await Self.sh("head -c 2000 /dev/urandom > uploads/d7/g", in: host)
        }
        #expect(killed > 0)
        try await host.run("backup").succeeded()
        try await host.run("check", "--read-data", "all").succeeded()
        killed = 0
        for _ in 1...12 {
            let child = try host.start(["restore", "uploads", "--to", "out"])
            try await Task.sleep(for: .milliseconds(Int.random(in: 0...1200, using: &random)))
            child.send(SIGKILL)
            if await child.end().status == 137 { killed += 1 } else { break }
        }
        let last = try await host.run("restore", "uploads", "--to", "out")
        // A run that ended by itself leaves a folder that is not written into again.
        #expect(last.status == 0 || last.status == 73)
        #expect(try await Self.listing("out", in: host) == Self.listing("uploads", in: host))
        #expect(try await Self.sh("find out -name '.reprise*'", in: host) == "")
    }

    @Test func aFullVaultIsSaidAndTheNextBackupSucceeds() async throws {
        try #require(geteuid() == 0, "needs the right to mount")
        let host = try await Self.host()
        _ = try await Self.sh("head -c 20000000 /dev/urandom > uploads/b.bin", in: host)
        let before = try await host.run("backup").succeeded()
        #expect(before.status == 0)
        _ = try await Self.sh(
            "head -c 9000000 /dev/urandom > uploads/c.bin; mkdir small && mount -t tmpfs -o size=24m none small && cp -a vault/. small/",
            in: host)
        defer { _ = umount2(host.project + "/small", Int32(MNT_DETACH)) }
        try host.write(try host.read("reprise.yaml").replacingOccurrences(of: "./vault", with: "./small"), to: "reprise.yaml")
        try await host.run("backup").ended(73)
        #expect(try await host.snapshots().count == 1)
        _ = try await Self.sh("rm uploads/c.bin", in: host)
        try await host.run("backup").succeeded()
        try await host.run("drill").succeeded()
    }

    @Test func twoHundredThousandFilesInBoundedMemory() async throws {
        let host = try await Self.host(exclude: "[]")
        _ = try await Self.sh(
            "cd uploads && python3 -c \"\nimport os\nfor d in range(200):\n    os.mkdir(f'd{d:03}')\n    for f in range(1000):\n        with open(f'd{d:03}/file-{f:06}.txt', 'w') as file: file.write(f'{d} {f}\\n')\n\"",
            in: host)
        let limit = 300_000_000
        let first = try await host.run("backup", "--json").succeeded()
        #expect(try first.json()["counts"]["files"].number == 200_000)
        #expect(first.peakBytes > 0 && first.peakBytes < limit, "first backup: \(first.peakBytes)")
        let second = try await host.run("backup").succeeded()
        #expect(second.peakBytes < limit, "second backup: \(second.peakBytes)")
        let restore = try await host.run("restore", "uploads", "--to", "out").succeeded()
        #expect(restore.peakBytes < limit, "restore: \(restore.peakBytes)")
        #expect(try await Self.sh("diff -r uploads out && echo same", in: host) == "same\n")
    }
}
