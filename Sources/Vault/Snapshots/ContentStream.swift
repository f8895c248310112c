import Language

/// The chunks of some contents one after the other, fetched a window ahead.
///
/// Used by one task at a time. `@unchecked Sendable`: an iterator travels with its task.
final class ContentStream: @unchecked Sendable {
    private var contents: ArraySlice<Content>
    private let kind: ChunkKind
    private let chunks: ChunkReader
    private let name: String
    private var references: ReferenceStream?
    private var expected: Int64 = 0
    private var carried: ArraySlice<ChunkRef> = []
    private var ready: ArraySlice<[UInt8]> = []
    /// In the order of the contents.
    private var ahead: [Task<[[UInt8]], any Error>] = []

    /// Plain bytes fetched at once.
    private static let window = 8 << 20
    /// Windows that are under way beside the one in use: a far store gives several in the time of one.
    private static let nearWindows = 1
    private static let farWindows = 3

    init(_ contents: [Content], kind: ChunkKind, chunks: ChunkReader, name: String) {
        self.contents = contents[...]
        self.kind = kind
        self.chunks = chunks
        self.name = name
    }

    deinit { for task in ahead { task.cancel() } }

    /// The next piece, or nil behind the last.
    func next() async throws(VaultError) -> [UInt8]? {
        while ready.isEmpty {
            guard let window = try await nextWindow() else { return nil }
            ready = window[...]
        }
        return ready.removeFirst()
    }

    private func nextWindow() async throws(VaultError) -> [[UInt8]]? {
        if ahead.isEmpty { try await startNext() }
        guard !ahead.isEmpty else { return nil }
        let current = try await Self.value(of: ahead[0])
        ahead.removeFirst()
        let wanted = chunks.isFar ? Self.farWindows : Self.nearWindows
        while ahead.count < wanted, try await startNext() {}
        return current
    }

    /// Asks for one window more. False where there is none.
    @discardableResult
    private func startNext() async throws(VaultError) -> Bool {
        let following = try await nextReferences()
        guard !following.isEmpty else { return false }
        let (chunks, kind) = (chunks, kind)
        ahead.append(Task { try await chunks.fetch(following, kind: kind) })
        return true
    }

    private static func value(of task: Task<[[UInt8]], any Error>) async throws(VaultError) -> [[UInt8]] {
        do {
            return try await withTaskCancellationHandler {
                try await task.value
            } onCancel: {
                task.cancel()
            }
        } catch let error as VaultError {
            throw error
        } catch {
            throw VaultError(.cancelled, "The reading was given up.")
        }
    }

    /// References worth a window, or none behind the last.
    private func nextReferences() async throws(VaultError) -> [ChunkRef] {
        var taken: [ChunkRef] = []
        var bytes = 0
        while bytes < Self.window {
            if let reference = carried.popFirst() {
                taken.append(reference)
                bytes += reference.size
                expected -= Int64(reference.size)
                continue
            }
            if let batch = try await references?.next() {
                carried = batch[...]
                continue
            }
            guard expected == 0 else { throw .damaged(name, "its chunks do not add up to its size.") }
            guard let content = contents.popFirst() else { break }
            expected = content.size
            references = ReferenceStream(content, chunks: chunks, name: name)
        }
        return taken
    }
}

/// The references of one depth of a content, read through the lists above it.
final class ReferenceStream {
    private let content: Content
    private let chunks: ChunkReader
    private let name: String
    private let wantedDepth: Int
    private let known: [ChunkRef: [UInt8]]
    private var isRootGiven = false
    /// By depth: references that were read and not handed on, and bytes of an incomplete one.
    private var pending: [ArraySlice<ChunkRef>]
    private var carry: [[UInt8]]

    /// Plain bytes of lists that are fetched together.
    private static let together = 1 << 20

    /// - Parameter known: lists that were fetched before.
    init(
        _ content: Content, chunks: ChunkReader, name: String, stopAt depth: Int = 0, known: [ChunkRef: [UInt8]] = [:]
    ) {
        self.content = content
        self.known = known
        self.chunks = chunks
        self.name = name
        wantedDepth = depth
        pending = Array(repeating: [], count: content.depth + 1)
        carry = Array(repeating: [], count: content.depth + 1)
    }

    func next() async throws(VaultError) -> [ChunkRef]? { try await batch(of: wantedDepth) }

    private func batch(of depth: Int) async throws(VaultError) -> [ChunkRef]? {
        if depth == content.depth {
            defer { isRootGiven = true }
            return isRootGiven ? nil : content.chunks
        }
        while true {
            if pending[depth + 1].isEmpty {
                guard let lists = try await batch(of: depth + 1) else {
                    guard carry[depth].isEmpty else { throw .damaged(name, "a list of its chunks is cut short.") }
                    return nil
                }
                pending[depth + 1] = lists[...]
                continue
            }
            for list in try await lists(takeTogether(from: depth + 1)) { carry[depth] += list }
            let whole = carry[depth].count / ChunkRef.width * ChunkRef.width
            guard let references = Content.decode(Array(carry[depth][..<whole])) else {
                throw .damaged(name, "a list of its chunks names an impossible chunk.")
            }
            carry[depth].removeFirst(whole)
            if !references.isEmpty { return references }
        }
    }

    private func takeTogether(from depth: Int) -> ArraySlice<ChunkRef> {
        var bytes = 0
        let taken = pending[depth].prefix { reference in
            defer { bytes += reference.size }
            return bytes < Self.together
        }
        pending[depth].removeFirst(taken.count)
        return taken
    }

    private func lists(_ references: ArraySlice<ChunkRef>) async throws(VaultError) -> [[UInt8]] {
        let unknown = references.filter { known[$0] == nil }
        let found = Dictionary(zip(unknown, try await chunks.fetch(unknown, kind: .tree))) { first, _ in first }
        return references.compactMap { known[$0] ?? found[$0] }
    }
}
