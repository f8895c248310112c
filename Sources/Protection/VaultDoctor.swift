import Foundation
import Language
public import ObjectStore
public import Vault

/// Looks at everything that a vault needs to take a backup.
public struct VaultDoctor: Sendable {
    private let store: any ObjectStore
    private let keys: KeyFile
    private let cacheFolder: String

    public init(store: any ObjectStore, keys: KeyFile, cacheFolder: String) {
        self.store = store
        self.keys = keys
        self.cacheFolder = cacheFolder
    }

    public func examine() async -> [Finding] {
        var findings: [Finding] = []
        do throws(VaultError) {
            let vault = try await LockedVault(in: store).open(with: keys, cacheFolder: cacheFolder)
            findings.append(Finding("vault.reachable", .good, "The vault \(vault.id) is at \(vault.location)."))
            let survey = try await vault.survey()
            for problem in survey.problems { findings.append(Finding("vault.snapshots", failure: problem)) }
            if survey.problems.isEmpty {
                findings.append(
                    Finding(
                        "vault.snapshots", .good, "All of its snapshots (\(count: survey.snapshots.count)) are listed and signed."
                    ))
            }
        } catch {
            findings.append(Finding("vault.reachable", failure: error))
            return findings
        }
        findings.append(await writable())
        findings.append(roles())
        findings.append(contentsOf: disks())
        return findings
    }

    private func writable() async -> Finding {
        do throws(StoreError) {
            try await StoreProbe.run(on: store)
            return Finding("vault.writable", .good, "The vault can be written, and its store keeps what it promises.")
        } catch {
            return Finding("vault.writable", failure: error)
        }
    }

    private func roles() -> Finding {
        let names = keys.roles.map(\.rawValue).sorted().joined(separator: ", ")
        guard keys.roles.contains(.writer) else {
            return Finding(
                "keys.roles", .bad, "The key file may do this: \(names). A backup needs the writer role.",
                remedy: "Use a key file with the writer role.")
        }
        guard keys.roles.contains(.reader) else {
            return Finding(
                "keys.roles", .good,
                "The key file may do this: \(names). It cannot open snapshots, so restores and drills need the recovery key.")
        }
        return Finding("keys.roles", .good, "The key file may do this: \(names).")
    }

    /// Space where the vault is a directory, and in the cache.
    private func disks() -> [Finding] {
        let wanted: Int64 = 1 << 30
        var findings: [Finding] = []
        for (name, folder) in [("disk.vault", store.location), ("disk.cache", cacheFolder)] where folder.hasPrefix("/") {
            guard
                let free = (try? FileManager.default.attributesOfFileSystem(forPath: folder))?[.systemFreeSize] as? NSNumber
            else { continue }
            let mebibytes = free.int64Value >> 20
            findings.append(
                free.int64Value < wanted
                    ? Finding(
                        name, .warning, "Only \(mebibytes) MiB are free at \(folder).",
                        remedy: "Free some space, or move the vault to a larger disk.")
                    : Finding(name, .good, "\(mebibytes) MiB are free at \(folder)."))
        }
        return findings
    }
}
