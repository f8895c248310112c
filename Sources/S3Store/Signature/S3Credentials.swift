/// What proves to a store who asks. It shows nothing of itself: neither in text nor in a debugger's dump.
public struct S3Credentials: Sendable, Hashable, CustomStringConvertible, CustomReflectable {
    public let accessKey: String
    let secretKey: String
    /// Of temporary credentials.
    let sessionToken: String?

    public init(accessKey: String, secretKey: String, sessionToken: String? = nil) {
        self.accessKey = accessKey
        self.secretKey = secretKey
        self.sessionToken = sessionToken
    }

    public var description: String { "S3 credentials" }
    public var customMirror: Mirror { Mirror(self, children: []) }

    /// Whether each of them can stand in a header: a line break in one would end it.
    public var isSound: Bool {
        [accessKey, secretKey, sessionToken].compactMap(\.self).allSatisfy { text in
            !text.isEmpty && text.utf8.count <= 16_384 && text.utf8.allSatisfy { (0x21...0x7e).contains($0) }
        }
    }

    /// The text with every secret that stands in it taken out, and every signature that was made with one.
    func redacted(_ text: String) -> String {
        var text = text
        for secret in [secretKey, sessionToken, accessKey].compactMap(\.self) where secret.utf8.count >= 4 {
            for form in [secret, PercentEncoding.encode(secret)] {
                text = text.split(separator: form, omittingEmptySubsequences: false).joined(separator: "…")
            }
        }
        return text.replacing(/(?i)(signature\W{1,6})[0-9a-f]{16,}/) { "\($0.output.1)…" }
    }
}
