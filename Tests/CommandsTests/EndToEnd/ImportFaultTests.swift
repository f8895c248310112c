import Foundation
import Postgres
import TestServers
import Testing

/// Dumps that are broken, too new, too large, or written to do harm: nothing is saved of them, and it is said why.
@Suite("A dump that cannot be trusted is refused", .endToEnd)
struct ImportFaultTests {
    /// A host with a plan, a vault and a shop that was dumped in every form.
    private struct Bench {
        let host: Host
        let shop: Shop

        init(sandboxes: String? = nil) async throws {
            shop = try await Shop.make()
            host = try Host(
                databaseURL: shop.database.url, environment: sandboxes.map { ["REPRISE_SANDBOXES": $0] } ?? [:])
            try await host.run("init").succeeded()
        }

        func dump(_ form: String, to file: String, _ more: String...) async throws {
            let program = TestServers.installation(shop.database.major).program("pg_dump")
            let end = try await ChildProcess(
                "\(program)", ["--format", form, "--file", file] + more + ["-d", shop.database.name],
                environment: host.environment.merging(shop.database.environment) { $1 }, workingFolder: host.project
            ).end()
            try #require(end.status == 0, "\(end)")
        }

        func shell(_ command: String) async throws {
            let end = try await ChildProcess(
                "/bin/bash", ["-c", command], environment: host.environment, workingFolder: host.project
            ).end()
            try #require(end.status == 0, "\(command): \(end.errors)")
        }

