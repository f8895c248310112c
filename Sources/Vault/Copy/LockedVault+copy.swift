import Foundation
public import ObjectStore

extension LockedVault {
    /// Makes another copy of a vault in a store that holds none: the same identity and keys, so that chunks and snapshots move
    /// between the two as they are, and nothing in it yet but who may do what. Any key file of the vault does.
    ///
    /// - Throws: `.occupied` where there is a vault already; `.store` where the store fails or does not honour what a vault
    ///   needs.
    /// - Returns: what was found out about the store.
    public static func makeCopy(of vault: OpenVault, in store: any ObjectStore) async throws(VaultError) -> StoreProbe.Findings {
        try vault.requireInForce(try await vault.refreshKeyring())
        let (findings, features) = try await examine(store)
        var config = vault.config
        config.store = .init(findings, features)
        config.copy = ULID(at: Date())
        try await put(config, indexKey: vault.keys.indexKey, in: store)
        return findings
    }
}
