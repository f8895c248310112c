import Foundation
import Language
import ObjectStore

/// What of a vault is protected by parity.
public struct ParityReport: Sendable {
    /// Packs that come back where they are lost, two of a group.
    public internal(set) var protected = PrunePlan.Amount()
    /// Packs that were put into groups now.
    public internal(set) var added = PrunePlan.Amount()
    /// Bytes of the parity that was written now.
    public internal(set) var written: Int64 = 0
    /// Packs that were left out because they are not what was written.
    public internal(set) var damaged: [String] = []
}

extension OpenVault {
    /// Puts every pack that no sound group holds into one, and writes its sums. With the keeper role groups that protect nothing
    /// any more are then removed, and small ones put together.
    ///
    /// Reads the packs that are added, whole; memory is a pack and two sums. It may run beside everything else: a group is a help
    /// to what is there, nothing relies on it. It is removed only when everything of it that is still in use lies in newer
    /// groups, so that no two keepers each remove a group in favour of the other's.
    ///
    /// - Parameter progress: called with bytes read and to be read.
    @discardableResult
    public func protect(
        progress: @Sendable (Int64, Int64) -> Void = { _, _ in }
    ) async throws(VaultError) -> ParityReport {
        var report = ParityReport()
        let condemned = try await condemned().reduce(into: Set<PackID>()) { $0.formUnion($1.packs) }
        try await index.refresh(from: store)
        let sizes = index.packs.mapValues(\.size)
        let living = index.present.subtracting(condemned)
        let before = try await parityGroups()
        let isKeeper = keys.roles.contains(.keeper)
        var sound = before.groups.filter { before.isSound($0, present: living, condemned: condemned) }
        var open = living.subtracting(sound.flatMap(\.packs))
        let small = sound.filter { $0.members.count < ParityGroup.largest }
        let smallPacks = Set(small.flatMap(\.packs))
        if isKeeper, small.count > 1, open.union(smallPacks).count >= ParityGroup.largest {
            open.formUnion(smallPacks)
            sound.removeAll { group in small.contains { $0.id == group.id } }
        }
        // Packs of like size together: what is shorter than the longest is filled up.
        var rest = open.sorted { (sizes[$0] ?? 0, $0) < (sizes[$1] ?? 0, $1) }[...]
        let total = rest.reduce(Int64(0)) { $0 + Int64(sizes[$1] ?? 0) }
        var done: Int64 = 0
        var made: [ParityGroup] = []
        while !rest.isEmpty {
            let group = rest.prefix(ParityGroup.largest).map { ParityGroup.Member(pack: $0, size: sizes[$0] ?? 0) }
            rest = rest.dropFirst(ParityGroup.largest)
            if let new = try await protect(group, &report) { made.append(new) }
            done += group.reduce(0) { $0 + Int64($1.size) }
            progress(done, total)
        }
        for pack in Set((sound + made).flatMap(\.packs)) { report.protected.add(sizes[pack] ?? 0) }
        if isKeeper { try await removeGroups(before, kept: sound, made: made, living: living) }
        return report
    }

    /// Writes the sums of some packs, then the group. Nil where none of the packs can be read as it was written.
    private func protect(_ members: [ParityGroup.Member], _ report: inout ParityReport) async throws(VaultError) -> ParityGroup? {
        let width = members.map(\.size).max() ?? 0
        let adder = ParityAdder(width: width)
        var taken: [ParityGroup.Member] = []
        for member in members {
            let name = PackLayout.objectName(member.pack)
            guard let bytes = try await getUnlessGone(name) else { continue }
            guard bytes.count == member.size, PackID(sha256: bytes) == member.pack else {
                report.damaged.append(name)
                continue
            }
            await adder.prepend(bytes)
            taken.insert(member, at: 0)
            report.added.add(member.size)
        }
        guard let own = taken.map(\.size).max() else { return nil }
        let sums = adder.code.sums(own)
        let id = ULID(at: Date())
        let group = ParityGroup(id: id, members: taken, width: own, sums: sums.map { Digest(sha256: $0) })
        for (number, sum) in sums.enumerated() {
            try await putNew(ParityGroup.sumName(id, number), sum)
            report.written += Int64(sum.count)
        }
        try await putNew(
            ParityGroup.objectName(id), ParityGroup.note.seal(group.encoded, id: id, vault: self.id, keys: keys))
        return group
    }

