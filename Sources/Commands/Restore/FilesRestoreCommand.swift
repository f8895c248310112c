import Assets
import Foundation
import Language
import Ledger
import Plan
import Reporting
import Vault

/// `reprise restore` of an asset of files.
struct FilesRestoreCommand {
    let asset: AssetPlan
    let files: AssetPlan.FilesPlan
    let options: RestoreRun
    let workspace: Workspace
    let console: Console

    /// Problems that are named; more are counted.
    private static let shown = 20

    func run() async throws -> ExitStatus {
        guard !options.only.contains("") else {
            throw CommandError(
                .usage, "--only names nothing: one of its values is empty.", hint: "To restore everything, leave it out.")
        }
        // Of patterns that take away the last one decides; of what is asked for nobody could say what is left.
        guard !options.only.contains(where: { $0.hasPrefix("!") }) else {
            throw CommandError(
                .usage, "--only takes what is to come back, and no pattern with «!» of what is not.",
                hint: "A path that begins with ! is named as ./!…")
        }
        let target = try folder()
        let vault = try await workspace.open(workspace.vaultPlan(options.vault))
        let record = try await vault.snapshot(options.snapshot, of: asset.name)
        try FilesManifest.require(record)
        let reader = try await vault.read(record)
        let restore = FilesRestore(
            reader, into: target,
            options: FilesRestoreOptions(
                // A comma is a character of a file's name.
                only: options.only, jobs: options.jobs ?? asset.jobs,
                inPlace: options.inPlace, comparesContents: options.compare,
                deletion: options.delete ? .init(exclude: files.exclude, avoided: workspace.untouchable) : nil,
                avoided: workspace.ownPlaces))
        var plan: FilesRestorePlan?
        // Going through the target twice costs time that only who may lose something there need spend.
        if options.dryRun || options.inPlace { plan = try await restore.plan() }
        if let plan {
            if options.dryRun {
                console.result(plan) { for line in plan.lines { console.print(line) } }
                if !options.inPlace, plan.replaced > 0 {
                    console.warn("Without --in-place what differs stays as it is, and is named.")
                }
                return .done
            }
            if plan.destroys { try confirmed(plan) }
        }
        let started = Date()
        let report = try await console.progress("restore", "Restoring \(asset.name)") { progress in
            try await restore.run { now in progress.set(done: now.bytes, total: record.sourceBytes) }
        }
        let evidence = Evidence(
            act: .restore, asset: asset.name, snapshot: record.id, point: record.instant, started: started, finished: Date(),
            host: HostName.own, outcome: report.problemCount == 0 ? .partly : .failed,
            phases: [.init(name: "restore", seconds: Date().timeIntervalSince(started), bytes: report.bytes)],
            checks: report.problems.map {
                .init(name: Phrase(verbatim: $0.path), outcome: .failed, found: $0.message)
            },
            unproven: ["What was written was not read again."], facts: ["folder": target])
        let kept = try await EvidenceLog(vault).keep(evidence)
        console.warn(ifUnkept: kept)
        console.result(Document(report, record, target, evidence: kept.id?.text)) { page(report, record, target, since: started) }
        guard report.damaged == 0 else {
            console.next(
                "reprise check --repair", "saves what is good, and lets the next backup store again what is not",
                vault: options.vault)
            return .damagedData
        }
        return report.problemCount == 0 ? .done : .failed
    }

    private func folder() throws -> String {
        let target = try namedFolder()
        if let own = workspace.untouchable(around: target) {
            throw CommandError(
                .usage, "The folder \(target) is, or lies in, \(own), which no restore may touch. Nothing was touched.",
                hint: "Name another folder with --to: this one holds the plan's vault, keys or cache.")
        }
        return target
    }

    private func namedFolder() throws -> String {
        if let to = options.to { return workspace.typed(to) }
        guard options.inPlace else {
            throw CommandError(
                .usage, "Say where to restore to, with --to.",
                hint:
                    "For example: reprise restore \(asset.name) --to ./restored. With --in-place the files go where they belong.")
        }
        return workspace.filesFolder(files)
    }

