internal import Foundation
internal import Synchronization

/// What a PostgreSQL program says to `--version`, asked once per file.
struct ProgramVersion: Sendable {
    let major: Int
    let text: String

    /// Nil where there is no such program, or it does not answer as a PostgreSQL program does. Runs the program the first time,
    /// which takes some milliseconds.
    static func of(_ path: String) -> ProgramVersion? {
        var status = stat()
        guard stat(path, &status) == 0, access(path, X_OK) == 0 else { return nil }
        let key = "\(status.st_dev):\(status.st_ino):\(path)"
        if let known = known.withLock({ $0[key] }) { return known }
        guard let version = output(path).flatMap(parse) else { return nil }
        known.withLock { $0[key] = version }
        return version
    }

    private static let known = Mutex<[String: ProgramVersion]>([:])

    /// Reads "pg_dump (PostgreSQL) 15.20 (Debian 15.20-0+deb12u1)".
    static func parse(_ line: String) -> ProgramVersion? {
        guard let mark = line.range(of: "(PostgreSQL) ") else { return nil }
        let text = line[mark.upperBound...].prefix { !$0.isWhitespace }
        guard let major = Int(text.prefix { $0.isASCII && $0.isNumber }), (1...999).contains(major) else { return nil }
        return ProgramVersion(major: major, text: String(text))
    }

    /// The first kilobyte that `path --version` prints.
    private static func output(_ path: String) -> String? {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = ["--version"]
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return nil }
        let bytes = (try? pipe.fileHandleForReading.readToEnd()) ?? Data()
        process.waitUntilExit()
        guard process.terminationReason == .exit, process.terminationStatus == 0 else { return nil }
        return String(decoding: bytes.prefix(1024), as: UTF8.self)
    }
}
