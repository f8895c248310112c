/// The object `bundles/<family>/<first>.<last>.<id>`: many signed objects of a family in one, so that a host that has verified
/// none of them gets them with few requests.
///
///     "RPRSBND1" (8) ‖ vault (16) ‖ id (16) ‖ number of objects (4)
///     for each, in the order of the ids:   id (16) ‖ size (4)
///     the objects, one behind the other
///
/// A cache and never the truth (I22): which objects there are says their own listing alone, and what a bundle holds of one counts
/// only with the listed size, and once it was verified as the object's own bytes are. So nothing seals or signs a bundle.
enum ObjectBundle {
    /// Which objects may be in bundles.
    enum Family: String, CaseIterable, Sendable {
        case snapshots, records

        /// Of the objects' names.
        var prefix: String {
            switch self {
            case .snapshots: SnapshotEnvelope.prefix
            case .records: VaultRecord.prefix
            }
        }

        /// Of the names of their bundles.
        var bundles: String { ObjectBundle.prefix + rawValue + "/" }
    }

    /// What a bundle's name tells of it: all that it holds lies between `first` and `last`.
    struct Name: Hashable, Sendable {
        let family: Family
        let first: ULID
        let last: ULID
        let id: ULID

        var text: String { family.bundles + [first, last, id].map(\.text).joined(separator: ".") }

        init(_ family: Family, first: ULID, last: ULID, id: ULID) {
            self.family = family
            self.first = first
            self.last = last
            self.id = id
        }

        /// Nil where `text` is no bundle's name.
        init?(_ text: String, of family: Family) {
            guard text.hasPrefix(family.bundles) else { return nil }
            let parts = text.dropFirst(family.bundles.count).split(separator: ".", omittingEmptySubsequences: false)
            guard parts.count == 3, let first = ULID(parts[0]), let last = ULID(parts[1]), let id = ULID(parts[2]), first <= last
            else { return nil }
            self.init(family, first: first, last: last, id: id)
        }
    }

    /// An object that a bundle holds.
    struct Entry: Hashable, Sendable {
        let id: ULID
        /// Bytes.
        let size: Int
    }

    /// How much goes into one, and from when on one is worth its request.
    struct Sizes: Sendable {
        /// Fewer objects make no bundle.
        var leastObjects = 64
        var mostObjects = 1024
        /// Bytes of all objects of a bundle.
        var mostBytes = 4 << 20
        /// A larger object is in no bundle, bytes: it is worth a request of its own.
        var largestObject = 64 << 10
        /// A reader that lacks fewer objects asks for each.
        var worthwhile = 32
        /// A reader takes no bundle that is so many times the bytes that it lacks in its range.
        var mostWaste = 4

        static let usual = Sizes()
        /// No bundle of this format holds more.
        static let limit = (objects: 1024, bytes: 4 << 20)
    }

    static let prefix = "bundles/"
    private static let magic = Array("RPRSBND1".utf8)
    private static let headWidth = 8 + VaultID.width + ULID.width + 4
    private static let entryWidth = ULID.width + 4
    /// Bytes from the start of a bundle in which its whole table lies.
    static let longestTable = headWidth + Sizes.limit.objects * entryWidth

    /// - Parameter objects: at least one, in the order of their ids.
    static func encode(_ objects: [(id: ULID, bytes: [UInt8])], id: ULID, vault: VaultID) -> [UInt8] {
        precondition(
            (1...Sizes.limit.objects).contains(objects.count) && zip(objects, objects.dropFirst()).allSatisfy { $0.id < $1.id })
        let total = objects.reduce(0) { $0 + $1.bytes.count }
        precondition(total <= Sizes.limit.bytes, "the plan keeps to the limit")
        var bundle = magic + vault.bytes + id.bytes
        bundle.reserveCapacity(headWidth + objects.count * entryWidth + total)
        bundle.append(little: UInt32(objects.count))
        for object in objects {
            bundle += object.id.bytes
            bundle.append(little: UInt32(object.bytes.count))
        }
        for object in objects { bundle += object.bytes }
        return bundle
    }

    /// What a bundle holds; nil where it is not what its name says.
    ///
    /// - Parameters:
    ///   - head: its bytes, or those of its beginning, as far as the table goes.
    ///   - size: of the whole bundle, bytes.
    static func entries(_ head: [UInt8], of name: Name, size: Int, vault: VaultID) -> [Entry]? {
        var reader = ByteReader(head)
        var entries: [Entry] = []
        do throws(ByteReader.Truncated) {
            guard try reader.bytes(magic.count) == magic, try reader.bytes(VaultID.width) == vault.bytes,
                try reader.bytes(ULID.width) == name.id.bytes
            else { return nil }
            let count = Int(try reader.number(UInt32.self))
            guard (1...Sizes.limit.objects).contains(count), reader.remaining >= count * entryWidth else { return nil }
            entries.reserveCapacity(count)
            for _ in 0..<count {
                guard let id = ULID(bytes: try reader.bytes(ULID.width)), entries.last.map({ $0.id < id }) ?? true else {
                    return nil
                }
                entries.append(Entry(id: id, size: Int(try reader.number(UInt32.self))))
            }
        } catch { return nil }
        let total = entries.reduce(0) { $0 + $1.size }
        guard total <= Sizes.limit.bytes, headWidth + entries.count * entryWidth + total == size,
            entries.first?.id == name.first, entries.last?.id == name.last
        else { return nil }
        return entries
    }

    /// The objects of a whole bundle, with where their bytes lie in it; none where it is not what its name says.
    static func objects(_ bundle: [UInt8], of name: Name, vault: VaultID) -> [(entry: Entry, range: Range<Int>)] {
        guard let entries = entries(bundle, of: name, size: bundle.count, vault: vault) else { return [] }
        var end = headWidth + entries.count * entryWidth
        return entries.map { entry in
            defer { end += entry.size }
            return (entry, end..<end + entry.size)
        }
    }
}
