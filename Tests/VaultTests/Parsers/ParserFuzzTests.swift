import Crypto
import Foundation
import Language
import ObjectStore
import TestNumbers
import TestStores
import Testing

@testable import Vault

/// Every parser is given thousands of inputs that nobody wrote. What is authenticated is authenticated again after it was
/// changed, as one who has the keys could do: the parser behind it must refuse in an orderly way, or read something that means
/// what it says.
@Suite struct ParserFuzzTests {
    private let vault = VaultID()
    private let shared = SharedSecrets.random()

    private func fuzz(_ seed: UInt64, _ rounds: Int = 3000, _ work: (inout SeededGenerator) throws -> Void) rethrows {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<rounds { try work(&generator) }
    }

    @Test func packHeaders() {
        let reader = ReaderPrivateKey()
        let slots = [KeySlot.make(for: [reader.publicKey, ReaderPrivateKey().publicKey], vault: vault).slot]
        let good = PackLayout.header(vault, .data, slots: slots)
        #expect((try? PackLayout.readHeader(good, vault: vault))?.slots.count == 1)
        fuzz(1) { generator in
            let bad = Mutation.apply(to: good, with: &generator)
            guard let header = try? PackLayout.readHeader(bad, vault: vault) else { return }
            #expect(header.slots.count <= 255)
            #expect(bad.starts(with: PackLayout.header(vault, header.kind, slots: header.slots)))
        }
    }

    @Test func packFooters() {
        let layout = PackLayout(vault: vault, indexKey: shared.index, packBytes: 1 << 16)
        let chunks = (0..<5).map { number in
            PackFooter.Chunk(
                id: ChunkID(sha256: [UInt8(number)]), offset: 300 + 100 * number, storedSize: 100, plainSize: 200)
        }
        var pack = PackLayout.header(vault, .data, slots: []) + TestBytes.random(1000)
        let end = pack.count
        PackFooter(kind: .data, chunks: chunks).append(to: &pack, layout: layout)
        #expect(PackFooter(pack: pack, layout: layout)?.chunks == chunks)

        fuzz(2) { generator in
            // From outside: nothing but the whole is accepted.
            let bad = Mutation.apply(to: pack, with: &generator)
            if let footer = PackFooter(pack: bad, layout: layout) { #expect(footer.chunks == chunks) }
        }
        var plain: [UInt8] = []
        plain.append(little: UInt32(chunks.count))
        for chunk in chunks {
            plain += chunk.id.bytes
            for number in [chunk.offset, chunk.storedSize, chunk.plainSize] { plain.append(little: UInt32(number)) }
        }
        fuzz(3) { generator in
            // From within: what is read lies in the pack.
            let bad = Mutation.apply(to: plain, with: &generator)
            let sealed = IndexBox(indexKey: shared.index).seal(
                bad, context: "reprise/pack-footer/1", binding: vault.bytes + [ChunkKind.data.rawValue])
            var forged = Array(pack[..<end]) + sealed
            forged.append(little: UInt32(sealed.count))
            forged += PackLayout.endMagic
            for chunk in PackFooter(pack: forged, layout: layout)?.chunks ?? [] {
                #expect(chunk.offset + chunk.storedSize <= end && chunk.plainSize <= ChunkCipher.largestChunk)
            }
        }
    }

    @Test func bundles() throws {
        let objects = (0..<5).map {
            (id: ULID(at: Date(timeIntervalSince1970: 1e9 + Double($0))), bytes: TestBytes.random(50 + $0))
        }
        let name = ObjectBundle.Name(.records, first: objects[0].id, last: objects[4].id, id: ULID(at: Date()))
        let good = ObjectBundle.encode(objects, id: name.id, vault: vault)
        #expect(ObjectBundle.objects(good, of: name, vault: vault).map { Array(good[$0.range]) } == objects.map(\.bytes))
        #expect(ObjectBundle.objects(good, of: name, vault: VaultID()).isEmpty)
        fuzz(30, 6000) { generator in
            // Mostly the table: of what follows it says only where it lies.
            let table = Mutation.apply(to: Array(good[..<150]), with: &generator)
            let bad = Bool.random(using: &generator) ? table + good[150...] : Mutation.apply(to: good, with: &generator)
            let found = ObjectBundle.objects(bad, of: name, vault: vault)
            #expect(found.count <= ObjectBundle.Sizes.limit.objects)
            #expect(
                zip(found, found.dropFirst()).allSatisfy {
                    $0.entry.id < $1.entry.id && $0.range.upperBound == $1.range.lowerBound
                })
            #expect(found.allSatisfy { $0.range.count == $0.entry.size && $0.range.upperBound <= bad.count })
            let size = Int.random(in: 0...good.count * 2, using: &generator)
            let entries = ObjectBundle.entries(bad, of: name, size: size, vault: vault) ?? []
            #expect(entries.reduce(0) { $0 + $1.size } <= size)
        }
        fuzz(31) { generator in
            let text = String(decoding: Mutation.apply(to: Array(name.text.utf8), with: &generator), as: UTF8.self)
            if let read = ObjectBundle.Name(text, of: .records) { #expect(read.text == text && read.first <= read.last) }
        }
    }

    @Test func sealedChunks() {
        let cipher = ChunkCipher(vault: vault, dedupKey: shared.dedup)
        let key = SymmetricKey(size: .bits256)
        let plain = TestBytes.rows(40)
        let id = cipher.id(of: plain, kind: .data)
        var compressor = Compressor()
        let frame = plain.withUnsafeBytes { bytes in compressor.compress(bytes).map(Array.init) ?? [] }
        var good: [UInt8] = []
        cipher.seal(frame, codec: .zstd, id: id, kind: .data, slot: 0, counter: 7, key: key) { good += $0 }
        let decompressor = Decompressor()
        #expect(
            cipher.open(good[...], id: id, kind: .data, plainSize: plain.count, key: key, decompressor: decompressor) == plain)
        #expect(cipher.open(good[...], id: id, kind: .tree, plainSize: plain.count, key: key, decompressor: decompressor) == nil)
        fuzz(4) { generator in
            let bad = Mutation.apply(to: good, with: &generator)
            let size = [plain.count, 0, 1, ChunkCipher.largestChunk].randomElement(using: &generator) ?? 0
            let opened = cipher.open(bad[...], id: id, kind: .data, plainSize: size, key: key, decompressor: decompressor)
            #expect(opened == nil || opened == plain)
        }
        fuzz(5) { generator in
            // A frame that was never one, rightly sealed.
            var forged: [UInt8] = []
            let bad = Mutation.apply(to: frame, with: &generator)
            let codec: ChunkCipher.Codec = Bool.random(using: &generator) ? .zstd : .raw
            cipher.seal(bad, codec: codec, id: id, kind: .data, slot: 0, counter: 7, key: key) { forged += $0 }
            let size = [plain.count, plain.count + 1, 1, ChunkCipher.largestChunk].randomElement(using: &generator) ?? 0
            let opened = cipher.open(forged[...], id: id, kind: .data, plainSize: size, key: key, decompressor: decompressor)
            #expect(opened == nil || opened == plain)
        }
    }

