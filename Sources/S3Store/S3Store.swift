import Language
import NIOHTTP1
public import ObjectStore
import Synchronization

/// A store in a bucket that speaks S3.
///
/// Every upload is verified: by the checksum that the store computed, else by its ETag where that is the MD5, else by reading the
/// object back. A request that fails in passing is tried again; where an earlier try may have been carried out, what is there is
/// compared with what was to be put. So `ifAbsent` keeps its promise where the store honours `If-None-Match`; `StoreProbe` says
/// whether it does.
public final class S3Store: ObjectStore {
    let client: S3Client
    let bucket: S3Bucket
    let options: Options
    /// Where the credentials come from, for hints.
    private let credentialsSource: String
    /// Whether the store takes the header with an object's SHA-256; some refuse headers that they do not know.
    private let takesChecksums = Mutex(true)
    private let bucketWasSeen = Mutex(false)
    private let unreadable = Mutex<Set<Substring>>([])

    public struct Options: Sendable {
        public var retries = RetryPolicy()
        /// A file of certificates that are trusted in the place of the system's.
        public var authorities: String?
        /// Objects above this many bytes are sent in parts…
        public var partThreshold = 64 << 20
        /// …of so many bytes, at least 5 MiB except the last one.
        public var partBytes = 16 << 20
        /// The lock that objects are put with; nil: none.
        public var lock: ObjectLock?
        /// Which objects get it.
        public var isLocked: @Sendable (ObjectKey) -> Bool = { _ in true }

        public init() {}
    }

    /// - Parameters:
    ///   - credentialsSource: where the credentials come from, for hints: `env:AWS`, `profile:backup`.
    ///   - renew: reads them once more; asked when a store says that they have expired.
    public init(
        _ bucket: S3Bucket, credentials: S3Credentials, from credentialsSource: String, options: Options = Options(),
        renew: @escaping @Sendable () -> S3Credentials? = { nil }
    ) {
        self.bucket = bucket
        self.options = options
        self.credentialsSource = credentialsSource
        client = S3Client(
            bucket, CredentialSupply(credentials, renew: renew), policy: options.retries, authorities: options.authorities)
    }

    public var location: String { bucket.location }

    public var isFar: Bool { true }

    // MARK: - The verbs

    public func put(_ key: ObjectKey, _ bytes: [UInt8], ifAbsent: Bool) async throws(StoreError) {
        if bytes.count > options.partThreshold { return try await putInParts(key, bytes, ifAbsent: ifAbsent) }
        _ = try await putWhole(key, S3Body.of(bytes), ifAbsent: ifAbsent)
    }

    public func put(_ key: ObjectKey, _ bytes: [UInt8], sha256: [UInt8], ifAbsent: Bool) async throws(StoreError) {
        if bytes.count > options.partThreshold { return try await putInParts(key, bytes, ifAbsent: ifAbsent) }
        _ = try await putWhole(key, S3Body(bytes: bytes, sha256: sha256), ifAbsent: ifAbsent)
    }

    /// Puts an object in one request. Nil where an earlier try was carried out and its answer was lost.
    func putWhole(_ key: ObjectKey, _ body: S3Body, ifAbsent: Bool) async throws(StoreError) -> S3Answer? {
        var request = S3Request("write", .PUT, bucket.wholeKey(key.text))
        request.body = body
        if ifAbsent { request.headers.append(("if-none-match", "*")) }
        request.headers += lockHeaders(key)
        do throws(S3Failure) {
            let answer = try await sendChecked(request)
            try await verify(answer, key, request.body)
            return answer
        } catch {
            guard ifAbsent, error.status == 412 else { throw explained(error, request) }
            // An earlier try of ours may have put it, and only its answer was lost.
            guard error.mayBeDone, try await holdsAsFarAsCanBeSeen(key, request.body) else { throw explained(error, request) }
            return nil
        }
    }

    /// As `holds`; false where these credentials may not read.
    private func holdsAsFarAsCanBeSeen(_ key: ObjectKey, _ body: S3Body) async throws(StoreError) -> Bool {
        do throws(StoreError) {
            return try await holds(key, body)
        } catch {
            guard error.code == .denied else { throw error }
            return false
        }
    }

