internal import Foundation
internal import Language
internal import Subprocess
internal import SystemPackage

/// What is needed to run a sandbox's programs as the right user, in its own folder, with nothing of our environment: secrets stay
/// here.
struct SandboxMaker: Sendable {
    let installation: Installation
    let place: SandboxFolder
    let user: ServiceUser?

    /// Runs `initdb`.
    func makeCluster(password: String?, arguments: [String]) async throws(PostgresError) {
        var all = [
            "--pgdata=\(place.data.string)", "--username=postgres", "--encoding=UTF8", "--locale=C", "--auth-local=trust",
            "--auth-host=scram-sha-256", "--no-sync", "--no-instructions",
        ]
        do {
            if let password {
                guard
                    FileManager.default.createFile(
                        atPath: place.passwordFile.string, contents: Data((password + "\n").utf8),
                        attributes: [.posixPermissions: 0o600])
                else { throw Errno(rawValue: errno) }
                if let user, chown(place.passwordFile.string, user.id, user.group) != 0 { throw Errno(rawValue: errno) }
                all.append("--pwfile=\(place.passwordFile.string)")
            }
            defer { unlink(place.passwordFile.string) }
            let (program, arguments) = try command("initdb", all + arguments)
            let result = try await Subprocess.run(
                .path(program), arguments: Arguments(arguments), environment: environment,
                workingDirectory: place.path, platformOptions: options, input: .none, output: .discarded, error: .sequence
            ) { execution in
                let log = ServerLog()
                for try await piece in execution.standardError { piece.withUnsafeBytes { log.append($0) } }
                return log.text
            }
            if Task.isCancelled { throw PostgresError.cancelled }
            guard result.terminationStatus.isSuccess else {
                throw PostgresError(.sandboxFailed, "initdb of \(installation.description) failed: \(result.closureResult)")
            }
        } catch let error as PostgresError {
            throw error
        } catch {
            if Task.isCancelled { throw .cancelled }
            throw PostgresError(.sandboxFailed, "initdb of \(installation.description) cannot be run.", cause: error)
        }
    }

    /// Writes the settings; `place` are those that no caller may change.
    func configure(_ settings: [String: String], place fixed: [String: String]) throws(PostgresError) {
        let all = SandboxSettings.usual.merging(settings) { $1 }.merging(fixed) { $1 }
        let path = place.data.appending("postgresql.conf").string
        guard let file = FileHandle(forWritingAtPath: path), (try? file.seekToEnd()) != nil,
            (try? file.write(contentsOf: Data(("\n" + SandboxSettings.text(all)).utf8))) != nil, (try? file.close()) != nil
        else { throw PostgresError(.sandboxFailed, "The sandbox's settings cannot be written to \(path).") }
    }

    /// What to run to have `program` run by the server's user.
    func command(_ program: String, _ arguments: [String]) throws(PostgresError) -> (FilePath, [String]) {
        let path = installation.program(program)
        return try user?.command(path, arguments) ?? (path, arguments)
    }

    var environment: Environment {
        let ours = ProcessInfo.processInfo.environment
        var theirs: [Environment.Key: String] = [
            "LC_ALL": "C", "TZ": "UTC", "PATH": ours["PATH"] ?? "/usr/bin:/bin", "HOME": place.path.string,
        ]
        theirs["LD_LIBRARY_PATH"] = ours["LD_LIBRARY_PATH"]
        return .custom(theirs)
    }

    var options: PlatformOptions {
        var options = PlatformOptions()
        // Ctrl-C on our terminal is ours to handle.
        options.createSession = true
        options.teardownSequence = [.send(signal: .quit, allowedDurationToNextStep: .seconds(15))]
        return options
    }
}
