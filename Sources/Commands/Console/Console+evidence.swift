import Language
import Ledger
import Vault

extension Console {
    /// Warns where the vault did not take the evidence; before the result, which with `--json` is the last line.
    func warn(ifUnkept kept: KeptEvidence) {
        guard let refusal = kept.refusal else { return }
        warn("This could not be kept as evidence, and «reprise status» will not know of it: \(refusal.message)")
    }
}