    @Test func indexSegmentsAndTables() throws {
        let segment = ULID(at: Date())
        var packs: [(pack: IndexSegment.Pack, chunks: [PackFooter.Chunk])] = []
        for pack in 0..<3 as Range<UInt8> {
            var chunks: [PackFooter.Chunk] = []
            for chunk in 0..<20 as Range<UInt8> {
                chunks.append(
                    .init(id: ChunkID(sha256: [pack, chunk]), offset: Int(chunk) * 200 + 300, storedSize: 200, plainSize: 400))
            }
            packs.append((.init(id: PackID(sha256: [pack]), size: 5000, kind: .data), chunks))
        }
        let table = IndexSegment.table(of: packs)
        let good = IndexSegment.seal(table, segment: segment, vault: vault, indexKey: shared.index)
        #expect(IndexSegment.open(good, segment: segment, vault: vault, indexKey: shared.index) == table)
        #expect(IndexSegment.open(good, segment: ULID(at: Date()), vault: vault, indexKey: shared.index) == nil)
        fuzz(6) { generator in
            let bad = Mutation.apply(to: good, with: &generator)
            let opened = IndexSegment.open(bad, segment: segment, vault: vault, indexKey: shared.index)
            #expect(opened == nil || opened == table)
        }
        let ids = packs.flatMap(\.chunks).map(\.id)
        fuzz(7) { generator in
            let bad = Mutation.apply(to: table, with: &generator)
            _ = IndexSegment.packs(of: bad)
            guard let index = IndexTable(bad, segments: [segment]) else { return }
            for id in ids {
                for place in index.places(of: id) + [index.find(id)].compactMap({ $0 }) {
                    #expect(index.packs.contains { $0.id == place.pack && place.offset + place.storedSize <= $0.size })
                    #expect(place.plainSize <= ChunkCipher.largestChunk)
                }
            }
            _ = IndexTable.merge([index, index])
        }
        let cache = try LocalCache(FileManager.default.temporaryDirectory.path + "/reprise-fuzz-\(segment)")
        defer { try? FileManager.default.removeItem(atPath: cache.folder) }
        let fetched = try #require(IndexTable(table, segments: [segment]))
        _ = try #require(CachedTable.merge([fetched], in: cache))
        let file = try #require(cache.read(CachedTable.fileName([segment])))
        let sound = try #require(CachedTable.load(MappedFile(copying: file), isNew: false))
        fuzz(8) { generator in
            // Of a cached file the head is believed whole or not at all, and no record of a block that has changed.
            let bad = Mutation.apply(to: file, with: &generator)
            guard let index = CachedTable.load(MappedFile(copying: bad), isNew: false) else { return }
            for id in ids {
                #expect(index.places(of: id) == sound.places(of: id) || (index.isDamaged && index.places(of: id) == []))
            }
            #expect(bad == file || index.isDamaged)
        }
    }

