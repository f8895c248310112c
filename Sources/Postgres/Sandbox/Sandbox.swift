internal import Foundation
internal import Language
public import SystemPackage

/// A throw-away PostgreSQL server of our own: started in an empty folder, reached through a private Unix socket, removed without
/// a trace.
///
/// It stops and disappears at `stop`, or when the last reference to it goes. When this process is killed, the next `start` or
/// `sweep` with the same folder removes what it left. Nothing in it survives a crash of the machine, by design (`fsync = off`).
public final class Sandbox: DatabaseHost {
    public let installation: Installation
    /// Its own folder.
    public var folder: FilePath { place.path }
    public let port: Int
    /// Where its socket is.
    public let socketFolder: FilePath
    private let place: SandboxFolder
    private let server: SandboxServer
    private let password: String?

    /// A folder for sandboxes that every user can enter: in `TMPDIR`, else in `/var/tmp`, which unlike `/tmp` is never in memory.
    public static var defaultFolder: FilePath {
        FilePath(ProcessInfo.processInfo.environment["TMPDIR"] ?? "/var/tmp").appending("reprise-\(geteuid())")
    }

    /// Makes a database cluster under `folder` (created when missing) and starts its server; meanwhile removes what dead owners
    /// left there.
    ///
    /// - Parameters:
    ///   - settings: lines for `postgresql.conf`, on top of `SandboxSettings.usual`.
    ///   - listenOnLoopback: also listen on 127.0.0.1, on a free port, with a random password; see `loopbackConnection`.
    ///   - initdb: further arguments for `initdb`, for instance a locale.
    ///
    /// As root the server runs as `nobody`, who must be able to enter `folder` and `installation`. The superuser is `postgres`.
    /// Throws `sandboxFailed` with the server's own words, or `cancelled`; nothing is left behind then.
    public static func start(
        _ installation: Installation, under folder: FilePath = defaultFolder, settings: [String: String] = [:],
        listenOnLoopback: Bool = false, initdb: [String] = []
    ) async throws(PostgresError) -> Sandbox {
        // Beside the start, not before it: removing thousands of files can take long, and what stays if we end first is swept the
        // next time.
        Task.detached { await sweep(under: folder) }
        let user = try ServiceUser.forThisProcess()
        if let user, let obstacle = user.obstacle(to: installation.bin) {
            throw PostgresError(
                .sandboxFailed,
                "A sandbox cannot use \(installation.description): its server runs as \(user.name), who may not enter \(obstacle.string).",
                hint: "Install PostgreSQL where every user can run it.")
        }
        let place = try SandboxFolder.create(under: folder, for: user)
        do {
            let password = listenOnLoopback ? UUID().uuidString : nil
            let port = listenOnLoopback ? try LoopbackPort.free() : 5432
            let socketFolder = try place.makeSocketFolder(port: port, for: user)
            let maker = SandboxMaker(installation: installation, place: place, user: user)
            try await maker.makeCluster(password: password, arguments: initdb)
            try maker.configure(
                settings,
                place: [
                    "unix_socket_directories": socketFolder.string, "port": String(port),
                    "listen_addresses": listenOnLoopback ? "127.0.0.1" : "",
                ])
            let server = try await SandboxServer.start(maker)
            return Sandbox(installation, place, server, socketFolder: socketFolder, port: port, password: password)
        } catch {
            await offPool {
                SandboxProcesses(place).end()
                place.remove()
            }
            throw error
        }
    }

    private init(
        _ installation: Installation, _ place: SandboxFolder, _ server: SandboxServer, socketFolder: FilePath, port: Int,
        password: String?
    ) {
        self.installation = installation
        self.place = place
        self.server = server
        self.socketFolder = socketFolder
        self.port = port
        self.password = password
    }

    deinit { server.stop() }

    /// Through the private socket, as superuser.
    public func connection(database: String = "postgres") -> ConnectionString {
        ConnectionString(options: [
            "host": socketFolder.string, "port": String(port), "user": "postgres", "dbname": database, "sslmode": "disable",
            "target_session_attrs": "any",
        ])
    }

    /// Over TCP on 127.0.0.1, with a password; nil when the sandbox does not listen there.
    public func loopbackConnection(database: String = "postgres") -> ConnectionString? {
        password.map { password in
            ConnectionString(options: [
                "host": "127.0.0.1", "port": String(port), "user": "postgres", "password": password, "dbname": database,
                "target_session_attrs": "any",
            ])
        }
    }

    /// The last 64 KiB of the server's log.
    public var log: String { server.log }

    /// The server's process.
    public var process: Int32 { server.process }

    /// Ends the server at once and removes everything. Safe to call twice.
    public func stop() async { await server.stopAndWait() }

    /// What `stop` does, for the end of a process (`atexit`), where nothing can be awaited: blocks until all is gone. Keeps
    /// nothing alive.
    package var atExit: @Sendable () -> Void {
        { [place] in
            SandboxProcesses(place).end()
            place.remove()
        }
    }

    /// Stops and removes the sandboxes under `folder` whose owners are gone. Sandboxes in use are left alone.
    public static func sweep(under folder: FilePath = defaultFolder) async {
        await offPool {
            for place in SandboxFolder.abandoned(under: folder) {
                SandboxProcesses(place).end()
                place.remove()
            }
        }
    }
}
