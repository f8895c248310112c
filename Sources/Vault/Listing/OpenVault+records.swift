import Foundation
import Language
import ObjectStore

extension OpenVault {
    /// Every record of `kind`, oldest first. Fails where one is damaged.
    public func records(kind: String) async throws(VaultError) -> [VaultRecord] {
        let all = try await recordSurvey(kind: kind)
        if let problem = all.problems.first { throw problem.withWayOut }
        return all.records
    }

    /// Every record of `kind` that can be read, oldest first, and what is wrong with those that cannot, of whatever kind they
    /// are.
    public func recordSurvey(kind: String) async throws(VaultError) -> (records: [VaultRecord], problems: [VaultError]) {
        let all = try await recordObjects()
        return (all.found.compactMap(VaultRecord.init).filter { $0.kind == kind }, all.problems)
    }

    /// Every record that counts, oldest first, and what is wrong with those that cannot be believed.
    ///
    /// - Parameter fresh: reads every object from the store, not from the cache.
    /// - Returns: with them the ids of all that is listed.
    func recordObjects(
        fresh: Bool = false
    ) async throws(VaultError) -> (found: [VerifiedObject], problems: [VaultError], there: Set<ULID>) {
        async let names = outcome { () throws(VaultError) in try await listByTime(VaultRecord.prefix) }
        let ring = try await refreshKeyring(fresh: fresh)
        var problems: [VaultError] = []
        let verified = try await verifiedRecords(names.get(), fresh: fresh) { name in
            problems.append(.damaged(name, "its name is not that of a record."))
        }
        let found = verified.found.filter { ring.counts($0, .records) }
        let givenUp = verified.failures.isEmpty ? [] : recordsGivenUp(by: found)
        for failure in verified.failures {
            guard failure.error.code == .damaged else { throw failure.error }
            let isGivenUp = try await isGivenUp(VaultRecord.objectName(failure.id), in: givenUp)
            if !isGivenUp { problems.append(failure.error) }
        }
        return (found, problems, verified.listed)
    }

    /// The records without which keepers go on.
    private func recordsGivenUp(by found: [VerifiedObject]) -> Set<VanishedEntries.GivenUp> {
        let signers = signers
        let notes = found.filter { object in
            VaultRecord.kind(of: object.plain) == VanishedEntries.kind
                && signers[object.signer]?.roles.contains(.keeper) ?? false
        }
        return Set(notes.compactMap(VaultRecord.init).flatMap { VanishedEntries.objects(of: $0.body, in: copy) })
    }

    /// The records of a kind that is for keepers to write, as far as they count. What is wrong with a record is told by who asks
    /// for records: one that cannot be read says nothing.
    func keepersRecords(of kind: String) async throws(VaultError) -> [VerifiedObject] {
        try await verifiedRecords().found.filter { object in
            VaultRecord.kind(of: object.plain) == kind && signers[object.signer]?.roles.contains(.keeper) ?? false
                && keyring.counts(object, .records)
        }
    }

    /// Every record, whether it counts or not.
    ///
    /// - Parameters:
    ///   - names: their objects; nil: they are listed.
    ///   - stranger: takes the names that are no record's.
    func verifiedRecords(
        _ names: [ObjectFacts]? = nil, fresh: Bool = false, stranger: (String) -> Void = { _ in }
    ) async throws(VaultError) -> Verified {
        var listed: [(id: ULID, name: String, size: Int)] = []
        let names = if let names { names } else { try await listByTime(VaultRecord.prefix) }
        for facts in names {
            let name = facts.key.text
            if let id = ULID(name.dropFirst(VaultRecord.prefix.count)) {
                listed.append((id, name, facts.size))
            } else {
                stranger(name)
            }
        }
        let signers = signers
        return try await verified(listed, of: .records, in: recordCatalogue, witness: recordWitness, fresh: fresh) { object in
            signers[object.signer] != nil
        } _: { [self] bytes, id throws(VaultError) in
            try verifyRecord(bytes, id)
        }
    }

    func verifyRecord(_ bytes: [UInt8], _ id: ULID) throws(VaultError) -> VerifiedObject {
        let object = try SignedObject(
            bytes, name: VaultRecord.objectName(id), magic: VaultRecord.magic, vault: self.id, id: id, signers: signers)
        return VerifiedObject(object, plain: try VaultRecord.open(object, indexKey: keys.indexKey))
    }
}
