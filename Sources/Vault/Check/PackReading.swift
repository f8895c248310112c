import ObjectStore

/// Packs read whole one after the other, from a far store a few ahead.
struct PackReading: ~Copyable {
    typealias Bytes = Result<[UInt8]?, VaultError>

    private let vault: OpenVault
    private var rest: ArraySlice<PackID>
    private var ahead: [(pack: PackID, bytes: Task<Bytes, Never>)] = []

    /// Under way at once: of a disk the next one alone.
    private static let nearAhead = 1
    private static let farAhead = 4

    init(_ packs: [PackID], in vault: OpenVault) {
        self.vault = vault
        rest = packs[...]
    }

    deinit { for (_, bytes) in ahead { bytes.cancel() } }

    /// The next pack, and its bytes: nil where it is gone.
    mutating func next() async -> (pack: PackID, bytes: Bytes)? {
        let wanted = vault.store.isFar ? Self.farAhead : Self.nearAhead
        while ahead.count < wanted, let pack = rest.popFirst() {
            let vault = vault
            ahead.append(
                (
                    pack,
                    Task { await outcome { () throws(VaultError) in try await vault.getUnlessGone(PackLayout.objectName(pack)) } }
                ))
        }
        guard !ahead.isEmpty else { return nil }
        let (pack, bytes) = ahead.removeFirst()
        return (pack, await bytes.value)
    }
}
