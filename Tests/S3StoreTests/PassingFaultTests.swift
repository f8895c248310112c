import Language
import ObjectStore
import S3Store
import TestBuckets
import Testing

/// What passes is tried again until it goes well, and nobody notices.
@Suite struct PassingFaultTests {
    private static let kinds = [
        "error", "unavailable", "slowdown", "too_many", "reset", "silent", "truncate", "reset_body", "lost_answer", "conflict",
    ]

    @Test(arguments: kinds) func everyVerbGetsThrough(kind: String) async throws {
        try await withBucket { bucket, store in
            let verbs: [() async throws -> Void] = [
                { try await store.put(key("a"), pattern(100_000), ifAbsent: true) },
                { try await store.put(key("a"), pattern(100_000, 1), ifAbsent: false) },
                {
                    let found = try await store.get(key("a"))
                    #expect(found == pattern(100_000, 1))
                },
                {
                    let found = try await store.get(key("a"), range: 10..<99_000)
                    #expect(found == Array(pattern(100_000, 1)[10..<99_000]))
                },
                {
                    let found = try await store.head(key("a"))
                    #expect(found?.size == 100_000)
                },
                {
                    let found = try await store.list("", after: nil, limit: 10)
                    #expect(found.map(\.key.text) == ["a"])
                },
                { try await store.delete(key("a")) },
            ]
            for (number, verb) in verbs.enumerated() {
                try await bucket.set([
                    "faults": [fault(kind, times: 2, operation: kind == "conflict" ? "Put" : nil)], "forget_log": true,
                ])
                try await verb()
                // What has no body is not cut off in it.
                let isUntouched =
                    ["truncate", "reset_body"].contains(kind) && ![2, 3, 5].contains(number) || kind == "conflict" && number > 1
                let counted = try await bucket.log().operations.count
                #expect(isUntouched ? counted == 1 : counted >= 3, "\(kind) at verb \(number): \(counted) requests")
            }
        }
    }

    @Test func theStoresWishToWaitIsHeeded() async throws {
        try await withBucket { bucket, store in
            try await bucket.set(["faults": [fault("slowdown", retryAfter: 1)]])
            let start = ContinuousClock.now
            try await store.put(key("a"), [1], ifAbsent: true)
            #expect(ContinuousClock.now - start >= .seconds(1))
        }
    }

    @Test func whatDoesNotPassIsGivenUpInTime() async throws {
        try await withBucket(["faults": [fault("slowdown", times: 10_000)]]) { bucket, _ in
            var options = S3Store.Options.impatient
            options.retries.patience = .seconds(5)
            let store = bucket.store(options: options)
            let start = ContinuousClock.now
            let error = try await refusal(.unreachable) { try await store.put(key("a"), [1], ifAbsent: true) }
            #expect(ContinuousClock.now - start < .seconds(60))
            #expect(error.message.description.contains("SlowDown"))
            #expect(try await bucket.log().operations.count > 1)
            // A store that asks for longer than one has patience for is not waited for at all.
            try await bucket.set(["faults": [fault("slowdown", times: 10_000, retryAfter: 60)], "forget_log": true])
            _ = try await refusal(.unreachable) { try await store.put(key("a"), [1], ifAbsent: true) }
            #expect(try await bucket.log().operations.count == 1)
        }
    }

    /// The store put it and its answer was lost: what then stands in the way is our own object.
    @Test func aPutWhoseAnswerWasLostIsOurs() async throws {
        try await withBucket { bucket, store in
            try await bucket.set(["faults": [fault("lost_answer")]])
            try await store.put(key("a"), pattern(1000), ifAbsent: true)
            #expect(try await store.get(key("a")) == pattern(1000))
            // Another's is not.
            try await bucket.set(["faults": [fault("error")]])
            let error = try await refusal(.exists) { try await store.put(key("a"), pattern(1000, 1), ifAbsent: true) }
            #expect(error.message.description == "s3://\(bucket.name)/vault/a is already there.")
            #expect(try await store.get(key("a")) == pattern(1000))
        }
    }

    @Test func credentialsThatWereRenewedAreTaken() async throws {
        try await withBucket { bucket, _ in
            try await bucket.server.setUser("OLD", ["secret": "old secret", "token": "one", "expired": true])
            try await bucket.server.setUser("NEW", ["secret": "newsecret", "token": "two", "fresh": true])
            let old = S3Credentials(accessKey: "OLD", secretKey: "old secret", sessionToken: "one")
            let new = S3Credentials(accessKey: "NEW", secretKey: "newsecret", sessionToken: "two")
            try await bucket.store(credentials: old, renew: { new }).put(key("a"), [1], ifAbsent: true)
            let error = try await refusal(.denied) {
                try await bucket.store(credentials: old).put(key("b"), [1], ifAbsent: true)
            }
            #expect(error.message.description.contains("have expired"))
            #expect(error.hint?.description.contains("env:AWS") == true)
        }
    }

    @Test func requestsUnderWayAreBounded() async throws {
        try await withBucket(["latency": 0.02]) { bucket, store in
            let start = ContinuousClock.now
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<64 {
                    group.addTask { try await store.put(key("n/\(number)"), [1], ifAbsent: true) }
                }
                try await group.waitForAll()
            }
            #expect(try await store.list("n/", after: nil, limit: 100).count == 64)
            // Sixteen at once: four rounds of the latency at least, and far from one after another.
            #expect(ContinuousClock.now - start >= .milliseconds(80))
        }
    }
}
