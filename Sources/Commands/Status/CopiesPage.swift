import Foundation
import Language
import Ledger
import Plan
import Reporting
import Vault

/// The part of a status about copies: what each vault holds, the score, and what a single failure would take.
struct CopiesPage {
    let status: CopiesStatus
    let timezone: TimeZone
    let console: Console

    private var figures: Figures { console.figures }

    func show() {
        console.print(console.style.bold(("Copies" as Phrase).rendered(in: console.language)))
        for vault in status.vaults {
            console.print("  \(vault.vault.name): \(place(vault)); \(contents(vault))." as Phrase)
            if vault.presence == .here { console.print("    \(care(vault))." as Phrase) }
        }
        console.print(score)
        for failure in status.failures { console.print("  " + sentence(failure).rendered(in: console.language)) }
    }

    private func place(_ copy: CopyStatus) -> Phrase {
        let medium: Phrase =
            switch copy.vault.medium {
            case .disk: copy.vault.removable ? "removable disk" : "disk"
            case .objectStorage: "object storage"
            case .tape: "tape"
            case .optical: "optical disc"
            }
        return copy.vault.site.map { "\(medium), \($0)" } ?? medium
    }

    private func contents(_ copy: CopyStatus) -> Phrase {
        switch copy.presence {
        case .unreachable: return "cannot be reached now (\(copy.problem ?? ""))"
        case .away:
            guard let since = copy.knownSince else { return "not here now, and never written to as far as is known" }
            return "not here now; \(lag(copy)) when it was last here, on \(instant(since))"
        case .here: return copy.newest.isEmpty ? "empty" : lag(copy)
        }
    }

    private func lag(_ copy: CopyStatus) -> Phrase {
        guard let seconds = copy.lagSeconds(behind: status.latest) else {
            let missing = status.latest.keys.filter { copy.newest[$0] == nil }.sorted()
            return "without \(missing.joined(separator: ", "))"
        }
        return seconds == 0 ? "up to date" : "\(figures.duration(.seconds(seconds.rounded()))) behind"
    }

    private func care(_ copy: CopyStatus) -> Phrase {
        let proven: Phrase = copy.proven.map { "proven on \(instant($0))" } ?? "never proven"
        let checked: Phrase = copy.lastCheck.map { "last check on \(instant($0.finished))" } ?? "never checked"
        let repaired: Phrase = copy.lastRepair.map { ", last repair on \(instant($0.finished))" } ?? ""
        let parity: Phrase = copy.vault.parity ? "parity on" : "parity off"
        return "\(proven), \(checked)\(repaired), \(parity)"
    }

    private var score: Phrase {
        let names = status.unprovenCopies.map(\.vault.name).joined(separator: ", ")
        let none: Phrase = names.isEmpty ? "none unproven" : "unproven: \(names)"
        return
            "  3-2-1-1-0: \(mark(status.copies >= 3)) \(count: status.copies) {copy|copies} with the original · \(mark(status.media.count >= 2)) \(count: status.media.count) {medium|media} · \(mark(!status.offSite.isEmpty)) \(count: status.offSite.count) off-site · \(mark(!status.offline.isEmpty)) \(count: status.offline.count) offline or immutable · \(mark(names.isEmpty)) \(none)"
    }

    private func mark(_ holds: Bool) -> String { holds ? console.style.green("✓") : console.style.red("✗") }

    private func sentence(_ failure: CopiesStatus.Failure) -> Phrase {
        let names = failure.domains.map { name($0).rendered(in: console.language) }.joined(separator: ", ")
        let gone = failure.newestLeft.filter { $0.instant == nil }.map(\.asset)
        let older = failure.newestLeft.filter { item in
            item.instant.map { $0 < status.latest[item.asset] ?? .distantPast } ?? false
        }
        let left = failure.left.joined(separator: ", ")
        if failure.left.isEmpty {
            return failure.takesSource ? "If \(names) fails: everything is lost." : "If \(names) fails: every snapshot is lost."
        }
        if gone.isEmpty, older.isEmpty {
            // Several may hold the newest of some assets each, and none of all.
            let left = failure.leftCurrent.isEmpty ? left : failure.leftCurrent.joined(separator: ", ")
            return failure.takesSource
                ? "If \(names) fails: what is newer than the last snapshots is lost; those are in \(left)."
                : "If \(names) fails: nothing is lost; the newest snapshots are also in \(left)."
        }
        let back = older.compactMap { item in item.instant.map { "\(item.asset) → \(instant($0))" } }
        let parts = gone.map { ("\($0): every snapshot" as Phrase).rendered(in: console.language) } + back
        return "If \(names) fails, what is left is older: \(parts.joined(separator: ", ")) (\(left))."
    }

    private func name(_ domain: CopiesStatus.Domain) -> Phrase {
        switch domain.kind {
        case .vault: "the vault \(domain.name)"
        case .disk: "the disk \(domain.name)"
        case .site: domain.name.isEmpty ? "this machine's site" : "the site \(domain.name)"
        case .account: "the account \(domain.name)"
        case .credentials: "the login \(domain.name)"
        }
    }

    private func instant(_ date: Date) -> String { figures.instant(date, in: timezone) }

    struct Document: Encodable {
        struct Score: Encodable {
            let copies, media, offSite, offlineOrImmutable: Int
            let unprovenVaults: [String]
            let kept: Bool
        }

        struct Newest: Encodable {
            let asset, snapshot: String
            let instant: Date
        }

        struct Copy: Encodable {
            let vault, presence, medium: String
            let site: String?
            let newest: [Newest]
            let lagSeconds: Double?
            let knownSince, lastProven, lastCheck, lastRepair: Date?
            let parity, offlineOrImmutable: Bool
        }

        struct Left: Encodable {
            let asset: String
            let newest: Date?
        }

        struct Domain: Encodable {
            let kind, name: String
        }

        struct Failure: Encodable {
            let domains: [Domain]
            let lost, left: [String]
            let takesSource: Bool
            let newestLeft: [Left]
        }

        let score: Score
        let vaults: [Copy]
        let failures: [Failure]

        init(_ status: CopiesStatus) {
            score = Score(
                copies: status.copies, media: status.media.count, offSite: status.offSite.count,
                offlineOrImmutable: status.offline.count, unprovenVaults: status.unprovenCopies.map(\.vault.name),
                kept: status.isKept)
            vaults = status.vaults.map { copy in
                Copy(
                    vault: copy.vault.name, presence: copy.presence.rawValue, medium: copy.vault.medium.rawValue,
                    site: copy.vault.site,
                    newest: copy.newest.values.sorted { $0.asset < $1.asset }.map {
                        Newest(asset: $0.asset, snapshot: $0.id.text, instant: $0.instant)
                    }, lagSeconds: copy.lagSeconds(behind: status.latest), knownSince: copy.knownSince,
                    lastProven: copy.proven, lastCheck: copy.lastCheck?.finished, lastRepair: copy.lastRepair?.finished,
                    parity: copy.vault.parity, offlineOrImmutable: copy.isOfflineOrImmutable)
            }
            failures = status.failures.map { failure in
                Failure(
                    domains: failure.domains.map { Domain(kind: $0.kind.rawValue, name: $0.name) }, lost: failure.lost,
                    left: failure.left, takesSource: failure.takesSource,
                    newestLeft: failure.newestLeft.map { Left(asset: $0.asset, newest: $0.instant) })
            }
        }
    }
}
