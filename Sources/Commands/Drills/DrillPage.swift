import Foundation
import Language
import Ledger
import Plan
import Recovery
import Reporting
import Vault

/// How the result of a drill looks.
struct DrillPage {
    let item: KeptEvidence
    let asset: AssetPlan
    let record: SnapshotRecord
    let zone: TimeZone

    /// Whether everything held, in the time that was promised.
    static func isKept(_ evidence: Evidence, _ asset: AssetPlan) -> Bool {
        guard evidence.outcome != .failed else { return false }
        return asset.objectives.rto.map { evidence.recoverySeconds <= Double($0.components.seconds) } ?? true
    }

    func show(on console: Console) {
        let evidence = item.evidence
        console.warn(ifUnkept: item)
        console.result(Document(id: item.id?.text, evidence: evidence)) { page(evidence, on: console) }
    }

    private func page(_ evidence: Evidence, on console: Console) {
        let figures = console.figures
        console.print("Drill of \(asset.name), snapshot \(record.id) of \(figures.instant(record.instant, in: zone)):" as Phrase)
        for phase in evidence.phases where phase.name != Drill.Phase.assertions.rawValue || !asset.checks.isEmpty {
            let title =
                asset.files == nil
                ? Drill.Phase(rawValue: phase.name)?.title ?? Phrase(verbatim: phase.name)
                : FilesDrill.Phase(rawValue: phase.name)?.title ?? Phrase(verbatim: phase.name)
            let time = figures.duration(.seconds(phase.seconds))
            console.print(
                "  " + String(repeating: " ", count: max(0, 9 - time.count)) + time + "  " + title.rendered(in: console.language))
        }
        for check in evidence.checks {
            let mark =
                switch check.outcome {
                case .passed: console.style.green("✓")
                case .partly: console.style.yellow("!")
                case .failed: console.style.red("✗")
                }
            console.print("  \(mark) \(line(check))" as Phrase)
        }
        for text in evidence.unproven { console.print("  ? unproven: \(text)" as Phrase) }
        console.print(summary(figures))
    }

    private func line(_ check: Evidence.Check) -> Phrase {
        guard let found = check.found else { return check.name }
        guard let expected = check.expected, check.outcome != .passed else { return "\(check.name): \(found)" }
        return "\(check.name): \(found), expected: \(expected)"
    }

    private func summary(_ figures: Figures) -> Phrase {
        let evidence = item.evidence
        let time = figures.duration(.seconds(evidence.recoverySeconds))
        let objective: Phrase = asset.objectives.rto.map { ", objective \(figures.duration($0))" } ?? ""
        let kept: Phrase = item.id.map { "Evidence \($0), signed." } ?? "The evidence is not kept."
        return switch evidence.outcome {
        case .passed: "PASSED: recovered in \(time)\(objective). \(kept)"
        case .partly: "PASSED with remarks: recovered in \(time)\(objective). \(kept)"
        case .failed: "FAILED. \(kept)"
        }
    }

    private struct Document: Encodable {
        /// Nil where the vault did not take it.
        let id: String?
        let evidence: Evidence
    }
}
