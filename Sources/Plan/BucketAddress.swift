import Foundation
public import Language

/// A bucket as a vault's url names it: `s3://bucket/prefix?endpoint=https://host&region=eu-west-3`.
///
/// It never holds credentials. What it does not say follows from the endpoint: without one it is AWS.
public struct BucketAddress: Sendable, Equatable {
    public let bucket: String
    /// Without slashes around; may be empty.
    public let prefix: String
    /// Whether requests go over TLS.
    public let isEncrypted: Bool
    public let host: String
    public let port: Int?
    /// What comes before the bucket in paths, such as `/storage/v1/s3`; may be empty.
    public let path: String
    /// Nil: not said, and the endpoint does not tell. Then the environment or the profile may, else it is `us-east-1`.
    public let region: String?
    /// Whether the bucket's name is a part of the host's.
    public let isInHostName: Bool
    /// Whether the url names no endpoint: then it is AWS, which has a host for every region.
    private let followsRegion: Bool

    /// What is wrong with a url, and what to write instead.
    public struct Flaw: Error, Equatable {
        public let message: Phrase
        public let remedy: Phrase
        /// Whether something secret stands in it.
        public var isSecret = false
    }

    public static func isOne(_ url: String) -> Bool { url.lowercased().hasPrefix("s3://") }

    static let example: Phrase =
        "Write for example `s3://bucket/vault?region=eu-west-3`, or with your provider's address `s3://bucket/vault?endpoint=https://s3.example.org&region=…`."

    public init(_ url: String) throws(Flaw) {
        let rest = url.dropFirst("s3://".count)
        let (place, query) = Self.cut(rest, at: "?")
        try Self.refuseSecrets(url)
        guard !url.contains("#"), url.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7f }) else {
            throw Flaw(message: "A bucket's url has no blanks and no #.", remedy: Self.example)
        }
        let (bucket, prefix) = Self.cut(place, at: "/")
        guard Self.isBucketName(bucket) else {
            throw Flaw(
                message:
                    "\(Shown.value(String(bucket))) is no name of a bucket: 3 to 63 letters in lower case, digits, dots and hyphens.",
                remedy: Self.example)
        }
        self.bucket = String(bucket)
        self.prefix = try Self.prefix(prefix)
        let options = try Self.options(query)
        let isInsecure = options["insecure"] == "true"
        if let insecure = options["insecure"], !["true", "false"].contains(insecure) {
            throw Flaw(message: "insecure= is neither true nor false.", remedy: "Write insecure=true, or leave it out.")
        }
        let endpoint = try Endpoint(options["endpoint"], region: options["region"])
        guard endpoint.isEncrypted || isInsecure || endpoint.isLoopback else {
            throw Flaw(
                message: "The endpoint \(Shown.value(endpoint.host)) is asked without encryption.",
                remedy: "Write https://, or add &insecure=true where the way there is safe by itself.")
        }
        (isEncrypted, host, port, path) = (endpoint.isEncrypted, endpoint.host, endpoint.port, endpoint.path)
        followsRegion = options["endpoint"] == nil
        region = options["region"] ?? endpoint.region
        if let region, !Self.isRegion(region) {
            throw Flaw(
                message: "\(Shown.value(region)) is no region.",
                remedy: "Write it as your provider does, such as region=eu-west-3.")
        }
        switch options["style"] {
        // A name with a dot fits no certificate.
        case nil: isInHostName = endpoint.isAWS && !bucket.contains(".")
        case "host": isInHostName = true
        case "path": isInHostName = false
        default:
            throw Flaw(message: "style= is neither host nor path.", remedy: "Write style=path or style=host, or leave it out.")
        }
        guard !isInHostName || !endpoint.isAddress else {
            throw Flaw(message: "An address made of numbers has no names of buckets in it.", remedy: "Write style=path.")
        }
    }

    /// Whether it is this machine itself that is asked.
    public var isLoopback: Bool { Endpoint.isLoopback(host) }

    /// Whom to ask where the bucket lies in `region`, which the url need not say: a host of AWS takes no other region's
    /// signature.
    public func host(in region: String) -> String { followsRegion ? Endpoint.hostOfAWS(in: region) : host }

    // MARK: - Parts

    private static func cut(_ text: Substring, at mark: Character) -> (Substring, Substring) {
        guard let place = text.firstIndex(of: mark) else { return (text, "") }
        return (text[..<place], text[text.index(after: place)...])
    }

    private static func isBucketName(_ name: Substring) -> Bool {
        func isEnd(_ byte: UInt8?) -> Bool { byte.map { isLower($0) } ?? false }
        return (3...63).contains(name.utf8.count) && isEnd(name.utf8.first) && isEnd(name.utf8.last) && !name.contains("..")
            // Older buckets and other stores have underscores too.
            && name.utf8.allSatisfy { isLower($0) || ".-_".utf8.contains($0) }
    }

    private static func isLower(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    /// Whether it can be a region's name.
    public static func isRegion(_ region: String) -> Bool {
        (1...60).contains(region.utf8.count) && region.utf8.allSatisfy { $0.isWordByte || $0 == UInt8(ascii: "-") }
    }

    private static func prefix(_ text: Substring) throws(Flaw) -> String {
        let trimmed = text.last == "/" ? text.dropLast() : text
        let parts = trimmed.split(separator: "/", omittingEmptySubsequences: false)
        guard trimmed.isEmpty || parts.allSatisfy({ !$0.isEmpty && $0 != "." && $0 != ".." }), trimmed.utf8.count <= 500 else {
            throw Flaw(message: "What follows the bucket is no prefix.", remedy: Self.example)
        }
        return String(trimmed)
    }

    /// The options by name; values are decoded.
    private static func options(_ query: Substring) throws(Flaw) -> [String: String] {
        var options: [String: String] = [:]
        for pair in query.split(separator: "&") {
            let (name, value) = cut(pair, at: "=")
            let key = String(name)
            guard ["endpoint", "region", "style", "insecure"].contains(key) else {
                throw Flaw(
                    message: "The option \(Shown.key(key)) of a bucket's url is not known.",
                    remedy: "Known here: endpoint, region, style, insecure.")
            }
            guard let text = String(value).removingPercentEncoding, !text.isEmpty, options[key] == nil else {
                throw Flaw(message: "The option \(key) of a bucket's url is said twice, or says nothing.", remedy: Self.example)
            }
            options[key] = text
        }
        return options
    }

    /// Credentials in a url would be in every copy of the plan.
    private static func refuseSecrets(_ url: String) throws(Flaw) {
        let place = url.dropFirst("s3://".count)
        let names = place.split(whereSeparator: { $0 == "?" || $0 == "&" }).dropFirst().map {
            $0.prefix { $0 != "=" }.lowercased()
        }
        let isSecretName = names.contains { name in
            ["secret", "token", "accesskey", "access_key", "access-key", "credential", "signature", "password"].contains {
                name.contains($0)
            }
        }
        guard isSecretName || url.contains("@") || url.lowercased().contains("%40") else { return }
        throw Flaw(
            message: "Credentials stand in the vault's url.",
            remedy:
                "Take them out, and change them: the file may have been shared. Credentials come from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or from where the vault's `credentials:` says: env:PREFIX, file:PATH or profile:NAME.",
            isSecret: true)
    }
}

