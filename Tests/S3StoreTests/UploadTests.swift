import Language
import ObjectStore
import S3Store
import TestBuckets
import Testing

/// How what was sent is known to have arrived, and how large objects go.
@Suite struct UploadTests {
    private static var inParts: S3Store.Options {
        var options = S3Store.Options.impatient
        options.partThreshold = 6 << 20
        options.partBytes = 5 << 20
        return options
    }

    @Test func theStoresOwnChecksumProvesAnUpload() async throws {
        try await withBucket { bucket, store in
            try await store.put(key("a"), pattern(1000), ifAbsent: true)
            #expect(try await bucket.log().operations == ["Put"])
        }
    }

    @Test func withoutOneTheETagProvesIt() async throws {
        try await withBucket(["checksums": false]) { bucket, store in
            try await store.put(key("a"), pattern(1000), ifAbsent: true)
            #expect(try await bucket.log().operations == ["Put"])
        }
    }

    @Test func withoutEitherItIsReadBack() async throws {
        try await withBucket(["checksums": false, "etag": "opaque"]) { bucket, store in
            try await store.put(key("a"), pattern(1000), ifAbsent: true)
            #expect(try await bucket.log().operations == ["Put", "Get"])
        }
    }

    @Test func aStoreThatRefusesTheHeaderGetsAnMD5() async throws {
        try await withBucket(["checksums": "refuses"]) { bucket, store in
            try await store.put(key("a"), pattern(1000), ifAbsent: true)
            try await store.put(key("b"), pattern(1000), ifAbsent: true)
            #expect(try await bucket.log().operations == ["Put", "Put", "Put"])
        }
    }

    @Test func aLargeObjectGoesInParts() async throws {
        try await withBucket { bucket, _ in
            let store = bucket.store(options: Self.inParts)
            let bytes = pattern(12 << 20)
            try await store.put(key("large"), bytes, ifAbsent: true)
            #expect(try await store.get(key("large")) == bytes)
            let log = try await bucket.log()
            #expect(log.count("UploadPart") == 3 && log.count("CompleteUpload") == 1 && log.uploads == 0)
            _ = try await refusal(.exists) { try await store.put(key("large"), pattern(12 << 20, 1), ifAbsent: true) }
            #expect(try await store.get(key("large")) == bytes)
            try await store.put(key("large"), pattern(7 << 20, 2), ifAbsent: false)
            #expect(try await store.get(key("large")) == pattern(7 << 20, 2))
        }
    }

    @Test(arguments: ["error", "reset", "lost_answer", "late_error"]) func partsAreTriedAgain(kind: String) async throws {
        try await withBucket { bucket, _ in
            let store = bucket.store(options: Self.inParts)
            let bytes = pattern(11 << 20)
            for operation in ["CreateUpload", "UploadPart", "CompleteUpload"] {
                // An upload whose beginning's answer was lost stays, and goes as a leftover.
                if kind == "late_error", operation != "CompleteUpload" { continue }
                try await bucket.set(["faults": [fault(kind, operation: operation)]])
                let name = try key("large-" + operation.lowercased())
                if kind == "late_error" {
                    _ = try await refusal(.unreachable) { try await store.put(name, bytes, ifAbsent: true) }
                    #expect(try await bucket.log().uploads == 0)
                    continue
                }
                try await store.put(name, bytes, ifAbsent: true)
                #expect(try await store.get(name) == bytes)
            }
        }
    }

    @Test func whatFailsIsEndedAndTakesNoRoom() async throws {
        try await withBucket(["quota": 8 << 20]) { bucket, _ in
            let store = bucket.store(options: Self.inParts)
            _ = try await refusal(.full) { try await store.put(key("large"), pattern(12 << 20), ifAbsent: true) }
            let log = try await bucket.log()
            #expect(log.uploads == 0 && log.objects.isEmpty && log.count("AbortUpload") == 1)
        }
    }

    @Test func leftoversOfYesterdayAreRemovedAndNoOthers() async throws {
        try await withBucket { bucket, _ in
            try await bucket.set(["page": 1])
            try await bucket.boto("begin_uploads")
            #expect(try await bucket.store().removeLeftovers() == 0)
            #expect(try await bucket.log().uploads == 4)
            try await bucket.set(["clock": 800])  // within what signatures may be off
            #expect(try await bucket.store().removeLeftovers() == 0)
            try await bucket.age(days: 2)
            #expect(try await bucket.store().removeLeftovers() == 2)
            #expect(try await bucket.log().uploads == 2, "another prefix's, and what is no vault's")
        }
    }

    @Test func aStoreThatForgetsRangesIsStillReadRightly() async throws {
        try await withBucket(["forgets_ranges": true]) { _, store in
            try await store.put(key("a"), pattern(1000), ifAbsent: true)
            // It sends more than was asked for: that is refused where it could fill memory.
            let error = await #expect(throws: StoreError.self) { _ = try await store.get(key("a"), range: 10..<20) }
            #expect(error?.message.description.contains("longer than what was asked for") == true)
        }
    }
}
