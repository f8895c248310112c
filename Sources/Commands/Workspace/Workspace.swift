import Foundation
import Language
import ObjectStore
import Plan
import Postgres
import Recovery
import SystemPackage
import Vault

/// The real objects that a plan names: vaults, keys, databases, places on this machine.
struct Workspace: Sendable {
    let file: PlanFile
    private let environment: [String: String]
    /// The folder the command was started in.
    private let startFolder: String
    private let secrets: SecretReader
    let console: Console
    /// Whether the vault is opened with the typed recovery key.
    private let isRecovering: Bool

    var plan: Plan { file.plan }

    init(_ file: PlanFile, _ invocation: Invocation) {
        self.file = file
        environment = invocation.environment
        startFolder = invocation.folder
        let console = invocation.console
        self.console = console
        isRecovering = invocation.options.recovery
        secrets = SecretReader(environment: invocation.environment, folder: file.folder) { console.warn($0) }
    }

    // MARK: - Vaults

    /// The vault of that name, or the first of the plan.
    func vaultPlan(_ name: String?) throws -> VaultPlan {
        guard let name else { return plan.vaults[0] }
        guard let vault = plan.vault(named: name) else {
            throw CommandError(
                .usage, "The plan has no vault \(name).", hint: "It has: \(plan.vaults.map(\.name).joined(separator: ", ")).")
        }
        return vault
    }

    /// The folder of a vault in a directory, absolute.
    func vaultFolder(_ vault: VaultPlan) -> String {
        let path = vault.url.hasPrefix("file://") ? String(vault.url.dropFirst("file://".count)) : vault.url
        return Paths.absolute(Paths.expandingHome(path, environment: environment), from: file.folder)
    }

    /// Where a vault is, for people and for the kit: complete, and without secrets.
    func vaultLocation(_ vault: VaultPlan) -> String { vault.bucket == nil ? vaultFolder(vault) : vault.url }

    func store(_ vault: VaultPlan) throws -> any ObjectStore {
        guard let bucket = vault.bucket else { return DirectoryStore(vaultFolder(vault)) }
        return try BucketAccess(environment: environment, folder: file.folder) { console.warn($0) }.store(bucket, of: vault)
    }

    /// Where the key file of a vault is, and where `init` puts it; nil where the plan takes it from the environment.
    func keyPath(_ vault: VaultPlan) -> String? {
        if let named = variable("REPRISE_KEY_FILE") { return Paths.absolute(named, from: startFolder) }
        return plannedKeyPath(vault)
    }

    /// The same, whatever the environment names.
    private func plannedKeyPath(_ vault: VaultPlan) -> String? {
        switch vault.key {
        case .environment: return nil
        case .file(let path): return Paths.absolute(Paths.expandingHome(path, environment: environment), from: file.folder)
        case .literal, nil: return privateFolder + "/" + vault.name + ".key"
        }
    }

    /// Beside the plan, for what only its owner may read.
    var privateFolder: String { file.folder + "/.reprise" }

    /// The local caches of all vaults.
    var cacheFolder: String {
        if let named = variable("REPRISE_CACHE") { return Paths.absolute(named, from: startFolder) }
        let base = variable("XDG_CACHE_HOME") ?? (variable("HOME") ?? "/tmp") + "/.cache"
        return Paths.absolute(base, from: "/") + "/reprise"
    }

    func open(_ vault: VaultPlan) async throws -> OpenVault {
        let locked = try await find(vault)
        return try await locked.open(with: keys(vault, locked), cacheFolder: cacheFolder, keysAreGoodFor: .seconds(2))
    }

    private func find(_ vault: VaultPlan) async throws -> LockedVault {
        do {
            return try await LockedVault(in: try store(vault))
        } catch let error as any ExplainedError {
            throw explained(error, opening: vault)
        }
    }

    /// A vault opened with the recovery key, from a file that the environment names, else typed; and that key, complete.
    func openWithRecovery(_ vault: VaultPlan) async throws -> (vault: OpenVault, recovery: RecoveryKey) {
        let locked = try await find(vault)
        var typed = try recoveryFile()
        if typed == nil { typed = try await RecoveryInput(console: console).read() }
        guard let typed else { preconditionFailure("it was read") }
        let recovery = try locked.completed(typed)
        let opened = try await locked.open(with: locked.keys(from: recovery, holder: "recovery"), cacheFolder: cacheFolder)
        return (opened, recovery)
    }

