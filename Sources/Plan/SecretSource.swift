/// Where a value is to be found that may be secret, so that the plan itself never holds one.
///
/// Its description is what the plan says, and is safe to show: a literal never holds a password.
public enum SecretSource: Sendable, Equatable, CustomStringConvertible {
    /// `env:NAME`, an environment variable.
    case environment(String)
    /// `file:PATH`, a file's whole text; a relative path starts at the plan's folder.
    case file(String)
    /// The value itself, which holds no password.
    case literal(String)

    public var description: String {
        switch self {
        case .environment(let name): "env:\(name)"
        case .file(let path): "file:\(path)"
        case .literal(let text): text
        }
    }

    /// Why a text is no source. None of the cases carries the text: it may be the secret itself.
    public enum Flaw: Error, Sendable, Equatable {
        case empty
        case badEnvironmentName
        case emptyPath
        case holdsPassword
        case unknownForm
    }

    /// Reads `env:NAME`, `file:PATH` or, where `literal` allows it, a connection string without a password.
    public init(_ text: String, literal: Literal) throws(Flaw) {
        if text.isEmpty { throw .empty }
        if let name = text.removing(prefix: "env:") {
            guard Self.isEnvironmentName(name) else { throw .badEnvironmentName }
            self = .environment(name)
        } else if !text.hasPrefix("file://"), let path = text.removing(prefix: "file:") {
            guard !path.isEmpty else { throw .emptyPath }
            self = .file(path)
        } else {
            if URLSecrecy.holdsPassword(text) { throw .holdsPassword }
            guard literal == .connectionString, Self.isConnectionString(text) else { throw .unknownForm }
            self = .literal(text)
        }
    }

    /// What a literal may be in the place where the source stands.
    public enum Literal: Sendable {
        case refused
        case connectionString
    }

    static func isEnvironmentName(_ name: String) -> Bool {
        guard let first = name.utf8.first, !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else { return false }
        return name.utf8.allSatisfy(\.isWordByte)
    }

    static func isConnectionString(_ text: String) -> Bool {
        if text.hasPrefix("postgres://") || text.hasPrefix("postgresql://") { return true }
        // key=value, as libpq reads it: the first word is a keyword followed by an equals sign.
        guard let equals = text.firstIndex(of: "=") else { return false }
        let keyword = text[..<equals].trimmingSpaces()
        return !keyword.isEmpty && keyword.utf8.allSatisfy(\.isWordByte)
    }
}

extension UInt8 {
    /// A to Z in both cases, 0 to 9, or an underscore.
    var isWordByte: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "_"):
            true
        default: false
        }
    }
}

extension StringProtocol {
    func removing(prefix: String) -> String? {
        hasPrefix(prefix) ? String(dropFirst(prefix.count)) : nil
    }

    func trimmingSpaces() -> String {
        String(String(drop(while: \.isWhitespace).reversed()).drop(while: \.isWhitespace).reversed())
    }
}
