import AsyncHTTPClient
import Foundation
import Language
import NIOCore
import NIOHTTP1
import Synchronization

/// Sends signed requests over a bounded number of connections, each until it is answered, refused, or not worth another try.
final class S3Client: Sendable {
    let bucket: S3Bucket
    private let supply: CredentialSupply
    private let policy: RetryPolicy
    private let asking: HTTPClient
    private let sending: HTTPClient
    private let slots = Slots(HTTPClients.connections)
    private let hasAnswered = Mutex(false)

    init(_ bucket: S3Bucket, _ supply: CredentialSupply, policy: RetryPolicy, authorities: String?) {
        self.bucket = bucket
        self.supply = supply
        self.policy = policy
        asking = HTTPClients.client(for: bucket.hostName, trusting: authorities, use: .asking)
        sending = HTTPClients.client(for: bucket.hostName, trusting: authorities, use: .sending)
    }

    /// What no message may show.
    var credentials: S3Credentials { supply.current }

    /// The answer, of a status 2xx. Throws `S3Failure`; of a HEAD that is refused it knows the status alone.
    func send(_ request: S3Request) async throws(S3Failure) -> S3Answer {
        let start = ContinuousClock.now
        // A large body may be under way for longer than anybody's patience before it fails for the first time.
        var firstFailure: ContinuousClock.Instant?
        var tries = 0
        var mayBeDone = false
        var credentials = supply.current
        while true {
            tries += 1
            let slot = await slots.take()
            let outcome = await attempt(request, credentials)
            await slots.give(slot, wasTooMuch: Self.isThrottled(outcome))
            func failure(_ reason: S3Failure.Reason, skew: Duration? = nil) -> S3Failure {
                S3Failure(
                    reason: reason, tries: tries, elapsed: ContinuousClock.now - start, mayBeDone: mayBeDone, skew: skew)
            }
            if Task.isCancelled { throw failure(.cancelled) }
            let reason: S3Failure.Reason
            var asked: Duration?
            var skew: Duration?
            switch outcome {
            case .success(let answer) where (200...299).contains(answer.status):
                hasAnswered.withLock { $0 = true }
                return answer
            case .success(let answer):
                hasAnswered.withLock { $0 = true }
                let problem = S3Problem(
                    status: answer.status, body: answer.body, region: answer.headers.first(name: "x-amz-bucket-region"),
                    hiding: credentials)
                skew = Self.skew(answer.headers, problem)
                if problem.isExpiry, tries < 5, let fresh = supply.renewed(after: credentials) {
                    credentials = fresh
                    continue
                }
                guard problem.isPassing else { throw failure(.refused(problem), skew: skew) }
                // What is throttled was not begun; any other failure may have come after the work.
                if !problem.isThrottling { mayBeDone = true }
                asked = Self.pauseAsked(answer.headers)
                reason = .refused(problem)
            case .failure(let problem):
                if problem.isFinal { throw failure(.unanswered(problem.message, hint: problem.hint)) }
                mayBeDone = true
                reason = .unanswered(problem.message, hint: problem.hint)
            }
            let now = ContinuousClock.now
            firstFailure = firstFailure ?? now
            guard
                let pause = policy.pause(
                    after: tries, elapsed: now - (firstFailure ?? now), asked: asked, hasAnswered: hasAnswered.withLock { $0 },
                    share: Double.random(in: 0...1)),
                (try? await Task.sleep(for: pause)) != nil
            else { throw failure(Task.isCancelled ? .cancelled : reason, skew: skew) }
        }
    }

    private static func isThrottled(_ outcome: Result<S3Answer, NetworkProblem>) -> Bool {
        guard case .success(let answer) = outcome, answer.status == 429 || answer.status == 503 else { return false }
        return S3Problem(status: answer.status, body: answer.body, region: nil).isThrottling
    }

    // MARK: - One try

    private func attempt(_ request: S3Request, _ credentials: S3Credentials) async -> Result<S3Answer, NetworkProblem> {
        do {
            return .success(try await exchange(signed(request, credentials), request))
        } catch {
            return .failure(NetworkProblem(error, host: bucket.host))
        }
    }

