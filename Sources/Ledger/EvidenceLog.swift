import Foundation
import Language
public import Vault

/// The evidence in a vault.
public struct EvidenceLog: Sendable {
    private let vault: OpenVault
    private static let kind = "evidence"

    /// Evidence as it rests in the vault.
    public struct Item: Sendable {
        public let id: ULID
        public let signer: KeyID
        public let evidence: Evidence
    }

    public init(_ vault: OpenVault) {
        self.vault = vault
    }

    /// Signs and adds a record; it is durable when this returns.
    @discardableResult
    public func add(_ evidence: Evidence) async throws(VaultError) -> Item {
        var evidence = evidence
        evidence.copy = vault.copy
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .millisecondsSince1970
        guard let body = try? encoder.encode(evidence) else { preconditionFailure("evidence can be encoded") }
        let record = try await vault.append(kind: Self.kind, body: body)
        return Item(id: record.id, signer: record.signer, evidence: evidence)
    }

    /// All evidence, oldest first. Fails where a record is damaged: evidence that cannot be trusted is none.
    public func all() async throws(VaultError) -> [Item] {
        let all = try await survey()
        if let problem = all.problems.first { throw problem.withWayOut }
        return all.items
    }

    /// All evidence that can be read, oldest first, and what is wrong with every record that cannot: it may have been evidence.
    public func survey() async throws(VaultError) -> (items: [Item], problems: [VaultError]) {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .millisecondsSince1970
        let all = try await vault.recordSurvey(kind: Self.kind)
        var problems = all.problems
        var items: [Item] = []
        for record in all.records {
            if let evidence = try? decoder.decode(Evidence.self, from: record.body) {
                items.append(Item(id: record.id, signer: record.signer, evidence: evidence))
            } else {
                problems.append(
                    VaultError(
                        .damaged, "The evidence \(record.id) cannot be read.",
                        hint: "A newer version of Reprise may have written it."))
            }
        }
        return (items, problems)
    }
}
