public import Vault

/// Evidence, and whether the vault took it.
public struct KeptEvidence: Sendable {
    public let evidence: Evidence
    /// Nil where the vault did not take it.
    public let id: ULID?
    /// Why the vault did not take it.
    public let refusal: VaultError?
}

extension EvidenceLog {
    /// Adds evidence where the vault takes it. What was found counts also where it does not: a vault that may only be read must
    /// not hide a result. Throws only where the work was cancelled.
    public func keep(_ evidence: Evidence) async throws(VaultError) -> KeptEvidence {
        do throws(VaultError) {
            let item = try await add(evidence)
            return KeptEvidence(evidence: item.evidence, id: item.id, refusal: nil)
        } catch {
            if error.code == .cancelled || Task.isCancelled { throw error }
            return KeptEvidence(evidence: evidence, id: nil, refusal: error)
        }
    }
}
