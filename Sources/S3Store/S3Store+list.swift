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
            var request = S3Request("list", .GET)
            request.query = [
                ("list-type", "2"), ("prefix", bucket.wholeKey(prefix)), ("max-keys", "\(min(1000, limit - found.count))"),
                ("encoding-type", "url"),
            ]
            if let continuation {
                request.query.append(("continuation-token", continuation))
            } else if let after {
                request.query.append(("start-after", bucket.wholeKey(after.text)))
            }
            let answer = try await send(request)
            guard let page = ObjectPage(answer.body) else {
                throw StoreError(.failed, "What \(bucket.host) answers is no list of \(bucket.location).", hint: Self.otherStore)
            }
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
            guard next != continuation else {
                throw StoreError(.failed, "What \(bucket.host) answers is no list of \(bucket.location).", hint: Self.otherStore)
            }
            continuation = next
        }
        return Array(found.prefix(max(0, limit)))
    }

    private static let otherStore: Phrase = "Use another store: with this one a vault could lose data."
}
