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

    @Test func versionsAndLocksHold() async throws {
        try await withBucket(["versioning": true, "object_lock": true]) { bucket, _ in
            try await bucket.boto("versions_and_locks")
        }
    }
}
