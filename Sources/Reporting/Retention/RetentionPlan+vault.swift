public import Foundation
import Language
public import Ledger
public import Plan
public import Vault

extension RetentionPlan where ID == SnapshotID {
    /// What the rules of a plan keep of a vault's snapshots: the vault's own rules where it has some, for every asset, else
    /// those of the assets.
    ///
    /// - Parameters:
    ///   - snapshots: those that can be read; one that cannot is not judged, and so not dropped.
    ///   - evidence: all, oldest first.
    ///   - pins: in force.
    public init(
        of plan: Plan, in vault: VaultPlan, snapshots: [SnapshotRecord], evidence: [Evidence], pins: [PinLog.Pin], now: Date
    ) {
        let assets = Dictionary(plan.assets.map { (AssetPlan.keptBeforeRestore($0.name), $0.name) }, uniquingKeysWith: { $1 })
        let pinned = Set(pins.map(\.snapshot))
        // As in a status: a snapshot counts as proven by its latest drill.
        let drills = evidence.filter { $0.act == .drill }.compactMap { drill in
            drill.snapshot.map { ($0, drill.outcome != .failed) }
        }
        let proven = Dictionary(drills, uniquingKeysWith: { $1 })
        let known = snapshots.map { record in
            let saved = record.tags.contains(AssetPlan.safetyTag) ? assets[record.asset] : nil
            return Snapshot(
                id: record.id, asset: saved ?? record.asset, instant: record.instant, tags: record.tags, isSafety: saved != nil,
                isPinned: pinned.contains(record.id), isProven: proven[record.id] ?? false,
                isComplete: record.isComplete)
        }
        let rules = plan.assets.compactMap { asset in (vault.keep ?? asset.keep).map { (asset.name, $0) } }
        self.init(
            known, rules: Dictionary(rules, uniquingKeysWith: { $1 }), timezone: plan.project.timezone, now: now)
    }

    /// The decisions as a table: what goes and what stays, and why.
    public func table(_ figures: Figures, timezone: TimeZone) -> Table {
        var table = Table([
            .init("SNAPSHOT"), .init("ASSET"), .init("STOOD AT"), .init("RETENTION"), .init("WHY", narrowest: 20),
        ])
        for decision in decisions {
            let snapshot = decision.snapshot
            let verdict: Phrase = decision.droppedBecause == nil ? "stays" : "goes"
            let why =
                decision.droppedBecause?.rendered(in: figures.language)
                ?? decision.keptBy.map { $0.text.rendered(in: figures.language) }.joined(separator: ", ")
            table.add([
                snapshot.id.text, snapshot.asset, figures.instant(snapshot.instant, in: timezone),
                verdict.rendered(in: figures.language), why,
            ])
        }
        return table
    }
}
