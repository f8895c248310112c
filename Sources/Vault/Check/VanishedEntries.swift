import Foundation
import Language

/// The records of kind `vanished`: entries of logs that are gone, as a keeper has noted by a repair, so that a vault that came
/// back from a copy does not complain for ever; and records that are there, cannot be read and were given up. They bring nothing
/// back, and stay in the keeper's own log.
enum VanishedEntries {
    static let kind = "vanished"

    private struct Body: Codable {
        /// SHA-256, hex.
        let digests: [String]
        /// Objects that were given up…
        var objects: [GivenUp]?
        /// …in this copy of the vault: in others they may be whole. Nil: in the one that was made first.
        var copy: String?
    }

    /// An object that cannot be read, as it stood when it was given up: what stands there later may be something else.
    struct GivenUp: Codable, Hashable {
        let name: String
        /// SHA-256 of its bytes, hex.
        let digest: String

        init(_ name: String, _ bytes: [UInt8]) {
            self.name = name
            digest = Digest(sha256: bytes).description
        }
    }

    static func body(_ digests: Set<Digest>, givingUp objects: [GivenUp]? = nil, in copy: ULID? = nil) -> Data {
        Data(OpenVault.json(Body(digests: digests.map(\.description).sorted(), objects: objects, copy: copy?.text)))
    }

    /// The objects that a record's body gives up in that copy of the vault.
    static func objects(of body: Data, in copy: ULID?) -> [GivenUp] {
        guard let body = try? JSONDecoder().decode(Body.self, from: body), body.copy == copy?.text else { return [] }
        return body.objects ?? []
    }

    static func digests(of body: Data) -> Set<Digest> {
        let texts = (try? JSONDecoder().decode(Body.self, from: body))?.digests ?? []
        return Set(texts.compactMap { Digest(hex: $0) })
    }
}

extension OpenVault {
    /// Whether keepers go on without an object that is there and cannot be read.
    func isGivenUp(_ name: String, in given: Set<VanishedEntries.GivenUp>) async throws(VaultError) -> Bool {
        guard given.contains(where: { $0.name == name }), let bytes = try await getUnlessGone(name) else { return false }
        return given.contains(VanishedEntries.GivenUp(name, bytes))
    }

    /// The objects without which keepers go on in this copy of the vault.
    func objectsGivenUp() async throws(VaultError) -> Set<VanishedEntries.GivenUp> {
        let notes = try await keepersRecords(of: VanishedEntries.kind).compactMap(VaultRecord.init)
        return Set(notes.flatMap { VanishedEntries.objects(of: $0.body, in: copy) })
    }

    /// What keepers have noted as vanished.
    func vanishedEntries() async throws(VaultError) -> Set<Digest> {
        var found: Set<Digest> = []
        for record in try await keepersRecords(of: VanishedEntries.kind).compactMap(VaultRecord.init) {
            found.formUnion(VanishedEntries.digests(of: record.body))
        }
        return found
    }
}
