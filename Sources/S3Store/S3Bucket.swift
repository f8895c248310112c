/// Where a bucket is and how it is asked: everything about it that is no secret.
public struct S3Bucket: Sendable, Hashable {
    public let name: String
    /// Where in the bucket the vault lies, without slashes around it; empty: at its root.
    public let prefix: String
    public let endpoint: Endpoint
    public let region: String
    /// Whether the bucket's name is a part of the host's (`bucket.s3.eu-west-3.amazonaws.com`) or the path's first.
    public let isInHostName: Bool

    public struct Endpoint: Sendable, Hashable {
        public let isEncrypted: Bool
        public let host: String
        /// Nil: the usual one of the scheme.
        public let port: Int?
        /// What comes before the bucket, such as `/storage/v1/s3`; empty, or with a slash in front and none behind.
        public let path: String

        public init(isEncrypted: Bool, host: String, port: Int?, path: String = "") {
            self.isEncrypted = isEncrypted
            self.host = host
            self.port = port
            self.path = path
        }
    }

    public init(name: String, prefix: String, endpoint: Endpoint, region: String, isInHostName: Bool) {
        self.name = name
        self.prefix = prefix
        self.endpoint = endpoint
        self.region = region
        self.isInHostName = isInHostName
    }

    /// For messages.
    var location: String { prefix.isEmpty ? "s3://\(name)" : "s3://\(name)/\(prefix)" }

    /// The key that the bucket knows an object by.
    func wholeKey(_ key: String) -> String { prefix.isEmpty ? key : prefix + "/" + key }

    /// The object's key in the vault; nil where it is another's.
    func ownKey(_ key: String) -> String? {
        if prefix.isEmpty { return key }
        return key.hasPrefix(prefix + "/") ? String(key.dropFirst(prefix.count + 1)) : nil
    }

    /// Whom requests are sent to.
    var hostName: String { isInHostName ? name + "." + endpoint.host : endpoint.host }

    /// The header `Host`.
    var host: String {
        let host = hostName
        let written = host.contains(":") ? "[\(host)]" : host
        return endpoint.port.map { "\(written):\($0)" } ?? written
    }

    /// The path of an object, or where `key` is nil of the bucket itself; not encoded.
    func path(_ key: String?) -> String {
        endpoint.path + (isInHostName ? "" : "/" + name) + "/" + (key ?? "")
    }

    var scheme: String { endpoint.isEncrypted ? "https" : "http" }
}