    public func get(_ key: ObjectKey, range: Range<Int>?) async throws(StoreError) -> [UInt8] {
        if let range, range.isEmpty {
            guard let facts = try await head(key) else { throw missing(key) }
            guard range.upperBound <= facts.size else { throw short(key, range) }
            return []
        }
        var request = S3Request("read", .GET, bucket.wholeKey(key.text))
        request.longestAnswer = Self.longestObject
        if let range {
            request.headers.append(("range", "bytes=\(range.lowerBound)-\(range.upperBound - 1)"))
            request.longestAnswer = range.count
        }
        let answer = try await send(request)
        guard let range else { return answer.body }
        // rclone gives a part as if it were the whole, and says in another header where it begins.
        let isPart =
            answer.status == 206
            || answer.headers.first(name: "content-range")?.hasPrefix("bytes \(range.lowerBound)-") ?? false
        guard isPart else {
            // Some stores give all of a small object, whatever range was asked for.
            guard answer.body.count >= range.upperBound else { throw short(key, range) }
            return Array(answer.body[range])
        }
        guard answer.body.count == range.count else { throw short(key, range) }
        return answer.body
    }

    public func head(_ key: ObjectKey) async throws(StoreError) -> ObjectFacts? {
        if isUnreadable(key) { return try await listed(key) }
        let request = S3Request("look at", .HEAD, bucket.wholeKey(key.text))
        let answer: S3Answer
        do throws(S3Failure) {
            answer = try await lookAt(request)
        } catch {
            // Right credentials that may list and not read, as a writer's of packs.
            if error.status == 403, let facts = await listedIfAllowed(key) {
                noteUnreadable(key)
                return facts.first
            }
            guard error.status == 404 else { throw explained(error, request) }
            // The answer to a HEAD does not say whether it is the object or the bucket that is not there.
            if !bucketWasSeen.withLock({ $0 }) { try await requirePlace() }
            return nil
        }
        sawBucket()
        guard let size = answer.headers.first(name: "content-length").flatMap({ Int($0) }) else {
            throw StoreError(.failed, "\(bucket.host) does not say how long \(request.subject(in: bucket)) is.")
        }
        return ObjectFacts(key: key, size: size)
    }

    /// What the list says of an object.
    private func listed(_ key: ObjectKey) async throws(StoreError) -> ObjectFacts? {
        try await list(key.text, after: nil, limit: 1).first { $0.key == key }
    }

    /// The same, none or one; nil where the list is refused too.
    private func listedIfAllowed(_ key: ObjectKey) async -> [ObjectFacts]? {
        do throws(StoreError) {
            return try await [listed(key)].compactMap(\.self)
        } catch { return nil }
    }

    /// Whether objects of this folder were found to be ones that these credentials may not read.
    private func isUnreadable(_ key: ObjectKey) -> Bool { unreadable.withLock { $0.contains(Self.folder(of: key)) } }

    private func noteUnreadable(_ key: ObjectKey) { unreadable.withLock { _ = $0.insert(Self.folder(of: key)) } }

    private static func folder(of key: ObjectKey) -> Substring { key.text.prefix { $0 != "/" } }

    /// The answer to a HEAD has no room for what is wrong. A read of the same says it, and lets the client see that its
    /// credentials have expired.
    private func lookAt(_ request: S3Request) async throws(S3Failure) -> S3Answer {
        do throws(S3Failure) {
            return try await client.send(request)
        } catch {
            guard error.status == 400, error.code.isEmpty else { throw error }
            var read = S3Request(request.verb, .GET, request.key)
            read.headers.append(("range", "bytes=0-0"))
            read.longestAnswer = Self.longestObject
            do throws(S3Failure) {
                _ = try await client.send(read)
            } catch {
                guard error.status == 404 || error.status == 416 else { throw error }
            }
            return try await client.send(request)
        }
    }

