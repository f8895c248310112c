import Foundation
import Postgres
import SystemPackage
import TestServers
import Testing

/// Owners are killed in processes of their own; what they leave is then ours to sweep.
struct SandboxSweepTests {
    @Test(arguments: TestServers.majors)
    func whatAKilledOwnerLeavesIsSweptWhole(major: Int) async throws {
        let parent = TestServers.folder.appending("swept-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(atPath: parent.string) }
        let arguments = "\(parent.string)\n\(TestServers.installation(major).bin.string)"
        await #expect(processExitsWith: .signal(SIGKILL)) { [arguments = arguments as String] in
            let (parent, bin) = (arguments.split(separator: "\n")[0], arguments.split(separator: "\n")[1])
            let installation = try Owner.installation(String(bin))
            let sandbox = try await Sandbox.start(installation, under: FilePath(String(parent)))
            let connection = try await Connection.open(sandbox.connection())
            try await connection.execute("CREATE TABLE public.t AS SELECT generate_series(1, 1000)")
            kill(getpid(), SIGKILL)
        }
        let left = try #require(Owner.left(under: parent))
        #expect(Processes.anyInside(parent))
        await Sandbox.sweep(under: parent)
        #expect(try FileManager.default.contentsOfDirectory(atPath: parent.string).isEmpty)
        #expect(!Processes.anyInside(parent))
        #expect(Processes.sharedMemory(of: left).isEmpty)
    }

    @Test func evenTheServerMayHaveBeenKilledToo() async throws {
        let parent = TestServers.folder.appending("swept-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(atPath: parent.string) }
        let arguments = "\(parent.string)\n\(TestServers.installation(TestServers.newest).bin.string)"
        await #expect(processExitsWith: .signal(SIGKILL)) { [arguments = arguments as String] in
            let (parent, bin) = (arguments.split(separator: "\n")[0], arguments.split(separator: "\n")[1])
            // Long enough for its socket to be elsewhere.
            let place = FilePath(String(parent)).appending(String(repeating: "long", count: 20))
            let sandbox = try await Sandbox.start(try Owner.installation(String(bin)), under: place)
            precondition(sandbox.socketFolder.string.hasPrefix("/tmp/"))
            try sandbox.socketFolder.string.write(toFile: parent + "/sockets", atomically: true, encoding: .utf8)
            kill(getpid(), SIGKILL)
        }
        let place = parent.appending(String(repeating: "long", count: 20))
        let server = try #require(Owner.left(under: place))
        let sockets = try String(contentsOfFile: parent.appending("sockets").string, encoding: .utf8)
        #expect(access(sockets, F_OK) == 0)
        kill(server, SIGKILL)
        await Sandbox.sweep(under: place)
        #expect(try FileManager.default.contentsOfDirectory(atPath: place.string).isEmpty)
        #expect(access(sockets, F_OK) != 0)
        #expect(!Processes.anyInside(parent))
        #expect(Processes.sharedMemory(of: server).isEmpty)
    }

    @Test(arguments: [5, 50, 200, 400, 600, 900])
    func anOwnerMayBeKilledWhileItStarts(milliseconds: Int) async throws {
        let parent = TestServers.folder.appending("swept-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(atPath: parent.string) }
        let arguments = "\(parent.string)\n\(TestServers.installation(TestServers.newest).bin.string)\n\(milliseconds)"
        await #expect(processExitsWith: .signal(SIGKILL)) { [arguments = arguments as String] in
            let parts = arguments.split(separator: "\n").map(String.init)
            Thread.detachNewThread {
                usleep(UInt32(parts[2])! * 1000)
                kill(getpid(), SIGKILL)
            }
            let sandbox = try await Sandbox.start(try Owner.installation(parts[1]), under: FilePath(parts[0]))
            _ = try await Connection.open(sandbox.connection()).rows("SELECT pg_sleep(60)")
        }
        await Sandbox.sweep(under: parent)
        #expect((try? FileManager.default.contentsOfDirectory(atPath: parent.string)) ?? [] == [])
        #expect(!Processes.anyInside(parent))
    }

    @Test func theNextStartSweepsToo() async throws {
        let parent = TestServers.folder.appending("swept-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(atPath: parent.string) }
        let arguments = "\(parent.string)\n\(TestServers.installation(TestServers.newest).bin.string)"
        await #expect(processExitsWith: .signal(SIGKILL)) { [arguments = arguments as String] in
            let parts = arguments.split(separator: "\n").map(String.init)
            let sandbox = try await Sandbox.start(try Owner.installation(parts[1]), under: FilePath(parts[0]))
            _ = sandbox.process
            kill(getpid(), SIGKILL)
        }
        let left = try #require(Owner.left(under: parent))
        let sandbox = try await Sandbox.start(TestServers.installation(TestServers.newest), under: parent)
        while try FileManager.default.contentsOfDirectory(atPath: parent.string).count > 2 {
            try await Task.sleep(for: .milliseconds(20))
        }
        // What has ended is there until whoever inherited it asks how.
        for _ in 0..<1500 where Processes.exists(left) { try await Task.sleep(for: .milliseconds(20)) }
        #expect(!Processes.exists(left))
        #expect(try await Connection.open(sandbox.connection()).rows("SELECT 1") == [["1"]])
        await sandbox.stop()
    }
}

enum Owner {
    static func installation(_ bin: String) throws -> Installation {
        guard let found = Installation.all(environment: ["REPRISE_POSTGRES_BIN": bin]).first(where: { $0.bin.string == bin })
        else {
            throw CocoaError(.fileNoSuchFile)
        }
        return found
    }

    /// The server's process in the one sandbox under `parent`.
    static func left(under parent: FilePath) -> pid_t? {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: parent.string)) ?? []
        guard let name = names.first(where: { $0.hasPrefix("reprise-sandbox-") && !$0.hasSuffix(".lock") }) else { return nil }
        let notes = try? String(contentsOfFile: parent.appending(name).appending("data/postmaster.pid").string, encoding: .utf8)
        return notes?.split(separator: "\n").first.flatMap { pid_t($0) }
    }
}
