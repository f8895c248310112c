import Foundation
import Language
import Reporting
import Vault

/// What a prune will do or has done, for people and for programs.
enum PrunePage {
    /// - Parameter listed: the snapshots to list of those that go; nil: all of them.
    static func show(_ plan: PrunePlan, listing listed: Set<SnapshotID>?, in timezone: TimeZone, on console: Console) {
        let figures = console.figures
        if !plan.forget.isEmpty {
            console.print("\(count: plan.forget.count) {snapshot goes|snapshots go}:" as Phrase)
            for item in plan.forget where listed?.contains(item.snapshot.id) ?? true {
                console.print(
                    "  \(item.snapshot.id)  \(item.snapshot.asset)  \(figures.instant(item.snapshot.instant, in: timezone))  (\(item.rule))"
                )
            }
        }
        amount(
            "\(count: plan.unused.packs) {pack is|packs are} not used any more: \(figures.bytes(plan.unused.bytes)).",
            plan.unused,
            console)
        amount(
            "\(count: plan.unlisted.packs) {pack is|packs are} left over from backups that were cut off: \(figures.bytes(plan.unlisted.bytes)).",
            plan.unlisted, console)
        amount(
            "\(count: plan.rewritten.packs) {pack is|packs are} written anew: \(figures.bytes(plan.copiedBytes)) of {its|their} \(figures.bytes(plan.rewritten.bytes)) are used.",
            plan.rewritten, console)
        amount(
            "\(count: plan.condemnedBefore.packs) {pack waits|packs wait} to be deleted since an earlier prune: \(figures.bytes(plan.condemnedBefore.bytes)).",
            plan.condemnedBefore, console)
        if plan.freedBytes <= 0, plan.forget.isEmpty {
            console.print("There is nothing to prune in \(figures.bytes(plan.packBytes))." as Phrase)
        } else {
            console.print("That frees \(figures.bytes(plan.freedBytes)) of \(figures.bytes(plan.packBytes))." as Phrase)
        }
    }

    static func show(_ report: PruneReport, in timezone: TimeZone, on console: Console) {
        let figures = console.figures
        if !report.plan.forget.isEmpty {
            console.print("\(count: report.plan.forget.count) {snapshot was|snapshots were} let go." as Phrase)
        }
        if report.ended > 0 {
            console.print(
                "\(count: report.ended) {session whose process is gone was|sessions whose process is gone were} ended." as Phrase)
        }
        if report.deleted.packs > 0 {
            console.print(
                "\(count: report.deleted.packs) {pack was|packs were} deleted (\(figures.bytes(report.deleted.bytes))), \(figures.bytes(report.copied.bytes)) were copied first."
                    as Phrase)
        }
        if report.leftForLater > 0 {
            console.print(
                "\(count: report.leftForLater) {pack is|packs are} left for the next prune: these may still rely on {it|them}:"
                    as Phrase
            )
            for item in report.waitingFor {
                let host = item.host ?? "?"
                let what: Phrase =
                    switch item.work {
                    case .prune: "another prune on \(host)"
                    case .repair: "a repair on \(host)"
                    case .copy: "a copy on \(host)"
                    default: "the backup of \(item.asset ?? "?") on \(host)"
                    }
                let seen: Phrase = "last seen \(figures.instant(item.lastSeen, in: timezone))"
                console.print("  " + what.rendered(in: console.language) + ", " + seen.rendered(in: console.language))
            }
        }
        showLocks(report, in: timezone, on: console)
        if let problem = report.bundles.problem {
            console.warn(
                "The bundles that make the first listing of this vault quick could not be brought up to date: \(problem.message)")
        }
        for name in report.damaged {
            console.warn("\(name) is damaged and stays: its bytes have changed since they were written.")
        }
        if report.deleted.packs == 0, report.leftForLater == 0, report.plan.forget.isEmpty, report.damaged.isEmpty {
            console.print("There was nothing to prune in \(figures.bytes(report.plan.packBytes))." as Phrase)
        }
    }

