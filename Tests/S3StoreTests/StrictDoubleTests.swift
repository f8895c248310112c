import TestBuckets
import Testing

/// The double is no pushover: boto3 works with it, and what AWS refuses it refuses. What is tried stands in boto_checks.py.
@Suite struct StrictDoubleTests {
    @Test(arguments: ["conditions_and_checksums", "signatures_payloads_and_clocks", "uploads_in_parts"])
    func itDoesWhatAWSDoes(check: String) async throws {
        try await withBucket { bucket, _ in try await bucket.boto(check) }
    }

    @Test func listsComeInPages() async throws {
        try await withBucket(["page": 3]) { bucket, _ in try await bucket.boto("objects_lists_and_ranges") }
    }

    @Test(arguments: ["versions_and_locks", "retentions_of_both_modes", "markers_and_lists_of_versions"])
    func versionsAndLocksHold(check: String) async throws {
        try await withBucket(["versioning": true, "object_lock": true]) { bucket, _ in try await bucket.boto(check) }
    }

    /// Somebody else's server says the same of versions, so that the two agree on what AWS does. (Of retentions moto knows too
    /// little: it does not tell them, and lets anybody shorten them.)
    @Test func motoAgreesOnVersions() async throws {
        try await TestBucket.make(.moto, ["object_lock": true]).boto("markers_and_lists_of_versions")
    }

    @Test func aBucketWithoutLocksTakesNone() async throws {
        try await withBucket { bucket, _ in try await bucket.boto("locks_where_none_can_be") }
    }
}