    /// The key to a vault: the recovery key where it is asked for or the environment names one, else the key file.
    private func keys(_ vault: VaultPlan, _ locked: LockedVault) async throws -> KeyFile {
        if let recovery = try recoveryFile() { return try locked.keys(from: recovery, holder: "recovery") }
        guard isRecovering else { return try await keyFile(vault, for: locked.id) }
        return try locked.keys(from: try await RecoveryInput(console: console).read(), holder: "recovery")
    }

    /// The recovery key, or shares of it, in the file that the environment names.
    private func recoveryFile() throws -> RecoveryKey? {
        guard let path = variable("REPRISE_RECOVERY_KEY_FILE") else { return nil }
        let text = try secrets.value(of: .file(Paths.absolute(path, from: startFolder)), at: "REPRISE_RECOVERY_KEY_FILE")
        return try RecoveryInput.key(in: text) { console.warn($0) }
    }

    var passphrases: PassphraseInput { PassphraseInput(console: console, secrets: secrets, folder: startFolder) }

    /// The key file of a vault, unlocked.
    ///
    /// - Parameter id: of the vault; where it has no key file of its own, that of another copy of it serves.
    func keyFile(_ vault: VaultPlan, for id: VaultID? = nil) async throws -> KeyFile {
        let file: (bytes: [UInt8], name: String)
        do {
            file = try keyFileBytes(vault)
        } catch {
            guard let shared = sharedKeyFile(vault, for: id) else { throw error }
            file = shared
        }
        guard LockedKeyFile.isOne(file.bytes) else { return try KeyFile(file.bytes, name: file.name) }
        return try await passphrases.open(LockedKeyFile(file.bytes, name: file.name), at: file.name)
    }

    /// The key file's bytes, and how messages name it.
    func keyFileBytes(_ vault: VaultPlan) throws -> (bytes: [UInt8], name: String) {
        guard let path = keyPath(vault) else {
            let text = try secrets.value(of: vault.key!, at: "vaults.\(vault.name).key")
            return (Array(text.utf8) + [UInt8(ascii: "\n")], vault.key!.description)
        }
        do throws(SmallFile.Failure) {
            let bytes = try SmallFile.read(path, atMost: SecretReader.longestValue).bytes
            return (bytes, path)
        } catch {
            guard error == .missing else { throw error }
            throw CommandError(
                .secretUnreadable, "There is no key file at \(path), so the vault \(vault.name) cannot be opened.",
                hint:
                    "«reprise init» makes a vault with its key. Of an existing one, name the key file with REPRISE_KEY_FILE, or a file with the kit's recovery key with REPRISE_RECOVERY_KEY_FILE."
            )
        }
    }

    // MARK: - Assets

    /// The assets of those names, or all of them.
    func assets(_ names: [String]) throws -> [AssetPlan] {
        names.isEmpty ? plan.assets : try names.map { try asset($0) }
    }

    /// The asset of that name, or the only one.
    func asset(_ name: String?) throws -> AssetPlan {
        let known = plan.assets.map(\.name).joined(separator: ", ")
        guard let name else {
            guard plan.assets.count == 1 else {
                throw CommandError(.usage, "Say which asset; the plan has: \(known).")
            }
            return plan.assets[0]
        }
        guard let asset = plan.asset(named: name) else {
            throw CommandError(.usage, "The plan has no asset \(name).", hint: "It has: \(known).")
        }
        return asset
    }

    func connection(_ asset: AssetPlan) throws -> ConnectionString {
        guard let url = asset.url else {
            throw CommandError(.usage, "The asset \(asset.name) is a folder, not a database.")
        }
        return try connection(url, at: "assets.\(asset.name).url")
    }

    private func connection(_ source: SecretSource, at path: String) throws -> ConnectionString {
        let value = try secrets.value(of: source, at: path)
        do throws(PostgresError) {
            return try ConnectionString(value)
        } catch {
            guard error.code == .badConnectionString else { throw error }
            let place: Phrase = "The value of \(source.description) is no connection string; it is needed for \(path)."
            throw CommandError(.secretInvalid, place, hint: error.hint)
        }
    }

    /// The folder of an asset of files, absolute.
    func filesFolder(_ files: AssetPlan.FilesPlan) -> String {
        Paths.absolute(Paths.expandingHome(files.path, environment: environment), from: file.folder)
    }

    /// Folders that are our own: the vaults of this plan, and what can be made anew from them.
    var ownFolders: [String] { plan.vaults.filter { $0.bucket == nil }.map { vaultFolder($0) } + [cacheFolder] }

    /// What no snapshot of files takes in and no restore writes over: besides those the keys, and what lies with them. Whoever
    /// can read a folder's snapshots must not find in them what opens the vault.
    var ownPlaces: [String] {
        ownFolders + [privateFolder] + plan.vaults.flatMap { [keyPath($0), plannedKeyPath($0)].compactMap { $0 } }
    }

