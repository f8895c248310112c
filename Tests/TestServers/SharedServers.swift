import Foundation
import Postgres
import Synchronization
import SystemPackage

enum Shared {
    static let servers = SharedServers()
}

/// Starts each server once, however many tests ask for it at once.
actor SharedServers {
    private var starting: [Int: Task<Sandbox, any Error>] = [:]

    func server(_ major: Int) async throws -> Sandbox {
        if let task = starting[major] { return try await task.value }
        // Detached: the first test that asks may be cancelled, and all others wait for the same server.
        let task = Task.detached {
            let sandbox = try await Self.start(TestServers.installation(major), [:])
            return sandbox as Sandbox
        }
        starting[major] = task
        return try await task.value
    }

    static func start(_ installation: Installation, _ more: [String: String]) async throws -> Sandbox {
        let sandbox = try await Sandbox.start(
            installation, under: TestServers.folder, settings: settings.merging(more) { $1 }, listenOnLoopback: true)
        AtExit.stop(sandbox)
        return sandbox
    }

    private static let settings = [
        "wal_level": "logical",
        "max_wal_senders": "10",
        "max_replication_slots": "10",
        "max_connections": "400",
        "max_prepared_transactions": "10",
        "shared_buffers": "64MB",
    ]
}

/// Ends what is still running when the process ends.
enum AtExit {
    private static let endings = Mutex<[@Sendable () -> Void]>([])

    static func stop(_ sandbox: Sandbox) {
        _ = registration
        endings.withLock { $0.append(sandbox.atExit) }
    }

    private static let registration: Void = {
        atexit {
            for end in AtExit.endings.withLock({ $0 }) { end() }
        }
    }()
}
