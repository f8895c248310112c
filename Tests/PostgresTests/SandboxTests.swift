import Foundation
import Language
import Postgres
import SystemPackage
import TestServers
import Testing

struct SandboxTests {
    /// A folder of its own, which the server's user can enter.
    private func folder() -> FilePath { TestServers.folder.appending("own-\(UUID().uuidString)") }

    private func remains(of sandbox: (folder: FilePath, sockets: FilePath, process: Int32), under parent: FilePath) -> [String] {
        var found = (try? FileManager.default.contentsOfDirectory(atPath: parent.string)) ?? []
        if access(sandbox.sockets.string, F_OK) == 0 { found.append("sockets") }
        if Processes.exists(sandbox.process) { found.append("process") }
        if Processes.anyInside(sandbox.folder) { found.append("processes") }
        return found + Processes.sharedMemory(of: sandbox.process)
    }

    @Test(arguments: TestServers.majors)
    func itStartsAnswersAndLeavesNothing(major: Int) async throws {
        let parent = folder()
        defer { try? FileManager.default.removeItem(atPath: parent.string) }
        let sandbox = try await Sandbox.start(TestServers.installation(major), under: parent)
        let connection = try await Connection.open(sandbox.connection())
        #expect(connection.serverVersion.major == major)
        #expect(
            try await connection.rows("SELECT current_setting('listen_addresses'), current_setting('fsync')") == [["", "off"]])
        #expect(sandbox.socketFolder.string.utf8.count + "/.s.PGSQL.5432".utf8.count <= 107)
        #expect(sandbox.loopbackConnection() == nil)
        let marks = (sandbox.folder, sandbox.socketFolder, sandbox.process)
        #expect(Processes.user(of: sandbox.process) != 0)
        #expect(sandbox.log.contains("ready to accept connections"))
        await sandbox.stop()
        await sandbox.stop()
        #expect(remains(of: marks, under: parent).isEmpty)
    }

    @Test func nobodyElseMayEnter() async throws {
        let parent = folder()
        defer { try? FileManager.default.removeItem(atPath: parent.string) }
        let sandbox = try await Sandbox.start(TestServers.installation(TestServers.newest), under: parent)
        for folder in [sandbox.folder, sandbox.socketFolder] {
            let attributes = try FileManager.default.attributesOfItem(atPath: folder.string)
            #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o700)
        }
        await sandbox.stop()
    }

    @Test func aServerRunsWithNothingOfOurEnvironment() async throws {
        setenv("REPRISE_TEST_SECRET", "hunter2secret", 1)
        let parent = folder()
        defer { try? FileManager.default.removeItem(atPath: parent.string) }
        let sandbox = try await Sandbox.start(TestServers.installation(TestServers.newest), under: parent)
        let environment = try String(contentsOfFile: "/proc/\(sandbox.process)/environ", encoding: .utf8)
        #expect(!environment.contains("hunter2secret"))
        await sandbox.stop()
    }

    @Test func aLongFolderGetsItsSocketElsewhere() async throws {
        let top = folder()
        defer { try? FileManager.default.removeItem(atPath: top.string) }
        let parent = top.appending(String(repeating: "long", count: 20))
        let sandbox = try await Sandbox.start(TestServers.installation(TestServers.newest), under: parent)
        #expect(sandbox.socketFolder.string.hasPrefix("/tmp/"))
        let connection = try await Connection.open(sandbox.connection())
        #expect(try await connection.rows("SELECT 1") == [["1"]])
        let marks = (sandbox.folder, sandbox.socketFolder, sandbox.process)
        await sandbox.stop()
        #expect(remains(of: marks, under: parent).isEmpty)
    }

    @Test func twoRunAtOnceAndASweepLeavesThemAlone() async throws {
        let parent = folder()
        defer { try? FileManager.default.removeItem(atPath: parent.string) }
        async let first = Sandbox.start(TestServers.installation(TestServers.newest), under: parent, listenOnLoopback: true)
        async let second = Sandbox.start(TestServers.installation(TestServers.newest), under: parent, listenOnLoopback: true)
        let sandboxes = [try await first, try await second]
        await Sandbox.sweep(under: parent)
        for sandbox in sandboxes {
            for target in [sandbox.connection(), try sandbox.loopback("postgres")] {
                #expect(try await Connection.open(target).rows("SELECT 1") == [["1"]])
            }
            let stranger = try sandbox.loopback("postgres").with(user: "postgres", password: "guess")
            #expect(await postgresError { _ = try await Connection.open(stranger) }?.code == .authenticationFailed)
        }
        for sandbox in sandboxes { await sandbox.stop() }
        #expect(try FileManager.default.contentsOfDirectory(atPath: parent.string).isEmpty)
    }

    @Test func whatNobodyRefersToAnyMoreGoesByItself() async throws {
        let parent = folder()
        defer { try? FileManager.default.removeItem(atPath: parent.string) }
        _ = try await Sandbox.start(TestServers.installation(TestServers.newest), under: parent)
        while try !FileManager.default.contentsOfDirectory(atPath: parent.string).isEmpty {
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    @Test func aServerThatDiesLeavesNothing() async throws {
        let parent = folder()
        defer { try? FileManager.default.removeItem(atPath: parent.string) }
        let sandbox = try await Sandbox.start(TestServers.installation(TestServers.newest), under: parent)
        let marks = (sandbox.folder, sandbox.socketFolder, sandbox.process)
        kill(sandbox.process, SIGKILL)
        await sandbox.stop()
        #expect(remains(of: marks, under: parent).isEmpty)
    }

    @Test func settingsThatTheServerRefusesAreToldInItsOwnWords() async throws {
        let parent = folder()
        defer { try? FileManager.default.removeItem(atPath: parent.string) }
        let error = await postgresError {
            _ = try await Sandbox.start(
                TestServers.installation(TestServers.newest), under: parent, settings: ["shared_buffers": "it's a \\ joke"])
        }
        #expect(error?.code == .sandboxFailed)
        #expect(error?.description.contains("shared_buffers") == true)
        let other = await postgresError {
            _ = try await Sandbox.start(
                TestServers.installation(TestServers.newest), under: parent, initdb: ["--locale=xx_YY.nowhere"])
        }
        #expect(other?.code == .sandboxFailed)
        #expect(other?.description.contains("xx_YY.nowhere") == true)
        #expect(try FileManager.default.contentsOfDirectory(atPath: parent.string).isEmpty)
    }

    @Test func aCancelledStartLeavesNothing() async throws {
        let parent = folder()
        defer { try? FileManager.default.removeItem(atPath: parent.string) }
        for delay in [0, 30, 150, 400, 700] {
            let task = Task {
                await postgresError {
                    await (try Sandbox.start(TestServers.installation(TestServers.newest), under: parent)).stop()
                }
            }
            try await Task.sleep(for: .milliseconds(delay))
            task.cancel()
            let error = await task.value
            #expect(error == nil || error?.code == .cancelled)
            #expect((try? FileManager.default.contentsOfDirectory(atPath: parent.string)) ?? [] == [])
            #expect(!Processes.anyInside(parent))
        }
    }

    @Test func aFolderThatTheServersUserCannotEnterIsNamed() async throws {
        guard geteuid() == 0 else { return }
        let top = folder()
        defer { try? FileManager.default.removeItem(atPath: top.string) }
        try FileManager.default.createDirectory(
            atPath: top.string, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let error = await postgresError {
            _ = try await Sandbox.start(TestServers.installation(TestServers.newest), under: top.appending("inside"))
        }
        #expect(error?.code == .sandboxFailed)
        #expect(error?.description.contains(top.string) == true)
        #expect(try FileManager.default.contentsOfDirectory(atPath: top.appending("inside").string).isEmpty)
    }

    @Test func aFolderThatOthersMayChangeIsRefused() async throws {
        let parent = folder()
        defer { try? FileManager.default.removeItem(atPath: parent.string) }
        try FileManager.default.createDirectory(atPath: parent.string, withIntermediateDirectories: true)
        for mode in [0o777, 0o731] {
            chmod(parent.string, mode_t(mode))
            let error = await postgresError {
                _ = try await Sandbox.start(TestServers.installation(TestServers.newest), under: parent)
            }
            #expect(error?.code == .sandboxFailed)
            #expect(error?.description.contains(parent.string) == true)
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: parent.string).isEmpty)
    }

    @Test func anotherUsersLockIsLeftAlone() async throws {
        guard geteuid() == 0 else { return }
        let parent = folder()
        defer { try? FileManager.default.removeItem(atPath: parent.string) }
        try FileManager.default.createDirectory(
            atPath: parent.appending("reprise-sandbox-00000000").string, withIntermediateDirectories: true)
        let lock = parent.appending("reprise-sandbox-00000000.lock").string
        try Data().write(to: URL(fileURLWithPath: lock))
        chown(lock, 65534, 65534)
        await Sandbox.sweep(under: parent)
        #expect(try FileManager.default.contentsOfDirectory(atPath: parent.string).count == 2)
    }
}

/// What the system knows of processes.
enum Processes {
    static func exists(_ process: pid_t) -> Bool { kill(process, 0) == 0 }

    static func anyInside(_ folder: FilePath) -> Bool {
        let all = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return all.contains { process in
            let place = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(process)/cwd")
            return place?.hasPrefix(folder.string + "/") == true
        }
    }

    static func user(of process: pid_t) -> Int? {
        let status = (try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("Uid:") } ?? ""
        return line.split(separator: "\t").dropFirst().first.flatMap { Int($0) }
    }

    /// Segments that this process made and that are still there.
    static func sharedMemory(of process: pid_t) -> [String] {
        let table = (try? String(contentsOfFile: "/proc/sysvipc/shm", encoding: .utf8)) ?? ""
        let segments = table.split(separator: "\n").dropFirst().map { $0.split(separator: " ") }
        return segments.filter { $0.count > 4 && $0[4] == "\(process)" }.map { "segment \($0[1])" }
    }
}
