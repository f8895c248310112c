import Crypto
import Foundation
import Synchronization

/// AWS Signature Version 4 in a header: proves with the secret key who asks, and binds method, path, query, headers and the
/// body's hash to it.
///
/// The path is encoded once and never normalised, as S3 wants it.
struct SignatureV4: Sendable {
    let credentials: S3Credentials
    let region: String
    var service = "s3"

    /// What is signed of a request.
    struct Request {
        var method: String
        /// Not encoded, beginning with a slash.
        var path: String
        /// Not encoded.
        var query: [(name: String, value: String)] = []
        /// All of them are signed. `host` and `x-amz-date` among them.
        var headers: [(name: String, value: String)]
        /// SHA-256 of the body, hex.
        var payload: String
    }

    /// The value of the header `Authorization`.
    ///
    /// - Parameter stamp: the instant as `timestamp(of:)` writes it, the same as in `x-amz-date`.
    func authorization(_ request: Request, stamp: String) -> String {
        let headers = Self.canonical(request.headers)
        let names = headers.map(\.name).joined(separator: ";")
        let canonical = [
            request.method, PercentEncoding.encode(request.path, keepsSlash: true), Self.queryText(request.query),
            headers.map { "\($0.name):\($0.value)\n" }.joined(), names, request.payload,
        ].joined(separator: "\n")
        let day = String(stamp.prefix(8))
        let scope = "\(day)/\(region)/\(service)/aws4_request"
        let text = ["AWS4-HMAC-SHA256", stamp, scope, Hex.text(of: SHA256.hash(data: Data(canonical.utf8)))].joined(
            separator: "\n")
        let signature = Hex.text(of: Self.code(text, key: key(day)))
        return "AWS4-HMAC-SHA256 Credential=\(credentials.accessKey)/\(scope), SignedHeaders=\(names), Signature=\(signature)"
    }

    /// The query as it is signed and sent: encoded, and sorted by the encoded names, then values.
    static func queryText(_ query: [(name: String, value: String)]) -> String {
        query.map { (PercentEncoding.encode($0.name), PercentEncoding.encode($0.value)) }
            .sorted { $0 < $1 }
            .map { "\($0)=\($1)" }.joined(separator: "&")
    }

    /// `20130524T000000Z`, in UTC.
    static func timestamp(of instant: Date) -> String {
        var seconds = time_t(instant.timeIntervalSince1970.rounded(.down))
        var parts = tm()
        gmtime_r(&seconds, &parts)
        func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let day = "\(parts.tm_year + 1900)" + two(parts.tm_mon + 1) + two(parts.tm_mday)
        return day + "T" + two(parts.tm_hour) + two(parts.tm_min) + two(parts.tm_sec) + "Z"
    }

    /// Names in lower case and in order, values without blanks around them and with single ones inside.
    private static func canonical(_ headers: [(name: String, value: String)]) -> [(name: String, value: String)] {
        headers.map { header in
            let words = header.value.split(whereSeparator: { $0 == " " || $0 == "\t" || $0.isNewline })
            return (header.name.lowercased(), words.joined(separator: " "))
        }.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }

    /// The key of a day, which many thousand requests are signed with.
    private func key(_ day: String) -> SymmetricKey {
        let purpose = [credentials.secretKey, day, region, service]
        if let last = Self.lastKey.withLock({ $0 }), last.purpose == purpose { return last.key }
        let key = derived(day)
        Self.lastKey.withLock { $0 = (purpose, key) }
        return key
    }

    private static let lastKey = Mutex<(purpose: [String], key: SymmetricKey)?>(nil)

    private func derived(_ day: String) -> SymmetricKey {
        var key = SymmetricKey(data: Data(("AWS4" + credentials.secretKey).utf8))
        for part in [day, region, service, "aws4_request"] { key = SymmetricKey(data: Self.code(part, key: key)) }
        return key
    }

    private static func code(_ text: String, key: SymmetricKey) -> HMAC<SHA256>.MAC {
        HMAC<SHA256>.authenticationCode(for: Data(text.utf8), using: key)
    }
}

enum Hex {
    private static let digits = Array("0123456789abcdef".utf8)

    static func text(of bytes: some Sequence<UInt8>) -> String {
        var text: [UInt8] = []
        text.reserveCapacity(64)
        for byte in bytes {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }
}
