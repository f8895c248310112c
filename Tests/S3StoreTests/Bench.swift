import Language
import ObjectStore
import S3Store
import TestBuckets
import Testing

/// Gives `work` a bucket of the double and a store in it.
func withBucket(
    _ options: [String: any Sendable] = [:], work: (TestBucket, S3Store) async throws -> Void
) async throws {
    let bucket = try await TestBucket.make(.strict, options)
    do {
        try await work(bucket, bucket.store())
    } catch {
        try? await bucket.remove()
        throw error
    }
    try await bucket.remove()
}

func key(_ text: String) throws -> ObjectKey { try #require(ObjectKey(text)) }

func pattern(_ count: Int, _ salt: UInt8 = 0) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) ^ salt }
}

/// The error that `work` must end with.
func refusal(_ code: StoreError.Code, sourceLocation: SourceLocation = #_sourceLocation, _ work: () async throws -> Void)
    async throws -> StoreError
{
    let error = await #expect(throws: StoreError.self, sourceLocation: sourceLocation) { try await work() }
    #expect(error?.code == code, "\(error?.description ?? "")", sourceLocation: sourceLocation)
    return try #require(error, sourceLocation: sourceLocation)
}
