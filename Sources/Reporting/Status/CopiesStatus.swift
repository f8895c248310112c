public import Foundation
public import Plan
import Vault

/// How well the vaults of a plan stand in for each other: three copies on two media, one off-site, one offline or immutable,
/// none unproven; and what each single failure would take.
public struct CopiesStatus: Sendable {
    public let vaults: [CopyStatus]
    /// Assets of the plan.
    public let assets: [String]
    /// The newest instant of each asset in any vault.
    public let latest: [String: Date]

    /// What fails as one.
    public struct Domain: Sendable, Hashable {
        public enum Kind: String, Sendable, CaseIterable, Codable {
            case vault, disk, site, account, credentials
        }

        public let kind: Kind
        public let name: String
    }

    /// What is left of an asset when a domain fails.
    public struct Failure: Sendable {
        /// Domains that hold the same vaults.
        public let domains: [Domain]
        public let lost: [String]
        public let left: [String]
        /// Those of them that hold the newest snapshot of every asset.
        public let leftCurrent: [String]
        /// For each asset the newest instant that is left; nil: none.
        public let newestLeft: [(asset: String, instant: Date?)]
        /// Whether the site of what is protected itself is lost with it.
        public let takesSource: Bool
    }

    public init(_ plan: Plan, _ vaults: [CopyStatus]) {
        self.vaults = vaults
        assets = plan.assets.map(\.name)
        var latest: [String: Date] = [:]
        for vault in vaults {
            for asset in plan.assets.map(\.name) {
                if let record = vault.newest[asset] { latest[asset] = max(latest[asset] ?? .distantPast, record.instant) }
            }
        }
        self.latest = latest
    }

    // MARK: - The score

    /// The vaults that hold something of every asset that is in any.
    public var complete: [CopyStatus] {
        vaults.filter { vault in !latest.isEmpty && latest.keys.allSatisfy { vault.newest[$0] != nil } }
    }

    /// With what is protected itself.
    public var copies: Int { complete.count + 1 }

    /// With the disk that what is protected lies on.
    public var media: Set<StorageMedium> { Set(complete.map(\.vault.medium)).union([.disk]) }

    /// Vaults that are somewhere else than what is protected.
    public var offSite: [CopyStatus] { complete.filter { !isHere($0) } }

    public var offline: [CopyStatus] { complete.filter(\.isOfflineOrImmutable) }

    /// Vaults of which nobody has shown that they can be restored from.
    public var unprovenCopies: [CopyStatus] { vaults.filter { $0.proven == nil } }

    public var isKept: Bool {
        copies >= 3 && media.count >= 2 && !offSite.isEmpty && !offline.isEmpty && unprovenCopies.isEmpty
    }

    // MARK: - Failures

    /// Where what is protected is: the site that the plan gives for a folder of this machine, if any.
    private var home: String? { vaults.first { $0.vault.bucket == nil && !$0.vault.removable }?.vault.site }

    private func isHere(_ status: CopyStatus) -> Bool {
        // A server of buckets on this machine goes with it.
        guard let site = status.vault.site else { return status.vault.bucket?.isLoopback ?? true }
        return site == home
    }

    private func domains(of status: CopyStatus) -> [Domain] {
        let vault = status.vault
        var found = [Domain(kind: .vault, name: vault.name)]
        if let device = status.device { found.append(Domain(kind: .disk, name: device)) }
        found.append(Domain(kind: .site, name: isHere(status) ? home ?? "" : vault.site ?? vault.bucket?.host ?? vault.name))
        if let bucket = vault.bucket {
            found.append(Domain(kind: .account, name: vault.account ?? bucket.host))
            if let credentials = vault.credentials {
                found.append(Domain(kind: .credentials, name: credentials.description))
            }
        } else if let account = vault.account {
            found.append(Domain(kind: .account, name: account))
        }
        return found
    }

    /// What each single failure would take, the worst first.
    public var failures: [Failure] {
        var members: [Domain: Set<String>] = [:]
        for status in vaults {
            for domain in domains(of: status) { members[domain, default: []].insert(status.vault.name) }
        }
        let here = Domain(kind: .site, name: home ?? "")
        var groups: [Set<String>: [Domain]] = [:]
        for (domain, names) in members where domain != here { groups[names, default: []].append(domain) }
        var all = groups.map { failure(of: Self.sorted($0.value), taking: $0.key, takesSource: false) }
        all.append(failure(of: [here], taking: members[here] ?? [], takesSource: true))
        return all.sorted { left, right in
            let (worse, better) = (left.newestLeft.count { $0.instant == nil }, right.newestLeft.count { $0.instant == nil })
            return (worse, left.lost.count, right.domains[0].name) > (better, right.lost.count, left.domains[0].name)
        }
    }

    private static func sorted(_ domains: [Domain]) -> [Domain] {
        domains.sorted {
            let kinds = Domain.Kind.allCases
            return (kinds.firstIndex(of: $0.kind) ?? 0, $0.name) < (kinds.firstIndex(of: $1.kind) ?? 0, $1.name)
        }
    }

    private func failure(of domains: [Domain], taking names: Set<String>, takesSource: Bool) -> Failure {
        let left = vaults.filter { !names.contains($0.vault.name) && !$0.newest.isEmpty }
        let current = left.filter { status in latest.allSatisfy { status.newest[$0.key]?.instant == $0.value } }
        return Failure(
            domains: domains, lost: vaults.map(\.vault.name).filter(names.contains), left: left.map(\.vault.name),
            leftCurrent: current.map(\.vault.name),
            newestLeft: assets.map { asset in (asset, left.compactMap { $0.newest[asset]?.instant }.max()) },
            takesSource: takesSource)
    }
}