    private func signed(_ request: S3Request, _ credentials: S3Credentials) -> HTTPClientRequest {
        let stamp = SignatureV4.timestamp(of: Date())
        let payload = Hex.text(of: request.body.sha256)
        var headers = request.headers
        headers += [("host", bucket.host), ("x-amz-date", stamp), ("x-amz-content-sha256", payload)]
        if let token = credentials.sessionToken { headers.append(("x-amz-security-token", token)) }
        let path = bucket.path(request.key)
        let authorization = SignatureV4(credentials: credentials, region: bucket.region).authorization(
            .init(
                method: request.method.rawValue, path: path, query: request.query, headers: headers, payload: payload),
            stamp: stamp)
        let query = request.query.isEmpty ? "" : "?" + SignatureV4.queryText(request.query)
        var sent = HTTPClientRequest(
            url: bucket.scheme + "://" + bucket.host + PercentEncoding.encode(path, keepsSlash: true) + query)
        sent.method = request.method
        sent.headers = HTTPHeaders(headers)
        sent.headers.add(name: "authorization", value: authorization)
        sent.headers.add(name: "user-agent", value: "reprise")
        if request.method == .PUT || request.method == .POST { sent.body = .bytes(request.body.bytes) }
        return sent
    }

    /// Sends it and takes the whole answer. Fails with `NetworkProblem.cut` where less came than was announced.
    private func exchange(_ sent: HTTPClientRequest, _ request: S3Request) async throws -> S3Answer {
        // Slow lines are given their time: 64 KiB a second, first for what is sent, then for what is answered.
        let silence = policy.silence(hasAnswered: hasAnswered.withLock { $0 }).components.seconds
        let http = request.body.bytes.count > 1 << 20 ? sending : asking
        let response = try await http.execute(
            sent, deadline: NIODeadline.now() + TimeAmount.seconds(silence + Int64(request.body.bytes.count >> 16)))
        let deadline = NIODeadline.now() + TimeAmount.seconds(60 + Int64(request.longestAnswer >> 16))
        let announced = response.headers.first(name: "content-length").flatMap { Int($0) }
        let isRefused = !(200...299).contains(Int(response.status.code))
        var body: [UInt8] = []
        if request.method != .HEAD {
            if let announced { body.reserveCapacity(min(announced, request.longestAnswer)) }
            for try await piece in response.body {
                guard body.count + piece.readableBytes <= max(request.longestAnswer, isRefused ? 1 << 20 : 0) else {
                    throw NetworkProblem.tooLong
                }
                guard NIODeadline.now() < deadline else { throw HTTPClientError.deadlineExceeded }
                body.append(contentsOf: piece.readableBytesView)
            }
            if let announced, announced != body.count { throw NetworkProblem.cut }
        }
        return S3Answer(status: Int(response.status.code), headers: response.headers, body: body)
    }

    // MARK: - What headers say

    /// `Retry-After`, in seconds or as a date.
    static func pauseAsked(_ headers: HTTPHeaders, now: Date = Date()) -> Duration? {
        guard let text = headers.first(name: "retry-after") else { return nil }
        if let seconds = Int(text) { return (0...86_400).contains(seconds) ? .seconds(seconds) : nil }
        return HTTPDate.read(text).map { .seconds(max(0, min(86_400, $0.timeIntervalSince(now)))) }
    }

    private static func skew(_ headers: HTTPHeaders, _ problem: S3Problem) -> Duration? {
        let told = problem.serverTime.flatMap(HTTPDate.readISO) ?? headers.first(name: "date").flatMap(HTTPDate.read)
        return told.map { .seconds($0.timeIntervalSinceNow) }
    }

    /// What the store's clock shows less what ours does, as far as its answer tells.
    static func skew(_ answer: S3Answer) -> Duration? {
        answer.headers.first(name: "date").flatMap(HTTPDate.read).map { .seconds($0.timeIntervalSinceNow) }
    }
}
