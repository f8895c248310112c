/// Where chunks can be read from, in a vault of which some packs are not what they were.
struct ChunkHealth: Sendable {
    let index: ChunkIndex
    /// Packs that a segment names.
    let named: Set<PackID>
    /// Packs that are there with the size that a segment names.
    let present: Set<PackID>
    let condemned: Set<PackID>
    /// Packs that were looked into because they are not what was written, with the chunks of them that do not open.
    let harmed: [PackID: Set<ChunkID>]

    enum State {
        case readable
        /// Only through the footer of a pack that no segment names.
        case unindexed
        /// In packs that are gone or damaged.
        case unreadable
        /// In no pack that is known.
        case nowhere
    }

    func state(of id: ChunkID) -> State { state(id, index.places(of: id)) }

    /// The pack in which a reader looks first.
    func firstPack(of id: ChunkID) -> PackID? { index.places(of: id).first?.pack }

    private func state(_ id: ChunkID, _ places: [ChunkPlace]) -> State {
        let readable = places.filter { isReadable(id, in: $0.pack) }
        if readable.contains(where: { named.contains($0.pack) }) { return .readable }
        if !readable.isEmpty { return .unindexed }
        return places.contains { named.contains($0.pack) } ? .unreadable : .nowhere
    }

    private func isReadable(_ id: ChunkID, in pack: PackID) -> Bool {
        if let bad = harmed[pack] { return !bad.contains(id) }
        // What no segment names was found by its footer, so it is there; a condemned one may be what a repair has put aside.
        return named.contains(pack) ? present.contains(pack) : !condemned.contains(pack)
    }
}
