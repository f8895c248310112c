import Postgres
import TestServers

extension Sandbox {
    /// A server for one test that stops it, counts on its roles or kills its sessions.
    static func startOwn(_ major: Int = TestServers.newest, settings: [String: String] = [:]) async throws -> Sandbox {
        try await Sandbox.start(
            TestServers.installation(major), under: TestServers.folder, settings: settings, listenOnLoopback: true)
    }
}