    /// What locks have kept.
    private static func showLocks(_ report: PruneReport, in timezone: TimeZone, on console: Console) {
        let figures = console.figures
        if report.locksExtended > 0 {
            console.print(
                "The locks of \(count: report.locksExtended) {object|objects} that {is|are} kept were made longer." as Phrase)
        }
        if report.locked.packs > 0 {
            console.print(
                "\(count: report.locked.packs) {pack is|packs are} locked and left for a later prune: \(figures.bytes(report.locked.bytes))."
                    as Phrase)
        }
        guard let versions = report.versions else { return }
        if versions.deleted > 0 {
            console.print(
                "\(count: versions.deleted) old {version|versions} of what was deleted {is|are} gone for good: \(figures.bytes(versions.deletedBytes))."
                    as Phrase)
        }
        if versions.locked > 0, let until = versions.lockedUntil {
            console.print(
                "\(count: versions.locked) {version|versions} of what was deleted (\(figures.bytes(versions.lockedBytes))) {is|are} still locked, the last until \(figures.instant(until, in: timezone)): a later prune deletes {it|them}."
                    as Phrase)
        }
        if versions.isLeftToTheBucket {
            console.print(
                "The bucket keeps versions of what was deleted, and these credentials may not delete them: let a lifecycle rule of the bucket do it."
                    as Phrase)
        }
    }

    private static func amount(_ phrase: Phrase, _ amount: PrunePlan.Amount, _ console: Console) {
        if amount.packs > 0 { console.print(phrase) }
    }

    struct Document: Encodable {
        struct Forgetting: Encodable {
            let snapshot: String
            let asset: String
            let instant: Date
            let rule: String
        }

        struct Waiting: Encodable {
            let session: String
            let work: String?
            let host: String?
            let asset: String?
            let lastSeen: Date
        }

        let dryRun: Bool
        let forget: [Forgetting]
        let unused: PackAmount
        let unlisted: PackAmount
        let rewritten: PackAmount
        let condemnedBefore: PackAmount
        let copyBytes: Int64
        let packBytes: Int64
        let freedBytes: Int64
        var copied: PackAmount?
        var deleted: PackAmount?
        var segmentsReplaced: Int?
        var sessionsEnded: Int?
        var leftForLater: Int?
        var waitingFor: [Waiting]?
        var damaged: [String]?
        var locked: PackAmount?
        var locksExtended: Int?
        var versions: Versions?
        var bundles: Bundles?

        struct Bundles: Encodable {
            let written: Int
            let removed: Int
            let problem: String?
        }

        struct Versions: Encodable {
            let deleted: Int
            let deletedBytes: Int64
            let locked: Int
            let lockedBytes: Int64
            let lockedUntil: Date?
            let leftToTheBucket: Bool
        }

        init(_ plan: PrunePlan, dryRun: Bool = true) {
            self.dryRun = dryRun
            forget = plan.forget.map {
                Forgetting(snapshot: $0.snapshot.id.text, asset: $0.snapshot.asset, instant: $0.snapshot.instant, rule: $0.rule)
            }
            unused = PackAmount(plan.unused)
            unlisted = PackAmount(plan.unlisted)
            rewritten = PackAmount(plan.rewritten)
            condemnedBefore = PackAmount(plan.condemnedBefore)
            copyBytes = plan.copiedBytes
            packBytes = plan.packBytes
            freedBytes = plan.freedBytes
        }

        init(_ report: PruneReport) {
            self.init(report.plan, dryRun: false)
            copied = PackAmount(report.copied)
            deleted = PackAmount(report.deleted)
            segmentsReplaced = report.segmentsReplaced
            sessionsEnded = report.ended
            leftForLater = report.leftForLater
            waitingFor = report.waitingFor.map {
                Waiting(session: $0.session, work: $0.work?.rawValue, host: $0.host, asset: $0.asset, lastSeen: $0.lastSeen)
            }
            damaged = report.damaged
            locked = PackAmount(report.locked)
            locksExtended = report.locksExtended
            versions = report.versions.map {
                Versions(
                    deleted: $0.deleted, deletedBytes: $0.deletedBytes, locked: $0.locked, lockedBytes: $0.lockedBytes,
                    lockedUntil: $0.lockedUntil, leftToTheBucket: $0.isLeftToTheBucket)
            }
            bundles = Bundles(
                written: report.bundles.written, removed: report.bundles.removed,
                problem: report.bundles.problem?.message.description)
        }
    }
}
