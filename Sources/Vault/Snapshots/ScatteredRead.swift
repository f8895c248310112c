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

    /// Takes an entry, by its number, of which something is damaged or missing wherever it may lie in the vault. Other bytes of
    /// it are given on before and after, and it may be said several times.
    public typealias Lost = @Sendable (_ entry: Int, _ reason: VaultError) -> Void

    private let snapshot: SnapshotReader
    private let jobs: Int
    private let isThere: IsThere?
    private let lost: Lost?
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
    ///   - lost: takes the entries that cannot be read whole. Nil: the first damage ends the reading.
    ///   - deliver: takes a chunk's bytes and every place they belong to. Nil: nothing is fetched, and `isThere` is asked of
    /// every
    ///     chunk.
    public init(
        _ snapshot: SnapshotReader, jobs: Int, isThere: IsThere? = nil, lost: Lost? = nil, deliver: Deliver?
    ) {
        self.snapshot = snapshot
        self.jobs = max(1, jobs)
        self.isThere = isThere
        self.lost = lost
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
            let known = try await fetched(lists)
            for (entry, number) in taken {
                do {
                    try await add(entry, number, known, &turns)
                } catch let error as VaultError {
                    // Of other entries' chunks nothing is thrown where there is somebody to take it.
                    try lose([number], error)
                }
            }
        }
    }

    /// Lists of chunks by their names. Where one of them is damaged, none: then each entry reads its own.
    private func fetched(_ lists: [ChunkRef]) async throws(VaultError) -> [ChunkRef: [UInt8]] {
        do throws(VaultError) {
            return Dictionary(zip(lists, try await snapshot.chunks.fetch(lists, kind: .tree))) { first, _ in first }
        } catch {
            try lose([], error)
            return [:]
        }
    }

    /// Says that these cannot be read, where that is wanted and damage is why; else throws it: what cannot be reached will not be
    /// for the others.
    private func lose(_ entries: [Int], _ reason: VaultError) throws(VaultError) {
        guard let lost, reason.exitStatus == .damagedData else { throw reason }
        for entry in entries { lost(entry, reason) }
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
            do throws(VaultError) {
                let places = try await snapshot.chunks.places(of: reference, kind: .data)
                wanted.append(.init(position: position, reference: reference, place: places[0]))
            } catch {
                let targets = [position: window[reference] ?? []]
                let left = await Self.absent(targets, [(position, reference)], isThere, snapshot.chunks.cipher)
                try lose(left[position, default: []].map(\.entry), error)
            }
        }
        let (chunks, isThere, lost) = (snapshot.chunks, isThere, lost)
        let limits: Turns.Limits =
            chunks.isFar
            ? .init(count: max(jobs, Self.farFetches), bytes: Self.farBytes)
            : .init(count: jobs + 1, bytes: .max)  // one is read meanwhile
        for span in chunks.spans(of: wanted) {
            try await turns.take(ChunkReader.memory(span), within: limits) {
                try await Self.read(span, window, chunks, isThere, lost, deliver)
            }
        }
    }

    private static func read(
        _ span: [ChunkReader.Wanted], _ window: [ChunkRef: [Target]], _ chunks: ChunkReader, _ isThere: IsThere?,
        _ lost: Lost?, _ deliver: @escaping Deliver
    ) async throws {
        var targets: [Int: [Target]] = [:]
        for item in span { targets[item.position] = window[item.reference] }
        let left = await absent(targets, span.map { ($0.position, $0.reference) }, isThere, chunks.cipher)
        let missing = span.filter { !(left[$0.position] ?? []).isEmpty }
        guard !missing.isEmpty else { return }
        var lose: ChunkReader.Lost?
        if let lost {
            lose = { position, reason in for target in left[position] ?? [] { lost(target.entry, reason) } }
        }
        try await chunks.fetch(missing, .data, lost: lose) { position, bytes in try deliver(bytes, left[position] ?? []) }
    }

    /// Of the targets of chunks, by position, those that have not the bytes already.
    private static func absent(
        _ targets: [Int: [Target]], _ chunks: [(position: Int, reference: ChunkRef)], _ isThere: IsThere?, _ cipher: ChunkCipher
    ) async -> [Int: [Target]] {
        guard let isThere else { return targets }
        return await onOwnThread {
            var left = targets
            for (position, reference) in chunks {
                let proof = Proof(reference: reference, cipher: cipher)
                left[position]?.removeAll { isThere($0, proof) }
            }
            return left
        }
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
