import Assets
import Foundation
import Language
import Ledger

/// What a drill has found so far.
struct DrillRecord {
    private(set) var phases: [Evidence.Phase] = []
    /// The phase that is under way, or was when something failed.
    private(set) var phase = Drill.Phase.sandbox
    var checks: [Evidence.Check] = []
    var unproven: [Phrase] = []
    private let progress: @Sendable (Drill.Phase, RestoreProgress?) -> Void

    init(progress: @escaping @Sendable (Drill.Phase, RestoreProgress?) -> Void) {
        self.progress = progress
    }

    /// Runs one phase and notes how long it took, also when it fails.
    mutating func time<Value>(
        _ phase: Drill.Phase, bytes: (Value) -> Int64? = { _ in nil },
        _ body: (@escaping @Sendable (RestoreProgress) -> Void) async throws -> Value
    ) async throws -> Value {
        self.phase = phase
        progress(phase, nil)
        let start = ContinuousClock.now
        do {
            let value = try await body { [progress] in progress(phase, $0) }
            note(phase, since: start, bytes: bytes(value))
            return value
        } catch {
            note(phase, since: start, bytes: nil)
            throw error
        }
    }

    private mutating func note(_ phase: Drill.Phase, since start: ContinuousClock.Instant, bytes: Int64?) {
        let (seconds, attoseconds) = (ContinuousClock.now - start).components
        let exact = Double(seconds) + Double(attoseconds) / 1e18
        phases.append(.init(name: phase.rawValue, seconds: (exact * 1000).rounded() / 1000, bytes: bytes))
    }

    mutating func add(_ comparison: ManifestComparison.Result, of manifest: PostgresManifest) {
        let differences = comparison.differences
        checks.append(
            .init(
                name: "rows", outcome: differences.isEmpty ? .passed : .failed,
                expected: "\(count: comparison.tables) {table|tables} as recorded",
                found: differences.isEmpty ? comparison.whatIsEqual : "\(count: differences.count) {differs|differ}"))
        checks += differences.map(\.check)
    }

    mutating func add(_ differences: [StructureDifference], tolerated: Set<String>) {
        let unexpected = differences.filter { difference in !tolerated.contains { difference.object.contains($0) } }
        checks.append(
            .init(
                name: "structure", outcome: unexpected.isEmpty ? .passed : .failed, expected: "every definition as recorded",
                found: unexpected.isEmpty ? "every definition as recorded" : "\(count: unexpected.count) {differs|differ}"))
        checks += unexpected.prefix(100).map {
            .init(name: "structure of \($0.object)", outcome: .failed, expected: "as recorded", found: $0.kind.phrase)
        }
    }

    var outcome: Evidence.Outcome {
        if checks.contains(where: { $0.outcome == .failed }) { return .failed }
        return unproven.isEmpty && !checks.contains { $0.outcome == .partly } ? .passed : .partly
    }
}

extension ManifestComparison.Result {
    fileprivate var whatIsEqual: Phrase {
        largeObjects > 0
            ? "\(count: tables) {table|tables}, \(count: rows) {row|rows}, and the large objects (\(count: largeObjects)): every checksum equal"
            : "\(count: tables) {table|tables}, \(count: rows) {row|rows}: every checksum equal"
    }
}

extension ManifestComparison.Difference {
    var check: Evidence.Check {
        switch kind {
        case .missing:
            .init(
                name: "rows of \(subject)", outcome: .failed, expected: "\(count: expectedRows) {row|rows}",
                found: "no such table")
        case .rows:
            .init(
                name: "rows of \(subject)", outcome: .failed, expected: "\(count: expectedRows) {row|rows}",
                found: "\(count: foundRows ?? 0) {row|rows}")
        case .contents:
            .init(
                name: "rows of \(subject)", outcome: .failed, expected: "the recorded checksum",
                found: "as many rows, and not the same")
        case .unreadable:
            .init(
                name: "rows of \(subject)", outcome: .failed, expected: "\(count: expectedRows) {row|rows}",
                found: found.map(Phrase.init(verbatim:)))
        }
    }
}

extension StructureDifference.Kind {
    fileprivate var phrase: Phrase {
        switch self {
        case .missing: "missing"
        case .unexpected: "unexpected"
        case .different: "different"
        }
    }
}
