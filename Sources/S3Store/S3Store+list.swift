import Language
import NIOHTTP1
public import ObjectStore

extension S3Store {
    /// In bytewise order, as the bucket gives them. A store that lists in another order is refused: what is not where it is
    /// looked for would seem lost.
    public func list(_ prefix: String, after: ObjectKey?, limit: Int) async throws(StoreError) -> [ObjectFacts] {
        var found: [ObjectFacts] = []
        var last = after.map { bucket.wholeKey($0.text) } ?? ""
        var continuation: String?
        while found.count < limit {
            // Who gets to a second page passes over what others keep here: to ask for what still lacks would take a request for
            // each of their objects.
            let page = try await page(
                prefix, after: after, continuation: continuation,
                most: continuation == nil ? min(Self.longestPage, limit) : Self.longestPage)
            for item in page.items {
                guard last.utf8.lexicographicallyPrecedes(item.key.utf8), item.key.hasPrefix(bucket.wholeKey(prefix)) else {
                    throw StoreError(
                        .failed, "\(bucket.host) lists \(bucket.location) in another order than that of the bytes of the names.",
                        hint: Self.otherStore)
                }
                last = item.key
                // What others keep in the bucket is passed over.
                if let key = bucket.ownKey(item.key).flatMap({ ObjectKey($0) }) {
                    found.append(ObjectFacts(key: key, size: item.size))
                }
            }
            guard let next = page.continuation else { break }
            guard next != continuation else { throw noList }
            continuation = next
        }
        return Array(found.prefix(max(0, limit)))
    }

    /// As many keys as a bucket gives at once.
    private static let longestPage = 1000

    /// One request for a list, of `most` keys at most.
    func page(
        _ prefix: String, after: ObjectKey? = nil, continuation: String? = nil, most: Int
    ) async throws(StoreError) -> ObjectPage {
        var request = S3Request("list", .GET)
        request.query = [
            ("list-type", "2"), ("prefix", bucket.wholeKey(prefix)), ("max-keys", "\(most)"), ("encoding-type", "url"),
        ]
        if let continuation {
            request.query.append(("continuation-token", continuation))
        } else if let after {
            request.query.append(("start-after", bucket.wholeKey(after.text)))
        }
        guard let page = ObjectPage(try await send(request).body) else { throw noList }
        return page
    }

    private var noList: StoreError {
        StoreError(.failed, "What \(bucket.host) answers is no list of \(bucket.location).", hint: Self.otherStore)
    }

    private static let otherStore: Phrase = "Use another store: with this one a vault could lose data."
}
