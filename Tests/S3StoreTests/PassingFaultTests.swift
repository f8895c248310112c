import Foundation
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

    /// The system takes the connection, and nobody speaks.
    @Test func aStoreThatSaysNothingIsGivenUpInTime() async throws {
        let listener = try SilentListener()
        var options = S3Store.Options.impatient
        options.retries.patience = .zero
        options.retries.firstPatience = .zero
        let store = S3Store(
            S3Bucket(
                name: "silent", prefix: "", endpoint: .init(isEncrypted: false, host: "127.0.0.1", port: listener.port),
                region: "us-east-1", isInHostName: false), credentials: S3Credentials(accessKey: "a", secretKey: "b"),
            from: "env:AWS", options: options)
        let start = ContinuousClock.now
        let error = try await refusal(.unreachable) { _ = try await store.get(key("config")) }
        #expect(error.message.description.contains("no answer came in time"), "\(error)")
        // Far from the minute that patient ones wait, however busy the machine is.
        #expect(ContinuousClock.now - start < .seconds(50))
        withExtendedLifetime(listener) {}
    }

    /// Longer under way than the store may be silent.
    @Test func aSlowUploadThatLivesIsNotEnded() async throws {
        try await withBucket(["bandwidth": 150_000]) { bucket, store in
            try await store.put(key("large"), pattern(2 << 20), ifAbsent: true)
            #expect(try await bucket.log().operations == ["Put"])
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

/// Listens on a free port of 127.0.0.1 and accepts nobody.
private final class SilentListener: Sendable {
    private let listener: Int32
    let port: Int

    init() throws {
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let (socket, isReady) = (listener, Self.bound)
        guard
            withUnsafeMutablePointer(
                to: &address, { $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { isReady(socket, $0, &length) } })
        else { throw CocoaError(.featureUnsupported) }
        port = Int(UInt16(bigEndian: address.sin_port))
    }

    private static func bound(_ socket: Int32, _ address: UnsafeMutablePointer<sockaddr>, _ length: inout socklen_t) -> Bool {
        bind(socket, address, length) == 0 && listen(socket, 8) == 0 && getsockname(socket, address, &length) == 0
    }

    deinit { close(listener) }
}
