internal import Foundation
internal import Language
internal import Subprocess
internal import SystemPackage

/// One run of a program.
struct Child {
    private let path: FilePath
    private let arguments: [String]
    private let environment: any ProgramEnvironment

    /// How much of standard error is kept.
    static let errorBytes = 64 << 10

    init(_ path: FilePath, _ arguments: [String], _ environment: some ProgramEnvironment) {
        self.path = path
        self.arguments = arguments
        self.environment = environment
    }

    func run<Input: AsyncSequence & Sendable>(
        _ input: Input, _ output: @escaping @Sendable (UnsafeRawBufferPointer) throws -> Void
    ) async throws(PostgresError) -> ProgramResult where Input.Element == [UInt8] {
        Self.ignoreBrokenPipes
        let sink = Sink(output)
        do {
            let result = try await Subprocess.run(
                .path(path), arguments: Arguments(arguments),
                environment: .inherit.updating(
                    Dictionary(
                        uniqueKeysWithValues: environment.environment.map { (Environment.Key(stringLiteral: $0.key), $0.value) })),
                platformOptions: Self.options, input: .inputWriter, output: .sequence, error: .sequence
            ) { execution in
                let (standardInput, standardOutput, standardError) =
                    (execution.standardInputWriter, execution.standardOutput, execution.standardError)
                return try await withThrowingTaskGroup(of: [UInt8].self) { group in
                    /// Ends the program when `work` fails, before its input is closed: it must not take half of it for the whole.
                    func add(_ work: @escaping @Sendable () async throws -> [UInt8]) {
                        group.addTask {
                            do {
                                return try await work()
                            } catch {
                                await execution.teardown(using: Self.options.teardownSequence)
                                throw error
                            }
                        }
                    }
                    add { try await Self.tail(of: standardError) }
                    add {
                        for try await piece in standardOutput { try await sink.take(piece) }
                        return []
                    }
                    add {
                        try await Self.feed(input, to: standardInput)
                        return []
                    }
                    var errorText: [UInt8] = []
                    for try await part in group { errorText += part }
                    return errorText
                }
            }
            if Task.isCancelled { throw PostgresError.cancelled }
            return ProgramResult(
                program: path, status: Self.status(result.terminationStatus),
                errorText: environment.redacting(String(decoding: result.closureResult, as: UTF8.self)))
        } catch {
            throw failure(error)
        }
    }

    private func failure(_ error: any Error) -> PostgresError {
        if let error = error as? PostgresError { return error }
        if Task.isCancelled || error is CancellationError { return .cancelled }
        if let error = error as? SubprocessError {
            return PostgresError(.programFailed, "\(path.string) cannot be run.", cause: error)
        }
        if let explained = error as? any ExplainedError {
            return PostgresError(.programFailed, explained.message, hint: explained.hint, cause: error)
        }
        return PostgresError(
            .programFailed, "What \(path.lastComponent?.string ?? "") reads or writes cannot be passed on.", cause: error)
    }

    private static var options: PlatformOptions {
        var options = PlatformOptions()
        options.teardownSequence = [.gracefulShutDown(allowedDurationToNextStep: .seconds(5))]
        // Without a terminal of its own a program cannot stop to ask for a password.
        options.createSession = true
        return options
    }

    /// Writing to a program that has ended must fail, not end this process.
    static let ignoreBrokenPipes: Void = { _ = signal(SIGPIPE, SIG_IGN) }()

    private static func feed<Input: AsyncSequence>(
        _ input: Input, to writer: StandardInputWriter
    ) async throws where Input.Element == [UInt8] {
        for try await piece in input where !piece.isEmpty {
            // A program may stop reading before the end; its exit status tells whether that was well.
            guard let written = try? await writer.write(piece), written == piece.count else { break }
        }
        try Task.checkCancellation()
        try? await writer.finish()
    }

    private static func tail(of stream: SubprocessOutputSequence) async throws -> [UInt8] {
        var kept: [UInt8] = []
        for try await piece in stream {
            piece.withUnsafeBytes { kept.append(contentsOf: $0) }
            if kept.count > 2 * errorBytes { kept.removeFirst(kept.count - errorBytes) }
        }
        return Array(kept.suffix(errorBytes))
    }

    private static func status(_ status: TerminationStatus) -> Int32 {
        switch status {
        case .exited(let code): code
        case .signaled(let signal): 128 + signal
        }
    }
}

/// Takes in a program's output on a thread of its own.
private actor Sink {
    private nonisolated let thread = DedicatedThread("program output")
    nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }
    private let receive: @Sendable (UnsafeRawBufferPointer) throws -> Void

    init(_ receive: @escaping @Sendable (UnsafeRawBufferPointer) throws -> Void) { self.receive = receive }

    deinit { thread.stop() }

    func take(_ piece: SubprocessOutputSequence.Buffer) throws {
        try piece.withUnsafeBytes { try receive($0) }
    }
}
