import Foundation
import Language
import ObjectStore
import Plan
import Vault

/// The other vaults of a plan as copies of one that is open.
extension Workspace {
    enum FoundCopy: Sendable {
        case open(OpenVault)
        /// A removable one that is not plugged in.
        case absent
        case failed(any Error)
    }

    /// Opens another vault of the plan, with the same keys where it is a copy of `vault`.
    func findCopy(_ plan: VaultPlan, of vault: OpenVault) async -> FoundCopy {
        do {
            let locked = try await LockedVault(in: store(plan))
            guard locked.id == vault.id else { return .open(try await open(plan)) }
            return .open(try await locked.open(with: vault.keys, cacheFolder: cacheFolder))
        } catch {
            let failure = error as? VaultError
            let isAway = failure?.storeCode == .unreachable || failure?.code == .noVault
            return plan.removable && isAway ? .absent : .failed(error)
        }
    }

    /// The copies of an open vault that can be reached, by the order of the plan, and the names of the plan's other vaults of
    /// which nobody can tell now what they hold: they may be copies of it too.
    func copies(
        of vault: OpenVault, besides plan: VaultPlan
    ) async -> (reached: [(plan: VaultPlan, vault: OpenVault)], unreached: [String]) {
        var reached: [(plan: VaultPlan, vault: OpenVault)] = []
        var unreached: [String] = []
        for other in self.plan.vaults where other.name != plan.name {
            guard case .open(let copy) = await findCopy(other, of: vault) else {
                unreached.append(other.name)
                continue
            }
            if copy.id == vault.id, copy.copy != vault.copy { reached.append((other, copy)) }
        }
        return (reached, unreached)
    }

    /// Revokes a key in a vault and in its copies that can be reached; the others learn of it with the next copy. What a copy
    /// holds of that key, and the vault does not any more, counts on.
    func revoke(_ key: KeyID, in vault: OpenVault, _ plan: VaultPlan) async throws -> (kept: Int, late: Int) {
        let copies = await copies(of: vault, besides: plan).reached
        let found = try await vault.revokeKey(key, countingThoseOf: copies.map(\.vault))
        for copy in copies {
            do throws(VaultError) {
                _ = try await vault.copy([], to: copy.vault, host: HostName.own)
            } catch {
                console.warn("\(copy.plan.name) does not know of it yet: \(error.message) The next «reprise copy» tells it.")
            }
        }
        return found
    }

    /// The disk on which a vault in a folder lies, as the system numbers it; nil for a bucket.
    func device(_ vault: VaultPlan) -> String? {
        guard vault.bucket == nil else { return nil }
        var status = stat()
        guard stat(vaultFolder(vault), &status) == 0 else { return nil }
        // The kernel's numbers have grown over the years, and so lie in two pieces each.
        let number = UInt64(status.st_dev)
        let major = number >> 8 & 0xfff | number >> 32 & ~0xfff
        let minor = number & 0xff | number >> 12 & ~0xff
        return "\(major):\(UInt32(truncatingIfNeeded: minor))"
    }

    /// The same error, with a word about the vaults that may serve instead.
    func explained(_ error: any ExplainedError, opening vault: VaultPlan) -> any ExplainedError {
        let others = plan.vaults.filter { $0.name != vault.name }
        guard error.exitStatus == .unreachable, !others.isEmpty else { return error }
        let names = others.map(\.name).joined(separator: ", ")
        let way: Phrase = "The plan has other vaults: \(names). To use one, add `--vault \(others[0].name)`."
        return UnreachableVault(error, hint: error.hint.map { "\($0) \(way)" } ?? way)
    }

    /// A key file of another vault of the plan that is for the same vault, as copies have the same keys.
    func sharedKeyFile(_ vault: VaultPlan, for id: VaultID?) -> (bytes: [UInt8], name: String)? {
        guard let id else { return nil }
        for other in plan.vaults where other.name != vault.name {
            guard let file = try? keyFileBytes(other) else { continue }
            let found =
                LockedKeyFile.isOne(file.bytes)
                ? (try? LockedKeyFile(file.bytes, name: file.name))?.vault : (try? KeyFile(file.bytes, name: file.name))?.vault
            if found == id { return file }
        }
        return nil
    }
}

/// A vault that cannot be reached, while others may be.
struct UnreachableVault: ExplainedError {
    let code: String
    let message: Phrase
    let hint: Phrase?
    let cause: (any Error)?
    let exitStatus: ExitStatus

    init(_ error: any ExplainedError, hint: Phrase) {
        code = ErrorReport(error).code ?? "unreachable"
        message = error.message
        self.hint = hint
        cause = error.cause
        exitStatus = error.exitStatus
    }
}
