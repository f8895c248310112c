import Foundation
import Language
import Plan
import Reporting
import Vault

/// What a copy would bring or has brought, for people and for programs: one result a vault.
struct CopyPage {
    let from: String
    let timezone: TimeZone
    let console: Console

    private var figures: Figures { console.figures }

    func showAbsent(_ target: VaultPlan) {
        console.result(Document(from: from, to: target.name, state: .absent)) {
            console.print("\(target.name): not here now; it gets its snapshots when it is back." as Phrase)
        }
    }

    func showFailed(_ target: VaultPlan, _ error: any Error) {
        let report = ErrorReport(error)
        var document = Document(from: from, to: target.name, state: .failed)
        document.error = report
        console.result(document) { console.explain(error) }
    }

    func show(_ plan: CopyPlan, _ target: VaultPlan) {
        var document = Document(from: from, to: target.name, state: .planned)
        document.snapshots = plan.snapshots.map(Document.Snapshot.init)
        document.read = PackAmount(plan.packs)
        document.missingBytes = plan.bytes
        console.result(document) {
            guard !plan.snapshots.isEmpty else { return upToDate(target) }
            if plan.isSealedAnew {
                console.print(
                    "\(target.name): \(count: plan.snapshots.count) {snapshot|snapshots} would be opened and sealed anew with its keys, as far as it lacks what {it holds|they hold}: at most \(figures.bytes(plan.bytes)):"
                        as Phrase)
            } else {
                console.print(
                    "\(target.name): \(count: plan.snapshots.count) {snapshot|snapshots} would be copied, \(figures.bytes(plan.bytes)) from \(count: plan.packs.packs) {pack|packs}:"
                        as Phrase)
            }
            list(plan.snapshots)
        }
    }

    func show(_ report: CopyReport, _ target: VaultPlan) {
        var document = Document(from: from, to: target.name, state: .copied)
        document.snapshots = report.copied.map(Document.Snapshot.init)
        document.skipped = report.skipped.map {
            .init(snapshot: $0.snapshot.id.text, asset: $0.snapshot.asset, reason: $0.reason.message.description)
        }
        document.read = PackAmount(report.read)
        document.written = PackAmount(report.written)
        document.found = PackAmount(report.found)
        document.records = report.records
        document.keys = report.keys
        document.damaged = report.damaged
        console.result(document) {
            if report.copied.isEmpty, report.skipped.isEmpty {
                upToDate(target)
            } else {
                console.print(
                    "\(target.name): \(count: report.copied.count) {snapshot was|snapshots were} copied, \(figures.bytes(report.written.bytes)) in \(count: report.written.packs) {pack|packs}."
                        as Phrase)
                list(report.copied)
            }
        }
        for item in report.skipped {
            console.warn("The snapshot \(item.snapshot.id) of \(item.snapshot.asset) was not copied: \(item.reason.message)")
        }
        for name in report.damaged { console.warn("\(name) in \(from) is damaged and was not copied.") }
        if report.keysUnknownToSource > 0 {
            console.warn(
                "\(target.name) knows \(count: report.keysUnknownToSource) {change|changes} of keys that \(from) does not: «reprise copy --from \(target.name) --to \(from)» brings {it|them} over."
            )
        }
    }

    private func upToDate(_ target: VaultPlan) {
        console.print("\(target.name): up to date." as Phrase)
    }

    private func list(_ snapshots: [SnapshotRecord]) {
        for record in snapshots {
            console.print("  \(record.id)  \(record.asset)  \(figures.instant(record.instant, in: timezone))")
        }
    }

    struct Document: Encodable {
        enum State: String, Encodable { case copied, planned, absent, failed }

        struct Snapshot: Encodable {
            let snapshot, asset: String
            let instant: Date

            init(_ record: SnapshotRecord) {
                snapshot = record.id.text
                asset = record.asset
                instant = record.instant
            }
        }

        struct Skipped: Encodable {
            let snapshot, asset, reason: String
        }

        let from, to: String
        let state: State
        var snapshots: [Snapshot]?
        var skipped: [Skipped]?
        var read, written, found: PackAmount?
        var missingBytes: Int64?
        var records, keys: Int?
        var damaged: [String]?
        var error: ErrorReport?

        init(from: String, to: String, state: State) {
            self.from = from
            self.to = to
            self.state = state
        }
    }
}
