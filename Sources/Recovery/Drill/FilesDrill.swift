import Assets
import Foundation
import Glibc
public import Language
public import Ledger
public import Plan
public import Vault

/// A rehearsed recovery of files: the snapshot is restored into a folder of its own, every byte of it is read again and compared
/// with what was recorded, and the folder is removed. What it finds is evidence, good or bad.
public struct FilesDrill: Sendable {
    private let asset: AssetPlan
    private let vault: OpenVault
    private let folder: String
    private let host: String

    public enum Phase: String, Sendable, CaseIterable {
        case restore, compare

        public var title: Phrase {
            switch self {
            case .restore: "restore"
            case .compare: "compare every file"
            }
        }
    }

    /// - Parameters:
    ///   - folder: below which the files are restored.
    ///   - host: the name of this host, for the evidence.
    public init(asset: AssetPlan, vault: OpenVault, folder: String, host: String) {
        self.asset = asset
        self.vault = vault
        self.folder = folder
        self.host = host
    }

    /// Rehearses and adds the evidence to the vault, where that takes it. A recovery that fails is evidence too: this throws only
    /// where nothing could be tried at all.
    public func run(
        _ snapshot: SnapshotRecord, progress: @escaping @Sendable (Phase, Int64) -> Void = { _, _ in }
    ) async throws -> KeptEvidence {
        let started = Date()
        try FilesManifest.require(snapshot)
        let reader = try await vault.read(snapshot)
        try require(snapshot.sourceBytes)
        let place = try makeFolder()
        var phases: [Evidence.Phase] = []
        var checks: [Evidence.Check] = []
        var unproven: [Phrase] = []
        do {
            let manifest = try await FilesManifest.read(from: reader)
            let report = try await FilesRestore(
                reader, into: place + "/files", options: FilesRestoreOptions(jobs: asset.jobs)
            ).run { progress(.restore, $0.bytes) }
            phases.append(.init(name: Phase.restore.rawValue, seconds: Self.seconds(since: started), bytes: report.bytes))
            for problem in report.problems.prefix(100) {
                checks.append(.init(name: Phrase(verbatim: problem.path), outcome: .failed, found: problem.message))
            }
            if report.ownersLeft { unproven.append("Owners: only root can give files back to their owners.") }
            let restored = Date()
            let comparison = try await FilesComparison(reader, with: place + "/files", jobs: asset.jobs).run {
                progress(.compare, $0)
            }
            phases.append(.init(name: Phase.compare.rawValue, seconds: Self.seconds(since: restored), bytes: comparison.bytes))
            checks += Self.checks(comparison, manifest)
            if comparison.withoutSetID > 0 {
                unproven.append("Set-id bits: they are left out where only root could give back the owner or group.")
            }
            if !manifest.isComplete {
                unproven.append("The snapshot itself lacks what could not be read then: \(manifest.counts.unreadable).")
            }
        } catch is CancellationError {
            await Self.remove(place)
            throw CancellationError()
        } catch let error as any ExplainedError {
            if Task.isCancelled {
                await Self.remove(place)
                throw CancellationError()
            }
            let phase = Phrase(stringLiteral: phases.isEmpty ? Phase.restore.rawValue : Phase.compare.rawValue)
            checks.append(.init(name: phase, outcome: .failed, expected: "no error", found: error.message))
        } catch {
            await Self.remove(place)
            throw error
        }
        await Self.remove(place)
        let isFailed = checks.contains { $0.outcome == .failed }
        let evidence = Evidence(
            act: .drill, asset: asset.name, snapshot: snapshot.id, point: snapshot.instant, started: started, finished: Date(),
            host: host, outcome: isFailed ? .failed : unproven.isEmpty ? .passed : .partly, phases: phases, checks: checks,
            unproven: unproven,
            facts: snapshot.facts.filter { ["files", "bytes"].contains($0.key) })
        return try await EvidenceLog(vault).keep(evidence)
    }

    private static func checks(_ comparison: FilesComparison.Result, _ manifest: FilesManifest) -> [Evidence.Check] {
        let counts = manifest.counts
        let expected = counts.files + counts.folders + counts.links + counts.others
        var checks = [
            Evidence.Check(
                name: "files", outcome: comparison.isEqual && Int64(comparison.entries) == expected ? .passed : .failed,
                expected: "\(count: expected) {entry|entries} as recorded",
                found: comparison.isEqual
                    ? "\(count: comparison.entries) {entry|entries}, \(count: comparison.files) {file|files}, every byte equal"
                    : "\(count: comparison.differenceCount) {differs|differ}")
        ]
        checks += comparison.differences.prefix(100).map {
            .init(name: Phrase(verbatim: $0.path), outcome: .failed, expected: "as recorded", found: $0.what.phrase)
        }
        return checks
    }

    /// Fails where the files would not fit: a full disk here would hurt others.
    private func require(_ bytes: Int64) throws {
        let free = (try? FileManager.default.attributesOfFileSystem(forPath: folder))?[.systemFreeSize] as? NSNumber
        guard let free, free.int64Value < bytes + bytes / 20 + (64 << 20) else { return }
        throw AssetError(
            .targetUnwritable,
            "A drill needs room for \(bytes >> 20) MiB of files, and \(folder) has only \(free.int64Value >> 20) MiB.",
            hint: "Name a folder with more room in REPRISE_SANDBOXES.")
    }

    /// A new folder that only this user can look into.
    private func makeFolder() throws -> String {
        try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        var template = Array((folder + "/reprise-drill-XXXXXX").utf8CString)
        let made = template.withUnsafeMutableBufferPointer { buffer in
            buffer.baseAddress.flatMap { mkdtemp($0).map { String(cString: $0) } }
        }
        guard let made else {
            throw AssetError(
                .targetUnwritable, "No folder for the drill could be made in \(folder).",
                hint: "Name a folder that may be written in REPRISE_SANDBOXES.")
        }
        return made
    }

    private static func remove(_ folder: String) async {
        await onOwnThread { FilesRemoval.remove(folder) }
    }

    private static func seconds(since start: Date) -> Double { (Date().timeIntervalSince(start) * 1000).rounded() / 1000 }
}

extension FilesComparison.Difference.What {
    /// What differs, for people.
    fileprivate var phrase: Phrase {
        switch self {
        case .missing: "missing"
        case .kind: "another kind of file"
        case .size: "another size"
        case .contents: "other bytes"
        case .mode: "other rights"
        case .owner: "another owner"
        case .time: "another time"
        case .target: "points elsewhere"
        case .attributes: "other attributes"
        case .link: "no more the same file as its other name"
        }
    }
}
