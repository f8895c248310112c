import Foundation
import Language
import Ledger
import Plan
import Reporting
import Vault

/// How a status looks: worst things first to the eye, every figure with its age, `unknown` where nothing was measured.
struct StatusPage {
    let status: PlanStatus
    let copies: CopiesStatus
    let project: Plan.Project
    let vault: OpenVault
    let figures: Figures

    func show(on console: Console) {
        for asset in status.assets {
            guard let ahead = asset.aheadSeconds else { continue }
            console.warn(
                "The newest snapshot of \(asset.asset) is dated \(figures.duration(.seconds(ahead.rounded()))) ahead of this machine's clock: that clock is behind, or the one that it was taken by was ahead. The exposure is reckoned without it until then."
            )
        }
        console.result(Document(status, copies, project: project.name, vault: vault)) { page(on: console) }
    }

    /// Says what is to be done about what is missing.
    func advise(on console: Console) {
        if let step = nextStep { console.next(step.command, step.does) }
    }

    private func page(on console: Console) {
        for asset in status.assets {
            console.print(console.style.bold(asset.asset))
            line("newest point", newest(asset), on: console)
            line("proven point", proven(asset), on: console)
            line("exposure", exposure(asset), mark(asset.rpo), on: console)
            line("recovery", recovery(asset), mark(asset.rto), on: console)
        }
        line("vault", vaultLine, on: console)
        line("recovery kit", kitLine, on: console)
        line("tampering", tamperLine, on: console)
        CopiesPage(status: copies, timezone: project.timezone, console: console).show()
    }

    private func line(_ name: Phrase, _ text: Phrase, _ mark: Mark? = nil, on console: Console) {
        let label = name.rendered(in: console.language)
        let padded = "  " + label + String(repeating: " ", count: max(1, 17 - label.count))
        var rendered = text.rendered(in: console.language)
        if let mark { rendered += "  " + mark.paint(console.style)(mark.text.rendered(in: console.language)) }
        console.print(padded + rendered)
    }

    private struct Mark {
        let text: Phrase
        let paint: @Sendable (Style) -> (String) -> String
    }

    private func mark(_ standing: AssetStatus.Standing) -> Mark? {
        switch standing {
        case .met: Mark(text: "✓ kept", paint: { $0.green })
        case .missed: Mark(text: "✗ missed", paint: { $0.red })
        case .unknown: Mark(text: "? unknown", paint: { $0.yellow })
        case .none: nil
        }
    }

    private func newest(_ asset: AssetStatus) -> Phrase {
        guard let newest = asset.newest else { return "none: nothing could be restored" }
        if !newest.isComplete {
            guard let complete = asset.complete else {
                return "\(instant(newest.instant)) (snapshot \(newest.id), incomplete, as all are)"
            }
            return
                "\(instant(newest.instant)) (snapshot \(newest.id), incomplete; the newest complete one is of \(instant(complete.instant)))"
        }
        if asset.snapshotCount == 1 { return "\(instant(newest.instant)) (snapshot \(newest.id), the only one)" }
        return "\(instant(newest.instant)) (snapshot \(newest.id), the last of \(count: asset.snapshotCount))"
    }

    private func proven(_ asset: AssetStatus) -> Phrase {
        guard let proven = asset.proven, let proof = asset.proof else {
            return asset.lastDrill == nil ? "none: no drill has restored a snapshot yet" : "none: the last drill failed"
        }
        let when = instant(proof.finished)
        return proof.outcome == .partly
            ? "\(instant(proven.instant)), by the drill of \(when); some of it stays unproven"
            : "\(instant(proven.instant)), by the drill of \(when)"
    }

    private func exposure(_ asset: AssetStatus) -> Phrase {
        let now: Phrase =
            asset.exposureSeconds.map { "\(figures.duration(.seconds($0.rounded()))) of work would be lost now" }
            ?? "everything would be lost now"
        return asset.rpoObjective.map { "\(now), objective \(figures.duration(.seconds($0.rounded())))" } ?? now
    }

    private func recovery(_ asset: AssetStatus) -> Phrase {
        let measured: Phrase =
            asset.recoverySeconds.map { "\(figures.duration(.seconds($0))) in the last drill" }
            ?? (asset.lastDrill == nil ? "unknown: never rehearsed" : "unknown: the last drill failed")
        return asset.rtoObjective.map { "\(measured), objective \(figures.duration(.seconds($0.rounded())))" } ?? measured
    }