    /// What no restore may delete, wherever it lies: besides those the plan.
    var untouchable: [String] { ownPlaces + [file.path] }

    /// Which of what no restore may delete `folder` is or lies in, whatever links lead there; it need not be there yet.
    func untouchable(around folder: String) -> String? {
        let own = untouchable.compactMap { path in FileIdentity(path).map { (path: path, identity: $0) } }
        var place = folder
        while FileIdentity(place) == nil, place != "/" { place = Paths.folder(of: place) }
        // The way up is the system's: above a link's end lies something else than above the link.
        while let here = FileIdentity(place) {
            if let found = own.first(where: { $0.identity == here }) { return found.path }
            place += "/.."
            if FileIdentity(place) == here { return nil }
        }
        return nil
    }

    /// What stands at a path, links followed.
    private struct FileIdentity: Equatable {
        let device, inode: UInt64

        init?(_ path: String) {
            var facts = stat()
            guard stat(path, &facts) == 0 else { return nil }
            device = UInt64(facts.st_dev)
            inode = UInt64(facts.st_ino)
        }
    }

    /// A path that somebody typed.
    func typed(_ path: String) -> String {
        Paths.absolute(Paths.expandingHome(path, environment: environment), from: startFolder)
    }

    /// Where a drill of files puts them.
    var drillFolder: String { variable("REPRISE_SANDBOXES") ?? variable("TMPDIR") ?? "/tmp" }

    /// A target that somebody named: a connection string without a password, or `env:` or `file:`.
    func target(_ text: String) throws -> ConnectionString {
        do {
            return try connection(SecretSource(text, literal: .connectionString), at: "--to")
        } catch let error as CommandError where error.code == .secretMissing || error.code == .secretInvalid {
            // It is the command line that names it.
            throw CommandError(.usage, error.message, hint: error.hint)
        } catch let flaw as SecretSource.Flaw {
            let message: Phrase =
                flaw == .holdsPassword
                ? "The target must not hold a password: arguments can be seen by everybody on this machine."
                : "The target is no connection string."
            throw CommandError(
                .usage, message,
                hint:
                    "Write it without the password, as in postgresql://user@host/database, with the password in PGPASSWORD or ~/.pgpass; or put all of it into an environment variable and write env:NAME."
            )
        }
    }

    /// Where drills restore.
    func sandboxPlace() throws -> SandboxPlace {
        guard let sandbox = plan.sandbox else {
            return .ownServer(under: sandboxFolder)
        }
        return .namedServer(try connection(sandbox.url, at: "sandbox.url"))
    }

    /// Where throw-away servers are made.
    var sandboxFolder: FilePath { variable("REPRISE_SANDBOXES").map { FilePath($0) } ?? Sandbox.defaultFolder }

    private func variable(_ name: String) -> String? {
        environment[name].flatMap { $0.isEmpty ? nil : $0 }
    }
}

extension OpenVault {
    /// The snapshot that somebody means: `latest`, an id, or the beginning of one, of at least four characters.
    ///
    /// By its id, what a restore into `asset`'s database overwrote is the asset's too; its `latest` is never that.
    func snapshot(_ reference: String, of asset: String?) async throws -> SnapshotRecord {
        let survey = try await survey()
        if reference == "latest" {
            let candidates = survey.snapshots.filter { asset == nil || $0.asset == asset }
            guard let newest = candidates.max(by: { $0.instant < $1.instant }) else {
                if let problem = survey.problems.first { throw problem }
                throw CommandError(
                    .usage,
                    asset.map { "There is no snapshot of \($0) in the vault at \(location) yet." }
                        ?? "There is no snapshot in the vault at \(location) yet.",
                    hint: "«reprise backup» makes one.")
            }
            return newest
        }
        let found = survey.snapshots.filter {
            $0.id.text.hasPrefix(reference.lowercased())
                && (asset == nil || $0.asset == asset || $0.asset == asset.map(AssetPlan.keptBeforeRestore))
        }
        guard reference.count >= 4, let first = found.first else {
            if let damaged = survey.problems.first(where: { $0.object?.contains(reference.lowercased()) ?? false }) {
                throw damaged
            }
            throw CommandError(
                .usage, "There is no snapshot \(reference).",
                hint: "«reprise snapshots» lists them; at least four characters of an id are needed.")
        }
        guard found.count == 1 else {
            throw CommandError(.usage, "\(found.count) snapshots begin with \(reference): write more of the id.")
        }
        return first
    }
}