/// The server of a bucket.
private struct Endpoint {
    var isEncrypted = true
    var host: String
    var port: Int?
    var path = ""
    /// As its name tells.
    var region: String?
    var isAWS = false

    /// - Parameters:
    ///   - text: `https://host:port/path`, or nil: AWS.
    init(_ text: String?, region said: String?) throws(BucketAddress.Flaw) {
        guard let text else {
            host = Self.hostOfAWS(in: said ?? "us-east-1")
            isAWS = true
            return
        }
        let wrong = BucketAddress.Flaw(
            message: "The endpoint \(Shown.value(text)) is no address.",
            remedy: "Write it as endpoint=https://host or endpoint=https://host:port.")
        var rest = text[...]
        if let scheme = text.firstRange(of: "://") {
            switch text[..<scheme.lowerBound].lowercased() {
            case "https": isEncrypted = true
            case "http": isEncrypted = false
            default: throw wrong
            }
            rest = text[scheme.upperBound...]
        }
        let authority = rest.prefix { $0 != "/" }
        var path = String(rest.dropFirst(authority.count))
        while path.hasSuffix("/") { path.removeLast() }
        guard !path.contains("?"), !path.contains("//"), !path.contains("..") else { throw wrong }
        self.path = path
        let afterBracket = authority.first == "[" ? authority.drop { $0 != "]" }.dropFirst() : authority
        if let colon = afterBracket.lastIndex(of: ":") {
            guard let number = Int(afterBracket[afterBracket.index(after: colon)...]), (1...65_535).contains(number) else {
                throw wrong
            }
            port = number
            host = String(authority[..<colon])
        } else {
            host = String(authority)
        }
        if host.first == "[" {
            guard host.last == "]" else { throw wrong }
            host = String(host.dropFirst().dropLast())
        }
        host = host.lowercased()
        let isName = !host.isEmpty && host.utf8.count <= 253 && host.utf8.allSatisfy { $0.isWordByte || ".-:".utf8.contains($0) }
        guard isName else { throw wrong }
        recognise()
    }

    /// China's regions are a realm of their own.
    static func hostOfAWS(in region: String) -> String {
        "s3.\(region).amazonaws.com" + (region.hasPrefix("cn-") ? ".cn" : "")
    }

    /// What the names of the large providers tell.
    private mutating func recognise() {
        let labels = host.split(separator: ".").map(String.init)
        func ends(_ text: String) -> Bool { host.hasSuffix("." + text) }
        if ends("amazonaws.com") || ends("amazonaws.com.cn") {
            isAWS = true
            if labels.count >= 4, labels[0] == "s3" { region = labels[1] == "dualstack" ? labels[2] : labels[1] }
        } else if ends("r2.cloudflarestorage.com") {
            region = "auto"
        } else if ends("backblazeb2.com") || ends("digitaloceanspaces.com") || ends("scw.cloud") || ends("wasabisys.com") {
            if labels.count >= 4, labels[0] == "s3" { region = labels[1] }
            if labels.count == 3, labels[0] != "s3" { region = labels[0] }
        }
    }

    var isLoopback: Bool { Self.isLoopback(host) }

    static func isLoopback(_ host: String) -> Bool {
        host == "localhost" || host.hasSuffix(".localhost") || host.hasPrefix("127.") || host == "::1"
    }

    var isAddress: Bool { host.contains(":") || host.utf8.allSatisfy { (48...57).contains($0) || $0 == UInt8(ascii: ".") } }
}
