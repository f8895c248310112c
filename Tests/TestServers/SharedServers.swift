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
            let installation = TestServers.installation(major)
            let sandbox = try await Sandbox.start(
                installation, under: TestServers.folder, settings: Self.settings, listenOnLoopback: true)
            AtExit.stop(sandbox)
            return sandbox as Sandbox
        }
        starting[major] = task
        return try await task.value
    }

    private static let settings = [
        "wal_level": "logical",
        "max_wal_senders": "10",
        "max_replication_slots": "10",
        "max_connections": "100",
        "max_prepared_transactions": "10",
        "shared_buffers": "64MB",
    ]
}

/// What is still running when the process ends.
enum AtExit {
    private static let sandboxes = Mutex<[Sandbox]>([])

    static func stop(_ sandbox: Sandbox) {
        _ = registration
        sandboxes.withLock { $0.append(sandbox) }
    }

    private static let registration: Void = {
        atexit {
            let running = AtExit.sandboxes.withLock { $0 }
            for sandbox in running { sandbox.stopAtExit() }
        }
    }()
}
