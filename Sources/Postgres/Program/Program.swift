internal import Foundation
internal import Language
internal import Subprocess
public import SystemPackage

/// Runs a program such as `pg_dump`, `pg_restore` or `psql` as a child, its output and input streamed.
public enum Program {
    /// Runs `path` with nothing on its standard input.
    ///
    /// - Parameters:
    ///   - environment: added to our own; a `ConnectionString` or a dictionary. The place for passwords: arguments can be read by
    /// every user.
    ///   - output: gets standard output in pieces of at most 64 KiB, in order, on a thread of its own: it may block. What it
    /// throws
    ///     stops the program, and is the `cause` of the error thrown then.
    /// - Returns: how the program ended, whatever that is; see `ProgramResult.checked`.
    ///
    /// Throws `programFailed` when the program cannot be run, `cancelled` after the task was cancelled and the program has been
    /// ended.
    public static func run(
        _ path: FilePath, arguments: [String], environment: some ProgramEnvironment = [String: String](), input: Never? = nil,
        output: @escaping @Sendable (UnsafeRawBufferPointer) throws -> Void = { _ in }
    ) async throws(PostgresError) -> ProgramResult {
        try await Child(path, arguments, environment).run(NoBytes(), output)
    }

    /// Runs `path` with the bytes of `input` on its standard input. Otherwise as above; what `input` throws stops the program
    /// and is the `cause` of the error thrown then.
    public static func run<Input: AsyncSequence & Sendable>(
        _ path: FilePath, arguments: [String], environment: some ProgramEnvironment = [String: String](), input: Input,
        output: @escaping @Sendable (UnsafeRawBufferPointer) throws -> Void = { _ in }
    ) async throws(PostgresError) -> ProgramResult where Input.Element == [UInt8] {
        try await Child(path, arguments, environment).run(input, output)
    }
}

/// What a child program finds in its environment on top of ours.
public protocol ProgramEnvironment: Sendable {
    var environment: [String: String] { get }
    /// `text` without the secrets of this environment.
    func redacting(_ text: String) -> String
}

extension ConnectionString: ProgramEnvironment {}

extension [String: String]: ProgramEnvironment {
    public var environment: [String: String] { self }
    public func redacting(_ text: String) -> String {
        guard let password = self["PGPASSWORD"], !password.isEmpty else { return text }
        return text.replacingOccurrences(of: password, with: "•••")
    }
}

/// How a program ended.
public struct ProgramResult: Sendable, Hashable {
    public let program: FilePath
    /// Its exit code, or 128 plus the number of the signal that ended it.
    public let status: Int32
    /// The last 64 KiB of its standard error, without passwords.
    public let errorText: String

    public var succeeded: Bool { status == 0 }

    /// Throws `programFailed` with the program's own last words, unless it succeeded.
    public func checked() throws(PostgresError) {
        guard !succeeded else { return }
        let words = errorText.split(separator: "\n").suffix(8).joined(separator: "\n")
        throw PostgresError(
            .programFailed,
            "\(program.lastComponent?.string ?? "") ended with status \(status): \(words.isEmpty ? "it says nothing" : words)")
    }
}

/// An empty standard input.
private struct NoBytes: AsyncSequence, AsyncIteratorProtocol, Sendable {
    func makeAsyncIterator() -> NoBytes { self }
    mutating func next() async -> [UInt8]? { nil }
}
