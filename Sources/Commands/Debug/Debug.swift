import ArgumentParser
import Foundation
import Language
import ObjectStore
import Reporting
import Vault

/// `reprise debug`: tools for those who work on Reprise.
struct Debug: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "debug", abstract: say("Tools for those who work on Reprise."), shouldDisplay: false,
            subcommands: [DebugPipeline.self, DebugSnapshots.self, DebugIndex.self])
    }
}

/// `reprise debug pipeline`: a file through chunking, naming, compressing, sealing and packing, and nothing else.
struct DebugPipeline: Command {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "pipeline", abstract: say("Write one file into a new vault, to measure the write pipeline by itself."),
            shouldDisplay: false)
    }

    @OptionGroup var global: GlobalOptions

    @Argument(help: help("The file."))
    var file: String

    @Argument(help: help("An empty or new folder for the vault."))
    var vault: String

    private struct Measured: Encodable {
        let sourceBytes: Int64
        let storedBytes: Int64
        let seconds: Double
    }

    func run(_ invocation: Invocation) async throws -> ExitStatus {
        let path = Paths.absolute(file, from: invocation.folder)
        let folder = Paths.absolute(vault, from: invocation.folder)
        let store = DirectoryStore(folder)
        try await store.prepare()
        let made = try await LockedVault.make(in: store, holder: HostName.own, roles: [.writer])
        let vault = try await LockedVault(in: store).open(with: made.keys, cacheFolder: folder + ".cache")
        defer { try? FileManager.default.removeItem(atPath: folder + ".cache") }
        let start = ContinuousClock.now
        let writer = try await vault.startSnapshot(asset: "file", kind: "file", host: HostName.own)
        do {
            let entry = try writer.entry("file", content: .file)
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                Thread.detachNewThread { continuation.resume(with: Result { try Self.copy(path, to: entry) }) }
            }
            try await entry.finish()
        } catch {
            await writer.abandon()
            throw error
        }
        let record = try await writer.commit(instant: Date(), tags: [], facts: [:])
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        invocation.console.result(Measured(sourceBytes: record.sourceBytes, storedBytes: record.storedBytes, seconds: seconds)) {
            let figures = invocation.console.figures
            invocation.console.print(
                "\(figures.bytes(record.sourceBytes)) in \(figures.duration(.seconds(seconds))), \(figures.bytes(record.storedBytes)) stored."
                    as Phrase)
        }
        return .done
    }

    private static func copy(_ path: String, to entry: EntryWriter) throws {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else {
            throw CommandError(
                .usage, "\(path) cannot be read.", cause: SystemMessage(description: String(cString: strerror(errno))))
        }
        defer { close(file) }
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 4096)
        defer { buffer.deallocate() }
        while true {
            let count = read(file, buffer.baseAddress, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else {
                throw CommandError(
                    .usage, "\(path) cannot be read.", cause: SystemMessage(description: String(cString: strerror(errno))))
            }
            guard count > 0 else { return }
            try entry.write(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        }
    }
}
