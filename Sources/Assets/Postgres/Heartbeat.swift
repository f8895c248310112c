internal import Language
internal import Postgres

/// Asks a server again and again whether it is still there, over a connection that does nothing else.
///
/// A network that falls silent ends no connection: where something between us and the server goes on confirming what we send, not
/// even the system's own keepalives notice. A question that is answered at once, or not at all, does.
struct Heartbeat: Sendable {
    /// Between one answer and the next question.
    var interval = Duration.seconds(20)
    /// How long a living server may take to answer, however busy it is. With the time that is given to each connection to end, a
    /// silent network shows within two minutes.
    var patience = Duration.seconds(60)

    /// Runs `body` for as long as the server answers. Throws `connectionLost` when it does not, and what `body` throws.
    func watch<Result: Sendable>(
        _ target: ConnectionString, during body: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        try await withConnection(target) { connection in
            try await withThrowingTaskGroup(of: Result?.self) { group in
                group.addTask {
                    try await beat(on: connection)
                    return nil
                }
                group.addTask { try await body() }
                defer { group.cancelAll() }
                while let result = try await group.next() {
                    if let result { return result }
                }
                throw CancellationError()
            }
        }
    }

    /// Until the task is cancelled. Also keeps firewalls from cutting a connection on which nothing happens for hours.
    func beat(on connection: Connection) async throws {
        while !Task.isCancelled {
            try? await Task.sleep(for: interval)
            if !Task.isCancelled { try await ask(connection) }
        }
    }

    private func ask(_ connection: Connection) async throws {
        try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                _ = try await connection.rows("SELECT 1")
                return true
            }
            group.addTask {
                try await Task.sleep(for: patience)
                return false
            }
            defer { group.cancelAll() }
            guard try await group.next() == false else { return }
            throw PostgresError(
                .connectionLost,
                "\(connection.target.description) has not answered for \(patience.components.seconds) seconds: the network is cut, or the server hangs.",
                hint: "Check that the server runs and can be reached, then try again.")
        }
    }
}
