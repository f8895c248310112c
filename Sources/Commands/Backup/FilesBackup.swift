import Assets
import Foundation
import Language
import Plan
import Reporting
import Vault

/// Takes a snapshot of a folder, and says what came of it.
struct FilesBackup {
    let asset: AssetPlan
    let files: AssetPlan.FilesPlan
    let workspace: Workspace

    /// Problems that are named; more are counted.
    private static let shown = 20

    /// Whether everything that belongs to the folder is in the snapshot.
    func run(into vault: OpenVault, tags: [String], on console: Console) async throws -> Bool {
        try vault.require(.writer)
        let capture = FilesCapture(
            workspace.filesFolder(files),
            options: FilesCaptureOptions(exclude: files.exclude, jobs: asset.jobs, avoided: workspace.ownPlaces))
        let (record, manifest) = try await console.progress("backup", "Backing up \(asset.name)") { progress in
            try await capture.run(asset: asset.name, tags: tags) {
                try await vault.startSnapshot(asset: asset.name, kind: FilesCapture.kind, host: HostName.own)
            } progress: { now in
                progress.set(done: now.bytes, total: nil)
            }
        }
        console.result(Document(record, manifest)) { page(record, manifest, on: console) }
        return manifest.isComplete
    }

    private func page(_ record: SnapshotRecord, _ manifest: FilesManifest, on console: Console) {
        let figures = console.figures
        let counts = manifest.counts
        let time = figures.duration(.seconds(record.finished.timeIntervalSince(record.started)))
        console.print(
            "Snapshot \(record.id) of \(record.asset): \(count: counts.files) {file|files} in \(count: counts.folders) {folder|folders}, \(figures.bytes(record.sourceBytes)) in \(time)."
                as Phrase)
        console.print("Files that had not changed and were not read: \(figures.count(counts.unchanged))." as Phrase)
        console.print(
            "\(figures.bytes(record.newBytes)) of it were new and take \(figures.bytes(record.storedBytes)) in the vault."
                as Phrase)
        for problem in manifest.problems.prefix(Self.shown) { console.warn(problem.message) }
        let more = counts.unreadable + counts.changed + counts.vanished - Int64(min(manifest.problems.count, Self.shown))
        if more > 0 { console.warn("… and \(figures.count(more)) more. The snapshot's manifest.json names them.") }
        if !manifest.isComplete {
            console.warn(
                "The snapshot is kept, without what could not be read (\(figures.count(counts.unreadable))), and marked incomplete."
            )
        }
    }

    private struct Document: Encodable {
        let id: String
        let asset: String
        let kind: String
        let started, instant, finished: Date
        let tags: [String]
        let sourceBytes, newBytes, storedBytes: Int64
        let entryCount: Int
        let complete: Bool
        let counts: FilesManifest.Counts
        let problems: [FilesManifest.Problem]

        init(_ record: SnapshotRecord, _ manifest: FilesManifest) {
            id = record.id.text
            asset = record.asset
            kind = record.kind
            started = record.started
            instant = record.instant
            finished = record.finished
            tags = record.tags
            sourceBytes = record.sourceBytes
            newBytes = record.newBytes
            storedBytes = record.storedBytes
            entryCount = record.entryCount
            complete = manifest.isComplete
            counts = manifest.counts
            problems = manifest.problems
        }
    }
}