    @Test func configs() async throws {
        let bench = try await TestVault(in: MemoryStore())
        let store = try #require(bench.store as? MemoryStore)
        let name = try #require(ObjectKey("config"))
        let good = try #require(store.contents[name])
        fuzz(9, 1500) { generator in
            let bad = Mutation.apply(toJSON: good, with: &generator)
            #expect(bad == good || (try? VaultConfig.read(bad).proven(by: bench.keys.indexKey)) == nil)
        }
        let outer = try #require(SummedText(good, label: "hmac"))
        let inner = try #require(SummedText(outer.document, label: "sha256"))
        fuzz(10, 2000) { generator in
            let json = Mutation.apply(toJSON: inner.document, with: &generator)
            let bad = SummedText.join(json, label: "sha256", sum: Digest(sha256: json).bytes)
            let code = IndexBox(indexKey: bench.keys.indexKey).authenticate(bad, context: "reprise/config/1")
            guard
                let config = try? VaultConfig.read(SummedText.join(bad, label: "hmac", sum: code)).proven(by: bench.keys.indexKey)
            else {
                return
            }
            #expect(config.chunking.rows.isSound && config.chunking.file.isSound && config.packBytes > 0)
            _ = config.secrets(for: bench.recovery.reader)
            _ = config.signers.map(\.id)
        }
    }