    private var vaultLine: Phrase {
        let size = figures.bytes(status.storedBytes)
        guard let ratio = status.ratio else { return "\(vault.location), empty" }
        // A few small files take less than the keys and lists that go with them.
        guard ratio >= 1.05 else {
            return "\(vault.location), \(size) for snapshots of \(figures.bytes(status.sourceBytes)) together"
        }
        return
            "\(vault.location), \(size) for snapshots of \(figures.bytes(status.sourceBytes)) together (\(figures.decimal(ratio, digits: 1)) times smaller)"
    }

    private var kitLine: Phrase {
        guard let test = status.lastKitTest else { return "never proven: «reprise kit test» tries the printed key" }
        return "the printed key opened the vault on \(instant(test.finished))"
    }

    private var tamperLine: Phrase {
        switch status.immutability {
        case .unknown: "never tried: «reprise tamper-test» tries to take away what is stored"
        case .proven(let since, let last) where since == last: "what is stored stayed, on \(instant(last))"
        case .proven(let since, let last): "what is stored stayed, since \(instant(since)) and last on \(instant(last))"
        case .refuted(let last): "what is stored could be taken away, on \(instant(last))"
        }
    }

    private var nextStep: (command: String, does: Phrase)? {
        if let asset = status.assets.first(where: { $0.newest == nil || $0.rpo == .missed }) {
            return ("reprise backup \(asset.asset)", "takes a new snapshot")
        }
        if let asset = status.assets.first(where: { $0.proven?.id != $0.newest?.id }) {
            return ("reprise drill \(asset.asset)", "proves that the newest snapshot can be restored")
        }
        return nil
    }

    private func instant(_ date: Date) -> String { figures.instant(date, in: project.timezone) }

    /// The status as JSON.
    struct Document: Encodable {
        struct Asset: Encodable {
            let asset: String
            let snapshots: Int
            let newestPoint: Date?
            let newestSnapshot: String?
            let completePoint: Date?
            let provenPoint: Date?
            let provenSnapshot: String?
            let exposureSeconds: Double?
            let rpoSeconds: Double?
            let rpo: String
            let recoverySeconds: Double?
            let rtoSeconds: Double?
            let rto: String
            let lastDrill: Date?
            let lastDrillOutcome: String?
        }

        struct VaultFacts: Encodable {
            let location: String
            let storedBytes: Int64
            let sourceBytes: Int64
            let snapshots: Int
            let ratio: Double?
            let lastCheck: Date?
            let lastKitTest: Date?
            let immutability: String
            let immutableSince: Date?
            let lastTamperTest: Date?
        }

        let project: String
        let kept: Bool
        let assets: [Asset]
        let vault: VaultFacts
        let copies: CopiesPage.Document

        init(_ status: PlanStatus, _ copies: CopiesStatus, project: String, vault: OpenVault) {
            self.copies = CopiesPage.Document(copies)
            self.project = project
            kept = status.isKept
            assets = status.assets.map {
                Asset(
                    asset: $0.asset, snapshots: $0.snapshotCount, newestPoint: $0.newest?.instant,
                    newestSnapshot: $0.newest?.id.text, completePoint: $0.complete?.instant,
                    provenPoint: $0.proven?.instant, provenSnapshot: $0.proven?.id.text, exposureSeconds: $0.exposureSeconds,
                    rpoSeconds: $0.rpoObjective, rpo: $0.rpo.rawValue, recoverySeconds: $0.recoverySeconds,
                    rtoSeconds: $0.rtoObjective,
                    rto: $0.rto.rawValue, lastDrill: $0.lastDrill?.finished, lastDrillOutcome: $0.lastDrill?.outcome.rawValue)
            }
            self.vault = VaultFacts(
                location: vault.location, storedBytes: status.storedBytes, sourceBytes: status.sourceBytes,
                snapshots: status.snapshotCount,
                ratio: status.ratio, lastCheck: status.lastCheck?.finished, lastKitTest: status.lastKitTest?.finished,
                immutability: status.immutability.name, immutableSince: status.immutability.since,
                lastTamperTest: status.immutability.last)
        }
    }
}
