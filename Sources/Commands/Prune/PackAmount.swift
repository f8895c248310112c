import Vault

/// Packs and their bytes, as documents for programs give them.
struct PackAmount: Encodable {
    let packs: Int
    let bytes: Int64

    init(_ amount: PrunePlan.Amount) {
        packs = amount.packs
        bytes = amount.bytes
    }
}