    @Test func keyFiles() async throws {
        let keys = try await TestVault(in: MemoryStore()).keys
        let good = keys.encoded
        fuzz(11, 1500) { generator in
            let bad = Mutation.apply(toJSON: good, with: &generator)
            if bad != good { #expect(throws: VaultError.self) { try KeyFile(bad, name: "key") } }
        }
        let document = try #require(SummedText(good, label: "sha256")).document
        fuzz(12, 2000) { generator in
            let json = Mutation.apply(toJSON: document, with: &generator)
            let bad = SummedText.join(json, label: "sha256", sum: Digest(sha256: json).bytes)
            guard let read = try? KeyFile(bad, name: "key") else { return }
            #expect(!read.roles.contains(.reader) || (read.reader != nil && read.dedupKey?.count == 32))
            #expect(!read.roles.contains(.writer) || (!read.readers.isEmpty && read.dedupKey?.count == 32))
            #expect(read.indexKey.count == 32)
        }
    }

    @Test func recoveryKeys() {
        let good = RecoveryKey(seed: shared.dedup, fingerprint: Array(shared.index.prefix(8))).text
        let odd = Array("0O1lI-–_ \t\n\u{a0}ıİßǅ🔑é\u{301}uU".map { $0 })
        fuzz(13, 4000) { generator in
            var typed = Array(good)
            for _ in 0...Int.random(in: 0...3, using: &generator) where !typed.isEmpty {
                let at = Int.random(in: typed.indices, using: &generator)
                switch Int.random(in: 0..<4, using: &generator) {
                case 0: typed[at] = odd.randomElement(using: &generator) ?? "0"
                case 1: typed.remove(at: at)
                case 2: typed.insert(odd.randomElement(using: &generator) ?? "0", at: at)
                default: typed.swapAt(at, Int.random(in: typed.indices, using: &generator))
                }
            }
            if let key = try? RecoveryKey(String(typed)) { #expect(key.text.dropLast() == good.dropLast()) }
        }
        fuzz(14, 2000) { generator in
            let noise = generator.bytes(Int.random(in: 0...100, using: &generator))
            #expect(throws: VaultError.self) { try RecoveryKey(String(decoding: noise, as: UTF8.self)) }
        }
    }

    @Test func entryLinesAndContents() {
        let content = Content(
            size: 300, depth: 0,
            chunks: [ChunkRef(id: ChunkID(sha256: [1]), size: 100), ChunkRef(id: ChunkID(sha256: [2]), size: 200)])
        let good = EntryList.line(
            Entry(path: "tables/public/é\"\n.copy", parts: [content, Content(size: 0, depth: 0, chunks: [])]))
        #expect(EntryList.entry(of: good.dropLast())?.size == 300)
        fuzz(15, 5000) { generator in
            guard let entry = EntryList.entry(of: Mutation.apply(toJSON: good, with: &generator)) else { return }
            #expect(EntryList.isSafe(entry.path) && !entry.parts.isEmpty)
            #expect(entry.size >= 0 && entry.partSizes.allSatisfy { $0 >= 0 })
            for part in entry.parts {
                #expect((0...Content.depthLimit).contains(part.depth))
                #expect(part.chunks.allSatisfy { (1...ChunkCipher.largestChunk).contains($0.size) })
            }
        }
        let references = Content.encode(content.chunks)
        fuzz(16) { generator in
            let bad = Mutation.apply(to: references, with: &generator)
            if let read = Content.decode(bad) { #expect(Content.encode(read) == bad) }
        }
    }

    @Test func signedObjects() async throws {
        let bench = try await TestVault(in: MemoryStore(), chunking: .tiny)
        let vault = try await bench.open()
        let record = try await vault.snapshot(["rows": TestBytes.rows(10)])
        let note = try await vault.append(kind: "evidence", body: Data("{}".utf8))
        let signers = Dictionary(uniqueKeysWithValues: vault.config.signers.map { ($0.id, $0) })
        let reader = try #require(bench.keys.reader)
        let good = try await vault.get(SnapshotEnvelope.objectName(record.id))
        let object = try SignedObject(
            good, name: "good", magic: SnapshotEnvelope.magic, vault: vault.id, id: record.id, signers: signers)
        fuzz(17, 500) { generator in
            let bad = Mutation.apply(to: good, with: &generator)
            if bad == good { return }
            let error = #expect(throws: VaultError.self) {
                try SnapshotEnvelope(bad, id: record.id, vault: vault.id, indexKey: bench.keys.indexKey, signers: signers)
            }
            #expect(error?.exitStatus == .damagedData)
        }
        fuzz(18, 500) { generator in
            // Signed by the writer itself, with any payload and header.
            let payload = Mutation.apply(to: object.payload, with: &generator)
            let header = Bool.random(using: &generator) ? object.header : Mutation.apply(to: object.header, with: &generator)
            let forged = SignedObject.sign(header: header, payload: payload, with: bench.keys.signing)
            guard
                let envelope = try? SnapshotEnvelope(
                    forged, id: record.id, vault: vault.id, indexKey: bench.keys.indexKey, signers: signers)
            else { return }
            #expect(envelope.record == record, "the summary is sealed and bound to the header")
            if let body = try? envelope.body(with: reader, vault: vault.id) { #expect(body.entries.depth <= Content.depthLimit) }
        }
        let name = VaultRecord.objectName(note.id)
        let plain = [UInt8(8)] + Array("evidence{}".utf8)
        fuzz(19, 500) { generator in
            let header = SignedObject.header(
                VaultRecord.magic, vault: vault.id, id: note.id, signer: bench.keys.signing.id, previous: [])
            let payload = IndexBox(indexKey: bench.keys.indexKey).seal(
                Mutation.apply(to: plain, with: &generator), context: "reprise/record/1", binding: header)
            let forged = SignedObject.sign(header: header, payload: payload, with: bench.keys.signing)
            do throws(VaultError) {
                let object = try SignedObject(
                    forged, name: name, magic: VaultRecord.magic, vault: vault.id, id: note.id, signers: signers)
                #expect(try VaultRecord(object, indexKey: bench.keys.indexKey).kind.utf8.count <= 255 * 3)
            } catch { #expect(error.exitStatus == .damagedData) }
        }
    }
}
