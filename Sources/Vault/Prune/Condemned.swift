import Language
import ObjectStore

/// The object `condemned/<id>`: packs that will be deleted. No session that begins after it relies on them, and none of them is
/// ever taken back: what of them is needed after all is copied. The object goes when its packs are gone.
///
/// Plain: number of packs (4) ‖ their ids (32 each). Believed with a keeper's signature only.
struct Condemned: Sendable {
    let id: ULID
    let packs: Set<PackID>

    static let prefix = "condemned/"

    static func objectName(_ id: ULID) -> String { prefix + id.text }

    static func encode(_ packs: some Collection<PackID>) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(little: UInt32(packs.count))
        for pack in packs.sorted() { bytes += pack.bytes }
        return bytes
    }

    /// Nil where the bytes are no list of packs.
    static func decode(_ plain: [UInt8]) -> Set<PackID>? {
        var reader = ByteReader(plain)
        guard let count = try? Int(reader.number(UInt32.self)), reader.remaining == count * Digest.width else { return nil }
        return Set(
            stride(from: 4, to: plain.count, by: Digest.width).compactMap { PackID(bytes: Array(plain[$0..<$0 + Digest.width])) })
    }
}

/// The object `awaited/<id>`: the sessions that were there at some time after `condemned/<id>` was put. No other can rely on its
/// packs. Plain: number of sessions (4) ‖ their ids (16 each).
enum Awaited {
    static let prefix = "awaited/"

    static func objectName(_ id: ULID) -> String { prefix + id.text }

    static func encode(_ sessions: [ULID]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(little: UInt32(sessions.count))
        for session in sessions.sorted() { bytes += session.bytes }
        return bytes
    }

    static func decode(_ plain: [UInt8]) -> [ULID]? {
        var reader = ByteReader(plain)
        guard let count = try? Int(reader.number(UInt32.self)), reader.remaining == count * ULID.width else { return nil }
        return stride(from: 4, to: plain.count, by: ULID.width).compactMap { ULID(bytes: Array(plain[$0..<$0 + ULID.width])) }
    }
}

extension OpenVault {
    /// Everything that any keeper has condemned and not yet deleted.
    ///
    /// Whoever goes on to rely on packs lists those after this returned: a pack that is listed then, and is not in here, is not
    /// condemned. (The object of a pack that was deleted goes after the pack.)
    ///
    /// Fails with `.damaged` where one cannot be read: it may name any pack, so nobody could go on safely.
    func condemned() async throws(VaultError) -> [Condemned] {
        let all = try await listedCondemned()
        if let problem = all.problems.first { throw problem.withWayOut }
        return all.found
    }

    /// As `condemned`, with what is wrong with those that cannot be read.
    func listedCondemned() async throws(VaultError) -> (found: [Condemned], problems: [VaultError]) {
        var found: [Condemned] = []
        var problems: [VaultError] = []
        for facts in try await list(Condemned.prefix) {
            let name = facts.key.text
            guard let id = ULID(name.dropFirst(Condemned.prefix.count)) else { continue }
            do throws(VaultError) {
                let opened = try SealedNote.condemned.open(
                    try await get(name), name: name, id: id, vault: self.id, indexKey: keys.indexKey, signers: signers)
                guard signers[opened.signer]?.roles.contains(.keeper) ?? false else { continue }
                guard let packs = Condemned.decode(opened.plain) else {
                    throw .damaged(name, "its contents are not what was written.")
                }
                found.append(Condemned(id: id, packs: packs))
            } catch {
                if error.code == .damaged {
                    problems.append(error)
                    continue
                }
                // Its packs are gone, and it with them.
                guard error.storeCode == .missing, try await size(name) == nil else { throw error }
            }
        }
        return (found, problems)
    }
}