    /// Removes groups that protect nothing, where all of their living packs are in newer ones, and what is left of groups that
    /// came to nothing.
    private func removeGroups(
        _ before: ParityGroups, kept: [ParityGroup], made: [ParityGroup], living: Set<PackID>
    ) async throws(VaultError) {
        let newer = Set(made.flatMap(\.packs))
        let keptIDs = Set(kept.map(\.id))
        let keptPacks = Set(kept.flatMap(\.packs))
        for group in before.groups where !keptIDs.contains(group.id) {
            let rest = group.packs.intersection(living)
            let isElsewhere = rest.subtracting(newer).allSatisfy { pack in
                keptPacks.contains(pack) && kept.contains { $0.id > group.id && $0.packs.contains(pack) }
            }
            if isElsewhere { try await removeGroup(group.id) }
        }
        for problem in before.problems {
            let name = ParityGroup.objectName(problem.id)
            guard let bytes = try await getUnlessGone(name) else { continue }
            let opened = try? ParityGroup.note.open(
                bytes, name: name, id: problem.id, vault: id, indexKey: keys.indexKey, signers: signers)
            if opened == nil { try await removeGroup(problem.id) }
        }
        // Sums without a group: of one that is being written, or was cut off. A group that comes too late finds its sums gone,
        // and its packs are put into another.
        let known = Set(before.groups.map(\.id) + before.problems.map(\.id))
        for id in before.sums.keys.sorted() where !known.contains(id) && Date().timeIntervalSince(id.instant) > 86_400 {
            if try await size(ParityGroup.objectName(id)) == nil { try await removeGroup(id) }
        }
    }

    private func removeGroup(_ id: ULID) async throws(VaultError) {
        try await remove(ParityGroup.objectName(id))
        for number in 0..<ParityGroup.sumCount { try await remove(ParityGroup.sumName(id, number)) }
    }

    /// The bytes of packs of a group that are lost or damaged, from all the others and the sums. Nil where that is more than two
    /// of them all.
    ///
    /// - Parameter missing: those that are known to be gone or damaged; who else turns out to be is counted too.
    func recover(_ missing: Set<PackID>, in group: ParityGroup) async throws(VaultError) -> [PackID: [UInt8]]? {
        var sums: [[UInt8]?] = []
        for number in 0..<ParityGroup.sumCount {
            let bytes = try await getUnlessGone(ParityGroup.sumName(group.id, number))
            sums.append(bytes.flatMap { Digest(sha256: $0) == group.sums[number] ? $0 : nil })
        }
        var gone = missing.intersection(group.packs)
        let adder = ParityAdder(width: group.width)
        for member in group.members.reversed() {
            var run = gone.contains(member.pack) ? nil : try await getUnlessGone(PackLayout.objectName(member.pack))
            if let bytes = run, PackID(sha256: bytes) != member.pack || bytes.count != member.size { run = nil }
            if run == nil { gone.insert(member.pack) }
            guard gone.count <= sums.count(where: { $0 != nil }) else { return nil }
            await adder.prepend(run)
        }
        let ordinals = group.members.indices.filter { gone.contains(group.members[$0].pack) }
        let known = sums
        guard let runs = await onOwnThread({ adder.code.solve(ordinals, known: known) }) else { return nil }
        var found: [PackID: [UInt8]] = [:]
        for (ordinal, run) in zip(ordinals, runs) {
            let bytes = Array(run.prefix(group.members[ordinal].size))
            // What comes out is believed for its name alone.
            guard PackID(sha256: bytes) == group.members[ordinal].pack else { return nil }
            found[group.members[ordinal].pack] = bytes
        }
        return found
    }
}

/// Sums that grow run by run, without being copied.
///
/// `@unchecked Sendable`: one call after another, each on a thread of its own.
private final class ParityAdder: @unchecked Sendable {
    private(set) var code: ParityCode

    init(width: Int) { code = ParityCode(width: width) }

    func prepend(_ run: [UInt8]?) async { await onOwnThread { [self] in code.prepend(run) } }
}
