/// Where the credentials of a bucket are to be found, so that the plan itself never holds any.
public enum BucketCredentials: Sendable, Equatable, CustomStringConvertible {
    /// `env:PREFIX`: the variables `PREFIX_ACCESS_KEY_ID`, `PREFIX_SECRET_ACCESS_KEY` and, of temporary ones,
    /// `PREFIX_SESSION_TOKEN`.
    case environment(String)
    /// `file:PATH`: a file of the form of `~/.aws/credentials`, of which the profile `default` or the only one counts.
    case file(String)
    /// `profile:NAME`: a profile of `~/.aws/credentials` and `~/.aws/config`.
    case profile(String)

    public var description: String {
        switch self {
        case .environment(let prefix): "env:\(prefix)"
        case .file(let path): "file:\(path)"
        case .profile(let name): "profile:\(name)"
        }
    }

    /// Nil where the text is none of the three.
    public init?(_ text: String) {
        if let prefix = text.removing(prefix: "env:"), SecretSource.isEnvironmentName(prefix) {
            self = .environment(prefix)
        } else if !text.hasPrefix("file://"), let path = text.removing(prefix: "file:"), !path.isEmpty {
            self = .file(path)
        } else if let name = text.removing(prefix: "profile:"), Self.isProfileName(name) {
            self = .profile(name)
        } else {
            return nil
        }
    }

    private static func isProfileName(_ name: String) -> Bool {
        (1...100).contains(name.utf8.count) && name.utf8.allSatisfy { $0.isWordByte || "-.@+".utf8.contains($0) }
    }
}
