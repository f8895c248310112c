import Language
import ObjectStore
import S3Store
import TestBuckets
import Testing

/// What does not pass says what, where, and what to do next, and no secret.
@Suite struct RefusalTests {
    @Test func aWrongSecretKeyNamesWhereItCameFrom() async throws {
        try await withBucket { bucket, _ in
            let store = bucket.store(credentials: S3Credentials(accessKey: "TESTER", secretKey: "a-wrong-secret-key"))
            let error = try await refusal(.denied) { try await store.put(key("a"), [1], ifAbsent: true) }
            #expect(error.message.description.contains("does not accept the credentials"))
            #expect(error.hint?.description.contains("env:AWS") == true)
            #expect(!error.description.contains("a-wrong-secret-key"))
            let stranger = bucket.store(credentials: S3Credentials(accessKey: "NOBODY", secretKey: "x-y-z-secret"))
            #expect(
                try await refusal(.denied) { _ = try await stranger.get(key("a")) }.message.description.contains(
                    "InvalidAccessKeyId"))
        }
    }

    @Test func clocksThatDisagreeAreBothTold() async throws {
        try await withBucket(["clock": 3600]) { _, store in
            let error = try await refusal(.denied) { try await store.put(key("a"), [1], ifAbsent: true) }
            let text = error.message.description
            // A busy machine takes some seconds between the two looks.
            #expect(text.contains(/3,(5[89]|60)\d s apart/), "\(text)")
            #expect(text.contains("there it is 20") && text.contains("here 20") && text.contains(" UTC"), "\(text)")
        }
    }

    @Test func theRightRegionIsTold() async throws {
        try await withBucket(["region": "eu-west-3"]) { bucket, _ in
            let error = try await refusal(.denied) {
                try await bucket.store(region: "us-east-1").put(key("a"), [1], ifAbsent: true)
            }
            #expect(
                error.message.description == "The bucket \(bucket.name) is in the region eu-west-3, not in us-east-1.")
            #expect(error.hint?.description == "Write region=eu-west-3 into the vault's url.")
            try await bucket.store(region: "eu-west-3").put(key("a"), [1], ifAbsent: true)
        }
    }

    @Test func aMissingBucketIsNotAnEmptyVault() async throws {
        try await withBucket { bucket, store in
            try await bucket.remove()
            let verbs: [() async throws -> Void] = [
                { _ = try await store.head(key("config")) }, { _ = try await store.get(key("config")) },
                { _ = try await store.list("", after: nil, limit: 1) }, { try await store.put(key("a"), [1], ifAbsent: true) },
                { try await store.delete(key("a")) }, { try await store.prepare() }, { try await store.requirePlace() },
            ]
            for verb in verbs {
                let error = try await refusal(.unreachable) { try await verb() }
                #expect(error.message.description == "There is no bucket \(bucket.name) at 127.0.0.1.")
            }
            try await bucket.set([:])
        }
    }

    @Test func eachVerbsRightIsNamed() async throws {
        try await withBucket { bucket, _ in
            try await bucket.server.setUser(
                "NOTHING",
                [
                    "secret": "nothing-secret",
                    "policy": ["Statement": [["Effect": "Deny", "Action": "*", "Resource": "*"]]] as [String: any Sendable],
                ])
            let store = bucket.store(credentials: S3Credentials(accessKey: "NOTHING", secretKey: "nothing-secret"))
            let verbs: [(String, () async throws -> Void)] = [
                ("s3:PutObject", { try await store.put(key("a"), [1], ifAbsent: true) }),
                ("s3:GetObject", { _ = try await store.get(key("a")) }),
                ("s3:GetObject", { _ = try await store.head(key("a")) }),
                ("s3:ListBucket", { _ = try await store.list("", after: nil, limit: 1) }),
                ("s3:DeleteObject", { try await store.delete(key("a")) }),
            ]
            for (right, verb) in verbs {
                let error = try await refusal(.denied) { try await verb() }
                #expect(error.hint?.description.contains(right) == true, "\(right): \(error)")
                #expect(error.exitStatus == .notPermitted)
            }
        }
    }

    @Test func aFullBucketIsSaidAndHarmsNothing() async throws {
        try await withBucket(["quota": 1000]) { _, store in
            try await store.put(key("a"), pattern(900), ifAbsent: true)
            let error = try await refusal(.full) { try await store.put(key("b"), pattern(900), ifAbsent: true) }
            #expect(error.message.description.contains("There is no room to write"))
            #expect(try await store.head(key("b")) == nil)
            #expect(try await store.get(key("a")) == pattern(900))
        }
    }

    @Test func nobodyAtTheAddressIsUnreachable() async throws {
        var options = S3Store.Options.impatient
        options.retries.firstPatience = .milliseconds(300)
        let store = S3Store(
            S3Bucket(
                name: "nobody", prefix: "", endpoint: .init(isEncrypted: false, host: "127.0.0.1", port: 9), region: "us-east-1",
                isInHostName: false), credentials: S3Credentials(accessKey: "a", secretKey: "b"), from: "env:AWS",
            options: options)
        let error = try await refusal(.unreachable) { _ = try await store.get(key("config")) }
        #expect(error.message.description.contains("http://127.0.0.1:9"))
        #expect(error.message.description.contains("the connection was refused or not answered"))
    }

    @Test func aCertificateThatNobodyVouchesForIsRefused() async throws {
        let bucket = try await TestBucket.make(.encrypted)
        let trusting = bucket.store()
        try await trusting.put(key("a"), [1], ifAbsent: true)
        let store = S3Store(
            S3Bucket(
                name: bucket.name, prefix: "vault",
                endpoint: .init(isEncrypted: true, host: "127.0.0.1", port: bucket.server.port), region: "us-east-1",
                isInHostName: false), credentials: bucket.server.credentials, from: "env:AWS", options: .impatient)
        let error = try await refusal(.unreachable) { _ = try await store.get(key("a")) }
        #expect(error.message.description.contains("its certificate is not trusted"), "\(error)")
        #expect(error.message.description.contains("1 try in"))
        #expect(error.hint?.description.contains("AWS_CA_BUNDLE") == true && error.hint?.description.contains("clock") == true)
        for word in ["SSL", "rror:", "handshake"] { #expect(!error.description.contains(word), "\(error)") }
        try await bucket.remove()
    }

    @Test func aCertificateForAnotherNameIsRefused() async throws {
        let server = try await BucketServer.shared(.misnamed)
        var options = S3Store.Options.impatient
        func refusal() async throws -> StoreError {
            let store = S3Store(
                S3Bucket(
                    name: "bucket", prefix: "vault", endpoint: .init(isEncrypted: true, host: "127.0.0.1", port: server.port),
                    region: "us-east-1", isInHostName: false), credentials: server.credentials, from: "env:AWS",
                options: options)
            return try await S3StoreTests.refusal(.unreachable) { _ = try await store.get(key("a")) }
        }
        options.authorities = server.authorities
        let name = try await refusal()
        #expect(name.message.description.contains("its certificate is for another name than 127.0.0.1"), "\(name)")
        options.authorities = "/nowhere/at/all.pem"
        let file = try await refusal()
        #expect(file.message.description.contains("cannot be read") && !file.description.contains("SSL"), "\(file)")
        #expect(file.hint?.description.contains("AWS_CA_BUNDLE") == true)
    }

    @Test func whatAStoreRepeatsOfARequestIsNotShown() async throws {
        try await withBucket(["faults": [fault("echo")]]) { bucket, store in
            let error = try await refusal(.denied) { _ = try await store.get(key("a")) }
            #expect(error.message.description.contains("AWS4-HMAC-SHA256 Credential=…/"), "\(error)")
            #expect(!error.description.contains(bucket.server.accessKey))
            #expect(!error.description.contains(/[0-9a-f]{32}/), "\(error)")
        }
    }

    @Test func aStoreThatListsInAnotherOrderIsRefused() async throws {
        try await withBucket { bucket, store in
            for name in ["a", "b", "c"] { try await store.put(key(name), [1], ifAbsent: true) }
            try await bucket.set(["unsorted": true])
            let error = try await refusal(.failed) { _ = try await store.list("", after: nil, limit: 10) }
            #expect(error.message.description.contains("another order"))
        }
    }

    @Test func whatOthersKeepInTheBucketIsPassedOver() async throws {
        try await withBucket(["page": 2]) { bucket, store in
            try await bucket.set([
                "objects": [
                    "other/a": "1", "vault/A b+c": "1", "vault/é": "1", "vaulted": "1", "vault/x": "1", "vault/ ": "1",
                ] as [String: String]
            ])
            #expect(try await store.list("", after: nil, limit: 10).map(\.key.text) == ["x"])
            try await store.put(key("y"), [1], ifAbsent: true)
            #expect(try await store.list("", after: key("x"), limit: 10).map(\.key.text) == ["y"])
            let root = bucket.store(prefix: "")
            #expect(
                try await root.list("", after: nil, limit: 10).map(\.key.text) == ["other/a", "vault/x", "vault/y", "vaulted"])
            let odd = bucket.store(prefix: "été a+b/%2F=")
            try await odd.put(key("x"), [7], ifAbsent: true)
            #expect(try await odd.get(key("x")) == [7])
            #expect(try await odd.list("", after: nil, limit: 10).map(\.key.text) == ["x"])
        }
    }

    @Test func whatOthersKeepCostsNoRequestEach() async throws {
        try await withBucket { bucket, _ in
            let others = (0..<50).map { ("Photo \($0).JPG", "1") }
            try await bucket.set(["objects": Dictionary(uniqueKeysWithValues: others) as [String: String]])
            let root = bucket.store(prefix: "")
            try await root.put(key("config"), [1], ifAbsent: true)
            try await bucket.set(["forget_log": true])
            #expect(try await root.list("", after: nil, limit: 1).map(\.key.text) == ["config"])
            #expect(try await bucket.log().operations == ["List", "List"])
            try await bucket.set(["forget_log": true])
            try await root.requirePlace()
            #expect(try await bucket.log().operations == ["List"])
        }
    }
}
