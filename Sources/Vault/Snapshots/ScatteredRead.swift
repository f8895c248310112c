import Language

/// Gives the bytes of many entries in the order in which the store gives them fastest: the chunks of a window of entries are
/// sorted by pack, each is fetched once however often it occurs, neighbours in one request, several requests at once, those of a
/// window while the last of the window before are under way. Memory is that of these requests, whatever the entries' sizes.
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
    /// Plain bytes of the lists of chunks of several entries that are fetched together.
    private static let listBytes = 4 << 20
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

    /// Reads what `feed` adds, and returns when everything was given on. Throws what `feed` and `deliver` throw, or a
    /// `VaultError`.
    public func run(_ feed: (_ turns: inout Turns) async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Int.self) { group in
            var turns = Turns(group)
            try await feed(&turns)
            try await begin(&turns)
            try await turns.end()
        }
    }

    /// Wants the bytes of entries, each with its number. Begins to read them, and waits for room to do so, where enough were
    /// wanted together. The lists of their chunks are fetched for many entries at once: a far store takes as long for each.
    public func add(_ entries: [(Entry, Int)], _ turns: inout Turns) async throws {
        var rest = entries[...]
        while !rest.isEmpty {
            var lists: [ChunkRef] = []
            var bytes = 0
            var taken: [(Entry, Int)] = []
            while bytes < Self.listBytes, let next = rest.popFirst() {
                taken.append(next)
                for list in next.0.parts.filter({ $0.depth > 0 }).flatMap(\.chunks) where bytes < Self.listBytes {
                    lists.append(list)
                    bytes += list.size
                }
            }
            let fetched = try await snapshot.chunks.fetch(lists, kind: .tree)
            let known = Dictionary(zip(lists, fetched)) { first, _ in first }
            for (entry, number) in taken { try await add(entry, number, known, &turns) }
        }
    }

    private func add(_ entry: Entry, _ number: Int, _ known: [ChunkRef: [UInt8]], _ turns: inout Turns) async throws {
        var offset: Int64 = 0
        for part in entry.parts {
            let end = offset + part.size
            let stream = ReferenceStream(part, chunks: snapshot.chunks, name: entry.path, known: known)
            while let references = try await stream.next() {
                for reference in references {
                    guard offset + Int64(reference.size) <= end else {
                        throw VaultError.damaged(entry.path, "its chunks do not add up to its size.")
                    }
                    window[reference, default: []].append(Target(entry: number, offset: offset, size: reference.size))
                    offset += Int64(reference.size)
                    windowTargets += 1
                    windowBytes += reference.size
                    if windowTargets >= Self.targetLimit || windowBytes >= Self.byteLimit { try await begin(&turns) }
                }
            }
            guard offset == end else { throw VaultError.damaged(entry.path, "its chunks do not add up to its size.") }
        }
    }

    /// Whether the store is far: then it is better to have many entries wait than to have few read.
    public var isFar: Bool { snapshot.chunks.isFar }

    /// Begins to read everything that is wanted so far; returns when the last of it is under way.
    public func begin(_ turns: inout Turns) async throws {
        guard !window.isEmpty else { return }
        let window = self.window
        self.window = [:]
        (windowTargets, windowBytes) = (0, 0)
        guard let deliver else { return try await compare(window, &turns) }
        var wanted: [ChunkReader.Wanted] = []
        wanted.reserveCapacity(window.count)
        for (position, reference) in window.keys.enumerated() {
            let places = try await snapshot.chunks.places(of: reference, kind: .data)
            wanted.append(.init(position: position, reference: reference, place: places[0]))
        }
        let (chunks, isThere) = (snapshot.chunks, isThere)
        let limits: Turns.Limits =
            chunks.isFar
            ? .init(count: max(jobs, Self.farFetches), bytes: Self.farBytes)
            : .init(count: jobs + 1, bytes: .max)  // one is read meanwhile
        for span in chunks.spans(of: wanted) {
            try await turns.take(ChunkReader.memory(span), within: limits) {
                try await Self.read(span, window, chunks, isThere, deliver)
            }
        }
    }

    private static func read(
        _ span: [ChunkReader.Wanted], _ window: [ChunkRef: [Target]], _ chunks: ChunkReader, _ isThere: IsThere?,
        _ deliver: @escaping Deliver
    ) async throws {
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

    private func compare(_ window: [ChunkRef: [Target]], _ turns: inout Turns) async throws {
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
        for group in groups {
            try await turns.take(0, within: .init(count: jobs, bytes: .max)) {
                await onOwnThread {
                    for (target, reference) in group { _ = isThere(target, Proof(reference: reference, cipher: cipher)) }
                }
            }
        }
    }

    /// What is under way.
    public struct Turns {
        private var group: ThrowingTaskGroup<Int, any Error>
        private var running = 0
        private var bytes = 0

        fileprivate struct Limits {
            let count: Int
            /// At least one is under way, however many it takes.
            let bytes: Int
        }

        fileprivate init(_ group: ThrowingTaskGroup<Int, any Error>) { self.group = group }

        /// Begins `work`, which takes so many bytes, as soon as there is room for it. Throws what earlier work has thrown.
        fileprivate mutating func take(
            _ size: Int, within limits: Limits, _ work: @escaping @Sendable () async throws -> Void
        ) async throws {
            while running > 0, running >= limits.count || bytes + size > limits.bytes {
                bytes -= try await group.next() ?? 0
                running -= 1
            }
            group.addTask {
                try await work()
                return size
            }
            running += 1
            bytes += size
        }

        fileprivate mutating func end() async throws { try await group.waitForAll() }
    }
}
