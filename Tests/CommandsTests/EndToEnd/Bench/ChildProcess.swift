import Foundation
import Glibc
import Synchronization

/// A program under test as the system sees it: its process id while it runs, and at its end its status and what it used.
///
/// Its peak memory is watched in `/proc` while it runs: what `wait4` tells holds the memory of this process too, which the
/// program had for an instant before it became itself. Its streams go to files, so that a program that is killed leaves what it
/// had said.
final class ChildProcess: Sendable {
    struct End: Sendable {
        /// The exit status, or 128 and the number of the signal that ended it.
        let status: Int32
        /// The most memory that was resident at once.
        let peakBytes: Int
        let output: String
        let errors: String
    }

    let id: pid_t
    private let folder: String
    private let ending: Task<End, Never>

    /// - Parameters:
    ///   - input: what the program reads on its standard input; nil: nothing.
    ///   - workingFolder: where the program starts.
    init(_ program: String, _ arguments: [String], environment: [String: String], input: String? = nil, workingFolder: String)
        throws
    {
        folder = FileManager.default.temporaryDirectory.path + "/reprise-child-" + UUID().uuidString
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let (output, errors) = (folder + "/output", folder + "/errors")

        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        if let input { try Data(input.utf8).write(to: URL(fileURLWithPath: folder + "/input")) }
        posix_spawn_file_actions_addopen(&actions, 0, input == nil ? "/dev/null" : folder + "/input", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        posix_spawn_file_actions_addopen(&actions, 2, errors, O_WRONLY | O_CREAT | O_APPEND, 0o600)

        // The program starts as a shell would start it, whatever this process blocks or ignores.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        var all = sigset_t()
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

        // `env` changes the folder, which Swift cannot see the function of, and becomes the program.
        let words = (["/usr/bin/env", "-C", workingFolder, program] + arguments).map { strdup($0) } + [nil]
        let variables = environment.map { strdup("\($0)=\($1)") } + [nil]
        defer { for text in words + variables { free(text) } }
        var id: pid_t = 0
        let failure = posix_spawn(&id, "/usr/bin/env", &actions, &attributes, words, variables)
        guard failure == 0 else {
            throw Failure(description: "\(program) cannot be started: \(String(cString: strerror(failure)))")
        }
        self.id = id
        let child = id
        let folder = folder
        ending = Task.detached {
            let (status, peak) = await Self.wait(for: child)
            defer { try? FileManager.default.removeItem(atPath: folder) }
            func text(_ path: String) -> String {
                String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
            }
            return End(status: status, peakBytes: peak, output: text(output), errors: text(errors))
        }
    }

    func end() async -> End { await ending.value }

    /// Not for a process whose end was awaited: its id may be another's by then.
    func send(_ signal: Int32) { kill(id, signal) }

    /// Blocks a thread of its own until the process has ended.
    private static func wait(for id: pid_t) async -> (status: Int32, peakBytes: Int) {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                var status: Int32 = 0
                var peak = 0
                while true {
                    let ended = waitpid(id, &status, WNOHANG)
                    if ended == id || (ended < 0 && errno != EINTR) { break }
                    peak = max(peak, Self.peakBytes(of: id))
                    usleep(5000)
                }
                let signal = status & 0x7f
                continuation.resume(returning: (signal == 0 ? (status >> 8) & 0xff : 128 + signal, peak))
            }
        }
    }

    /// The most memory that the program has held so far; 0 while it is still `env`, or gone.
    private static func peakBytes(of id: pid_t) -> Int {
        guard let status = try? String(contentsOfFile: "/proc/\(id)/status", encoding: .utf8), status.hasPrefix("Name:\treprise"),
            let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") }),
            let kibibytes = line.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first.flatMap({ Int($0) })
        else { return 0 }
        return kibibytes * 1024
    }
}

struct Failure: Error, CustomStringConvertible {
    let description: String
}
