import Foundation
import Language
public import ObjectStore

/// A vault that has been found and not opened.
public struct LockedVault: Sendable {
    private let store: any ObjectStore
    private let config: VaultConfig.Unproven
    /// Whether the config is an older version of the bucket's, because the newest is none.
    private let isConfigHidden: Bool

    /// Which vault it is; nil where its format is newer than this program.
    public var id: VaultID? { config.vault }

    /// What making a vault gives: the key file for this host, and the recovery key, which is kept nowhere.
    public struct Made: Sendable {
        public let keys: KeyFile
        public let recovery: RecoveryKey
        /// What was found out about the store.
        public let store: StoreProbe.Findings
        public let features: StoreFeatures
    }

    /// Makes a vault in a store that holds none.
    ///
    /// - Parameters:
    ///   - holder: for whom the key file is: this host's name.
    ///   - roles: of the key file. The recovery key holds reader and keeper in any case.
    /// - Throws: `.occupied` where there is a vault already; `.store` where the store fails or does not honour what a vault
    ///   needs.
    ///
    /// - Parameter save: keeps the keys, which are nowhere else, before there is a vault: without them it would be of no use to
    ///   anybody, and stand in the way of another.
    public static func make(
        in store: any ObjectStore, holder: String, roles: Set<Role>, save: (Made) throws -> Void
    ) async throws -> Made {
        let (made, config) = try await draft(
            in: store, holder: holder, roles: roles, chunking: .standard,
            packBytes: VaultConfig.usualPackBytes(isFar: store.isFar))
        try save(made)
        try await put(config, indexKey: made.keys.indexKey, in: store)
        return made
    }

    /// As above, where the keys need not outlive this process.
    public static func make(in store: any ObjectStore, holder: String, roles: Set<Role>) async throws(VaultError) -> Made {
        try await make(
            in: store, holder: holder, roles: roles, chunking: .standard,
            packBytes: VaultConfig.usualPackBytes(isFar: store.isFar))
    }

    /// As the public one, with sizes that the config will hold.
    static func make(
        in store: any ObjectStore, holder: String, roles: Set<Role>, chunking: VaultConfig.Chunking, packBytes: Int
    ) async throws(VaultError) -> Made {
        let (made, config) = try await draft(
            in: store, holder: holder, roles: roles, chunking: chunking, packBytes: packBytes)
        try await put(config, indexKey: made.keys.indexKey, in: store)
        return made
    }

    private static func draft(
        in store: any ObjectStore, holder: String, roles: Set<Role>, chunking: VaultConfig.Chunking, packBytes: Int
    ) async throws(VaultError) -> (made: Made, config: VaultConfig) {
        let (findings, features) = try await examine(store)
        let vault = VaultID()
        let shared = SharedSecrets.random()
        let recovery = RecoveryKey(seed: randomBytes(32), fingerprint: shared.fingerprint(of: vault))
        let hostReader = roles.contains(.reader) ? ReaderPrivateKey() : nil
        let readers = [recovery.reader.publicKey] + (hostReader.map { [$0.publicKey] } ?? [])
        let keys = KeyFile(
            vault: vault, holder: holder, roles: roles, signing: SigningKey(), shared: shared, readers: readers,
            reader: hostReader, authority: recovery.signing.publicKey)
        let config = VaultConfig(
            vault: vault, created: Date(), chunking: chunking, packBytes: packBytes, readers: readers,
            signers: [
                .init(holder: holder, roles: Role.allCases.filter(roles.contains), publicKey: Data(keys.signing.publicKey)),
                .init(holder: "recovery", roles: [.reader, .keeper], publicKey: Data(recovery.signing.publicKey)),
            ],
            shared: readers.map { VaultConfig.sealed(shared, to: $0, vault: vault) },
            store: .init(findings, features))
        return (Made(keys: keys, recovery: recovery, store: findings, features: features), config)
    }

    /// Fails with `.occupied` where the store holds a vault, and with `.store` where it does not honour what a vault needs.
    static func examine(
        _ store: any ObjectStore
    ) async throws(VaultError) -> (findings: StoreProbe.Findings, features: StoreFeatures) {
        do throws(StoreError) {
            guard try await store.head(configKey) == nil else { throw occupied(store) }
            return (try await StoreProbe.run(on: store), try await store.features())
        } catch {
            throw error.code == .exists ? VaultError(.occupied, error.message, hint: error.hint) : VaultError(error)
        }
    }

    /// Puts the config, which makes the store a vault. Fails with `.occupied` where another `init` was quicker.
    static func put(_ config: VaultConfig, indexKey: [UInt8], in store: any ObjectStore) async throws(VaultError) {
        do throws(StoreError) {
            let bytes = config.encoded(indexKey: indexKey)
            try await store.putSurely(VaultConfig.objectName, bytes)
            // Where names are not given to one alone, the vault of another `init` may stand here by now.
            let isOurs = config.store.conditional_create ? true : try await store.get(configKey) == bytes
            guard isOurs else { throw occupied(store) }
        } catch {
            throw error.code == .exists ? VaultError(.occupied, error.message, hint: error.hint) : VaultError(error)
        }
    }

    /// Whether `make` has surely made no vault of that id when it failed: another's stands there, or the store refused to take
    /// one. An answer that did not come proves nothing, nor does that nothing is there yet.
    public static func hasSurelyNot(made vault: VaultID?, in store: any ObjectStore, after error: any Error) async -> Bool {
        if let bytes = try? await store.get(configKey) {
            let there = (try? VaultConfig.read(bytes))?.vault
            return there != nil && there != vault
        }
        let isRefused = [.denied, .full, .locked].contains((error as? VaultError)?.storeCode)
        guard isRefused else { return false }
        do throws(StoreError) { return try await store.head(configKey) == nil } catch { return false }
    }

