import ArgumentParser
import Foundation
import Language
import Ledger
import ObjectStore
import Reporting
import Vault

/// `reprise kit test`
struct KitTest: Command {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "test", abstract: say("Prove that what is on the printed kit opens the newest snapshot."),
            discussion: examples(
                ("reprise kit test", "type the recovery key, or the shares one after the other"),
                about:
                    "Nothing else is used: no key file, no environment. Some of the newest snapshot is read, and what was found is kept as evidence, signed by the recovery key itself; «reprise status» tells when that was."
            ))
    }

    @OptionGroup var global: GlobalOptions

    @Option(help: help("The vault. (default: the plan's first)"))
    var vault: String?

    /// What is read of the newest snapshot, at most: from each of its entries in turn.
    private static let bytesToRead: Int64 = 32 << 20
    private static let entriesToRead = 32

    private struct Proven: Encodable {
        let snapshot, asset, fingerprint: String
        let entries: Int
        let bytesRead: Int64
    }

    func run(_ invocation: Invocation) async throws -> ExitStatus {
        let console = invocation.console
        let workspace = Workspace(try invocation.plan(), invocation)
        let vaultPlan = try workspace.vaultPlan(vault)
        let started = Date()
        let store = try workspace.store(vaultPlan)
        let locked = try await LockedVault(in: store)
        let recovery = try locked.completed(try await RecoveryInput(console: console).read())
        let vault = try await locked.open(
            with: locked.keys(from: recovery, holder: "recovery"), cacheFolder: workspace.cacheFolder)
        let newest = try await vault.snapshot("latest", of: nil)
        var evidence = Evidence(
            act: .kit, asset: newest.asset, snapshot: newest.id, point: newest.instant, started: started, finished: started,
            host: HostName.own, outcome: .passed)
        let read: (entries: Int, bytes: Int64)
        do {
            read = try await Self.read(newest, of: vault)
        } catch let error as VaultError where error.exitStatus == .damagedData || [.wrongKey, .notSealed].contains(error.code) {
            evidence.outcome = .failed
            evidence.finished = Date()
            evidence.checks = [
                .init(name: Phrase(verbatim: error.object ?? newest.id.text), outcome: .failed, found: error.message)
            ]
            console.warn(ifUnkept: try await EvidenceLog(vault).keep(evidence))
            throw error
        }
        evidence.finished = Date()
        evidence.facts = ["entries": String(read.entries), "bytesRead": String(read.bytes)]
        let kept = try await EvidenceLog(vault).keep(evidence)
        console.warn(ifUnkept: kept)
        let fingerprint = recovery.fingerprintText ?? ""
        let result = Proven(
            snapshot: newest.id.text, asset: newest.asset, fingerprint: fingerprint, entries: read.entries, bytesRead: read.bytes)
        console.result(result) {
            console.print(
                "The printed kit opens the vault: \(console.figures.bytes(read.bytes)) of snapshot \(newest.id) (\(newest.asset)) were read with it alone."
                    as Phrase)
            console.print("The vault's fingerprint is \(fingerprint): it must be the one on the paper." as Phrase)
        }
        if kept.id != nil { console.next("reprise status", "tells when that was last done") }
        return .done
    }

    /// Reads the beginning of some entries, spread over the whole list.
    private static func read(_ record: SnapshotRecord, of vault: OpenVault) async throws -> (entries: Int, bytes: Int64) {
        let reader = try await vault.read(record)
        // Kept small: a snapshot of files may have millions of entries.
        var chosen: [Entry] = []
        var seen = 0
        var generator = SystemRandomNumberGenerator()
        try await reader.eachEntry { entry in
            seen += 1
            guard entry.size > 0 else { return }
            if chosen.count < entriesToRead {
                chosen.append(entry)
            } else {
                let place = Int.random(in: 0..<seen, using: &generator)
                if place < entriesToRead { chosen[place] = entry }
            }
        }
        var bytes: Int64 = 0
        for entry in chosen where bytes < bytesToRead {
            var ofEntry: Int64 = 0
            for try await piece in reader.bytes(of: entry) {
                bytes += Int64(piece.count)
                ofEntry += Int64(piece.count)
                if bytes >= bytesToRead || ofEntry >= bytesToRead / Int64(entriesToRead) { break }
            }
        }
        return (chosen.count, bytes)
    }
}
