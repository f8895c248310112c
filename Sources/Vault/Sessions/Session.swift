public import Foundation

/// Who is at work on the vault, as the object `sessions/<id>` says: put before anything is read that a deletion could make
/// untrue.
///
/// A writer's session has the id of the snapshot it will write, and has ended when there is an object `snapshots/<id>`: its
/// snapshot, or a tombstone. What it says of itself only helps a keeper to judge whether it is still alive; nothing is lost where
/// that is judged wrongly.
public struct Session: Codable, Hashable, Sendable {
    public enum Work: String, Codable, Sendable {
        case backup, prune, repair
        /// A snapshot is brought from another copy of the vault.
        case copy

        /// Whether it commits no snapshot: its object is all there is of it.
        var isKeepers: Bool { self == .prune || self == .repair }
    }

    public let work: Work
    /// The asset that is backed up.
    public let asset: String?
    /// For people.
    public let host: String
    public let started: Date
    /// What tells this process from every other; nil where the system does not say.
    let process: ProcessIdentity?

    static let prefix = "sessions/"

    static func objectName(_ id: ULID) -> String { prefix + id.text }

    /// An object that says, by its name alone, that the session was alive at `instant`: it holds nothing.
    static func renewalName(_ id: ULID, at instant: ULID) -> String { prefix + id.text + "." + instant.text }

    /// The session that an object's name belongs to, and when it was renewed; nil for a name of another form.
    static func parse(_ name: String) -> (id: ULID, renewal: ULID?)? {
        let parts = name.dropFirst(prefix.count).split(separator: ".", omittingEmptySubsequences: false)
        guard name.hasPrefix(prefix), let first = parts.first, let id = ULID(String(first)) else { return nil }
        if parts.count == 1 { return (id, nil) }
        guard parts.count == 2, let renewal = ULID(String(parts[1])) else { return nil }
        return (id, renewal)
    }
}

/// A process among all that ran on a machine.
struct ProcessIdentity: Codable, Hashable, Sendable {
    let machine: String
    let boot: String
    /// Processes of another name space, such as another container's, cannot be seen from here.
    let space: String
    let id: Int32
    /// In clock ticks since the boot: an id is given again, an id with its start is not.
    let start: UInt64

    /// This process; nil where the system has no `/proc`.
    static let current: ProcessIdentity? = {
        guard let here = Surroundings.read(), let start = startOf(getpid()) else { return nil }
        return ProcessIdentity(machine: here.machine, boot: here.boot, space: here.space, id: getpid(), start: start)
    }()

    enum Life: Sendable {
        case running, gone, unknown
    }

    /// Whether it still runs, as far as that can be seen from this machine.
    func life() -> Life {
        guard let here = Surroundings.read(), here.machine == machine else { return .unknown }
        // Without an id, as in many containers, another machine may bear the same name.
        guard here.boot == boot else { return machine.hasPrefix("/") ? .unknown : .gone }
        guard here.space == space else { return .unknown }
        return Self.startOf(id) == start ? .running : .gone
    }

    private struct Surroundings {
        let machine: String
        let boot: String
        let space: String

        static func read() -> Surroundings? {
            func line(_ path: String) -> String? {
                FileManager.default.contents(atPath: path).map {
                    String(decoding: $0, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
                }
            }
            guard let boot = line("/proc/sys/kernel/random/boot_id"),
                let space = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/ns/pid")
            else { return nil }
            // Machines that were cloned share the first, and hardly the second too.
            let machine = (line("/etc/machine-id") ?? "") + "/" + ProcessInfo.processInfo.hostName
            return Surroundings(machine: machine, boot: boot, space: space)
        }
    }

    /// The 22nd field of `/proc/PID/stat`; the second is the program's name in brackets and may hold anything.
    private static func startOf(_ process: Int32) -> UInt64? {
        guard let bytes = FileManager.default.contents(atPath: "/proc/\(process)/stat"),
            let bracket = bytes.lastIndex(of: UInt8(ascii: ")"))
        else { return nil }
        let fields = bytes[bracket...].split(separator: UInt8(ascii: " "))
        return fields.count > 20 ? UInt64(String(decoding: fields[20], as: UTF8.self)) : nil
    }
}
