import Foundation
import Language
import ObjectStore

/// Moves sealed chunks into new packs without opening them: the ciphertext as it is, with the key slot that opens it.
struct PackCopier {
    private let vault: OpenVault
    private let session: ULID
    /// Whether each pack is read back. Whoever will delete the originals must know that the copy is what was sent.
    private let readsBack: Bool
    private var open: [ChunkKind: OpenPack] = [:]
    private var unindexed: [(pack: IndexSegment.Pack, chunks: [PackFooter.Chunk])] = []
    private var segments: UInt16 = 0
    private(set) var written = PrunePlan.Amount()
    /// The packs that were written, and read back as they were.
    private(set) var packs: Set<PackID> = []
    /// Chunks that were copied and are in no segment yet.
    private var copied: Set<ChunkID> = []

    /// A pack of this many sources is long enough in the opening.
    private static let slotLimit = 64

    private struct OpenPack {
        var slots: [KeySlot] = []
        var slotNumbers: [[UInt8]: UInt8] = [:]
        var body: [UInt8] = []
        /// Offsets are from the start of `body`.
        var chunks: [PackFooter.Chunk] = []
    }

    /// - Parameter vault: into which they are moved.
    init(_ vault: OpenVault, session: ULID, readsBack: Bool = true) {
        self.vault = vault
        self.session = session
        self.readsBack = readsBack
    }

    /// Copies what of `pack` is wanted and was not copied before. Fails with `.damaged` where its bytes are not what was written.
    mutating func copy(_ pack: PackID, where isWanted: (ChunkID) -> Bool) async throws(VaultError) {
        try await copy(pack, try await vault.get(PackLayout.objectName(pack)), where: isWanted)
    }

    /// As `copy`, of bytes that were got in another way.
    mutating func copy(_ pack: PackID, _ bytes: [UInt8], where isWanted: (ChunkID) -> Bool) async throws(VaultError) {
        let name = PackLayout.objectName(pack)
        guard PackID(sha256: bytes) == pack, let footer = PackFooter(pack: bytes, layout: vault.layout),
            let header = try? PackLayout.readHeader(bytes, vault: vault.id), header.kind == footer.kind
        else { throw .damaged(name, "its bytes have changed since they were written.") }
        for chunk in footer.chunks where isWanted(chunk.id) && !copied.contains(chunk.id) {
            let sealed = bytes[chunk.offset..<chunk.offset + chunk.storedSize]
            guard let slot = ChunkCipher.slot(of: sealed), header.slots.indices.contains(slot) else {
                throw .damaged(name, "the chunk \(chunk.id) at byte \(chunk.offset) is not what was written.")
            }
            try await copy(chunk, sealed, header.slots[slot], footer.kind)
        }
        if copied.count >= IndexSegment.usualRecords { try await finish() }
    }

    /// Copies one chunk, unless it was copied before, as it stands but for the ordinal of its slot.
    mutating func copy(
        _ chunk: PackFooter.Chunk, _ sealed: ArraySlice<UInt8>, _ slot: KeySlot, _ kind: ChunkKind
    ) async throws(VaultError) {
        guard copied.insert(chunk.id).inserted else { return }
        var target = open.removeValue(forKey: kind) ?? OpenPack()
        let encoded = slot.encoded
        if target.slotNumbers[encoded] == nil, target.slots.count == Self.slotLimit {
            try await close(target, kind)
            target = OpenPack()
        }
        if target.slotNumbers[encoded] == nil {
            target.slotNumbers[encoded] = UInt8(target.slots.count)
            target.slots.append(slot)
        }
        target.chunks.append(
            .init(id: chunk.id, offset: target.body.count, storedSize: chunk.storedSize, plainSize: chunk.plainSize))
        let start = target.body.count
        target.body += sealed
        target.body[start + 1] = target.slotNumbers[encoded] ?? 0
        if target.body.count >= vault.config.packBytes {
            try await close(target, kind)
        } else {
            open[kind] = target
        }
    }

    /// Takes a pack that is in the vault already to those that the next segment names.
    mutating func add(_ pack: IndexSegment.Pack, _ chunks: [PackFooter.Chunk]) {
        unindexed.append((pack, chunks))
    }

    /// Closes what is open and puts it into the index: everything that was copied is then found.
    mutating func finish() async throws(VaultError) {
        for kind in ChunkKind.allCases {
            if let last = open.removeValue(forKey: kind), !last.chunks.isEmpty { try await close(last, kind) }
        }
        copied = []
        guard !unindexed.isEmpty else { return }
        segments &+= 1
        let segment = ULID(at: Date(), family: session, number: segments)
        let table = IndexSegment.table(of: unindexed)
        try await vault.putNew(
            IndexSegment.objectName(segment),
            IndexSegment.seal(table, segment: segment, vault: vault.id, indexKey: vault.keys.indexKey))
        vault.index.add(table, segments: [segment])
        unindexed = []
    }

    private mutating func close(_ pack: OpenPack, _ kind: ChunkKind) async throws(VaultError) {
        var bytes = PackLayout.header(vault.id, kind, slots: pack.slots)
        let start = bytes.count
        bytes += pack.body
        let chunks = pack.chunks.map {
            PackFooter.Chunk(id: $0.id, offset: $0.offset + start, storedSize: $0.storedSize, plainSize: $0.plainSize)
        }
        PackFooter(kind: kind, chunks: chunks).append(to: &bytes, layout: vault.layout)
        let id = PackID(sha256: bytes)
        let name = PackLayout.objectName(id)
        do throws(StoreError) {
            try await vault.store.putSurely(name, bytes, isNamedByItsBytes: true)
        } catch { throw VaultError(error) }
        if readsBack {
            guard try await vault.get(name) == bytes else {
                throw .damaged(name, "it does not read back as it was written.")
            }
        }
        unindexed.append((.init(id: id, size: bytes.count, kind: kind), chunks))
        written.add(bytes.count)
        packs.insert(id)
    }
}
