internal import Foundation
internal import Language
internal import Subprocess
internal import Synchronization
internal import SystemPackage

/// The running server of a sandbox: a child process, and the task that lives as long as it and cleans up after it.
final class SandboxServer: Sendable {
    private let task: Task<Void, Never>
    private let serverLog: ServerLog
    let process: Int32

    var log: String { serverLog.text }

    private enum Event {
        case started(Int32)
        case ready
        case ended(String)
        case late
    }

    /// How long a server may take to be ready.
    private static let patience = Duration.seconds(120)

    private init(_ task: Task<Void, Never>, _ log: ServerLog, process: Int32) {
        self.task = task
        self.serverLog = log
        self.process = process
    }

    /// Starts the server and waits until it is ready. When this throws, nothing of it is left.
    static func start(_ maker: SandboxMaker) async throws(PostgresError) -> SandboxServer {
        let log = ServerLog()
        let (events, sender) = AsyncStream.makeStream(of: Event.self)
        let task = Task.detached {
            let outcome = await run(maker, log, sender)
            await offPool {
                SandboxProcesses(maker.place).end()
                maker.place.remove()
            }
            sender.yield(.ended(outcome))
            sender.finish()
        }
        let clock = Task.detached {
            try? await Task.sleep(for: patience)
            sender.yield(.late)
        }
        defer { clock.cancel() }
        var process: Int32 = 0
        for await event in events {
            switch event {
            case .started(let id): process = id
            case .ready: return SandboxServer(task, log, process: process)
            case .ended(let reason):
                throw PostgresError(
                    .sandboxFailed, "The sandbox's server (\(maker.installation.description)) ended: \(reason) \(log.lastLines)")
            case .late:
                task.cancel()
                await task.value
                throw PostgresError(
                    .sandboxFailed,
                    "The sandbox's server (\(maker.installation.description)) was not ready within \(patience.components.seconds) seconds: \(log.lastLines)"
                )
            }
        }
        // The waiting task was cancelled.
        task.cancel()
        await task.value
        throw .cancelled
    }

    func stop() { task.cancel() }

    func stopAndWait() async {
        task.cancel()
        await task.value
    }

    /// Runs the server to its end; tells how it ended.
    private static func run(_ maker: SandboxMaker, _ log: ServerLog, _ sender: AsyncStream<Event>.Continuation) async -> String {
        do {
            let (program, arguments) = try maker.command("postgres", ["-D", maker.place.data.string])
            let result = try await Subprocess.run(
                .path(program), arguments: Arguments(arguments), environment: maker.environment,
                workingDirectory: maker.place.path, platformOptions: maker.options, input: .none, output: .discarded,
                error: .sequence
            ) { execution in
                sender.yield(.started(execution.processIdentifier.value))
                var isReady = false
                for try await piece in execution.standardError {
                    piece.withUnsafeBytes { log.append($0) }
                    if !isReady, log.text.contains("database system is ready to accept connections") {
                        isReady = true
                        sender.yield(.ready)
                    }
                }
            }
            return "\(result.terminationStatus)."
        } catch {
            return "\(error)."
        }
    }
}

/// The last 64 KiB of what a server logs.
final class ServerLog: Sendable {
    private static let limit = 64 << 10
    private let bytes = Mutex<[UInt8]>([])

    func append(_ piece: UnsafeRawBufferPointer) {
        bytes.withLock {
            $0.append(contentsOf: piece)
            if $0.count > 2 * Self.limit { $0.removeFirst($0.count - Self.limit) }
        }
    }

    var text: String { bytes.withLock { String(decoding: $0.suffix(Self.limit), as: UTF8.self) } }

    /// What an error message quotes.
    var lastLines: String { text.split(separator: "\n").suffix(8).joined(separator: "\n") }
}
