import Foundation
import Language
import ObjectStore

/// The object `parity/<id>`: packs whose bytes two more objects, `parity/<id>.0` and `parity/<id>.1`, help to bring back, any two
/// of them all.
///
/// Plain: number of packs (1) ‖ number of sums (1) ‖ zero (2) ‖ bytes of each sum (4) ‖ SHA-256 of each sum (32) ‖ for each pack:
/// its id (32), size (4). A group never changes; one with a pack that is gone or condemned protects nothing any more.
struct ParityGroup: Sendable {
    struct Member: Hashable, Sendable {
        let pack: PackID
        let size: Int
    }

    let id: ULID
    let members: [Member]
    let width: Int
    /// SHA-256 of each sum.
    let sums: [Digest]

    static let prefix = "parity/"
    /// Packs of a group, at most.
    static let largest = 16
    static let sumCount = 2
    static let note = SealedNote(magic: Array("RPRSPAR1".utf8), context: "reprise/parity/1")
    private static let headWidth = 8

    static func objectName(_ id: ULID) -> String { prefix + id.text }
    static func sumName(_ id: ULID, _ number: Int) -> String { prefix + id.text + "." + String(number) }

    /// The group and the number of the sum that an object's name names; the number is nil for the group itself.
    static func parse(_ name: String) -> (id: ULID, sum: Int?)? {
        let parts = name.dropFirst(prefix.count).split(separator: ".", omittingEmptySubsequences: false)
        guard name.hasPrefix(prefix), let first = parts.first, let id = ULID(String(first)) else { return nil }
        if parts.count == 1 { return (id, nil) }
        guard parts.count == 2, let number = Int(parts[1]), (0..<sumCount).contains(number), String(number) == parts[1] else {
            return nil
        }
        return (id, number)
    }

    var packs: Set<PackID> { Set(members.map(\.pack)) }

    var encoded: [UInt8] {
        var bytes = [UInt8(members.count), UInt8(sums.count), 0, 0]
        bytes.append(little: UInt32(width))
        for sum in sums { bytes += sum.bytes }
        for member in members {
            bytes += member.pack.bytes
            bytes.append(little: UInt32(member.size))
        }
        return bytes
    }

    /// Nil where the bytes are no group.
    static func decode(_ plain: [UInt8], id: ULID) -> ParityGroup? {
        var reader = ByteReader(plain)
        do throws(ByteReader.Truncated) {
            let count = Int(try reader.number(UInt8.self))
            let sumCount = Int(try reader.number(UInt8.self))
            guard (1...largest).contains(count), sumCount == Self.sumCount, try reader.number(UInt16.self) == 0 else {
                return nil
            }
            let width = Int(try reader.number(UInt32.self))
            var sums: [Digest] = []
            for _ in 0..<sumCount {
                guard let sum = Digest(bytes: try reader.bytes(Digest.width)) else { return nil }
                sums.append(sum)
            }
            var members: [Member] = []
            for _ in 0..<count {
                guard let pack = PackID(bytes: try reader.bytes(Digest.width)) else { return nil }
                members.append(Member(pack: pack, size: Int(try reader.number(UInt32.self))))
            }
            guard reader.remaining == 0, width == members.map(\.size).max(), Set(members.map(\.pack)).count == count else {
                return nil
            }
            return ParityGroup(id: id, members: members, width: width, sums: sums)
        } catch { return nil }
    }
}

/// The groups of a vault, as they were listed.
struct ParityGroups: Sendable {
    var groups: [ParityGroup] = []
    /// Objects that cannot be read as groups, with what is wrong with them.
    var problems: [(id: ULID, error: VaultError)] = []
    /// Sizes of the sums that are there.
    var sums: [ULID: [Int: Int]] = [:]

    /// Sums of a group that are not there whole.
    func missingSums(of group: ParityGroup) -> [Int] {
        (0..<ParityGroup.sumCount).filter { sums[group.id]?[$0] != group.width }
    }

    /// Whether a group protects its packs.
    func isSound(_ group: ParityGroup, present: Set<PackID>, condemned: Set<PackID>) -> Bool {
        missingSums(of: group).isEmpty && group.packs.isSubset(of: present) && group.packs.isDisjoint(with: condemned)
    }
}

extension OpenVault {
    func parityGroups() async throws(VaultError) -> ParityGroups {
        var found = ParityGroups()
        for facts in try await list(ParityGroup.prefix) {
            let name = facts.key.text
            guard let parsed = ParityGroup.parse(name) else { continue }
            if let sum = parsed.sum {
                found.sums[parsed.id, default: [:]][sum] = facts.size
                continue
            }
            guard let bytes = try await getUnlessGone(name) else { continue }
            do throws(VaultError) {
                let opened = try ParityGroup.note.open(
                    bytes, name: name, id: parsed.id, vault: id, indexKey: keys.indexKey, signers: signers)
                guard let group = ParityGroup.decode(opened.plain, id: parsed.id) else {
                    throw .damaged(name, "its contents are not what was written.")
                }
                found.groups.append(group)
            } catch {
                guard error.code == .damaged else { throw error }
                found.problems.append((parsed.id, error))
            }
        }
        return found
    }
}
