internal import Glibc
internal import Vault

/// Reads the files of batches on one thread.
final class FileReading {
    private let snapshot: SnapshotWriter
    private let lane: ChunkLane
    private let queue: CaptureQueue
    private let begun: FileFacts.Time
    private let isCancelled: @Sendable () -> Bool

    /// Bytes up to which a file is read at once, by one thread.
    static let small = 1 << 20
    /// How often a file is read that changes meanwhile.
    private static let attempts = 3

    init(
        snapshot: SnapshotWriter, queue: CaptureQueue, begun: FileFacts.Time, isCancelled: @escaping @Sendable () -> Bool
    ) {
        self.snapshot = snapshot
        self.queue = queue
        self.begun = begun
        self.isCancelled = isCancelled
        lane = snapshot.lane()
    }

    /// Works until everything is done.
    func run() throws {
        while let turn = try queue.take() {
            switch turn {
            case .join(let file): file.join(with: lane)
            case .batch(let batch):
                try read(batch)
                try queue.finish(batch, by: self)
            }
        }
        try lane.close()
    }

    /// Reads the files of a batch. The next few are open already, and the system was told that they will be read: a disk has
    /// several of them to fetch at once.
    private func read(_ batch: CaptureBatch) throws {
        let wanted = batch.items.compactMap { item -> (entry: CaptureEntry, file: FileToRead)? in
            guard case .entry(let entry) = item, case .read(let file) = entry.work else { return nil }
            return (entry, file)
        }
        var opened: [OpenedFile] = []
        defer { for file in opened where file.descriptor >= 0 { close(file.descriptor) } }
        var next = 0
        for (entry, file) in wanted {
            while next < wanted.count, opened.count < Self.openedAhead {
                opened.append(Self.open(wanted[next].file))
                next += 1
            }
            if isCancelled() { throw CancellationError() }
            try read(file, opened.removeFirst(), into: entry)
        }
    }

    /// Reads one file more.
    func read(_ file: FileToRead, into entry: CaptureEntry) throws { try read(file, Self.open(file), into: entry) }

    /// Files that are open and waited for at once, by each thread.
    private static let openedAhead = 16

    /// A file open for reading; the descriptor is negative where it could not be opened.
    private struct OpenedFile {
        let descriptor: Int32
        let number: Int32
    }

    private static func open(_ file: FileToRead) -> OpenedFile {
        let descriptor = file.folder.file(file.name)
        guard descriptor >= 0 else { return OpenedFile(descriptor: descriptor, number: errno) }
        if (1...Int64(small)).contains(file.status.size) { posix_fadvise(descriptor, 0, 0, POSIX_FADV_WILLNEED) }
        return OpenedFile(descriptor: descriptor, number: 0)
    }

    private func read(_ file: FileToRead, _ first: OpenedFile, into entry: CaptureEntry) throws {
        var opened = first
        for attempt in 1...Self.attempts {
            if attempt > 1 { opened = Self.open(file) }
            let descriptor = opened.descriptor
            guard descriptor >= 0 else {
                entry.work = .failed(Self.problem(entry.path, opened.number))
                return
            }
            defer { close(descriptor) }
            // The first time what the walk saw will do: what has changed since is read again.
            guard let before = attempt == 1 ? file.status : FileStatus.of(descriptor) else {
                entry.work = .failed(Self.problem(entry.path, errno))
                return
            }
            // Another file may stand there by now; one of another kind is none to read.
            guard before.kind == .file else {
                entry.work = .failed(Self.problem(entry.path, ENOENT))
                return
            }
            let attributes = ExtendedAttributes.of(descriptor)
            let stored: (content: StoredContent, chunks: EntryChunks?, isPages: Bool)
            do {
                stored = try store(file, descriptor, before)
            } catch let failure as ReadFailure {
                let isFile = FileStatus.of(descriptor)?.kind == .file
                entry.work = .failed(Self.problem(entry.path, isFile ? failure.number : ENOENT))
                return
            }
            guard let after = FileStatus.of(descriptor) else {
                entry.work = .failed(Self.problem(entry.path, errno))
                return
            }
            let isSteady = after.isUntouched(since: before) && stored.content.size == after.size
            if !isSteady, attempt < Self.attempts { continue }
            // Names are those of the numbers that the walk saw.
            if entry.facts.uid != after.uid { entry.facts.user = nil }
            if entry.facts.gid != after.gid { entry.facts.group = nil }
            entry.facts.mode = after.mode
            entry.facts.uid = after.uid
            entry.facts.gid = after.gid
            entry.facts.modified = after.modified
            entry.facts.isSparse = after.isSparse
            entry.facts.attributes = attributes
            entry.facts.note = isSteady ? nil : .changed
            entry.isAnother = !after.isSameFile(as: file.status)
            var stamp = FileStamp(after)
            stamp.isPages = stored.isPages
            stamp.user = entry.facts.user
            stamp.group = entry.facts.group
            // What was written to within the file system's granularity of the start may change again without its times telling.
            if !isSteady || max(after.modified, after.changed) >= begun { stamp.inode = 0 }
            entry.work = .done(
                stored.content,
                remembered: .init(stamp: stamp.stamp, extra: stamp.extra, chunks: stored.chunks))
            return
        }
    }

