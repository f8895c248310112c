/// The files `~/.aws/credentials` and `~/.aws/config`, and files of the same form: sections in brackets, `name = value` lines.
///
/// What is of no matter here (comments, indented lines of nested settings, unknown names) is passed over.
public struct CredentialsFile: Sendable {
    /// Values by section and name; both as they are written.
    private var sections: [String: [String: String]] = [:]
    /// In the order of the file.
    private var names: [String] = []

    /// - Parameter isConfig: of `~/.aws/config`, where the section of the profile `x` is called `profile x`.
    public init(_ text: String, isConfig: Bool = false) {
        var section: String?
        for line in text.split(omittingEmptySubsequences: true, whereSeparator: \.isNewline) {
            guard let first = line.first, first != "#", first != ";" else { continue }
            if first == "[" {
                section = Self.sectionName(line, isConfig: isConfig)
                if let section, sections[section] == nil {
                    sections[section] = [:]
                    names.append(section)
                }
            } else if let section, !first.isWhitespace, let equals = line.firstIndex(of: "=") {
                let name = Self.trimmed(line[..<equals]).lowercased()
                sections[section]?[name] = Self.trimmed(line[line.index(after: equals)...])
            }
        }
    }

    public var profiles: [String] { names }

    public func hasProfile(_ name: String) -> Bool { sections[name] != nil }

    /// The credentials of a profile; nil where it has not both keys.
    public func credentials(of profile: String) -> S3Credentials? {
        guard let values = sections[profile], let accessKey = values["aws_access_key_id"],
            let secretKey = values["aws_secret_access_key"], !accessKey.isEmpty, !secretKey.isEmpty
        else { return nil }
        let token = values["aws_session_token"] ?? values["aws_security_token"]
        return S3Credentials(
            accessKey: accessKey, secretKey: secretKey, sessionToken: token.flatMap { $0.isEmpty ? nil : $0 })
    }

    public func region(of profile: String) -> String? {
        sections[profile]?["region"].flatMap { $0.isEmpty ? nil : $0 }
    }

    private static func sectionName(_ line: Substring, isConfig: Bool) -> String? {
        guard let end = line.firstIndex(of: "]") else { return nil }
        let name = trimmed(line[line.index(after: line.startIndex)..<end])
        guard isConfig, name != "default" else { return name.isEmpty ? nil : name }
        guard name.hasPrefix("profile") else { return nil }
        let rest = trimmed(name.dropFirst("profile".count))
        return rest.isEmpty ? nil : rest
    }

    private static func trimmed(_ text: some StringProtocol) -> String {
        var text = Substring(text)
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
