import ArgumentParser
import Reporting
import Vault

/// `2/3`: how many shares open the vault, of how many.
struct KitShares: ExpressibleByArgument, Sendable {
    let threshold: Int
    let count: Int

    init?(argument: String) {
        let parts = argument.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
        guard parts.count == 2, let threshold = parts[0], let count = parts[1], threshold >= 2, threshold <= count,
            count <= RecoveryKey.mostShares
        else { return nil }
        self.threshold = threshold
        self.count = count
    }

    /// What a kit shows of a recovery key that has its fingerprint.
    static func secret(of key: RecoveryKey, _ shares: KitShares?) -> Kit.Secret {
        guard let shares else { return .key(key) }
        return .shares(key.shares(shares.threshold, of: shares.count), fingerprint: key.fingerprintText ?? "")
    }
}
