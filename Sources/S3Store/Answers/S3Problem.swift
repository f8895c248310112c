/// What a store says went wrong: the error document of its answer, or as much as the status tells.
struct S3Problem: Sendable, Equatable {
    let status: Int
    /// `NoSuchKey`, `SlowDown`; empty where the answer says nothing.
    let code: String
    let message: String
    /// The code as messages quote it.
    private let shownCode: String
    /// The region that the bucket lies in, where the answer tells.
    let region: String?
    /// What its clock shows, where the answer tells: `2013-05-24T00:00:00Z`.
    let serverTime: String?

    /// - Parameters:
    ///   - region: of the header `x-amz-bucket-region`.
    ///   - credentials: that the request went with. A store may repeat what it was sent: that is taken out of all that is shown.
    init(status: Int, body: [UInt8], region: String?, hiding credentials: S3Credentials? = nil) {
        // Before anything is cut off: half a secret would not be found any more.
        func hidden(_ text: String) -> String { credentials?.redacted(text) ?? text }
        let document = XMLElement(document: body).flatMap { $0.name == "Error" ? $0 : $0["Error"] }
        self.status = status
        code = Self.plain(document?.value("Code") ?? "", longest: 100)
        shownCode = Self.plain(hidden(document?.value("Code") ?? ""), longest: 100)
        message = Self.plain(hidden(document?.value("Message") ?? ""), longest: 300)
        self.region = (region ?? document?.value("Region")).map { Self.plain(hidden($0), longest: 60) }
        serverTime = document?.value("ServerTime").map { Self.plain($0, longest: 40) }
    }

    /// Without control characters, and not longer than a person reads.
    private static func plain(_ text: String, longest: Int) -> String {
        let visible = String(String.UnicodeScalarView(text.unicodeScalars.filter { $0.properties.generalCategory != .control }))
        return visible.count > longest ? visible.prefix(longest) + "…" : visible
    }

    /// What messages quote: `SlowDown: Please reduce your request rate.`
    var shown: String {
        let parts = [shownCode, message].filter { !$0.isEmpty }
        return parts.isEmpty ? "HTTP \(status)" : parts.joined(separator: ": ")
    }

    /// Whether the same request may go well a little later.
    var isPassing: Bool {
        switch code {
        case "SlowDown", "SlowDownRead", "SlowDownWrite", "InternalError", "ServiceUnavailable", "RequestTimeout",
            "OperationAborted", "ConditionalRequestConflict", "TooManyRequests", "Throttling", "ThrottlingException",
            "RequestLimitExceeded", "BandwidthLimitExceeded", "IncompleteBody", "BadDigest", "XAmzContentSHA256Mismatch",
            "XAmzContentChecksumMismatch":
            true
        case "NotImplemented", "InsufficientStorage", "XMinioStorageFull": false
        default: status == 429 || status == 408 || (500...599).contains(status) && status != 501 && status != 507
        }
    }

    /// Whether it is a lock that stands in the way, or the lack of one.
    var isAboutLocks: Bool {
        let said = message.lowercased()
        return ["object lock", "objectlock", "worm"].contains { said.contains($0) }
    }

    /// Whether the store asks for fewer requests.
    var isThrottling: Bool {
        status == 429 || status == 503
            || ["SlowDown", "SlowDownRead", "SlowDownWrite", "Throttling", "ThrottlingException", "RequestLimitExceeded"]
                .contains(code)
    }

    /// Whether other credentials from the same place may do.
    var isExpiry: Bool { ["ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired"].contains(code) }
}
