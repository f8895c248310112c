import Crypto
import Foundation
import Language
import ObjectStore
import Synchronization

/// Builds an index of chunks that nobody has, by the way of any other, and measures it: `reprise debug index`.
public struct IndexTrial: Sendable {
    public let chunks: Int
    /// Chunks in each index segment, and in each pack.
    public let perSegment: Int
    public let perPack: Int

    public init(chunks: Int, perSegment: Int = 131_072, perPack: Int = 64) {
        self.chunks = chunks
        self.perSegment = perSegment
        self.perPack = perPack
    }

    /// What it took to bring an index up to date.
    public struct Opening: Sendable, Encodable {
        public let seconds: Double
        public let tables: Int
        public let records: Int
        /// Bytes of the tables' heads, which are read whole.
        public let openedBytes: Int
    }

    public struct Lookups: Sendable, Encodable {
        public let threads: Int
        public let count: Int
        public let found: Int
        public let seconds: Double
        public var perSecond: Double { Double(count) / max(seconds, 1e-9) }
    }

    /// An index that was brought up to date from an invented store, with a local cache in `folder`.
    public func open(in folder: String) async throws -> (index: OpenTrialIndex, opening: Opening) {
        let store = InventedSegments(self)
        let index = ChunkIndex(cache: try LocalCache(folder), vault: store.vault, indexKey: store.indexKey)
        let start = ContinuousClock.now
        try await index.refresh(from: store)
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        let tables = index.tables
        return (
            OpenTrialIndex(index: index, chunks: chunks),
            Opening(
                seconds: seconds, tables: tables.count, records: index.recordCount,
                openedBytes: tables.reduce(0) { $0 + $1.openedBytes })
        )
    }

    /// The chunk with that number, from 0; ids are evenly spread, as those of real chunks.
    static func id(_ number: Int) -> ChunkID {
        var state = UInt64(truncatingIfNeeded: number) &* 0x9e37_79b9_7f4a_7c15
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Digest.width)
        for _ in 0..<4 {
            // SplitMix64.
            state &+= 0x9e37_79b9_7f4a_7c15
            var word = state
            word = (word ^ word >> 30) &* 0xbf58_476d_1ce4_e5b9
            word = (word ^ word >> 27) &* 0x94d0_49bb_1331_11eb
            bytes.append(little: word ^ word >> 31)
        }
        return bytes.withUnsafeBytes { ChunkID($0) }
    }
}

/// An index of invented chunks.
public struct OpenTrialIndex: Sendable {
    let index: ChunkIndex
    let chunks: Int

    /// Looks chunks up at random: those that are there, or as many that are not.
    public func lookUp(_ count: Int, present: Bool, threads: Int) async -> IndexTrial.Lookups {
        let found = Atomic<Int>(0)
        let start = ContinuousClock.now
        await withTaskGroup(of: Int.self) { group in
            for thread in 0..<threads {
                group.addTask {
                    await onOwnThread {
                        var state = UInt64(thread) &* 0xd134_2543_de82_ef95 &+ 0x2545_f491_4f6c_dd1d
                        var hits = 0
                        for _ in 0..<count / threads {
                            state ^= state << 13
                            state ^= state >> 7
                            state ^= state << 17
                            let number = Int(state % UInt64(chunks)) + (present ? 0 : chunks)
                            if index.find(IndexTrial.id(number)) != nil { hits += 1 }
                        }
                        return hits
                    }
                }
            }
            for await hits in group { found.add(hits, ordering: .relaxed) }
        }
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        return .init(
            threads: threads, count: count / threads * threads, found: found.load(ordering: .relaxed), seconds: seconds)
    }
}

/// A store of index segments and packs that are made up when they are asked for.
private final class InventedSegments: ObjectStore {
    let vault = VaultID(bytes: Array(repeating: 7, count: VaultID.width))!
    let indexKey = [UInt8](repeating: 9, count: 32)
    private let trial: IndexTrial
    private let position = Mutex(0)

    init(_ trial: IndexTrial) { self.trial = trial }

    var location: String { "invented" }

    private var segments: Int { (trial.chunks + trial.perSegment - 1) / trial.perSegment }
    private var packsPerSegment: Int { (trial.perSegment + trial.perPack - 1) / trial.perPack }

    private func chunks(_ segment: Int) -> Range<Int> {
        segment * trial.perSegment..<min((segment + 1) * trial.perSegment, trial.chunks)
    }

    private func segmentID(_ number: Int) -> ULID {
        ULID(bytes: [UInt8](repeating: 0, count: 8) + withUnsafeBytes(of: UInt64(number + 1).bigEndian) { Array($0) })!
    }

    private static let sealedChunk = 40_000

    private func pack(_ segment: Int, _ ordinal: Int) -> IndexSegment.Pack {
        .init(
            id: IndexTrial.id(-1 - (segment * packsPerSegment + ordinal)), size: 1000 + trial.perPack * Self.sealedChunk,
            kind: .data)
    }

    private func sealed(_ segment: Int) -> [UInt8] {
        let chunks = chunks(segment)
        var packs: [(pack: IndexSegment.Pack, chunks: [PackFooter.Chunk])] = []
        for (ordinal, start) in stride(from: chunks.lowerBound, to: chunks.upperBound, by: trial.perPack).enumerated() {
            let held = start..<min(start + trial.perPack, chunks.upperBound)
            packs.append(
                (
                    pack(segment, ordinal),
                    held.map {
                        .init(
                            id: IndexTrial.id($0), offset: 500 + ($0 - start) * Self.sealedChunk, storedSize: Self.sealedChunk,
                            plainSize: 100_000)
                    }
                ))
        }
        return IndexSegment.seal(
            IndexSegment.table(of: packs), segment: segmentID(segment), vault: vault, indexKey: indexKey)
    }

    func get(_ key: ObjectKey, range: Range<Int>?) async throws(StoreError) -> [UInt8] {
        guard let id = ULID(key.text.dropFirst(IndexSegment.prefix.count)) else {
            throw StoreError(.missing, "There is no \(key) in \(location).")
        }
        return sealed(Int(id.bytes.suffix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }) - 1)
    }

    var pageSize: Int { 65_536 }

    /// Goes on where it stopped, whatever `after` says, and in no order: nobody here minds.
    func list(_ prefix: String, after: ObjectKey?, limit: Int) async throws(StoreError) -> [ObjectFacts] {
        let isIndex = prefix == IndexSegment.prefix
        let count = isIndex ? segments : segments * packsPerSegment
        let range = position.withLock { position in
            let start = after == nil ? 0 : position
            position = min(start + limit, count)
            return start..<position
        }
        return range.compactMap { number in
            if isIndex {
                return ObjectKey(IndexSegment.objectName(segmentID(number))).map {
                    ObjectFacts(key: $0, size: chunks(number).count * IndexSegment.recordWidth)
                }
            }
            let pack = pack(number / packsPerSegment, number % packsPerSegment)
            return ObjectKey(PackLayout.objectName(pack.id)).map { ObjectFacts(key: $0, size: pack.size) }
        }
    }

    func head(_ key: ObjectKey) async throws(StoreError) -> ObjectFacts? { nil }
    func put(_ key: ObjectKey, _ bytes: [UInt8], ifAbsent: Bool) async throws(StoreError) {}
    func delete(_ key: ObjectKey) async throws(StoreError) {}
}
