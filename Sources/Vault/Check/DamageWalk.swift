import Language

/// Goes through the snapshots of a damaged vault and tells what of each cannot be read. It passes over lists that cannot be read
/// themselves, and looks at what snapshots share only once. Memory: an entry for each list chunk, and the touched entries.
struct DamageWalk {
    /// As it is known now: a prune may move chunks meanwhile.
    var health: ChunkHealth
    /// Packs of which it is wanted who relies on them.
    private let damaged: Set<PackID>
    private var lists: [Key: KnownList] = [:]
    private var lines: [Key: KnownLines] = [:]

    /// What was found below some references.
    struct Tally {
        /// Bytes of data chunks that cannot be read.
        var lost: Int64 = 0
        /// Chunks that are in no pack that is known.
        var nowhere = 0
        /// Chunks that only the footer of a pack leads to.
        var unindexed = 0
        /// Damaged packs in which a reader looks first.
        var packs: Set<PackID> = []

        mutating func add(_ other: Tally) {
            lost += other.lost
            nowhere += other.nowhere
            unindexed += other.unindexed
            packs.formUnion(other.packs)
        }
    }

    /// A list chunk behind the end of the one before it; nil where that one cannot be read.
    private struct Key: Hashable {
        let chunk: ChunkID
        let carried: Digest?
        let skipped: Int
    }

    private struct KnownList {
        let carry: [UInt8]
        let tally: Tally
        /// Bytes of what it refers to.
        let size: Int64
    }

    private struct KnownLines {
        let carry: [UInt8]
        let tally: Tally
        let entries: [TouchedSnapshot.Entry]
        let areSound: Bool
    }

    init(_ health: ChunkHealth, damaged: Set<PackID>) {
        self.health = health
        self.damaged = damaged
    }

    /// What of a snapshot cannot be read; where that is nothing, the touched snapshot has no entries.
    mutating func walk(_ reader: SnapshotReader) async throws(VaultError) -> (touched: TouchedSnapshot, tally: Tally) {
        var touched = TouchedSnapshot(snapshot: reader.record)
        var tally = Tally()
        let content = reader.body.entries
        let list = try await leaves(of: content, reader.chunks, &tally)
        touched.isListHarmed = !list.isWhole
        var carry: [UInt8]? = []
        for reference in list.references {
            note(reference, .tree, &tally)
            guard let known = try await entries(in: reference, behind: carry, reader.chunks) else {
                touched.isListHarmed = true
                carry = nil
                continue
            }
            carry = known.carry
            tally.add(known.tally)
            touched.isListHarmed = touched.isListHarmed || !known.areSound
            touched.entryCount += known.entries.count
            touched.lostBytes += known.entries.reduce(0) { $0 + $1.lost }
            touched.entries += known.entries.prefix(TouchedSnapshot.namedEntries - touched.entries.count)
        }
        return (touched, tally)
    }

    private func note(_ reference: ChunkRef, _ kind: ChunkKind, _ tally: inout Tally) {
        if let pack = health.firstPack(of: reference.id), damaged.contains(pack) { tally.packs.insert(pack) }
        switch health.state(of: reference.id) {
        case .readable: return
        case .unindexed: tally.unindexed += 1
        case .unreadable: if kind == .data { tally.lost += Int64(reference.size) }
        case .nowhere:
            tally.nowhere += 1
            if kind == .data { tally.lost += Int64(reference.size) }
        }
    }

    /// The bytes of a list chunk, or nil where they cannot be read.
    private func fetch(_ reference: ChunkRef, _ chunks: ChunkReader) async throws(VaultError) -> [UInt8]? {
        do throws(VaultError) {
            return try await chunks.fetch([reference], kind: .tree)[0]
        } catch {
            guard error.exitStatus == .damagedData else { throw error }
            return nil
        }
    }

