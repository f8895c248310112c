import Foundation
import Testing

/// What goes on on this machine, as `/proc` tells it.
enum Machine {
    struct Process: Sendable {
        let id: pid_t
        let parent: pid_t
        let arguments: String
    }

    static func processes() -> [Process] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap { pid_t($0) }.compactMap { id in
            guard let status = FileManager.default.contents(atPath: "/proc/\(id)/stat"),
                let arguments = FileManager.default.contents(atPath: "/proc/\(id)/cmdline")
            else { return nil }
            // The name, in parentheses, may hold anything.
            let fields = String(decoding: status, as: UTF8.self).split(separator: ")").last?.split(separator: " ") ?? []
            guard fields.count > 1, fields[0] != "Z", let parent = pid_t(fields[1]) else { return nil }
            let text = String(decoding: arguments, as: UTF8.self).split(separator: "\0").joined(separator: " ")
            return Process(id: id, parent: parent, arguments: text)
        }
    }

    /// The children of a process, and theirs.
    static func descendants(of id: pid_t) -> [Process] {
        let all = processes()
        var found: [Process] = []
        var parents: Set<pid_t> = [id]
        while true {
            let next = all.filter { process in parents.contains(process.parent) && !found.contains { $0.id == process.id } }
            if next.isEmpty { return found }
            found += next
            parents = Set(next.map(\.id))
        }
    }

    /// Processes that name `text` among their arguments.
    static func processes(naming text: String) -> [Process] {
        processes().filter { $0.arguments.contains(text) && $0.id != getpid() }
    }
}

/// Waits until something holds, looking often; fails the test when it does not within `patience`.
func eventually(
    _ what: Comment, within patience: Duration = .seconds(120), sourceLocation: SourceLocation = #_sourceLocation,
    _ condition: () async throws -> Bool
) async throws {
    let start = ContinuousClock.now
    while true {
        if try await condition() { return }
        try #require(ContinuousClock.now - start < patience, what, sourceLocation: sourceLocation)
        try await Task.sleep(for: .milliseconds(5))
    }
}
