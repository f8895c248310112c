import Crypto
import Dispatch
import Language
import NIOHTTP1

/// One request to a store, as it is tried until it goes well or there is no use in trying.
struct S3Request: Sendable {
    /// What is done, for messages: `read`, `write`.
    let verb: Phrase
    let method: HTTPMethod
    /// The whole key in the bucket; nil: the bucket itself.
    let key: String?
    var query: [(name: String, value: String)] = []
    var headers: [(name: String, value: String)] = []
    var body = S3Body.empty
    /// The answer's body is never longer, in bytes.
    var longestAnswer = 32 << 20

    init(_ verb: Phrase, _ method: HTTPMethod, _ key: String? = nil) {
        self.verb = verb
        self.method = method
        self.key = key
    }

    /// What messages name: the object, or the bucket.
    func subject(in bucket: S3Bucket) -> String {
        key.map { "s3://\(bucket.name)/\($0)" } ?? bucket.location
    }
}

/// Bytes that are sent, with their hash.
struct S3Body: Sendable {
    let bytes: [UInt8]
    let sha256: [UInt8]

    static let empty = S3Body(bytes: [], sha256: Array(SHA256.hash(data: [UInt8]())))

    /// Hashes on a thread that is not one of the cooperative pool's.
    static func of(_ bytes: [UInt8]) async -> S3Body {
        S3Body(bytes: bytes, sha256: await aside { Array(SHA256.hash(data: bytes)) })
    }

    func md5() async -> [UInt8] {
        await Self.aside { [bytes] in Array(Insecure.MD5.hash(data: bytes)) }
    }

    private static let queue = DispatchQueue(label: "reprise.s3.hash", attributes: .concurrent)

    static func aside<Value: Sendable>(_ work: @escaping @Sendable () -> Value) async -> Value {
        await withCheckedContinuation { continuation in
            queue.async { continuation.resume(returning: work()) }
        }
    }
}

/// What a store answered, where it did what it was asked.
struct S3Answer: Sendable {
    let status: Int
    let headers: HTTPHeaders
    let body: [UInt8]
}

/// Why a request was given up.
struct S3Failure: Error, Sendable {
    enum Reason: Sendable {
        /// The store answered, and this is what it said.
        case refused(S3Problem)
        /// No whole answer came, because of this; and what to do where it is not a matter of the network.
        case unanswered(Phrase, hint: Phrase?)
        case cancelled
    }

    let reason: Reason
    let tries: Int
    /// Since the first try.
    let elapsed: Duration
    /// Whether one of the tries may have been carried out though it seemed to fail.
    let mayBeDone: Bool
    /// What the store's clock shows less what ours does.
    let skew: Duration?

    var problem: S3Problem? {
        if case .refused(let problem) = reason { problem } else { nil }
    }

    var code: String { problem?.code ?? "" }
    var status: Int { problem?.status ?? 0 }
}
