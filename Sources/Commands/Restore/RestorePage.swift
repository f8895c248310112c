import Assets
import Language
import Ledger
import Recovery
import Reporting
import Vault

/// How the result of a restore looks.
struct RestorePage {
    let outcome: ProvenRestore.Outcome
    let plan: RestorePlan
    let record: SnapshotRecord

    func show(on console: Console) -> ExitStatus {
        console.warn(ifUnkept: outcome.evidence)
        console.result(Document(self)) { page(on: console) }
        return outcome.comparison?.isEqual ?? true ? .done : .damagedData
    }

    private func page(on console: Console) {
        let figures = console.figures
        let report = outcome.report
        for phase in report.phases where phase.duration >= .milliseconds(50) {
            let time = figures.duration(phase.duration)
            let title = RestoreProgress.Phase(rawValue: phase.name)?.title ?? Phrase(verbatim: phase.name)
            console.print(
                "  " + String(repeating: " ", count: max(0, 9 - time.count)) + time + "  " + title.rendered(in: console.language))
        }
        for item in report.leftOut { console.warn(item.message) }
        let time = figures.duration(.seconds(outcome.evidence.evidence.seconds))
        console.print(
            "Restored \(count: report.rows) {row|rows} (\(figures.bytes(report.bytes))) of snapshot \(record.id) into \(plan.target.database) in \(time)."
                as Phrase)
        guard let comparison = outcome.comparison else { return }
        if comparison.isEqual {
            console.print(
                "Tables read again and compared: \(figures.count(comparison.tables)), every row as it was recorded." as Phrase)
        }
        for difference in comparison.differences {
            let text: Phrase =
                switch difference.kind {
                case .missing: "\(difference.subject) is missing."
                case .rows:
                    "\(difference.subject) has \(count: difference.foundRows ?? 0) {row|rows} instead of \(count: difference.expectedRows)."
                case .contents: "\(difference.subject) has as many rows as recorded, and not the same ones."
                case .unreadable: "\(difference.subject) cannot be read: \(difference.found ?? "")"
                }
            console.print(console.style.red("✗") + " " + text.rendered(in: console.language))
        }
    }

    private struct Document: Encodable {
        struct Phase: Encodable {
            let name: String
            let seconds: Double
        }
        let snapshot: String
        let database: String
        let rows: Int64
        let bytes: Int64
        let phases: [Phase]
        let leftOut: [RestorePlan.LeftOut]
        let compared: Bool
        let differences: [ManifestComparison.Difference]
        /// Nil where the vault did not take it.
        let evidence: String?

        init(_ page: RestorePage) {
            snapshot = page.record.id.text
            database = page.plan.target.database
            rows = page.outcome.report.rows
            bytes = page.outcome.report.bytes
            phases = page.outcome.report.phases.map { Phase(name: $0.name, seconds: $0.duration / .seconds(1)) }
            leftOut = page.outcome.report.leftOut
            compared = page.outcome.comparison != nil
            differences = page.outcome.comparison?.differences ?? []
            evidence = page.outcome.evidence.id?.text
        }
    }
}

extension RestoreProgress.Phase {
    /// What happens in it, for people.
    var title: Phrase {
        switch self {
        case .clearing: "clear the target"
        case .roles: "roles"
        case .definitions: "definitions"
        case .rows: "rows"
        case .largeObjects: "large objects"
        case .indexes: "indexes and constraints"
        case .sequences: "sequences"
        case .refreshing: "materialized views"
        case .settings: "settings"
        case .statistics: "statistics"
        case .comparing: "compare every row"
        }
    }
}
