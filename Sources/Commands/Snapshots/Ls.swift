import ArgumentParser
import Assets
import Foundation
import Language
import Reporting
import Vault

/// `reprise ls`
struct Ls: Command {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "ls",
            abstract: say("List what a snapshot holds."),
            discussion: examples(
                ("reprise ls latest", "every entry of the newest snapshot"),
                ("reprise ls 01kx tables/public", "what lies below a path"),
                ("reprise ls latest images", "a folder of files")))
    }

    @OptionGroup var global: GlobalOptions

    @Argument(help: help("An id, its first characters, or «latest»."))
    var snapshot: String

    @Argument(help: help("Only what is at or below this path."))
    var path: String?

    @Option(help: help("The vault. (default: the plan's first)"))
    var vault: String?

    private struct Line: Encodable {
        let path: String
        let bytes: Int64
        var kind: String?
        var mode: String?
        var user: String?
        var group: String?
        var modified: Date?
        var target: String?
        var same: String?
        var note: String?
    }

    func run(_ invocation: Invocation) async throws -> ExitStatus {
        let workspace = Workspace(try invocation.plan(), invocation)
        let vault = try await workspace.open(workspace.vaultPlan(vault))
        let reader = try await vault.read(try await vault.snapshot(snapshot, of: nil))
        let console = invocation.console
        let isTree = reader.record.kind == FilesCapture.kind
        let root = FilesManifest.root + "/"
        // Paths of a tree are told from its root on, as they are asked for.
        let below = path.map { (isTree ? root : "") + ($0.hasSuffix("/") ? String($0.dropLast()) : $0) } ?? ""
        let start = Array(below.utf8)
        var found = 0
        try await reader.eachEntry(from: start) { entry in
            let own = Array(entry.path.utf8)
            guard own.starts(with: start) else { return false }
            guard start.isEmpty || own.count == start.count || own[start.count] == UInt8(ascii: "/") else { return true }
            if isTree, !entry.path.hasPrefix(root) { return true }
            found += 1
            let shown = isTree ? String(entry.path.dropFirst(root.count)) : entry.path
            if console.settings.json {
                console.event(Self.line(entry, shown))
            } else {
                let size = console.figures.bytes(entry.size)
                console.print(
                    (entry.file.map { Self.mode($0) + "  " } ?? "") + String(repeating: " ", count: max(0, 9 - size.count)) + size
                        + "  " + Self.printable(shown) + (entry.file?.target.map { " → " + Self.printable($0) } ?? ""))
            }
            return true
        }
        guard found > 0 || path == nil else {
            throw CommandError(
                .usage, "The snapshot \(reader.record.id) has nothing at \(path ?? "").",
                hint: "`reprise ls \(snapshot)` lists all that it holds.")
        }
        return .done
    }

    private static func line(_ entry: Entry, _ path: String) -> Line {
        var line = Line(path: path, bytes: entry.size)
        guard let file = entry.file else { return line }
        line.kind = file.kind.rawValue
        line.mode = String(file.mode, radix: 8)
        line.user = file.user ?? String(file.uid)
        line.group = file.group ?? String(file.gid)
        line.modified = Date(
            timeIntervalSince1970: Double(file.modified.seconds) + Double(file.modified.nanoseconds) / 1_000_000_000)
        line.target = file.target.map { String(decoding: RawText.escaped($0), as: UTF8.self) }
        line.same = file.same.map { String($0.dropFirst(FilesManifest.root.count + 1)) }
        line.note = file.note?.rawValue
        return line
    }

    /// As `ls -l` shows it.
    private static func mode(_ file: FileFacts) -> String {
        let kinds: [FileFacts.Kind: String] = [
            .file: "-", .directory: "d", .symlink: "l", .fifo: "p", .socket: "s", .character: "c", .block: "b",
        ]
        var text = kinds[file.kind] ?? "?"
        for (shift, special, letter) in [(6, 0o4000, "s"), (3, 0o2000, "s"), (0, 0o1000, "t")] {
            let bits = Int(file.mode) >> shift & 7
            let isSpecial = Int(file.mode) & special != 0
            text += bits & 4 != 0 ? "r" : "-"
            text += bits & 2 != 0 ? "w" : "-"
            text += isSpecial ? (bits & 1 != 0 ? letter : letter.uppercased()) : bits & 1 != 0 ? "x" : "-"
        }
        return text
    }

    private static func printable(_ name: [UInt8]) -> String { printable(String(decoding: RawText.escaped(name), as: UTF8.self)) }

    private static func printable(_ text: String) -> String { Printable.text(text) }
}
