public import Foundation

/// Runs the scripts beside this file with the Python that has the packages of scripts/requirements.txt.
public enum Python {
    /// What the script printed. Throws with what it said on standard error where it fails.
    public static func run(
        _ script: String, _ arguments: [String] = [], environment: [String: String] = [:], input: Data = Data()
    ) async throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: BucketServer.python)
        process.arguments = ["-B", URL(fileURLWithPath: #filePath).deletingLastPathComponent().path + "/" + script] + arguments
        process.environment = ["PATH": "/usr/bin:/bin"].merging(environment) { $1 }
        let (stdin, output, errors) = (Pipe(), Pipe(), Pipe())
        (process.standardInput, process.standardOutput, process.standardError) = (stdin, output, errors)
        try process.run()
        let (writer, reader, problems) = (stdin.fileHandleForWriting, output.fileHandleForReading, errors.fileHandleForReading)
        Thread.detachNewThread {
            try? writer.write(contentsOf: input)
            try? writer.close()
        }
        async let said = all(problems)
        let printed = await all(reader)
        let complaint = await said
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw BucketServer.Failure(description: String(decoding: complaint, as: UTF8.self))
        }
        return String(decoding: printed, as: UTF8.self)
    }

    private static func all(_ handle: FileHandle) async -> Data {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread { continuation.resume(returning: (try? handle.readToEnd()) ?? Data()) }
        }
    }
}
