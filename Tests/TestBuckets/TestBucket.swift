import AsyncHTTPClient
public import Foundation
import NIOCore
import NIOHTTP1
import NIOSSL
import ObjectStore
public import S3Store

/// A bucket of a test's own.
public struct TestBucket: Sendable {
    public let server: BucketServer
    public let name: String

    /// - Parameter options: of the double; see `Bucket` in strict_bucket.py. Of moto's buckets `object_lock` alone.
    public static func make(_ kind: BucketServer.Kind, _ options: [String: any Sendable] = [:]) async throws -> TestBucket {
        let server = try await BucketServer.shared(kind)
        let bucket = TestBucket(server: server, name: "b" + UUID().uuidString.lowercased())
        switch kind {
        // rclone remembers which folders there are: one that is made beside it comes too late.
        case .rclone, .moto:
            try await bucket.boto(options["object_lock"] as? Bool == true ? "make_locking_bucket" : "make_bucket")
        case .strict, .encrypted, .misnamed: try await bucket.set(options)
        }
        return bucket
    }

    /// Takes the bucket away with all that is in it.
    public func remove() async throws {
        switch server.kind {
        case .rclone: try FileManager.default.removeItem(atPath: server.folder + "/" + name)
        case .moto: break
        case .strict, .encrypted, .misnamed: _ = try await server.control("DELETE", "bucket/" + name)
        }
    }

    /// A store in it.
    ///
    /// - Parameters:
    ///   - key: another access key than the server's first.
    ///   - change: of region, style and the like.
    public func store(
        prefix: String = "vault", region: String = "us-east-1", isInHostName: Bool = false, credentials: S3Credentials? = nil,
        options: S3Store.Options = .impatient, renew: @escaping @Sendable () -> S3Credentials? = { nil }
    ) -> S3Store {
        var options = options
        options.authorities = server.authorities
        let bucket = S3Bucket(
            name: name, prefix: prefix,
            endpoint: .init(
                isEncrypted: server.kind == .encrypted, host: isInHostName ? "localhost" : "127.0.0.1", port: server.port),
            region: region, isInHostName: isInHostName)
        return S3Store(bucket, credentials: credentials ?? server.credentials, from: "env:AWS", options: options, renew: renew)
    }

    /// The vault's url in a plan.
    public func url(prefix: String = "vault", more: String = "") -> String {
        "s3://\(name)/\(prefix)?endpoint=http://127.0.0.1:\(server.port)\(more)"
    }

    // MARK: - The double

    /// Changes options of the double.
    public func set(_ options: [String: any Sendable]) async throws {
        _ = try await server.control("PUT", "bucket/" + name, options)
    }

    /// What was asked of the bucket.
    public struct Log: Sendable {
        public let operations: [String]
        public let keys: [String?]
        public let ranges: [String?]
        /// What lists were asked for.
        public let prefixes: [String]
        /// Keys of the objects that are there now.
        public let objects: [String]
        /// Uploads in parts that are under way.
        public let uploads: Int

        public func count(_ operation: String) -> Int { operations.count { $0 == operation } }
    }

    /// A version of an object, or a marker that hides it.
    public struct Version: Sendable {
        public let key, id: String
        public let isMarker: Bool
        /// `GOVERNANCE` or `COMPLIANCE`; nil: not locked.
        public let mode: String?
        /// When the lock ends.
        public let until: Date?
        public let size: Int
    }

    /// Everything the bucket keeps, by key, the oldest version first.
    public func versions() async throws -> [Version] {
        let answer = try await server.control("GET", "bucket/" + name)
        return (answer["versions"] as? [[String: Any]] ?? []).map { found in
            Version(
                key: found["key"] as? String ?? "", id: found["id"] as? String ?? "", isMarker: found["marker"] as? Bool ?? false,
                mode: found["mode"] as? String, until: (found["until"] as? Double).map { Date(timeIntervalSince1970: $0) },
                size: found["bytes"] as? Int ?? 0)
        }
    }

    public func log() async throws -> Log {
        let answer = try await server.control("GET", "bucket/" + name)
        let requests = answer["requests"] as? [[String: Any]] ?? []
        return Log(
            operations: requests.map { $0["operation"] as? String ?? "" }, keys: requests.map { $0["key"] as? String },
            ranges: requests.map { $0["range"] as? String }, prefixes: requests.compactMap { $0["prefix"] as? String },
            objects: answer["keys"] as? [String] ?? [], uploads: answer["uploads"] as? Int ?? 0)
    }
}

extension S3Store.Options {
    /// For tests: tries again soon, and not for long.
    public static var impatient: S3Store.Options {
        var options = S3Store.Options()
        options.retries.shortest = .milliseconds(5)
        options.retries.longest = .milliseconds(200)
        options.retries.patience = .seconds(10)
        options.retries.firstPatience = .seconds(10)
        return options
    }
}

extension BucketServer {
    /// Makes a user of the double, or changes one: `secret`, `token`, `expired`, `policy`.
    public func setUser(_ key: String, _ user: [String: any Sendable]) async throws {
        _ = try await control("PUT", "user/" + key, user)
    }

    /// Asks the double's control side.
    func control(_ method: String, _ path: String, _ body: [String: any Sendable]? = nil) async throws -> [String: Any] {
        var request = HTTPClientRequest(url: "\(kind == .encrypted ? "https" : "http")://127.0.0.1:\(port)/_control/\(path)")
        request.method = .init(rawValue: method)
        if let body { request.body = .bytes(ByteBuffer(bytes: try JSONSerialization.data(withJSONObject: body))) }
        let response = try await Self.asker.execute(request, timeout: .seconds(60))
        let answer = try await response.body.collect(upTo: 64 << 20)
        guard response.status == .ok else { throw Failure(description: "\(method) \(path): \(response.status)") }
        return try JSONSerialization.jsonObject(with: Data(answer.readableBytesView)) as? [String: Any] ?? [:]
    }

    /// Lasts as long as the process; the double's certificate is nobody's.
    private static let asker: HTTPClient = {
        var encryption = TLSConfiguration.makeClientConfiguration()
        encryption.certificateVerification = .none
        return HTTPClient(configuration: .init(tlsConfiguration: encryption))
    }()
}

extension TestBucket {
    /// Runs one of the checks of boto_checks.py. Throws with what it said where it fails.
    public func boto(_ check: String) async throws {
        _ = try await Python.run(
            "boto_checks.py", [check, "http://127.0.0.1:\(server.port)", name],
            environment: [
                "AWS_ACCESS_KEY_ID": server.accessKey, "AWS_SECRET_ACCESS_KEY": server.secretKey,
                "AWS_DEFAULT_REGION": "us-east-1", "AWS_MAX_ATTEMPTS": "1",
            ])
    }

    /// Makes the bucket's uploads in parts so much older.
    public func age(days: Int) async throws { try await set(["age_uploads": days * 86_400]) }

    /// Lets every lock end so much earlier.
    public func ageLocks(days: Int) async throws { try await set(["age_locks": days * 86_400]) }
}
