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
        let isRecordedAsConditional: Bool
        do throws(VaultError) {
            let vault = try await LockedVault(in: store).open(with: keys, cacheFolder: cacheFolder)
            findings.append(Finding("vault.reachable", .good, "The vault \(vault.id) is at \(vault.location)."))
            isRecordedAsConditional = vault.storeCreatesConditionally
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
        findings += await writable(isRecordedAsConditional)
        findings += await StoreDoctor(store).examine()
        findings.append(roles())
        findings.append(contentsOf: disks())
        return findings
    }

    private func writable(_ isRecordedAsConditional: Bool) async -> [Finding] {
        let found: StoreProbe.Findings
        do throws(StoreError) {
            found = try await StoreProbe.run(on: store)
        } catch {
            return [Finding("vault.writable", failure: error)]
        }
        var findings = [Finding("vault.writable", .good, "The vault can be written, and its store keeps what it promises.")]
        if !found.conditionalCreate {
            findings[0] = Finding(
                "vault.writable", .warning,
                "The vault can be written. Its store replaces objects that must be new, so backups that ended without a word on other hosts keep their space.",
                remedy: isRecordedAsConditional
                    ? "The store that this vault was made in did not: «reprise prune» will refuse here. Move the vault back, or make a new one."
                    : "Nothing is at risk: every write looks first, and a prune ends no backup that may still run. A store that honours If-None-Match needs neither."
            )
        }
        if !found.deletes {
            findings.append(
                Finding(
                    "vault.deletes", .good,
                    "These credentials may not delete: whoever steals them cannot take the past away. «reprise prune» needs others."
                ))
        }
        return findings
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
