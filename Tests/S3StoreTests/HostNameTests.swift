import Language
import ObjectStore
import S3Store
import TestBuckets
import Testing

/// Buckets that are a part of the host's name, as AWS has them: the double answers for every name below `localhost`.
@Suite struct HostNameTests {
    @Test(arguments: [BucketServer.Kind.strict, .encrypted]) func everyVerbReachesTheBucket(kind: BucketServer.Kind) async throws
    {
        let bucket = try await TestBucket.make(kind)
        var options = S3Store.Options.impatient
        options.partThreshold = 6 << 20
        options.partBytes = 5 << 20
        let store = bucket.store(isInHostName: true, options: options)
        try await store.requirePlace()
        try await store.put(key("a/b-c.d"), pattern(1000), ifAbsent: true)
        try await store.put(key("large"), pattern(7 << 20), ifAbsent: true)
        #expect(try await store.get(key("a/b-c.d"), range: 10..<20) == Array(pattern(1000)[10..<20]))
        #expect(try await store.get(key("large")) == pattern(7 << 20))
        #expect(try await store.head(key("a/b-c.d"))?.size == 1000)
        #expect(try await store.list("", after: nil, limit: 10).map(\.key.text) == ["a/b-c.d", "large"])
        // What one way of addressing puts is what the other finds.
        #expect(try await bucket.store().get(key("a/b-c.d")) == pattern(1000))
        try await store.delete(key("large"))
        #expect(try await bucket.log().objects == ["vault/a/b-c.d"])
        try await bucket.remove()
    }

    @Test func aBucketThatIsNotThereIsSaid() async throws {
        let bucket = try await TestBucket.make(.strict)
        let store = bucket.store(isInHostName: true)
        try await bucket.remove()
        let error = try await refusal(.unreachable) { try await store.requirePlace() }
        #expect(error.message.description.contains("There is no bucket \(bucket.name)"))
    }
}