    /// Nothing is replaced or deleted before its folder's name was typed.
    private func confirmed(_ plan: FilesRestorePlan) throws {
        let name = plan.target.split(separator: "/").last.map(String.init) ?? "/"
        if let confirm = options.confirm {
            guard confirm == name else {
                throw CommandError(
                    .usage, "--confirm says «\(confirm)», and the target folder is «\(name)». Nothing was touched.")
            }
            return
        }
        for line in plan.lines { console.say(line) }
        let question: Phrase =
            plan.deleted == 0
            ? "Files in folder \(name) will be replaced. Type its name to go on:"
            : "Files in folder \(name) will be replaced or deleted. Type its name to go on:"
        guard let typed = console.ask(question) else {
            throw CommandError(
                .usage, "Nobody is there to confirm that files in folder \(name) may be replaced. Nothing was touched.",
                hint: "In a script add --confirm \(name).")
        }
        guard typed.trimmingCharacters(in: .whitespaces) == name else {
            throw CommandError(.usage, "That is not the folder's name. Nothing was touched.")
        }
    }

    private func page(_ report: FilesRestoreReport, _ record: SnapshotRecord, _ target: String, since started: Date) {
        let figures = console.figures
        for problem in report.problems.prefix(Self.shown) { console.warn("\(problem.path): \(problem.message)") }
        if report.problemCount > Self.shown { console.warn("… and \(figures.count(report.problemCount - Self.shown)) more.") }
        if report.damaged > 0 {
            console.warn(
                "Of the vault's files \(count: report.damaged) {is|are} damaged or missing. A file that stood in {its place|their places} is as it was."
            )
        }
        if !record.isComplete {
            console.warn("The snapshot is incomplete: what could not be read when it was taken is not in it.")
        }
        if report.ownersLeft {
            console.warn("Everything belongs to the user who restored it: only root can give files back to their owners.")
        }
        let time = figures.duration(.seconds(Date().timeIntervalSince(started)))
        console.print(
            "Restored \(count: report.written) {file|files} (\(figures.bytes(report.bytes))) of snapshot \(record.id) into \(target) in \(time)."
                as Phrase)
        if report.deleted > 0 {
            console.print("Deleted, because the snapshot does not have them: \(figures.count(report.deleted))." as Phrase)
        }
        if report.keptExtras { console.warn("Nothing was deleted, because not everything could be put back.") }
        if report.equal > 0 { console.print("Files that were there already: \(figures.count(report.equal))." as Phrase) }
        if report.isUnfinished, !options.inPlace {
            console.warn(
                "The folder \(target) holds the mark of a restore that is not complete: the same command goes on with it.")
        }
    }

    private struct Document: Encodable {
        let snapshot: String
        let folder: String
        let written: Int
        let equal: Int
        let folders: Int
        let links: Int
        let deleted: Int
        /// Whether what was to be deleted stayed, because not everything could be put back.
        let keptExtras: Bool
        let bytes: Int64
        /// Whether the snapshot held all that its source had.
        let complete: Bool
        let ownersLeft: Bool
        let problemCount: Int
        /// Of the problems, files that are damaged in the vault.
        let damaged: Int
        let problems: [FilesRestoreReport.Problem]
        /// Nil where the vault did not take it.
        let evidence: String?

        init(_ report: FilesRestoreReport, _ record: SnapshotRecord, _ target: String, evidence: String?) {
            snapshot = record.id.text
            folder = target
            written = report.written
            equal = report.equal
            folders = report.folders
            links = report.links
            deleted = report.deleted
            keptExtras = report.keptExtras
            bytes = report.bytes
            complete = record.isComplete
            ownersLeft = report.ownersLeft
            problemCount = report.problemCount
            damaged = report.damaged
            problems = report.problems
            self.evidence = evidence
        }
    }
}