        /// Nothing was kept, here or in the vault, and the vault is as good as before.
        func keptNothing(sourceLocation: SourceLocation = #_sourceLocation) async throws {
            #expect(
                try await host.run("snapshots", "--json").succeeded().json() == .list([]), sourceLocation: sourceLocation)
            try await host.leavesNothing(sourceLocation: sourceLocation)
            try await host.run("check").succeeded()
        }
    }

    @Test func whatIsCutShortIsNotTakenForTheWhole() async throws {
        let bench = try await Bench()
        let host = bench.host
        for form in ["plain", "custom", "tar", "directory"] { try await bench.dump(form, to: form) }
        try await bench.shell(
            """
            size=$(wc -c <plain); head -c $((size / 2)) plain >half.sql
            # In the middle of rows, where psql sees nothing wrong with an end.
            sed -n '1,/^COPY shop.items/p' plain >rows.sql; printf '1\\t1\\tThing\\n' >>rows.sql
            head -n -4 plain | sed '$d' >end.sql
            head -c $(($(wc -c <custom) * 2 / 3)) custom >half.dump
            cp tar lacking.tar; tar --delete -f lacking.tar $(tar tf tar | grep '[.]dat$' | grep -v toc | head -1)
            cp -r directory lacking; rm $(ls lacking/*.dat.gz | head -1)
            cp custom rotten; printf 'XXXXXXXXXXXXXXXX' | dd of=rotten bs=1 seek=$(($(wc -c <custom) - 3000)) conv=notrunc status=none
            : >empty.sql; gzip -c plain | head -c 2000 >half.sql.gz
            """)
        for file in ["half.sql", "rows.sql", "end.sql"] {
            try await host.run("import", file).ended(65).says(file, "cut short", "--keep-going")
        }
        for file in ["half.dump", "lacking.tar", "lacking", "rotten"] {
            try await host.run("import", file).ended(65).says(file, "damaged or cut short", "another copy")
        }
        try await host.run("import", "empty.sql").ended(65).says("empty.sql is empty")
        try await host.run("import", "half.sql.gz").ended(65).says("half.sql.gz", "damaged or cut short")
        try await bench.keptNothing()

        // What is there of it, where nothing better is to be had; and that it is not the whole is not forgotten.
        let made = try await host.run("import", "rows.sql", "--keep-going", "--json").ended(1).json()
        #expect(made["refused"].list.contains(.text("the end of the script, which is cut short")))
        #expect(made["snapshot"]["tags"].list.contains(.text("incomplete")))
    }

    @Test func whatTheServerCannotTakeIsSaid() async throws {
        let bench = try await Bench()
        let host = bench.host
        try await bench.dump("plain", to: "plain.sql")
        try await bench.dump("custom", to: "custom.dump")
        try await bench.shell(
            """
            sed 's/^CREATE TABLE shop.items/BROKEN TABLE shop.items/' plain.sql >error.sql
            sed 's/^CREATE SCHEMA shop;/&\\nCREATE EXTENSION IF NOT EXISTS no_such_thing;/' plain.sql >extension.sql
            sed 's/^-- Dumped from database version .*/-- Dumped from database version 99.1/' plain.sql >newer.sql
            # The archive's own version, behind its mark.
            cp custom.dump newer.dump; printf '\\001\\143' | dd of=newer.dump bs=1 seek=5 conv=notrunc status=none
            """)
        try await host.run("import", "error.sql").ended(1).says("syntax error", "BROKEN", "--keep-going")
        try await host.run("import", "extension.sql").ended(1).says("no_such_thing", "extension")
        try await host.run("import", "newer.sql").ended(1).says("PostgreSQL 99", "Install PostgreSQL 99")
        try await host.run("import", "newer.dump").ended(1).says("newer pg_dump", "Install")
        try await bench.keptNothing()
    }

    /// Each of these would leave a mark in a place where every user may write.
    @Test func whatIsWrittenToDoHarmDoesNone() async throws {
        let bench = try await Bench()
        let host = bench.host
        let mark = host.root + "/t/harm"
        let table = "CREATE TABLE t (a text);\n"
        let commands = [
            "\\! touch \(mark)", "SELECT 1 \\! touch \(mark)", "SELECT 1 \\g |touch \(mark)", "\\o |touch \(mark)",
            "\\copy t FROM PROGRAM 'touch \(mark)'", "\\set x `touch \(mark)`", "\\i /etc/passwd", "\\w \(mark)",
            "\\unrestrict abc\n\\! touch \(mark)", "\\setenv PAGER 'touch \(mark)'",
            // Constants as psql reads them, not as they look.
            "SET standard_conforming_strings = off;\nSELECT 'a\\'';\n\\! touch \(mark)\n--'",
        ]
        for (number, command) in commands.enumerated() {
            try host.write(table + command + "\n;\n", to: "c\(number).sql")
            try await host.run("import", "c\(number).sql").ended(1).says("restricted")
        }
        // A database of that name, and no other server.
        try host.write("\\connect \"host=127.0.0.1 dbname=x\"\n", to: "elsewhere.sql")
        try await host.run("import", "elsewhere.sql").ended(1).says("host=127.0.0.1 dbname=x", "does not exist")
        let statements = [
            "COPY t FROM PROGRAM 'touch \(mark)';", "COPY t TO '\(mark)';", "COPY t FROM '/etc/passwd';",
            "ALTER SYSTEM SET archive_command = 'touch \(mark)';", "SELECT lo_import('/etc/passwd');",
        ]
        for (number, statement) in statements.enumerated() {
            try host.write(table + statement + "\n", to: "s\(number).sql")
            try await host.run("import", "s\(number).sql", "--keep-going").ended(77).says("Line 2", "reaches out")
        }
        #expect(!host.exists(mark))
        try await bench.keptNothing()
    }

    @Test func aWholeServersScriptGoesFromDatabaseToDatabase() async throws {
        let bench = try await Bench()
        let host = bench.host
        try await bench.dump("plain", to: "one.sql", "--create")
        try await host.run("import", "one.sql").succeeded()
        let name = bench.shop.database.name
        try await bench.shell(
            """
            { echo '--'; echo '-- PostgreSQL database cluster dump'; echo '--'; echo 'CREATE DATABASE "other one";'; cat one.sql
              echo '\\connect -reuse-previous=on "dbname='"'other one'"'"'; echo 'CREATE TABLE o (i int);'
              echo '--'; echo '-- PostgreSQL database cluster dump complete'; echo '--'; } >all.sql
            """)
        try await host.run("import", "all.sql").ended(64).says("several databases", "other one", name)
        let one = try await host.run("import", "all.sql", "--database", "other one", "--json").succeeded().json()
        #expect(one["snapshot"]["facts"]["tables"].text == "1")
        let two = try await host.run("import", "all.sql", "--database", name, "--json").succeeded().json()
        let snapshot = try #require(two["snapshot"]["id"].text)
        #expect(try await host.restored(snapshot, major: TestServers.newest) == bench.shop.database.dump())
    }

    @Test func aFullDiskIsSaidAndAnotherPlaceIsEnough() async throws {
        try #require(geteuid() == 0, "needs the right to mount")
        let small = "/tmp/re2e-small-" + UUID().uuidString.prefix(8)
        try FileManager.default.createDirectory(atPath: small, withIntermediateDirectories: false)
        let bench = try await Bench(sandboxes: small)
        try await bench.shell("mount -t tmpfs -o size=90m,mode=1777 none \(small)")
        defer {
            _ = umount2(small, Int32(MNT_DETACH))
            rmdir(small)
        }
        try await bench.shell(
            """
            { echo 'CREATE TABLE t (a text);'; echo 'COPY t FROM stdin;'; head -c 75000000 /dev/urandom | base64; echo '\\.'; } >large.sql
            gzip -1 -c large.sql >large.sql.gz
            """)
        try await bench.host.run("import", "large.sql").ended(73).says("No space left", "REPRISE_SANDBOXES")
        try await bench.host.run("import", "large.sql.gz").ended(73).says("REPRISE_SANDBOXES")
        try await bench.keptNothing()
        try await bench.host.run("import", "large.sql", environment: ["REPRISE_SANDBOXES": bench.host.root + "/t"]).succeeded()
    }

    @Test func killedInTheMiddleItLeavesNothingBehindTheNextStart() async throws {
        let bench = try await Bench()
        let host = bench.host
        try await bench.dump("plain", to: "plain.sql")
        try await host.run("backup").succeeded()
        for step in 1...4 {
            let child = try host.start(["import", "plain.sql"])
            try await eventually("a sandbox is there") { !host.sandboxes.isEmpty }
            try await Task.sleep(for: .milliseconds(step * 150))
            child.send(SIGKILL)
            guard await child.end().status == 137 else { break }
            #expect(try await host.snapshots().count == 1)
        }
        try await host.run("import", "plain.sql").succeeded()
        try await eventually("nothing is left") { host.sandboxes.isEmpty }
        try await host.leavesNothing()
        #expect(try await host.snapshots().count == 2)
        try await host.run("check", "--read-data", "all").succeeded()
    }
}
