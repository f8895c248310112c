import Foundation
import Language
import ObjectStore
import Plan
import Vault

/// Makes a vault of the plan a copy of another one.
struct InitCopy {
    let workspace: Workspace
    let console: Console

    private struct Made: Encodable {
        let plan, vault, vaultId, copyOf, copy: String
    }

    func run(_ target: VaultPlan, of original: String) async throws -> ExitStatus {
        let originalPlan = try workspace.vaultPlan(original)
        guard originalPlan.name != target.name else {
            throw CommandError(.usage, "The vault \(target.name) cannot be a copy of itself.")
        }
        let source = try await workspace.open(originalPlan)
        let store = try workspace.store(target)
        try await Init.prepare(store, for: target)
        let found = try await LockedVault.makeCopy(of: source, in: store)
        let vault = try await LockedVault(in: store).open(with: source.keys, cacheFolder: workspace.cacheFolder)
        // Who may do what comes at once: keys that were added later open the copy too.
        _ = try await source.copy([], to: vault, host: HostName.own)
        let location = workspace.vaultLocation(target)
        console.result(
            Made(
                plan: workspace.file.path, vault: location, vaultId: vault.id.description, copyOf: originalPlan.name,
                copy: vault.copy?.text ?? "")
        ) {
            console.print("Vault: \(location), a copy of \(originalPlan.name)" as Phrase)
            console.print("The key file and the kit of \(originalPlan.name) open it too." as Phrase)
        }
        if !found.conditionalCreate { console.warn(Init.replacingStore) }
        console.next("reprise copy --to \(target.name)", "brings it what \(originalPlan.name) has")
        return .done
    }
}
