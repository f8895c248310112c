import Foundation
import Glibc
import Postgres
import TestServers
import Testing

/// A small file system in memory, mounted below a host's project.
final class SmallDisk: Sendable {
    let path: String

    init(_ path: String, megabytes: Int) throws {
        self.path = path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        guard Glibc.mount("tmpfs", path, "tmpfs", 0, "size=\(megabytes)m,mode=0700") == 0 else {
            throw Failure(description: "mount: \(String(cString: strerror(errno)))")
        }
    }

    deinit { umount2(path, Int32(MNT_DETACH)) }

    /// Gives it another size.
    func resize(megabytes: Int) throws { try remount(0, "size=\(megabytes)m") }

    /// Fails while a file on it is open for writing.
    func makeReadOnly() throws { try remount(UInt(MS_RDONLY), nil) }

    func makeWritable() throws { try remount(0, nil) }

    private func remount(_ flags: UInt, _ options: String?) throws {
        guard Glibc.mount("tmpfs", path, "tmpfs", UInt(MS_REMOUNT) | flags, options) == 0 else {
            throw Failure(description: "remount: \(String(cString: strerror(errno)))")
        }
    }

    /// Whether this process may mount: root in a container often may not.
    static let isPermitted: Bool = {
        guard let disk = try? SmallDisk("/tmp/reprise-mount-\(getpid())", megabytes: 1) else {
            rmdir("/tmp/reprise-mount-\(getpid())")
            return false
        }
        umount2(disk.path, Int32(MNT_DETACH))
        rmdir(disk.path)
        return true
    }()
}

@Suite(
    "A disk that fills or closes under a backup", .endToEnd,
    .enabled(if: SmallDisk.isPermitted, "this process may not mount a file system"))
struct DiskTests {
    /// A host whose vault is on a disk of its own, with one snapshot, and then a table that is larger than the disk.
    private struct Bench {
        let host: Host
        let database: Database
        let disk: SmallDisk
        let before: String

        init(megabytes: Int) async throws {
            database = try await Database.empty()
            _ = try await Shop.make(in: database, rows: 50)
            host = try Host(databaseURL: database.url)
            disk = try SmallDisk(host.path("disk"), megabytes: megabytes)
            try await host.run("init").succeeded()
            try FileManager.default.removeItem(atPath: host.path("vault"))
            try FileManager.default.removeItem(atPath: host.path(".reprise"))
            try host.changePlan("jobs: 1")
            try host.write(host.read("reprise.yaml").replacing("./vault", with: "./disk/vault"), to: "reprise.yaml", mode: 0o644)
            try await host.run("init").succeeded()
            try await host.run("backup").succeeded()
            before = try await database.dump()
            // Digits of md5 do not get smaller than half.
            try await database.execute(
                "CREATE TABLE shop.big AS SELECT i AS id, (SELECT string_agg(md5(i::text || j::text), '') FROM generate_series(1, 32) j) AS text FROM generate_series(1, 40000) i"
            )
        }
    }

    @Test func aFullDiskIsToldAndNothingIsLost() async throws {
        let bench = try await Bench(megabytes: 8)
        let host = bench.host
        try await host.run("backup").ended(73).says("space", host.path("disk"))
        let error = try await host.run("backup", "--json").ended(73).json()["error"]
        #expect(error["hint"].text?.isEmpty == false, "it says what to do")
        #expect(try await host.snapshots().count == 1, "a full disk can still be looked at")
        let oldest = try #require(try await host.snapshots()[0]["id"].text)
        try bench.disk.resize(megabytes: 128)
        try await host.vaultIsIntact()
        #expect(try await host.restored(oldest, major: TestServers.newest) == bench.before)
        try await host.run("backup").succeeded()
        #expect(try await host.restored(major: TestServers.newest) == bench.database.dump())
        try await host.vaultIsIntact()
        try await host.leavesNothing()
    }

    @Test func aVaultThatTurnsReadOnlyIsToldAndNothingIsLost() async throws {
        let bench = try await Bench(megabytes: 128)
        let host = bench.host
        // A pack that is being written keeps the disk open, which then does not turn: the backup is made to wait before its
        // first.
        let holder = try await Connection.open(bench.database.connection)
        try await holder.execute(
            """
            BEGIN; DO $$ DECLARE name regclass; BEGIN
                FOR name IN SELECT oid FROM pg_class WHERE relnamespace = 'shop'::regnamespace AND relkind IN ('r', 'p') LOOP
                    EXECUTE 'LOCK TABLE ' || name || ' IN ACCESS EXCLUSIVE MODE';
                END LOOP;
            END $$
            """)
        let backup = try host.start(["backup"])
        try await eventually("the backup waits") { try await bench.database.waiting() > 0 }
        try bench.disk.makeReadOnly()
        try await holder.execute("COMMIT")
        await holder.close()
        let outcome = await host.outcome(of: backup, ["backup"])
        try outcome.ended(77).says(host.path("disk"), "ead-only")
        try await host.run("backup").ended(77)
        #expect(try await host.snapshots().count == 1)
        try bench.disk.makeWritable()
        try await host.vaultIsIntact()
        try await host.run("backup").succeeded()
        #expect(try await host.restored(major: TestServers.newest) == bench.database.dump())
        try await host.leavesNothing()
    }
}
