internal import Foundation
internal import Language
public import SystemPackage

extension Sandbox {
    /// Runs a program of the sandbox's installation as the server's own user, against this sandbox, with nothing of our
    /// environment: for scripts of strangers, which `psql` lets run commands of the shell.
    ///
    /// Throws as `Program.run`.
    public func run<Input: AsyncSequence & Sendable>(
        _ program: String, database: String, arguments: [String], input: Input
    ) async throws(PostgresError) -> ProgramResult where Input.Element == [UInt8] {
        let own = connection(database: database).environment.map { "\($0.key)=\($0.value)" }.sorted()
        let libraries = ProcessInfo.processInfo.environment["LD_LIBRARY_PATH"].map { ["LD_LIBRARY_PATH=\($0)"] } ?? []
        let clean =
            ["-i", "PATH=/usr/bin:/bin", "LC_ALL=C", "HOME=\(folder.string)"] + libraries + own
            + [installation.program(program).string] + arguments
        let (path, all) = try ServiceUser.forThisProcess()?.command("/usr/bin/env", clean) ?? ("/usr/bin/env", clean)
        return try await Program.run(path, arguments: all, input: input)
    }

    /// A file of the sandbox's own, which goes with it.
    public func scratchFile(_ name: String) -> FilePath { folder.appending(name) }
}
