import Foundation
import ObjectStore

extension ObjectStore {
    /// As `eachSpread`, of every object under `packs/`.
    func eachPack(_ visit: (ObjectFacts) throws(StoreError) -> Void) async throws(StoreError) {
        try await eachSpread(PackLayout.prefix, .packs, visit: visit)
    }

    /// Calls `visit` with every object under `prefix`, a page at a time, and in no certain order where the store is far: a vault
    /// of 100 TB has thousands of pages, and each takes as long as a request does.
    ///
    /// How far a page reaches among the possible names tells about how many there are behind it, and those can be listed in
    /// ranges of names, many at once. What is there the whole time is visited once.
    func eachSpread(
        _ prefix: String, _ spread: KeySpread, visit: (ObjectFacts) throws(StoreError) -> Void
    ) async throws(StoreError) {
        guard isFar else { return try await each(prefix, visit: visit) }
        let result = await withTaskGroup(of: Result<KeyRange.Page, StoreError>.self) { group in
            var ranges = [KeyRange(after: nil, end: nil)]
            var running = 0
            do throws(StoreError) {
                while true {
                    while running < pagesAtOnce, let range = ranges.popLast() {
                        group.addTask { await outcome { () throws(StoreError) in try await self.page(of: range, prefix) } }
                        running += 1
                    }
                    guard let page = try await group.next()?.get() else { return Result<Void, StoreError>.success(()) }
                    running -= 1
                    for facts in page.objects { try visit(facts) }
                    // The one that begins first is listed first.
                    ranges += page.rest(spread, atMost: pagesAtOnce - running - ranges.count).reversed()
                }
            } catch {
                group.cancelAll()
                return .failure(error)
            }
        }
        try result.get()
    }

    private func page(of range: KeyRange, _ prefix: String) async throws(StoreError) -> KeyRange.Page {
        let found = try await list(prefix, after: range.after, limit: pageSize)
        let inside = range.end.map { end in found.prefix { $0.key <= end } } ?? found[...]
        return .init(objects: inside, range: range, isLast: found.count < pageSize || inside.count < found.count)
    }
}

/// Pages that are listed at once.
private let pagesAtOnce = 32

/// A range of the names of a family: behind one, up to another.
struct KeyRange: Sendable {
    /// Nil: from the first name on.
    let after: ObjectKey?
    /// Nil: to the last name.
    let end: ObjectKey?

    struct Page: Sendable {
        let objects: ArraySlice<ObjectFacts>
        let range: KeyRange
        /// Whether it is the last of its range.
        let isLast: Bool

        /// What is left of the range, in ranges of about a page each; at most `most` of them, and at least one.
        func rest(_ spread: KeySpread, atMost most: Int) -> [KeyRange] {
            guard !isLast, let first = objects.first?.key, let last = objects.last?.key else { return [] }
            let whole = [KeyRange(after: last, end: range.end)]
            guard let begun = range.after.flatMap(spread.place) ?? spread.place(first), let reached = spread.place(last),
                let end = range.end.map(spread.place) ?? spread.end, reached > begun, end > reached
            else { return whole }
            // A little more than there are pages, so that few ranges need two.
            let pages = Double(end - reached) / Double(reached - begun) * 1.2
            let count = min(max(1, most), Int(min(pages, 1e6)))
            guard count > 1 else { return whole }
            let cuts = (1..<count).compactMap { spread.key(reached + (end - reached) / count * $0) }
            return zip([last] + cuts, cuts + [range.end]).map { KeyRange(after: $0, end: $1) }
        }
    }
}

/// How the names of a family are spread: numbers in the order of the names.
struct KeySpread: Sendable {
    /// Of a name; nil where it is none of the family's.
    let place: @Sendable (ObjectKey) -> Int?
    /// A name in front of all that begin at a place.
    let key: @Sendable (Int) -> ObjectKey?
    /// Behind the last.
    let end: Int

    /// Packs, which are named by hashes: the first 32 bits.
    static let packs = KeySpread(
        place: { key in PackLayout.pack(of: key.text).flatMap { _ in Int(key.text.suffix(64).prefix(8), radix: 16) } },
        key: { place in
            let digits = String(place, radix: 16)
            let name = String(repeating: "0", count: max(0, 8 - digits.count)) + digits
            return ObjectKey(PackLayout.prefix + name.prefix(2) + "/" + name)
        }, end: 1 << 32)

    /// Objects that are named by ULIDs, about evenly in time until now: milliseconds.
    static func times(_ prefix: String) -> KeySpread {
        KeySpread(
            place: { key in ULID(key.text.dropFirst(prefix.count)).map { Int($0.instant.timeIntervalSince1970 * 1000) } },
            key: { place in ObjectKey(prefix + ULID(firstAt: Date(timeIntervalSince1970: Double(place) / 1000)).text) },
            end: Int(Date().timeIntervalSince1970 * 1000) + 1)
    }
}
