import TestServers
import Testing

@Suite("Memory is bounded, whatever the data", .endToEnd)
struct MemoryTests {
    private static let limit = 300_000_000

    @Test func aRowOf64MegabytesAndManyRows() async throws {
        let database = try await Database.empty()
        try await database.execute(
            """
            CREATE TABLE public.wide (id int, text text);
            INSERT INTO public.wide SELECT 1, string_agg(md5(i::text), '') FROM generate_series(1, 2 * 1024 * 1024) i;
            CREATE TABLE public.long (id int, text text);
            INSERT INTO public.long SELECT i, md5(i::text) || md5((i + 1)::text) FROM generate_series(1, 500000) i;
            """)
        #expect(try await database.value("SELECT length(text) FROM public.wide") == String(64 << 20))
        let target = try await Database.empty()
        let host = try Host(databaseURL: database.url, environment: ["TARGET": target.url])
        try await host.run("init").succeeded()
        let backup = try await host.run("backup").succeeded()
        #expect(backup.peakBytes > 0 && backup.peakBytes < Self.limit, "backup: \(backup.peakBytes)")
        let check = try await host.run("check", "--read-data", "all").succeeded()
        #expect(check.peakBytes < Self.limit, "check: \(check.peakBytes)")
        let restore = try await host.run("restore", "db", "--to", "env:TARGET").succeeded()
        #expect(restore.peakBytes < Self.limit, "restore: \(restore.peakBytes)")
        #expect(
            try await target.value("SELECT md5(text) FROM public.wide") == database.value("SELECT md5(text) FROM public.wide"))
        try await database.drop()
        try await target.drop()
    }

    /// As COPY text a byte is two letters: with 320 MB of bytes a row is 640 MB on the wire, far more than any limit here.
    @Test func oneRowOfSeveralHundredMegabytes() async throws {
        let database = try await Database.empty()
        try await database.execute(
            """
            CREATE TABLE public.huge (id int, bytes bytea);
            ALTER TABLE public.huge ALTER bytes SET STORAGE EXTERNAL;
            INSERT INTO public.huge SELECT 1, decode(string_agg(md5(i::text), ''), 'hex') FROM generate_series(1, 20 * 1024 * 1024) i;
            """)
        #expect(try await database.value("SELECT length(bytes) FROM public.huge") == String(320 << 20))
        let target = try await Database.empty()
        let host = try Host(databaseURL: database.url, environment: ["TARGET": target.url])
        try await host.run("init").succeeded()
        let backup = try await host.run("backup").succeeded()
        #expect(backup.peakBytes > 0 && backup.peakBytes < Self.limit, "backup: \(backup.peakBytes)")
        let restore = try await host.run("restore", "db", "--to", "env:TARGET").succeeded()
        restore.says("every row as it was recorded")
        #expect(restore.peakBytes < Self.limit, "restore: \(restore.peakBytes)")
        try await database.drop()
        try await target.drop()
    }
}
