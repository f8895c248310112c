public import Language

/// One thing that `doctor` looked at: how it stands, and what to do about it.
public struct Finding: Sendable {
    public enum Verdict: String, Sendable, Codable {
        case good
        /// A backup works, and something should be better.
        case warning
        /// A backup cannot work.
        case bad
    }

    /// A short, stable name: `vault.reachable`, `database.privileges`.
    public let name: String
    public let verdict: Verdict
    public let message: Phrase
    public let remedy: Phrase?

    public init(_ name: String, _ verdict: Verdict, _ message: Phrase, remedy: Phrase? = nil) {
        self.name = name
        self.verdict = verdict
        self.message = message
        self.remedy = remedy
    }

    /// A failure as a finding.
    public init(_ name: String, failure: any ExplainedError) {
        self.init(name, .bad, failure.message, remedy: failure.hint)
    }
}
