import Foundation
import Language
import NIOHTTP1
public import ObjectStore

extension S3Store {
    /// Fails with `.unreachable` where the bucket is not there, with `.denied` where the credentials may not look.
    public func requirePlace() async throws(StoreError) {
        // Whatever stands on the first page, and whosever it is: the bucket answers.
        _ = try await page("", most: 1)
    }

    /// Fails where there is no bucket, or anything but what an earlier try left stands under the prefix.
    public func prepare() async throws(StoreError) {
        let found = try await list("", after: nil, limit: 20)
        guard found.allSatisfy({ StoreProbe.isOwn($0.key) }) else {
            throw StoreError(
                .exists, "\(bucket.location) is not empty.",
                hint: "Name an empty or new prefix for the vault: s3://\(bucket.name)/prefix.")
        }
        _ = try await removeLeftovers()
    }

    /// Ends uploads in parts that were begun under the prefix more than a day ago and never completed: they cost money and are
    /// seen nowhere. Stores that know no such list have none.
    public func removeLeftovers() async throws(StoreError) -> Int {
        var removed = 0
        var marker: PageMarker?
        // So many pages at most: what is left is for the next time.
        for _ in 0..<100 {
            var request = S3Request("list", .GET)
            request.query = [("uploads", ""), ("prefix", bucket.prefix.isEmpty ? "" : bucket.prefix + "/")]
            if let marker { request.query += [("key-marker", marker.key), ("upload-id-marker", marker.id)] }
            let answer: S3Answer
            do throws(S3Failure) {
                answer = try await client.send(request)
            } catch {
                guard [400, 403, 404, 405, 501].contains(error.status), error.code != "NoSuchBucket" else {
                    throw explained(error, request)
                }
                return removed
            }
            guard let page = UploadPage(answer.body) else { return removed }
            let now = Date().addingTimeInterval(TimeInterval(S3Client.skew(answer)?.components.seconds ?? 0))
            for item in page.items {
                guard let key = bucket.ownKey(item.key).flatMap({ ObjectKey($0) }), Self.isOfAVault(key),
                    let begun = HTTPDate.readISO(item.initiated), now.timeIntervalSince(begun) > 86_400
                else { continue }
                try await abort(item.key, item.upload)
                removed += 1
            }
            guard let next = page.next, next != marker else { break }
            marker = next
        }
        return removed
    }

    /// Whether it may be one of ours: what a vault stores in parts is named by a digest or an id. A bucket may hold what other
    /// programs are about to upload.
    private static func isOfAVault(_ key: ObjectKey) -> Bool {
        guard let name = key.text.split(separator: "/").last?.utf8.prefix(26), name.count == 26 else { return false }
        return !name.contains { "._-".utf8.contains($0) }
    }

    /// What the bucket is set to, as far as the credentials may know.
    public func features() async throws(StoreError) -> StoreFeatures {
        var listing = S3Request("list", .GET)
        listing.query = [("list-type", "2"), ("prefix", bucket.wholeKey("")), ("max-keys", "1")]
        var features = StoreFeatures()
        features.clockSkew = S3Client.skew(try await send(listing))
        var versioning = S3Request("list", .GET)
        versioning.query = [("versioning", "")]
        if let document = try await setting(versioning) {
            features.versioning = document.name == "VersioningConfiguration" ? document.value("Status") == "Enabled" : nil
        }
        var locking = S3Request("list", .GET)
        locking.query = [("object-lock", "")]
        if let document = try await setting(locking), document.name == "ObjectLockConfiguration" {
            features.objectLock = document.value("ObjectLockEnabled") == "Enabled"
        } else if features.versioning == false {
            // There is no lock without versions.
            features.objectLock = false
        }
        return features
    }

    /// The document that describes a setting of the bucket; nil where the store does not tell.
    private func setting(_ request: S3Request) async throws(StoreError) -> XMLElement? {
        do throws(S3Failure) {
            return XMLElement(document: try await client.send(request).body)
        } catch {
            guard (400...499).contains(error.status) || error.status == 501 else { throw explained(error, request) }
            return nil
        }
    }
}