    /// The references of depth 0 or, with `above`, of the depth over it, as far as the lists over those can be read.
    private func leaves(
        of content: Content, _ chunks: ChunkReader, above: Int = 0, _ tally: inout Tally
    ) async throws(VaultError) -> (references: [ChunkRef], isWhole: Bool) {
        var references = content.chunks
        var depth = content.depth
        while depth > above {
            var carry: [UInt8] = []
            var below: [ChunkRef] = []
            for reference in references {
                note(reference, .tree, &tally)
                guard let bytes = try await fetch(reference, chunks) else { return (depth == above + 1 ? below : [], false) }
                carry += bytes
                let whole = carry.count / ChunkRef.width * ChunkRef.width
                guard let found = Content.decode(Array(carry[..<whole])) else {
                    return (depth == above + 1 ? below : [], false)
                }
                below += found
                carry.removeFirst(whole)
            }
            references = below
            depth -= 1
        }
        return (references, true)
    }

    // MARK: - Lines of the entry list

    private mutating func entries(
        in reference: ChunkRef, behind carry: [UInt8]?, _ chunks: ChunkReader
    ) async throws(VaultError) -> KnownLines? {
        let key = Key(chunk: reference.id, carried: carry.map { Digest(sha256: $0) }, skipped: 0)
        if let known = lines[key] { return known }
        guard let bytes = try await fetch(reference, chunks) else { return nil }
        var pending = (carry ?? []) + bytes
        if carry == nil {
            // Behind a hole: the first line that begins here.
            guard let end = pending.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
            pending.removeFirst(end + 1)
        }
        var tally = Tally()
        var touched: [TouchedSnapshot.Entry] = []
        var areSound = true
        var start = 0
        while let end = pending[start...].firstIndex(of: UInt8(ascii: "\n")) {
            defer { start = end + 1 }
            guard let entry = EntryList.entry(of: pending[start..<end]) else {
                areSound = false
                continue
            }
            var own = Tally()
            for part in entry.parts { own.add(try await walk(part, chunks)) }
            tally.add(own)
            if own.lost > 0 { touched.append(.init(path: entry.path, size: entry.size, lost: min(own.lost, entry.size))) }
        }
        pending.removeFirst(start)
        if pending.count > EntryList.longestLine {
            areSound = false
            pending = []
        }
        let known = KnownLines(carry: pending, tally: tally, entries: touched, areSound: areSound)
        lines[key] = known
        return known
    }

    // MARK: - Chunks of an entry

    private mutating func walk(_ content: Content, _ chunks: ChunkReader) async throws(VaultError) -> Tally {
        var tally = Tally()
        guard content.depth > 0 else {
            for reference in content.chunks { note(reference, .data, &tally) }
            return tally
        }
        let upper = try await leaves(of: content, chunks, above: 1, &tally)
        var carry: [UInt8]? = []
        var offset = 0
        var seen: Int64 = 0
        for list in upper.references {
            note(list, .tree, &tally)
            defer { offset += list.size }
            guard let known = try await walk(list, behind: carry, at: offset, chunks) else {
                carry = nil
                continue
            }
            carry = known.carry
            seen += known.size
            tally.add(known.tally)
        }
        // What is listed in lists that cannot be read.
        tally.lost += max(0, content.size - seen)
        return tally
    }

    /// - Parameter offset: of the list chunk among all of its depth, bytes: behind a hole it says where the next reference
    ///   begins.
    private mutating func walk(
        _ list: ChunkRef, behind carry: [UInt8]?, at offset: Int, _ chunks: ChunkReader
    ) async throws(VaultError) -> KnownList? {
        let skipped = carry == nil ? (ChunkRef.width - offset % ChunkRef.width) % ChunkRef.width : 0
        let key = Key(chunk: list.id, carried: carry.map { Digest(sha256: $0) }, skipped: skipped)
        if let known = lists[key] { return known }
        guard let bytes = try await fetch(list, chunks) else { return nil }
        let all = (carry ?? []) + bytes.dropFirst(skipped)
        let whole = all.count / ChunkRef.width * ChunkRef.width
        guard let references = Content.decode(Array(all[..<whole])) else { return nil }
        var tally = Tally()
        var size: Int64 = 0
        for reference in references {
            note(reference, .data, &tally)
            size += Int64(reference.size)
        }
        let known = KnownList(carry: Array(all[whole...]), tally: tally, size: size)
        lists[key] = known
        return known
    }
}