    private struct ReadFailure: Error { let number: Int32 }

    private func store(
        _ file: FileToRead, _ descriptor: Int32, _ status: FileStatus
    ) throws -> (StoredContent, EntryChunks?, isPages: Bool) {
        let size = Int(status.size)
        let buffer = lane.room(for: Self.small + 1)
        if size <= Self.small {
            // One byte more than there should be, to see that it has grown.
            let count = try Self.fill(UnsafeMutableRawBufferPointer(rebasing: buffer[..<(size + 1)]), from: descriptor)
            let bytes = UnsafeRawBufferPointer(rebasing: buffer[..<min(count, size)])
            let kind = ContentChoice.kind(name: file.name, status: status, head: Array(bytes.prefix(64)), earlier: file.earlier)
            return (try lane.store(bytes, as: kind), nil, kind == .pages)
        }
        let head = try Self.fill(UnsafeMutableRawBufferPointer(rebasing: buffer[..<64]), from: descriptor)
        let kind = ContentChoice.kind(
            name: file.name, status: status, head: Array(buffer[..<head]), earlier: file.earlier)
        guard lseek(descriptor, 0, SEEK_SET) == 0 else { throw ReadFailure(number: errno) }
        posix_fadvise(descriptor, 0, 0, POSIX_FADV_SEQUENTIAL)
        // A file that grows while it is read is read as far as it went at first.
        var left = size
        let isCancelled = isCancelled
        let large = LargeFile(
            snapshot.shared(kind) { target in
                if isCancelled() { throw CancellationError() }
                let piece = UnsafeMutableRawBufferPointer(rebasing: target[..<min(target.count, left)])
                guard !piece.isEmpty else { return 0 }
                let count = try Self.fill(piece, from: descriptor)
                left = count < piece.count ? 0 : left - count
                return count
            })
        queue.share(large)
        let (content, chunks) = try large.lead(with: lane)
        return (content, chunks, kind == .pages)
    }

    /// Reads until the buffer is full or the file ends.
    private static func fill(_ target: UnsafeMutableRawBufferPointer, from descriptor: Int32) throws -> Int {
        var filled = 0
        while filled < target.count {
            let count = Glibc.read(descriptor, target.baseAddress! + filled, target.count - filled)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw ReadFailure(number: errno) }
            if count == 0 { break }
            filled += count
        }
        return filled
    }

    static func problem(_ path: String, _ number: Int32) -> FilesManifest.Problem {
        let shown = String(path.dropFirst(FilesManifest.root.count + 1))
        // Gone, or something else in its place by now.
        if [ENOENT, ENOTDIR, ELOOP, ESTALE].contains(number) { return .init(kind: .vanished, path: shown) }
        return .init(kind: .unreadable, path: shown.isEmpty ? "." : shown, reason: systemMessage(number))
    }
}
