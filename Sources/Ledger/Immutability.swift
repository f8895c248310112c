public import Foundation

/// Whether a vault's data withstands its own writers, as its evidence says: what no test has shown is not known.
public enum Immutability: Sendable, Equatable {
    /// No test has tried.
    case unknown
    /// Every test from `since` to `last` passed.
    case proven(since: Date, last: Date)
    /// The last test found a way to take data away.
    case refuted(Date)

    /// - Parameter evidence: of the vault, oldest first.
    public init(_ evidence: [Evidence]) {
        let tests = evidence.filter { $0.act == .tamperTest }
        guard let last = tests.last else {
            self = .unknown
            return
        }
        let passed = tests.reversed().prefix { $0.outcome == .passed }
        self = passed.last.map { .proven(since: $0.finished, last: last.finished) } ?? .refuted(last.finished)
    }

    /// For programs: `unknown`, `proven`, `refuted`.
    public var name: String {
        switch self {
        case .unknown: "unknown"
        case .proven: "proven"
        case .refuted: "refuted"
        }
    }

    /// When a test passed from which on all passed; nil where the last one did not.
    public var since: Date? { if case .proven(let since, _) = self { since } else { nil } }

    /// When the last test was.
    public var last: Date? {
        switch self {
        case .unknown: nil
        case .proven(_, let last), .refuted(let last): last
        }
    }
}
