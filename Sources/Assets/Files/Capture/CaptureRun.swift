internal import Foundation
internal import Language
internal import Synchronization
internal import Vault

/// One capture of a tree: one thread walks, others read, and what they stored is listed in the walk's order.
///
/// `@unchecked Sendable`: what the walk changes is the walk's alone; what `emit` changes is called by one thread at a time; the
/// rest is behind `isCancelledNow`.
final class CaptureRun: @unchecked Sendable {
    private let root: OpenFolder
    private let options: FilesCaptureOptions
    private let begun: FileFacts.Time
    private let snapshot: SnapshotWriter
    private let known: KnownEntries
    private let report: @Sendable (FilesCaptureProgress) -> Void
    private let accounts = Accounts()
    private let isCancelledNow = Mutex(false)

    // The walk's.
    private var batch = CaptureBatch(number: 0)
    /// Files with several names of which not all were met yet: where the first one stands.
    private var excluded: Int64 = 0
    private var linked: [FileKey: (path: String, left: UInt64)] = [:]

    // Of `emit`.
    private var manifest: FilesManifest
    private var progress = FilesCaptureProgress()
    private var firstNames = FirstNames()

    private struct FileKey: Hashable {
        let device: UInt64
        let inode: UInt64
    }

    /// Of a batch: files that are to be read, and entries. Who takes the next one is woken for it, which what is known already is
    /// not worth.
    private static let batchReads = 128
    private static let batchItems = 512
    private static let batchBytes: Int64 = 8 << 20

    init(
        folder: OpenFolder, source: String, options: FilesCaptureOptions, begun: Date, snapshot: SnapshotWriter,
        known: KnownEntries, report: @escaping @Sendable (FilesCaptureProgress) -> Void
    ) {
        root = folder
        self.options = options
        // A file system may keep times no finer than two seconds, and its clock is not quite ours.
        self.begun = .init(seconds: Int64(begun.timeIntervalSince1970) - 2, nanoseconds: 0)
        self.snapshot = snapshot
        self.known = known
        self.report = report
        manifest = FilesManifest(source: source, exclude: options.exclude, counts: .init(), problems: [])
    }

    func cancel() { isCancelledNow.withLock { $0 = true } }

    /// Blocks until everything is stored and listed.
    func run() throws -> FilesManifest {
        // Each item of a batch may hold a folder open until it is read.
        let limit = max(2, min(48, OpenFolder.roomForDescriptors() / (2 * Self.batchReads)))
        let queue = CaptureQueue(limit: limit) { [self] batch, reading in try emit(batch, reading) }
        let readers = DispatchGroup()
        for number in 0..<max(1, options.jobs) {
            readers.enter()
            let thread = Thread { [self] in
                defer { readers.leave() }
                let reading = FileReading(snapshot: snapshot, queue: queue, begun: begun) { [self] in
                    isCancelledNow.withLock { $0 }
                }
                do { try reading.run() } catch { queue.fail(error) }
            }
            thread.name = "reprise-files-\(number)"
            thread.stackSize = 1 << 20
            thread.start()
        }
        var failure: (any Error)?
        do { try walk(into: queue) } catch {
            failure = error
            queue.fail(error)
        }
        queue.close()
        readers.wait()
        // A reader that fails ends the walk with its own error.
        if let failure { throw failure }
        try queue.throwFailure()
        manifest.counts.excluded = excluded
        return manifest
    }

    // MARK: - The walk

    private func walk(into queue: CaptureQueue) throws {
        guard let status = FileStatus.of(root.descriptor) else {
            throw AssetError(.sourceUnreadable, "The folder \(manifest.source) cannot be read: \(systemMessage(errno)).")
        }
        var facts = status.facts(accounts)
        facts.attributes = ExtendedAttributes.of(root.descriptor)
        try add(.entry(CaptureEntry(path: FilesManifest.root, facts: facts)), to: queue)
        let avoided = FileStatus.at(options.avoided)
        var walk = TreeWalk(
            root: root, rules: IgnoreRules(options.exclude), avoided: avoided, descriptors: OpenFolder.roomForDescriptors(),
            scouts: max(1, options.jobs - 1))
        defer { walk.finish() }
        while let step = walk.next() {
            if isCancelledNow.withLock({ $0 }) { throw CancellationError() }
            switch step {
            case .visit(let visit):
                // Of a folder that is left out there is an empty one; of a file nothing.
                if visit.status.kind == .file, avoided.contains(where: visit.status.isSameFile) { continue }
                try add(item(visit), to: queue)
            case .problem(let entry, let number):
                let path = String(decoding: entry, as: UTF8.self)
                let facts = FileFacts(kind: .file, mode: 0, uid: 0, gid: 0, modified: .init(seconds: 0, nanoseconds: 0))
                try add(
                    .entry(CaptureEntry(path: path, facts: facts, work: .failed(FileReading.problem(path, number)))), to: queue)
            }
        }
        try submit(to: queue)
        excluded = walk.excluded
    }

