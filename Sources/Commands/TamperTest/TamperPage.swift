import Foundation
import Language
import Ledger
import ObjectStore
import Protection
import Reporting
import Vault

/// How the result of a test of tampering looks.
struct TamperPage {
    let report: TamperReport
    let item: KeptEvidence
    /// Whether the vault is a folder of this machine.
    let isFolder: Bool
    let zone: TimeZone

    func show(on console: Console) {
        console.warn(ifUnkept: item)
        console.result(Document(report, evidence: item.id?.text)) { page(on: console) }
    }

    private func page(on console: Console) {
        if let lock = report.retention {
            console.print(
                "The decoy \(report.decoy) is locked until \(console.figures.instant(lock.until, in: zone)) (\(lock.mode.rawValue))."
                    as Phrase)
        } else {
            console.print("The decoy \(report.decoy) is not locked." as Phrase)
        }
        for attempt in report.attempts {
            let mark = attempt.held ? console.style.green("✓") : console.style.red("✗")
            console.print("  \(mark) \(attempt.attack.title): \(Self.phrase(attempt.result))" as Phrase)
        }
        let kept: Phrase = item.id.map { "Evidence \($0), signed." } ?? "The evidence is not kept."
        guard !report.isImmutable else {
            return console.print("PASSED: whatever was tried, the data stayed. \(kept)" as Phrase)
        }
        console.print("FAILED: what these credentials store, they can take away. \(kept)" as Phrase)
        console.say(remedy)
    }

    private var remedy: Phrase {
        if isFolder {
            return
                "Every process of this user can delete a folder's files. Keep a copy where this machine has no right to delete: a bucket with object lock, or one that another machine fetches."
        }
        if report.successes.isEmpty {
            return
                "What became of the data cannot be seen: give these credentials s3:GetObjectVersion for the decoys. docs/s3.md has policies to copy."
        }
        return report.retention == nil
            ? "Lock objects (`lock` in the plan, in a bucket with object lock), or give these credentials no right to delete. docs/s3.md has policies to copy."
            : "These credentials may lift the locks: take s3:BypassGovernanceRetention from them, or use compliance mode. docs/s3.md has policies to copy."
    }

    static func phrase(_ result: TamperReport.Result) -> Phrase {
        switch result {
        case .refused: "refused"
        case .withstood: "done, and the data stayed as it was"
        case .succeeded: "it worked"
        case .unseen: "done, and these credentials may not see what became of the data"
        }
    }

    private struct Document: Encodable {
        struct Attempt: Encodable {
            let attack: String
            let result: String
            let answer: String?
        }

        /// Nil where the vault did not take it.
        let evidence: String?
        let immutable: Bool
        let decoy: String
        let versioned: Bool
        let lockMode: String?
        let lockedUntil: Date?
        let attempts: [Attempt]

        init(_ report: TamperReport, evidence: String?) {
            self.evidence = evidence
            immutable = report.isImmutable
            decoy = report.decoy.text
            versioned = report.isVersioned
            lockMode = report.retention?.mode.rawValue
            lockedUntil = report.retention?.until
            attempts = report.attempts.map {
                Attempt(attack: Self.name($0.attack), result: $0.result.rawValue, answer: $0.answer?.description)
            }
        }

        /// As keys are written.
        private static func name(_ attack: TamperReport.Attack) -> String {
            attack.rawValue.reduce(into: "") { $0 += $1.isUppercase ? "_" + $1.lowercased() : String($1) }
        }
    }
}
