public import Foundation
public import Language
public import Vault

/// What happened, as it can be shown later: one drill, restore or check, with the duration of each of its phases and the outcome
/// of each of its checks.
///
/// It rests in the vault as a signed record that follows its signer's earlier ones.
public struct Evidence: Codable, Sendable {
    public enum Act: String, Codable, Sendable {
        case drill, restore, check
        /// The recovery key, typed from the printed kit, opened the vault.
        case kit
        /// Somebody tried, with the credentials of backups, to take away what they store.
        case tamperTest
        /// Another copy of the vault was brought up to date from this one.
        case copy
    }

    public enum Outcome: String, Codable, Sendable {
        /// Everything that was looked at was as it must be.
        case passed
        /// Something was not.
        case failed
        /// Nothing was wrong, and a part could not be looked at; `unproven` says what.
        case partly
    }

    public struct Phase: Codable, Sendable {
        public let name: String
        public let seconds: Double
        /// Bytes that went through it, where that means something.
        public let bytes: Int64?

        public init(name: String, seconds: Double, bytes: Int64? = nil) {
            self.name = name
            self.seconds = seconds
            self.bytes = bytes
        }
    }

    /// Its texts are kept in English; fresh from the work they can be said in any language.
    public struct Check: Codable, Sendable {
        public let name: Phrase
        public let outcome: Outcome
        public let expected: Phrase?
        public let found: Phrase?

        public init(name: Phrase, outcome: Outcome, expected: Phrase? = nil, found: Phrase? = nil) {
            self.name = name
            self.outcome = outcome
            self.expected = expected
            self.found = found
        }
    }

    public var act: Act
    /// The copy of the vault that it tells of (`OpenVault.copy`); nil: the one that was made first. Set when it is added.
    public internal(set) var copy: ULID?
    public var asset: String?
    /// The snapshot that was restored.
    public var snapshot: SnapshotID?
    /// The instant its data stood at.
    public var point: Date?
    public var started: Date
    public var finished: Date
    public var host: String
    public var outcome: Outcome
    public var phases: [Phase]
    public var checks: [Check]
    /// What stays unproven and why, in words.
    public var unproven: [Phrase]
    /// Small facts: versions, sizes, where a check of a share ended.
    public var facts: [String: String]

    public init(
        act: Act, asset: String? = nil, snapshot: SnapshotID? = nil, point: Date? = nil, started: Date, finished: Date,
        host: String,
        outcome: Outcome, phases: [Phase] = [], checks: [Check] = [], unproven: [Phrase] = [], facts: [String: String] = [:]
    ) {
        self.act = act
        self.asset = asset
        self.snapshot = snapshot
        self.point = point
        self.started = started
        self.finished = finished
        self.host = host
        self.outcome = outcome
        self.phases = phases
        self.checks = checks
        self.unproven = unproven
        self.facts = facts
    }

    /// The phases after which the data are back and known to be right; what a drill does beyond them is proof, not recovery.
    public static let recoveryPhases: Set<String> = ["sandbox", "restore", "compare"]

    /// What the recovery itself took, seconds.
    public var recoverySeconds: Double {
        phases.filter { Self.recoveryPhases.contains($0.name) }.reduce(0) { $0 + $1.seconds }
    }

    /// Seconds from start to end.
    public var seconds: Double { finished.timeIntervalSince(started) }
}
