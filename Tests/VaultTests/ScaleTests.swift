import Foundation
import Language
import ObjectStore
import TestStores
import Testing

@testable import Vault

/// docs/scale.md is reckoned from figures; this holds them to the code, and the page to them.
@Suite struct ScaleTests {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    private struct Inputs: Decodable {
        let format: [String: Int]
        let program: [String: Int]
        let measured: [String: Int]

        static func read() throws -> Inputs {
            try JSONDecoder().decode(Inputs.self, from: Data(contentsOf: root.appendingPathComponent("docs/scale.json")))
        }
    }

    @Test func theFiguresAreThoseOfTheCode() throws {
        let inputs = try Inputs.read()
        let chunking = VaultConfig.Chunking.standard
        #expect(
            inputs.format == [
                "pack_bytes": VaultConfig.usualPackBytes(isFar: true), "file_chunk_usual": chunking.file.usual,
                "file_chunk_least": chunking.file.least, "rows_chunk_usual": chunking.rows.usual,
                "chunk_reference": ChunkRef.width, "chunk_id": Digest.width, "chunk_overhead": ChunkCipher.overhead,
                "footer_record": PackFooter.chunkWidth, "index_record": IndexSegment.recordWidth,
                "index_pack": IndexSegment.packWidth, "segment_records": IndexSegment.usualRecords,
                "list_page": MemoryStore(isFar: true).pageSize, "span_bytes": ChunkReader.farSpan,
            ])
        #expect(
            inputs.program == [
                "near_packs": ChunkWriter.nearUploads, "far_pack_bytes": ChunkWriter.farUploadBytes,
                "waiting_bytes": ChunkWriter.budget, "restore_bytes": ScatteredRead.farBytes, "small_requests": requestsAtOnce,
                "remembered_packs": ChunkWriter.mostUsed, "bundle_objects": ObjectBundle.Sizes.usual.mostObjects,
                "bundle_least": ObjectBundle.Sizes.usual.leastObjects,
            ])
    }

    /// What was measured of a vault of small files is about what such a vault takes today.
    @Test func whatWasMeasuredIsStillSo() async throws {
        let measured = try Inputs.read().measured
        let store = MemoryStore()
        let bench = try await TestVault(in: store)
        let writer = try await bench.open().startSnapshot(asset: "files", kind: "files", host: "host")
        let count = 6000
        let lane = writer.lane()
        for number in 0..<count {
            let folder = "tree/folder\(String(format: "%04d", number / 200))/sub\(number / 20 % 10)"
            let path = "\(folder)/document-\(String(format: "%07d", number)).txt"
            let bytes = TestBytes.random(100, seed: UInt64(number + 1))
            let content = try bytes.withUnsafeBytes { try lane.store($0, as: .file) }
            let time = FileFacts.Time(seconds: 1_700_000_000 + Int64(number) * 7, nanoseconds: Int32(number * 12345))
            try writer.append(path, content, FileFacts(kind: .file, mode: 0o644, uid: 1000, gid: 1000, modified: time))
        }
        try lane.close()
        let record = try await writer.commit(instant: Date(), tags: [], facts: [:])
        var stored: [ChunkKind: Int] = [:]
        for (key, bytes) in store.contents {
            if PackLayout.pack(of: key.text) != nil, let kind = ChunkKind(rawValue: bytes[24]) {
                stored[kind, default: 0] += bytes.count
            }
        }
        func size(of name: String) -> Int { ObjectKey(name).flatMap { store.contents[$0]?.count } ?? 0 }
        func expect(_ found: Int, _ name: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
            let known = try #require(measured[name], sourceLocation: sourceLocation)
            #expect(
                (known / 2...known * 3 / 2).contains(found), "\(name): \(found), in docs/scale.json \(known)",
                sourceLocation: sourceLocation)
        }
        try expect((stored[.tree] ?? 0) / count, "entry_stored")
        #expect((31...36).contains((stored[.reach] ?? 0) / count))
        try expect(size(of: SnapshotEnvelope.objectName(record.id)), "snapshot_object")
        try expect(size(of: Session.objectName(record.id)), "session_object")
    }

    @Test func thePageIsReckonedFromTheFigures() throws {
        let python = Process()
        python.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        python.arguments = ["python3", "-B", Self.root.appendingPathComponent("tools/scale.py").path, "--check"]
        try python.run()
        python.waitUntilExit()
        #expect(python.terminationStatus == 0, "run tools/scale.py --write")
    }
}
