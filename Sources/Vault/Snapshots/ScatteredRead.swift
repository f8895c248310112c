import Language

/// Gives the bytes of many entries in the order in which the store gives them fastest: the chunks of a window of entries are
/// sorted by pack, each is fetched once however often it occurs, neighbours in one request, several requests at once. Memory is
/// that of the requests under way, whatever the entries' sizes.
///
/// Used by one task at a time; the closures are called on threads of their own, several at once. `@unchecked Sendable`: it
/// travels with its task.
public final class ScatteredRead: @unchecked Sendable {
    /// A place that a chunk belongs to.
    public struct Target: Hashable, Sendable {
        /// The number that `add` was given.
        public let entry: Int
        /// In the entry's bytes.
        public let offset: Int64
        public let size: Int
    }

    /// Tells whether bytes are those of a chunk, without fetching it.
    public struct Proof: Sendable {
        let reference: ChunkRef
        let cipher: ChunkCipher

        public func fits(_ bytes: [UInt8]) -> Bool {
            bytes.count == reference.size && cipher.id(of: bytes, kind: .data) == reference.id
        }
    }

    public typealias IsThere = @Sendable (Target, Proof) -> Bool
    /// Takes bytes, which stand no longer than it runs.
    public typealias Deliver = @Sendable (UnsafeRawBufferPointer, [Target]) throws -> Void

    private let snapshot: SnapshotReader
    private let jobs: Int
    private let isThere: IsThere?
    private let deliver: Deliver?

    private var window: [ChunkRef: [Target]] = [:]
    private var windowTargets = 0
    private var windowBytes = 0

    private static let targetLimit = 32_768
    private static let byteLimit = 1 << 30
    /// Requests to a far store that are under way at once, and the bytes that those may come to.
    private static let farFetches = 24
    static let farBytes = 96 << 20
    /// Chunks of a group that is only compared, by bytes.
    private static let comparedBytes = 8 << 20

    /// - Parameters:
    ///   - isThere: whether the place has these bytes already, so that they need not be fetched. Nil: it never has.
    ///   - deliver: takes a chunk's bytes and every place they belong to. Nil: nothing is fetched, and `isThere` is asked of
    /// every
    ///     chunk.
    public init(
        _ snapshot: SnapshotReader, jobs: Int, isThere: IsThere? = nil, deliver: Deliver?
    ) {
        self.snapshot = snapshot
        self.jobs = max(1, jobs)
        self.isThere = isThere
        self.deliver = deliver
    }

    /// Wants the bytes of `entry`. May do the work of a whole window before it returns. Throws what `deliver` throws, or a
    /// `VaultError`.
    public func add(_ entry: Entry, number: Int) async throws {
        var offset: Int64 = 0
        for part in entry.parts {
            let end = offset + part.size
            let stream = ReferenceStream(part, chunks: snapshot.chunks, name: entry.path)
            while let references = try await stream.next() {
                for reference in references {
                    guard offset + Int64(reference.size) <= end else {
                        throw VaultError.damaged(entry.path, "its chunks do not add up to its size.")
                    }
                    window[reference, default: []].append(Target(entry: number, offset: offset, size: reference.size))
                    offset += Int64(reference.size)
                    windowTargets += 1
                    windowBytes += reference.size
                    if windowTargets >= Self.targetLimit || windowBytes >= Self.byteLimit { try await flush() }
                }
            }
            guard offset == end else { throw VaultError.damaged(entry.path, "its chunks do not add up to its size.") }
        }
    }

    /// Whether the store is far: then it is better to have many entries wait than to have few read.
    public var isFar: Bool { snapshot.chunks.isFar }

    /// Does what is left.
    public func finish() async throws { try await flush() }

    private func flush() async throws {
        guard !window.isEmpty else { return }
        let window = self.window
        self.window = [:]
        (windowTargets, windowBytes) = (0, 0)
        guard let deliver else { return try await compare(window) }
        var wanted: [ChunkReader.Wanted] = []
        wanted.reserveCapacity(window.count)
        let references = Array(window.keys)
        for (position, reference) in references.enumerated() {
            let places = try await snapshot.chunks.places(of: reference, kind: .data)
            wanted.append(.init(position: position, reference: reference, place: places[0]))
        }
        let (chunks, isThere) = (snapshot.chunks, isThere)
        let isFar = chunks.isFar
        try await inTurns(
            chunks.spans(of: wanted), atMost: isFar ? max(jobs, Self.farFetches) : jobs + 1,  // one is read meanwhile
            within: isFar ? Self.farBytes : .max, of: ChunkReader.memory
        ) { span in
            var targets: [Int: [Target]] = [:]
            for item in span { targets[item.position] = window[item.reference] }
            var missing = span
            if let isThere {
                targets = await onOwnThread { [targets] in
                    var left = targets
                    for item in span {
                        let proof = Proof(reference: item.reference, cipher: chunks.cipher)
                        left[item.position]?.removeAll { isThere($0, proof) }
                    }
                    return left
                }
                missing = span.filter { !(targets[$0.position] ?? []).isEmpty }
            }
            guard !missing.isEmpty else { return }
            let left = targets
            try await chunks.fetch(missing, .data) { position, bytes in try deliver(bytes, left[position] ?? []) }
        }
    }

    private func compare(_ window: [ChunkRef: [Target]]) async throws {
        guard let isThere else { return }
        // In the order of the files, so that they are read from front to back.
        let all = window.flatMap { reference, targets in targets.map { ($0, reference) } }
            .sorted { ($0.0.entry, $0.0.offset) < ($1.0.entry, $1.0.offset) }
        var groups: [[(Target, ChunkRef)]] = [[]]
        var bytes = 0
        for item in all {
            if bytes > Self.comparedBytes {
                groups.append([])
                bytes = 0
            }
            groups[groups.count - 1].append(item)
            bytes += item.0.size + 16_384
        }
        let cipher = snapshot.chunks.cipher
        try await inTurns(groups, atMost: jobs, within: .max, of: { _ in 0 }) { group in
            await onOwnThread {
                for (target, reference) in group { _ = isThere(target, Proof(reference: reference, cipher: cipher)) }
            }
        }
    }

    /// At most `count` of them at a time, in order, and no more than `budget` bytes together, of which each takes `size`.
    private func inTurns<Work: Sendable>(
        _ work: [Work], atMost count: Int, within budget: Int, of size: (Work) -> Int,
        _ body: @escaping @Sendable (Work) async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: Int.self) { group in
            var running = 0
            var bytes = 0
            for item in work {
                let own = size(item)
                while running > 0, running >= count || bytes + own > budget {
                    bytes -= try await group.next() ?? 0
                    running -= 1
                }
                group.addTask {
                    try await body(item)
                    return own
                }
                running += 1
                bytes += own
            }
            try await group.waitForAll()
        }
    }
}
