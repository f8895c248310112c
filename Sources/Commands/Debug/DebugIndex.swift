import ArgumentParser
import Foundation
import Language
import Reporting
import Synchronization
import Vault

/// `reprise debug index`: an index of very many chunks, built, opened and asked.
struct DebugIndex: Command {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "index", abstract: say("Build the index of a vault that is not there, open it, and look chunks up."),
            shouldDisplay: false)
    }

    @OptionGroup var global: GlobalOptions

    @Argument(help: help("A folder for the local cache; where it holds one already, that is opened."))
    var cache: String

    @Option(help: help("How many chunks."))
    var chunks = 1_000_000

    @Option(help: help("Chunks in an index segment."))
    var perSegment = 131_072

    @Option(help: help("Look-ups of each kind."))
    var lookups = 5_000_000

    private struct Measured: Encodable {
        let build: IndexTrial.Opening
        let buildMemory: Memory
        let open: IndexTrial.Opening
        let openMemory: Memory
        let lookups: [Look]
        let lookupMemory: Memory
        let cacheBytes: Int64
    }

    private struct Look: Encodable {
        let what: String
        let threads: Int
        let count: Int
        let found: Int
        let seconds: Double
        let perSecond: Double
    }

    /// Most bytes at once since the last reading.
    struct Memory: Encodable {
        /// Of our own.
        let anonymous: Int64
        /// Pages of mapped files, which the system may take back at any time.
        let mapped: Int64
    }

    func run(_ invocation: Invocation) async throws -> ExitStatus {
        let folder = Paths.absolute(cache, from: invocation.folder)
        let trial = IndexTrial(chunks: chunks, perSegment: perSegment)
        let watch = MemoryWatch()
        defer { watch.stop() }
        let build = try await trial.open(in: folder).opening
        let buildMemory = watch.peak()
        let (index, open) = try await trial.open(in: folder)
        let openMemory = watch.peak()
        var looks: [Look] = []
        for threads in [1, 2] {
            for (what, present) in [("present", true), ("absent", false)] {
                let look = await index.lookUp(lookups, present: present, threads: threads)
                precondition(look.found == (present ? look.count : 0), "the index finds what is there and nothing else")
                looks.append(
                    Look(
                        what: what, threads: threads, count: look.count, found: look.found, seconds: look.seconds,
                        perSecond: look.perSecond))
            }
        }
        let measured = Measured(
            build: build, buildMemory: buildMemory, open: open, openMemory: openMemory, lookups: looks,
            lookupMemory: watch.peak(), cacheBytes: Self.bytes(in: folder))
        invocation.console.result(measured) { show(measured, on: invocation.console) }
        return .done
    }

    private func show(_ measured: Measured, on console: Console) {
        let figures = console.figures
        func memory(_ memory: Memory) -> Phrase {
            "memory \(figures.bytes(memory.anonymous)), mapped \(figures.bytes(memory.mapped))"
        }
        console.print(
            "Built in \(figures.duration(.seconds(measured.build.seconds))): \(figures.count(measured.build.records)) chunks in \(measured.build.tables) tables of \(figures.bytes(measured.cacheBytes)); \(memory(measured.buildMemory))."
                as Phrase)
        console.print(
            "Opened in \(figures.duration(.seconds(measured.open.seconds))) by reading \(figures.bytes(Int64(measured.open.openedBytes))); \(memory(measured.openMemory))."
                as Phrase)
        for look in measured.lookups {
            console.print(
                "\(figures.count(look.count)) look-ups (\(look.what), \(look.threads) threads) in \(figures.duration(.seconds(look.seconds))): \(figures.count(Int(look.perSecond))) a second."
                    as Phrase)
        }
        console.print("Looking up took \(memory(measured.lookupMemory))." as Phrase)
    }

    private static func bytes(in folder: String) -> Int64 {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder + "/index")) ?? []
        return names.reduce(0) { total, name in
            let facts = try? FileManager.default.attributesOfItem(atPath: folder + "/index/" + name)
            return total + ((facts?[.size] as? Int64) ?? 0)
        }
    }
}

/// Reads this process's memory every 20 ms.
private final class MemoryWatch: Sendable {
    private let state = Mutex((anonymous: Int64(0), mapped: Int64(0), isOver: false))

    init() {
        Thread.detachNewThread { [self] in
            while !state.withLock(\.isOver) {
                let now = Self.read()
                state.withLock { state in
                    state.anonymous = max(state.anonymous, now.anonymous)
                    state.mapped = max(state.mapped, now.mapped)
                }
                usleep(20_000)
            }
        }
    }

    func stop() { state.withLock { $0.isOver = true } }

    func peak() -> DebugIndex.Memory {
        let now = Self.read()
        return state.withLock { state in
            defer { (state.anonymous, state.mapped) = (0, 0) }
            return .init(anonymous: max(state.anonymous, now.anonymous), mapped: max(state.mapped, now.mapped))
        }
    }

    private static func read() -> (anonymous: Int64, mapped: Int64) {
        guard let text = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8) else { return (0, 0) }
        func bytes(_ key: String) -> Int64 {
            for line in text.split(separator: "\n") where line.hasPrefix(key) {
                return (Int64(line.split(separator: " ").dropLast().last ?? "") ?? 0) * 1024
            }
            return 0
        }
        return (bytes("RssAnon:"), bytes("RssFile:"))
    }
}
