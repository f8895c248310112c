import Language
import ObjectStore

extension OpenVault {
    /// Fails where the store keeps less than `init` found: the vault may have been moved since.
    func probeStore() async throws(VaultError) {
        do throws(StoreError) {
            let findings = try await StoreProbe.run(on: store)
            guard findings.deletes else {
                throw StoreError(
                    .denied, "These credentials may not delete in \(location), so there is nothing that a prune could do.",
                    hint: "Prune with a keeper's credentials.")
            }
            // Without conditional creation every put looks first, and the probe sees nothing amiss.
            guard findings.conditionalCreate else {
                throw StoreError(
                    .failed, "\(location) replaces objects that must be new, and the store that this vault was made in did not.",
                    hint:
                        "A prune might end a backup that is running and lose it. Move the vault back, or make a new one here with «reprise init»: backups and restores work in either."
                )
            }
            _ = try await store.removeLeftovers()
        } catch { throw VaultError(error) }
    }
}
