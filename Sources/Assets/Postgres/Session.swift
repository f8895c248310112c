internal import Dispatch
internal import Postgres

/// Opens a connection for as long as `body` runs.
func withConnection<Result: Sendable>(
    _ target: ConnectionString, settings: [String: String] = SessionSettings.connection,
    isolation: isolated (any Actor)? = #isolation,
    _ body: (Connection) async throws -> Result
) async throws -> Result {
    let connection = try await Connection.open(target, settings: settings)
    do {
        let result = try await body(connection)
        await connection.close()
        return result
    } catch {
        await connection.close()
        throw error
    }
}

/// Runs `body`, which blocks, on a thread that may.
func onBlockingThread<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
    try await withCheckedThrowingContinuation { continuation in
        DispatchQueue.global().async { continuation.resume(with: Swift.Result { try body() }) }
    }
}
