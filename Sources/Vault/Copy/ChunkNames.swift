import Synchronization

/// How the chunks of one vault are named in another with other keys, as far as this host has copied them: what was opened and
/// sealed anew once need not be opened again. In a file of the other vault's cache that only this host's key can write (I14).
///
///     "RPRSNAM1", as an `AuthenticatedFile`;
///     for each chunk: its id there (32) ‖ its id here (32)
final class ChunkNames: Sendable {
    private let file: AuthenticatedFile
    private let state: Mutex<State>

    private struct State {
        var names: [ChunkID: ChunkID]
        var isSaved = true
    }

    /// 64 bytes each: some hundred gigabytes of files. Past that it starts anew.
    private static let most = 1 << 20

    init(of source: VaultID, in target: OpenVault) {
        file = AuthenticatedFile(
            "chunks-of-\(source).names", magic: "RPRSNAM1", purpose: "names/1/\(source)", cache: target.cache,
            vault: target.id, keys: target.keys)
        state = Mutex(State(names: file.read(Self.decode) ?? [:]))
    }

    subscript(_ chunk: ChunkID) -> ChunkID? { state.withLock { $0.names[chunk] } }

    func note(_ new: some Sequence<(ChunkID, ChunkID)>) {
        state.withLock { state in
            for (chunk, name) in new {
                if state.names.count >= Self.most { state.names.removeAll(keepingCapacity: true) }
                state.names[chunk] = name
                state.isSaved = false
            }
        }
    }

    /// Puts what is known into the file. A cache that cannot be written costs time and no more.
    func save() {
        state.withLock { state in
            guard !state.isSaved else { return }
            var body: [UInt8] = []
            body.reserveCapacity(state.names.count * 2 * Digest.width)
            for (chunk, name) in state.names { body += chunk.bytes + name.bytes }
            file.write(body)
            state.isSaved = true
        }
    }

    private static func decode(_ reader: inout ByteReader) throws(ByteReader.Truncated) -> [ChunkID: ChunkID]? {
        var found: [ChunkID: ChunkID] = [:]
        found.reserveCapacity(reader.remaining / (2 * Digest.width))
        while reader.remaining > 0 {
            guard let chunk = ChunkID(bytes: try reader.bytes(Digest.width)),
                let name = ChunkID(bytes: try reader.bytes(Digest.width))
            else { return nil }
            found[chunk] = name
        }
        return found
    }
}
