internal import Foundation
internal import Language
internal import Synchronization
public import Vault

/// How far a restore is.
public struct FilesRestoreProgress: Sendable, Equatable {
    public var entries = 0
    /// Bytes that are in their place.
    public var bytes: Int64 = 0
}

/// Brings a snapshot of a tree back into a folder: an empty one, or one whose files give way where they differ.
///
/// First `plan`, which only looks; then `run`. A file appears under its name when it is complete. A run that was cut off, or
/// could not put everything in its place, is gone on with by running it again: what is there with its size and time is not
/// fetched again, what somebody has changed meanwhile stays and is a problem, unless it is to give way, and what is left of it
/// besides is taken away, by the next restore of any snapshot. Nothing is followed out of the folder, and what a target holds
/// beside the snapshot's entries is left alone, unless it is to be deleted.
public struct FilesRestore: Sendable {
    private let snapshot: SnapshotReader
    private let target: String
    private let options: FilesRestoreOptions

    /// - Parameter target: an absolute path; the folder is made where it is missing, the one above it is not.
    public init(_ snapshot: SnapshotReader, into target: String, options: FilesRestoreOptions = FilesRestoreOptions()) {
        self.snapshot = snapshot
        self.target = target
        self.options = options
    }

    /// Looks at the target and decides. Throws `AssetError` (`targetNotEmpty`, `noSuchPath`, `damagedSnapshot`,
    /// `targetUnwritable`, `incompleteSnapshot`) or `VaultError`.
    public func plan() async throws -> FilesRestorePlan {
        let tree = try openTarget().map(TargetTree.init)
        let selection = selection
        let rules = try await deletionRules()
        let extras = options.deletion.flatMap { deletion in
            tree.map {
                TargetExtras(
                    $0, .init(extras: true), isDry: true, selection: selection, rules: rules,
                    avoided: FileStatus.at(deletion.avoided))
            }
        }
        let foresight = FilesForesight(
            FilesRestorePlan(snapshot: snapshot.record.id.description, target: target), tree, selection, options)
        let isThere: ScatteredRead.IsThere = { place, proof in foresight.compare(place, proof) }
        let lost: ScatteredRead.Lost = { number, _ in foresight.differs(number) }
        let reading = ScatteredRead(snapshot, jobs: options.jobs, isThere: isThere, lost: lost, deliver: nil)
        let stream = snapshot.entryStream()
        try await reading.run { turns in
            var number = 0
            while let entries = try await stream.next() {
                let first = number
                let compared = try await onOwnThread {
                    Result {
                        extras?.take(entries)
                        return try foresight.take(entries, from: first)
                    }
                }.get()
                try await reading.add(compared, &turns)
                number += entries.count
            }
            for (link, same) in foresight.orphans {
                guard let whole = try await snapshot.entry(same).map({ link.holding($0) }) else { continue }
                let compared = try await onOwnThread { [number] in
                    Result { try foresight.take(orphan: whole, number: number) }
                }.get()
                try await reading.add(compared, &turns)
                number += 1
            }
        }
        var plan = foresight.plan
        guard plan.entries > 0 else { throw noSuchPath() }
        if let extras {
            await onOwnThread { extras.finish() }
            plan.deleted = extras.count
            plan.deletedExamples = extras.examples
        }
        return plan
    }

    /// Looks at the target, for what in it is not to be touched.
    private var selection: FilesSelection {
        FilesSelection(options.only, apart: FilesSelection.places(of: options.avoided, below: target))
    }

    /// What is left alone where the rest is deleted.
    private func deletionRules() async throws -> IgnoreRules {
        guard let deletion = options.deletion else { return IgnoreRules() }
        let manifest = try await FilesManifest.read(from: snapshot)
        guard manifest.isComplete else {
            throw AssetError(
                .incompleteSnapshot,
                "The snapshot \(snapshot.record.id) lacks what could not be read when it was taken: nothing is deleted by it.",
                hint: "Restore without --delete, or from a complete snapshot.")
        }
        return IgnoreRules(manifest.exclude, deletion.exclude)
    }

