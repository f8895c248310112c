import Foundation
import Postgres
import Testing

extension Host {
    /// Processes that were started by programs of this host, directly or not: they have its environment, or its folders among
    /// their arguments.
    func processes() -> [Machine.Process] {
        Machine.processes().filter { process in
            process.id != getpid()
                && (process.arguments.contains(root)
                    || FileManager.default.contents(atPath: "/proc/\(process.id)/environ")?.range(of: Data(root.utf8)) != nil)
        }
    }

    /// Nothing of what this host ran is still there: no process, no sandbox, no temporary file.
    func leavesNothing(sourceLocation: SourceLocation = #_sourceLocation) async throws {
        try await eventually("processes of the host end: \(processes())", sourceLocation: sourceLocation) { processes().isEmpty }
        // The folder of all sandboxes itself may stay.
        let files = (FileManager.default.enumerator(atPath: root + "/t")?.compactMap { $0 as? String } ?? []).filter {
            !$0.hasPrefix("reprise-child-")
        }
        #expect(files.filter { $0 != "reprise-\(geteuid())" } == [], sourceLocation: sourceLocation)
    }

    var sandboxes: [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: root + "/t/reprise-\(geteuid())")) ?? []
        return names.filter { $0.hasPrefix("reprise-sandbox-") && !$0.hasSuffix(".lock") }
    }
}

extension Shop {
    /// A table that takes a while to read, so that a backup can be caught in the middle of it.
    static func withBigTable(_ database: Database, megabytes: Int = 40) async throws -> Shop {
        let shop = try await make(in: database, rows: 50)
        try await database.execute(
            """
            CREATE TABLE shop.big (id int, text text);
            INSERT INTO shop.big SELECT i, (SELECT string_agg(md5(i::text || j::text), '') FROM generate_series(1, 32) j) FROM generate_series(1, \(megabytes * 1000)) i;
            """)
        return shop
    }
}

extension Host {
    /// Starts a backup and stops it (as with a debugger) while rows of shop.big are on their way, does `fault` and lets it go on.
    func backup(of database: Database, with fault: () async throws -> Void, sourceLocation: SourceLocation = #_sourceLocation)
        async throws -> Outcome
    {
        for _ in 1...5 {
            let child = try start(["backup"])
            var isReading = false
            while !isReading, kill(child.id, 0) == 0, Machine.isAlive(child.id) {
                isReading = try await Self.isReading(database)
            }
            child.send(SIGSTOP)
            if isReading { isReading = try await Self.isReading(database) }
            if isReading {
                do { try await fault() } catch {
                    child.send(SIGKILL)
                    child.send(SIGCONT)
                    throw error
                }
                child.send(SIGCONT)
                return await outcome(of: child, ["backup"], sourceLocation: sourceLocation)
            }
            // Too late: this one was faster than we were.
            child.send(SIGCONT)
            _ = await child.end()
        }
        throw Failure(description: "no backup could be caught while it read shop.big")
    }

    private static func isReading(_ database: Database) async throws -> Bool {
        try await database.value(
            "SELECT count(*) FROM pg_stat_progress_copy WHERE datname = current_database() AND relid = 'shop.big'::regclass")
            != "0"
    }
}

extension Machine {
    /// Whether a process is there and not merely waiting for its parent to notice its end.
    static func isAlive(_ id: pid_t) -> Bool {
        guard let status = FileManager.default.contents(atPath: "/proc/\(id)/stat") else { return false }
        return String(decoding: status, as: UTF8.self).split(separator: ")").last?.split(separator: " ").first != "Z"
    }
}
