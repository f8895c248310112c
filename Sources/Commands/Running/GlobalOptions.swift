public import ArgumentParser
public import Language

/// The options that every command takes, before its name or after it.
struct GlobalOptions: ParsableArguments, Sendable {
    @Option(
        help: help("The plan. (default: REPRISE_PLAN, else reprise.yaml here or in a folder above)"),
        completion: .file(extensions: ["yaml", "yml"]))
    var plan: String?

    @Option(
        help: help("The language of messages. (default: REPRISE_LANG, the plan's, the locale's)"),
        completion: .list(["en", "fr"]))
    var lang: Language?

    @Flag(help: help("Open the vault with the recovery key, or shares of it, typed at a prompt or piped in."))
    var recovery = false

    @Flag(help: help("Print JSON: one object, or one per line for long work."))
    var json = false

    @Flag(help: help("Print no colours. (default: also with NO_COLOR, TERM=dumb, or where there is no terminal)"))
    var noColor = false

    @Flag(name: .shortAndLong, help: help("Say no more than results, warnings and errors."))
    var quiet = false

    @Flag(name: .shortAndLong, help: help("Say more."))
    var verbose = false

    mutating func validate() throws {
        if quiet, verbose { throw ValidationError(say("--quiet and --verbose contradict each other.")) }
    }
}

extension GlobalOptions {
    private static let withValue: Set<String> = ["--plan", "--lang"]
    private static let flags: Set<String> = ["--recovery", "--json", "--no-color", "--quiet", "-q", "--verbose", "-v"]

    /// The arguments with the global options that stand before the command's name put behind it, where the parser looks for them.
    static func moved(_ arguments: [String]) -> [String] {
        var leading: [String] = []
        var rest = arguments[...]
        while let first = rest.first {
            if withValue.contains(first), rest.count > 1 {
                leading += rest.prefix(2)
                rest = rest.dropFirst(2)
            } else if flags.contains(first) || withValue.contains(where: { first.hasPrefix($0 + "=") }) {
                leading.append(first)
                rest = rest.dropFirst()
            } else {
                break
            }
        }
        guard !rest.isEmpty else { return [] }
        let end = rest.firstIndex(of: "--") ?? rest.endIndex
        return rest[..<end] + leading + rest[end...]
    }

    /// What of the options can be seen before the arguments are parsed, so that mistakes in them are told as was asked.
    static func glimpse(_ arguments: [String]) -> (language: Language?, json: Bool, noColor: Bool) {
        let seen = arguments.prefix { $0 != "--" }
        var language: Language?
        for (index, argument) in seen.enumerated() {
            if argument == "--lang", index + 1 < seen.count { language = Language(rawValue: seen[index + 1]) ?? language }
            if argument.hasPrefix("--lang=") {
                language = Language(rawValue: String(argument.dropFirst("--lang=".count))) ?? language
            }
        }
        return (language, seen.contains("--json"), seen.contains("--no-color"))
    }
}

extension Language: ExpressibleByArgument {}