    private static func occupied(_ store: any ObjectStore) -> StoreError {
        StoreError(.exists, "There is a vault at \(store.location) already.", hint: "Name another place for a new one.")
    }

    /// Finds the vault in `store`. Fails with `.noVault` where there is none, and where the place is not there as that says.
    public init(in store: any ObjectStore) async throws(VaultError) {
        self.store = store
        let bytes: [UInt8]
        do throws(StoreError) {
            bytes = try await store.get(Self.configKey)
        } catch {
            guard error.code == .missing else { throw VaultError(error) }
            guard let older = await Self.oldestConfig(in: store) else {
                // A disk that is not mounted, or a bucket of another name, is no place without a vault.
                do throws(StoreError) { try await store.requirePlace() } catch { throw VaultError(error) }
                throw VaultError(
                    .noVault, "There is no vault at \(store.location).",
                    hint: "Run «reprise init» to make one, or correct the vault's url in the plan.")
            }
            (config, isConfigHidden) = (older, true)
            return
        }
        do throws(VaultError) {
            (config, isConfigHidden) = (try VaultConfig.read(bytes), false)
        } catch {
            guard let older = await Self.oldestConfig(in: store) else { throw error }
            (config, isConfigHidden) = (older, true)
        }
    }

    private init(_ other: LockedVault, older: VaultConfig.Unproven) {
        (store, config, isConfigHidden) = (other.store, older, true)
    }

    /// The version that was written first, where the bucket keeps it: of a config there is one, and who puts another in its place
    /// hides it.
    private static func oldestConfig(in store: any ObjectStore) async -> VaultConfig.Unproven? {
        guard let versioned = store.versioned else { return nil }
        var oldest: String?
        do {
            try await versioned.eachVersion(VaultConfig.objectName) { version in
                if version.key == configKey, !version.isMarker { oldest = version.id }
            }
            guard let oldest else { return nil }
            return try VaultConfig.read(try await versioned.get(configKey, version: oldest))
        } catch { return nil }
    }

    /// Opens the vault.
    ///
    /// - Parameters:
    ///   - cacheFolder: where the local cache of this vault may live; made when missing.
    ///   - patience: for so long the keys that are listed now are good for the first work in the vault; every later one lists
    ///     them again.
    /// - Throws: `.wrongVault` for a key file of another vault, `.newerFormat`, `.damaged`.
    public func open(
        with keys: KeyFile, cacheFolder: String, keysAreGoodFor patience: Duration = .zero
    ) async throws(VaultError) -> OpenVault {
        if let id, id != keys.vault {
            throw VaultError(
                .wrongVault, "The key file is for the vault \(keys.vault); the one at \(store.location) is \(id).",
                hint: "Use the key file that was made with this vault, or correct the vault's url in the plan.")
        }
        let config: VaultConfig
        do throws(VaultError) {
            config = try self.config.proven(by: keys.indexKey)
        } catch {
            // A forged one hides the one that this key knows.
            guard !isConfigHidden, error.code == .damaged, let older = await Self.oldestConfig(in: store) else { throw error }
            return try await LockedVault(self, older: older).open(
                with: keys, cacheFolder: cacheFolder, keysAreGoodFor: patience)
        }
        // What is known of one copy of a vault says nothing of another.
        let cache = try LocalCache(cacheFolder + "/" + config.vault.description + (config.copy.map { "." + $0.text } ?? ""))
        let keyring = try Keyring(config)
        guard keys.authority == nil || keys.authority == Array(keyring.authority.publicKey) else {
            throw .damaged(VaultConfig.objectName, "it names another recovery key than this key file does.")
        }
        let vault = OpenVault(store: store, config: config, keyring: keyring, keys: keys, cache: cache)
        let listed = try await vault.refreshKeyring()
        if patience > .zero { vault.keyringOfOpening.put(listed, for: patience) }
        return vault
    }

    /// The reader and keeper keys that the recovery key holds. Fails with `.wrongKey` where it is not this vault's.
    public func keys(from recovery: RecoveryKey, holder: String) throws(VaultError) -> KeyFile {
        let config = try config.unproven()
        guard let shared = config.secrets(for: recovery.reader),
            recovery.fingerprint.map({ $0 == shared.fingerprint(of: config.vault) }) ?? true
        else {
            throw VaultError(
                .wrongKey, "The recovery key does not open the vault at \(store.location).",
                hint: "It belongs to another vault. The kit names the vault it was made for.")
        }
        _ = try self.config.proven(by: shared.index)
        return KeyFile(
            vault: config.vault, holder: holder, roles: [.reader, .keeper], signing: recovery.signing, shared: shared,
            readers: [], reader: recovery.reader, authority: recovery.signing.publicKey)
    }

    /// The recovery key with the fingerprint of this vault, which shares do not carry. Fails with `.wrongKey` where it is not
    /// this vault's.
    public func completed(_ recovery: RecoveryKey) throws(VaultError) -> RecoveryKey {
        let keys = try keys(from: recovery, holder: "recovery")
        let shared = SharedSecrets(dedup: keys.dedupKey ?? [], index: keys.indexKey)
        return RecoveryKey(seed: recovery.seed, fingerprint: shared.fingerprint(of: keys.vault))
    }

    private static var configKey: ObjectKey {
        guard let key = ObjectKey(VaultConfig.objectName) else { preconditionFailure("a valid key") }
        return key
    }
}
