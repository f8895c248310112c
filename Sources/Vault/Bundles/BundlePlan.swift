/// Which bundles of a family a keeper writes and deletes; nothing of it is done yet.
///
/// Afterwards every bundle holds at least `leastObjects`, all of them listed. Small neighbours are put together where the older
/// is at most twice as large as the newer: so each is less than half of the one before it until one is full, and of any number of
/// objects there are few bundles more than full ones would be. An object is so written anew a few times in all.
struct BundlePlan: Sendable {
    /// An object and where its bytes are to be had besides under its own name.
    struct Item: Hashable, Sendable {
        let entry: ObjectBundle.Entry
        let source: ObjectBundle.Name?
    }

    /// What each new bundle holds, in the order of the ids.
    private(set) var written: [[Item]] = []
    /// Bundles that go, once the new ones are there.
    private(set) var removed: [ObjectBundle.Name] = []

    /// - Parameters:
    ///   - listed: all objects of the family that count, with their sizes.
    ///   - bundles: what each holds; nil where it is no bundle that can be used.
    init(_ listed: [ULID: Int], bundles: [ObjectBundle.Name: [ObjectBundle.Entry]?], _ sizes: ObjectBundle.Sizes) {
        var groups: [Group] = []
        var loose: [Item] = []
        var covered: Set<ULID> = []
        // Of what is in several, the fullest counts; those first that may stay: others may be locked, and come again.
        let known = bundles.compactMap { name, entries in
            entries.map { (name: name, entries: $0, isClean: $0.allSatisfy { listed[$0.id] == $0.size }) }
        }.sorted { left, right in
            left.isClean != right.isClean
                ? left.isClean : (right.entries.count, left.name.id) < (left.entries.count, right.name.id)
        }
        for (name, entries, isClean) in known {
            let useful = entries.filter { listed[$0.id] == $0.size && covered.insert($0.id).inserted }
                .map { Item(entry: $0, source: name) }
            if useful.isEmpty { continue }
            let isWhole = isClean && useful.count * 2 >= entries.count
            if isWhole || useful.count >= sizes.leastObjects {
                groups.append(Group(items: useful, whole: isWhole ? name : nil))
            } else {
                loose += useful
            }
        }
        for (id, size) in listed where size <= sizes.largestObject && !covered.contains(id) {
            loose.append(Item(entry: .init(id: id, size: size), source: nil))
        }
        if loose.count >= sizes.leastObjects {
            groups.append(Group(items: loose.sorted { $0.entry.id < $1.entry.id }, whole: nil))
        }
        groups.sort { $0.last < $1.last }
        var settled: [Group] = []
        for group in groups {
            var group = group
            while let older = settled.last, !older.isFull(sizes), !group.isFull(sizes),
                older.weight(sizes) <= 2 * group.weight(sizes)
            {
                settled.removeLast()
                group = Group(items: (older.items + group.items).sorted { $0.entry.id < $1.entry.id }, whole: nil)
            }
            settled += group.pieces(sizes)
        }
        written = settled.filter { $0.whole == nil && $0.items.count >= sizes.leastObjects }.map(\.items)
        removed = Set(bundles.keys).subtracting(settled.compactMap(\.whole)).sorted { $0.text < $1.text }
    }
}

/// What will be a bundle, or is one.
private struct Group {
    /// In the order of the ids; at least one.
    let items: [BundlePlan.Item]
    /// The bundle that stays as it is.
    let whole: ObjectBundle.Name?

    var last: ULID {
        guard let last = items.last else { preconditionFailure("a group has objects") }
        return last.entry.id
    }

    /// How full it is, of `mostBytes`: by its bytes or by its objects, whichever is more.
    func weight(_ sizes: ObjectBundle.Sizes) -> Int {
        max(items.reduce(0) { $0 + $1.entry.size }, items.count * (sizes.mostBytes / sizes.mostObjects))
    }

    func isFull(_ sizes: ObjectBundle.Sizes) -> Bool { weight(sizes) * 4 >= sizes.mostBytes * 3 }

    /// Itself where it stays, else as many as are needed.
    func pieces(_ sizes: ObjectBundle.Sizes) -> [Group] {
        if whole != nil { return [self] }
        var pieces: [Group] = []
        var open: [BundlePlan.Item] = []
        var bytes = 0
        for item in items {
            if open.count == sizes.mostObjects || bytes + item.entry.size > sizes.mostBytes, !open.isEmpty {
                pieces.append(Group(items: open, whole: nil))
                (open, bytes) = ([], 0)
            }
            open.append(item)
            bytes += item.entry.size
        }
        if !open.isEmpty { pieces.append(Group(items: open, whole: nil)) }
        return pieces
    }
}