    /// Does what `plan` says. What cannot be put back is in the report; what keeps the restore from going on is thrown, as by
    /// `plan`.
    public func run(
        progress: @escaping @Sendable (FilesRestoreProgress) -> Void = { _ in }
    ) async throws -> FilesRestoreReport {
        let rules = try await deletionRules()
        let (root, mark) = try makeTarget()
        let run = FilesRestoreRun(
            snapshot: snapshot, root: root, options: options, selection: selection, report: progress)
        let report = try await run.run(leftovers: mark.hasLeftovers, rules: rules)
        guard report.entries > 0 else {
            if !mark.hasLeftovers { await onOwnThread { mark.remove() } }
            throw noSuchPath()
        }
        // Where something is lacking the mark lets the same restore go on. In place that is let anyway.
        if options.inPlace || !run.totals.isUnfinished { await onOwnThread { mark.remove() } }
        try await run.finishRoot(mark.timeBefore)
        return run.totals
    }

    private func noSuchPath() -> AssetError {
        AssetError(
            .noSuchPath, "The snapshot \(snapshot.record.id) holds nothing at \(options.only.joined(separator: ", ")).",
            hint: "«reprise ls \(snapshot.record.id)» lists what it holds.")
    }

    // MARK: - The target

    /// The target where it is there and may be written into; nil where it is missing.
    private func openTarget() throws -> OpenFolder? {
        guard let root = OpenFolder.root(target) else {
            if errno == ENOENT { return nil }
            throw unwritable(errno)
        }
        guard let names = root.names() else { throw unwritable(errno) }
        let begun = names.compactMap { RestoreMark.snapshot($0.name) }
        // Nothing but marks is of restores that came to nothing.
        if options.inPlace || names.count == begun.count || begun.contains(snapshot.record.id.text) { return root }
        if let other = begun.first {
            throw AssetError(
                .targetNotEmpty, "The folder \(target) holds a restore of snapshot \(other) that did not come to its end.",
                hint: "Go on with it with --snapshot \(other), or let what differs be replaced with --in-place.")
        }
        let shown = names.prefix(3).map { String(decoding: RawText.escaped($0.name), as: UTF8.self) }.joined(separator: ", ")
        throw AssetError(
            .targetNotEmpty, "The folder \(target) is not empty: it holds \(shown).",
            hint: "Restore into a new folder, or let what differs be replaced with --in-place.")
    }

    private func makeTarget() throws -> (root: OpenFolder, mark: RestoreMark) {
        if mkdir(target, 0o700) != 0, errno != EEXIST { throw unwritable(errno) }
        guard let root = try openTarget() else { throw unwritable(ENOENT) }
        do {
            return (root, try RestoreMark(snapshot.record.id, in: root))
        } catch .failed(let number) {
            throw unwritable(number)
        } catch .busy {
            throw AssetError(
                .targetBusy, "Another restore into \(target) is under way.", hint: "Wait for its end, or end it.")
        }
    }

    private func unwritable(_ number: Int32) -> AssetError {
        AssetError(
            .targetUnwritable, "The folder \(target) cannot be written: \(systemMessage(number)).",
            hint: "Name a folder that this user may write, below one that is there.")
    }

    // MARK: - Entries

    /// The raw path and the facts of an entry of the tree that was asked for; nil for others. Empty path: the root.
    static func file(_ entry: Entry, _ selection: FilesSelection) throws -> (raw: [UInt8], facts: FileFacts)? {
        let path = Array(entry.path.utf8)
        let root = Array(FilesManifest.root.utf8)
        guard path.starts(with: root), path.count == root.count || path[root.count] == UInt8(ascii: "/") else { return nil }
        let below = Array(path.dropFirst(root.count + 1))
        guard let facts = entry.file, let raw = RawText.name(below), facts.kind == .file || entry.size == 0 else {
            throw AssetError(.damagedSnapshot, "The entry \(entry.path) of this snapshot is none of a file.")
        }
        guard selection.has(below, isFolder: facts.kind == .directory) else { return nil }
        return (raw, facts)
    }
}

extension FileStatus {
    /// Whether what is there is taken for what the snapshot holds, as far as can be told without reading it.
    func isTaken(for facts: FileFacts, size: Int64) -> Bool {
        guard kind == facts.kind else { return false }
        switch kind {
        case .file: return self.size == size && modified == facts.modified
        case .symlink: return modified == facts.modified
        case .character, .block: return deviceNumber == facts.device
        case .directory, .fifo, .socket: return true
        }
    }
}
