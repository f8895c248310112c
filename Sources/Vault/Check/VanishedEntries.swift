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
        /// Names of objects that were given up.
        var objects: [String]?
    }

    static func body(_ digests: Set<Digest>, givingUp objects: [String]? = nil) -> Data {
        Data(OpenVault.json(Body(digests: digests.map(\.description).sorted(), objects: objects)))
    }

    /// The names of objects that a record's body gives up.
    static func objects(of body: Data) -> [String] { (try? JSONDecoder().decode(Body.self, from: body))?.objects ?? [] }

    static func digests(of body: Data) -> Set<Digest> {
        let texts = (try? JSONDecoder().decode(Body.self, from: body))?.digests ?? []
        return Set(texts.compactMap { Digest(hex: $0) })
    }
}

extension OpenVault {
    /// The names of objects without which keepers go on although they are there and cannot be read.
    func objectsGivenUp() async throws(VaultError) -> Set<String> {
        let notes = try await keepersRecords(of: VanishedEntries.kind).compactMap(VaultRecord.init)
        return Set(notes.flatMap { VanishedEntries.objects(of: $0.body) })
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