    private func item(_ visit: TreeWalk.Visit) -> CaptureItem {
        let status = visit.status
        var earlier: FileStamp?
        let same = status.kind == .file && status.links > 1 ? sameFile(status, visit.entry) : nil
        if status.kind == .file, same == nil {
            let found = known.find(visit.entry) { stamp, extra in
                earlier = FileStamp(stamp: stamp, extra: extra)
                return earlier?.fits(status, accounts) ?? false
            }
            if let found, found.size == status.size { return .unchanged(found) }
        }
        let path = String(decoding: visit.entry, as: UTF8.self)
        let entry = CaptureEntry(path: path, facts: status.facts(accounts))
        switch status.kind {
        case .directory: entry.facts.attributes = visit.attributes
        case .symlink:
            guard let target = visit.folder.target(of: visit.name) else {
                entry.work = .failed(FileReading.problem(path, errno))
                break
            }
            entry.facts.target = target
            entry.facts.attributes = ExtendedAttributes.of(visit.name, in: visit.folder)
        case .file where same != nil:
            entry.facts.same = same
            entry.spare = FileToRead(folder: visit.folder, name: visit.name, status: status, earlier: nil)
        case .file:
            entry.work = .read(FileToRead(folder: visit.folder, name: visit.name, status: status, earlier: earlier))
            entry.hasOtherNames = status.links > 1
        case .fifo, .socket, .character, .block:
            entry.facts.attributes = ExtendedAttributes.of(visit.name, in: visit.folder)
        }
        return .entry(entry)
    }

    /// The entry of the same file's first name; nil where this is the first.
    private func sameFile(_ status: FileStatus, _ entry: [UInt8]) -> String? {
        let key = FileKey(device: status.device, inode: status.inode)
        guard let first = linked[key] else {
            linked[key] = (String(decoding: entry, as: UTF8.self), status.links - 1)
            return nil
        }
        // Once every name was met it need not be remembered.
        linked[key] = first.left > 1 ? (first.path, first.left - 1) : nil
        return first.path
    }

    private func add(_ item: CaptureItem, to queue: CaptureQueue) throws {
        if case .entry(let entry) = item, case .read(let file) = entry.work {
            // A large file is shared by the readers: nothing waits behind it in the same batch.
            if file.status.size > Int64(FileReading.small) {
                try submit(to: queue)
                batch.items.append(item)
                return try submit(to: queue)
            }
            batch.bytes += file.status.size
            batch.reads += 1
        } else if case .entry(let entry) = item, entry.spare != nil {
            // It holds its folder open as well.
            batch.reads += 1
        }
        batch.items.append(item)
        let isFull =
            batch.items.count >= Self.batchItems || batch.reads >= Self.batchReads || batch.bytes >= Self.batchBytes
        if isFull { try submit(to: queue) }
    }

    private func submit(to queue: CaptureQueue) throws {
        guard !batch.items.isEmpty else { return }
        let full = batch
        batch = CaptureBatch(number: full.number + 1)
        try queue.submit(full)
    }

    // MARK: - Listing

    private func emit(_ batch: CaptureBatch, _ reading: FileReading) throws {
        for item in batch.items { try emit(item, reading) }
        batch.items = []
        report(progress)
    }

    private func emit(_ item: CaptureItem, _ reading: FileReading) throws {
        progress.entries += 1
        switch item {
        case .unchanged(let found):
            try snapshot.append(found)
            known.keep(found)
            manifest.counts.unchanged += 1
            manifest.counts.files += 1
            count(found.size)
        case .entry(let entry):
            guard try settleName(of: entry, reading) else {
                return manifest.add(
                    .init(kind: .unreadable, path: shown(entry.path), reason: "as \(shown(entry.facts.same ?? ""))"))
            }
            try emit(entry)
        }
    }

    /// Reads a file by another of its names where the first is gone meanwhile: the file is not. False where it cannot be read.
    private func settleName(of entry: CaptureEntry, _ reading: FileReading) throws -> Bool {
        guard let same = entry.facts.same, let first = firstNames[same] else { return true }
        switch first {
        case .unreadable: return false
        case .replaced(let path): entry.facts.same = path
        case .gone:
            guard let file = entry.spare else { return false }
            if isCancelledNow.withLock({ $0 }) { throw CancellationError() }
            entry.facts.same = nil
            try reading.read(file, into: entry)
            if case .done = entry.work, !entry.isAnother { firstNames.replace(same, by: entry.path) }
        }
        return true
    }

    private func emit(_ entry: CaptureEntry) throws {
        firstNames.note(entry)
        switch entry.work {
        case .none: try snapshot.append(entry.path, .empty, entry.facts)
        case .done(let content, let remembered):
            let listed = try snapshot.append(entry.path, content, entry.facts)
            if let remembered { known.add(listed, stamp: remembered.stamp, extra: remembered.extra, remembered.chunks) }
            if entry.facts.note == .changed { manifest.add(.init(kind: .changed, path: shown(entry.path))) }
            count(content.size)
        case .failed(let problem): return manifest.add(problem)
        case .read: preconditionFailure("what was to be read was read before it is listed")
        }
        switch entry.facts.kind {
        case .file: manifest.counts.files += 1
        case .directory: manifest.counts.folders += 1
        case .symlink: manifest.counts.links += 1
        case .fifo, .socket, .character, .block: manifest.counts.others += 1
        }
    }

    private func count(_ bytes: Int64) {
        manifest.counts.bytes += bytes
        progress.bytes += bytes
    }

    private func shown(_ entry: String) -> String { String(entry.dropFirst(FilesManifest.root.count + 1)) }
}