    public func delete(_ key: ObjectKey) async throws(StoreError) {
        let request = S3Request("delete", .DELETE, bucket.wholeKey(key.text))
        do throws(S3Failure) {
            _ = try await client.send(request)
        } catch {
            guard error.status == 404, error.code != "NoSuchBucket" else { throw explained(error, request) }
        }
    }

    // MARK: - Verifying

    /// Sends a request with a body and its checksum. Where the store does not know the checksum's header, without.
    func sendChecked(_ request: S3Request) async throws(S3Failure) -> S3Answer {
        if takesChecksums.withLock({ $0 }) {
            var checked = request
            checked.headers.append(("x-amz-checksum-sha256", Base64.text(of: request.body.sha256)))
            // A put with a lock must name its checksum, or bring an MD5.
            if request.headers.contains(where: { $0.name == "x-amz-object-lock-mode" }) {
                checked.headers.append(("x-amz-sdk-checksum-algorithm", "SHA256"))
            }
            do throws(S3Failure) {
                return try await client.send(checked)
            } catch {
                guard error.status == 501 || error.code == "NotImplemented" || error.code == "InvalidArgument" else {
                    throw error
                }
                takesChecksums.withLock { $0 = false }
            }
        }
        var plain = request
        plain.headers.append(("content-md5", Base64.text(of: await request.body.md5())))
        return try await client.send(plain)
    }

    /// Makes sure that the store has what was sent.
    private func verify(_ answer: S3Answer, _ key: ObjectKey, _ body: S3Body) async throws(S3Failure) {
        sawBucket()
        if try await hasArrived(answer, body) { return }
        let isThere: Bool
        do throws(StoreError) {
            isThere = try await holds(key, body)
        } catch { throw S3Failure.unproven(error.message) }
        guard isThere else { throw S3Failure.unproven("it does not hold what was sent") }
    }

    /// Whether the answer proves by a checksum that the body has arrived. Fails where it proves that it has not.
    func hasArrived(_ answer: S3Answer, _ body: S3Body) async throws(S3Failure) -> Bool {
        if let checksum = answer.headers.first(name: "x-amz-checksum-sha256") {
            guard checksum == Base64.text(of: body.sha256) else { throw S3Failure.unproven("it does not hold what was sent") }
            return true
        }
        guard let tag = answer.headers.first(name: "etag")?.filter({ $0 != "\"" }).lowercased(), tag.count == 32 else {
            return false
        }
        // With some kinds of encryption at rest it is no MD5: then it proves nothing.
        return tag == Hex.text(of: await body.md5())
    }

    /// Whether the object is there and holds these bytes.
    func holds(_ key: ObjectKey, _ body: S3Body) async throws(StoreError) -> Bool {
        do throws(StoreError) {
            return try await get(key, range: nil) == body.bytes
        } catch {
            guard error.code == .missing else { throw error }
            return false
        }
    }

    // MARK: - Sending

    /// Longer than any object of a vault, bytes.
    static let longestObject = (1 << 30) + (64 << 20)

    func send(_ request: S3Request) async throws(StoreError) -> S3Answer {
        do throws(S3Failure) {
            let answer = try await client.send(request)
            sawBucket()
            return answer
        } catch { throw explained(error, request) }
    }

    func explained(_ failure: S3Failure, _ request: S3Request) -> StoreError {
        failure.explained(request, in: bucket, credentials: credentialsSource)
    }

    func sawBucket() { bucketWasSeen.withLock { $0 = true } }

    private func missing(_ key: ObjectKey) -> StoreError {
        StoreError(.missing, "There is no \(bucket.location)/\(key).")
    }

    private func short(_ key: ObjectKey, _ range: Range<Int>) -> StoreError {
        StoreError(.short, "\(bucket.location)/\(key) ends before byte \(range.upperBound).")
    }
}

extension S3Failure {
    /// An upload that the store took and cannot be shown to have.
    static func unproven(_ why: Phrase) -> S3Failure {
        S3Failure(reason: .unanswered(why, hint: nil), tries: 1, elapsed: .zero, mayBeDone: true, skew: nil)
    }
}
