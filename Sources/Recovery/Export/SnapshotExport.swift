import Assets
import Foundation
import Glibc
public import Language
import Postgres
import SystemPackage
public import Vault

/// The forms in which a snapshot leaves the vault.
public enum ExportFormat: String, Sendable, CaseIterable {
    /// One script for `psql`.
    case sql
    /// A folder for `pg_restore`.
    case directory
    /// One archive for `pg_restore`.
    case custom
    /// A folder of files.
    case folder
    /// One archive for `tar`.
    case tar

    public var isOfFiles: Bool { self == .folder || self == .tar }
}

/// Writes a snapshot of files as a folder or an archive.
public struct FilesExport: Sendable {
    private let reader: SnapshotReader
    private let jobs: Int

    public init(reader: SnapshotReader, jobs: Int) {
        self.reader = reader
        self.jobs = jobs
    }

    /// Writes to `path`, which must not exist; what is not complete is removed again.
    ///
    /// - Parameter progress: bytes done so far.
    public func run(_ format: ExportFormat, to path: String, progress: @escaping @Sendable (Int64) -> Void) async throws {
        do {
            if format == .tar {
                let file = try ExportFile(path)
                try await TarExport(reader).run { bytes in
                    try await file.writeAway(bytes)
                    progress(file.written)
                }
                try file.finish()
            } else {
                let report = try await FilesRestore(reader, into: path, options: FilesRestoreOptions(jobs: jobs)).run {
                    progress($0.bytes)
                }
                if let damage = report.damage { throw damage }
                if let problem = report.problems.first {
                    throw ExportError(message: "\(path)/\(problem.path) cannot be written: \(problem.message)")
                }
            }
        } catch {
            await onOwnThread {
                FilesRemoval.remove(path)
                unlink(path)
            }
            throw error
        }
    }
}

/// Writes a snapshot as plain files of PostgreSQL's own formats.
public struct SnapshotExport: Sendable {
    private let reader: SnapshotReader
    private let jobs: Int
    private let place: SandboxPlace

    public init(reader: SnapshotReader, jobs: Int, place: SandboxPlace) {
        self.reader = reader
        self.jobs = jobs
        self.place = place
    }

    /// Writes to `path`, which must not exist; what is not complete is removed again.
    ///
    /// - Parameter progress: bytes done so far.
    public func run(_ format: ExportFormat, to path: String, progress: @escaping @Sendable (Int64) -> Void) async throws {
        do {
            switch format {
            case .sql: try await writeScript(to: path, progress)
            case .directory, .custom: try await writeArchive(format, to: path, progress)
            case .folder, .tar: preconditionFailure("files are exported by FilesExport")
            }
        } catch {
            try? FileManager.default.removeItem(atPath: path)
            throw error
        }
    }

    private func writeScript(to path: String, _ progress: @escaping @Sendable (Int64) -> Void) async throws {
        let file = try ExportFile(path)
        try await SQLExport(reader).run { bytes in
            try file.write(bytes)
            progress(file.written)
        }
        try file.finish()
    }

    private func writeArchive(_ format: ExportFormat, to path: String, _ progress: @escaping @Sendable (Int64) -> Void)
        async throws
    {
        let manifest = try await PostgresManifest.read(from: reader)
        let server = try await place.host(atLeast: manifest.server.number / 10_000)
        do {
            let (target, _) = try await server.createDatabase(like: manifest.database)
            let restore = PostgresRestore(reader, into: target, options: RestoreOptions(jobs: jobs, isSandbox: true))
            let report = try await restore.run(try await restore.plan()) { progress($0.bytes) }
            if let missing = report.leftOut.first {
                throw AssetError(
                    .unsuitableTarget, "The throw-away server cannot take all of the snapshot: \(missing.message)",
                    hint: "Export with --format sql, which needs no server, or name a server that has it in the plan (sandbox).")
            }
            // pg_dump keeps the mode of a file that is there, and a folder it makes is its owner's alone.
            if format == .custom { try ExportFile(path).finish() }
            let version = try await serverMajor(target)
            let dump = try Installation.forDump(server: version).program("pg_dump")
            var arguments = ["--format", format == .custom ? "custom" : "directory", "--file", path, "--no-password"]
            if format == .directory { arguments += ["--jobs", String(jobs)] }
            let result = try await Program.run(dump, arguments: arguments, environment: target) { _ in }
            try result.checked()
        } catch {
            await server.stop()
            throw error
        }
        await server.stop()
    }

    private func serverMajor(_ target: ConnectionString) async throws -> Int {
        let connection = try await Connection.open(target)
        defer { Task { await connection.close() } }
        return connection.serverVersion.major
    }
}

/// A file being exported, readable by its owner alone.
///
/// `@unchecked Sendable`: written by one task at a time.
private final class ExportFile: @unchecked Sendable {
    private let path: String
    private let file: Int32
    private(set) var written: Int64 = 0

    init(_ path: String) throws {
        self.path = path
        file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw Self.failure(path) }
    }

    deinit { close(file) }

    func write(_ bytes: [UInt8]) throws {
        var offset = 0
        while offset < bytes.count {
            let count = bytes.withUnsafeBytes { Glibc.write(file, $0.baseAddress! + offset, $0.count - offset) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw Self.failure(path) }
            offset += count
        }
        written += Int64(bytes.count)
    }

    /// The same for many bytes, away from the threads that all tasks share.
    func writeAway(_ bytes: [UInt8]) async throws {
        if bytes.count < 1 << 16 { return try write(bytes) }
        try await onOwnThread { Result { try self.write(bytes) } }.get()
    }

    func finish() throws {
        guard fsync(file) == 0 else { throw Self.failure(path) }
    }

    private static func failure(_ path: String) -> ExportError {
        ExportError(message: "\(path) cannot be written: \(String(cString: strerror(errno)))")
    }
}

/// The place that an export goes to cannot be written.
public struct ExportError: ExplainedError {
    public let message: Phrase
    public var exitStatus: ExitStatus { .cannotWrite }
}
