import Foundation
import Language
import NIOHTTP1
public import ObjectStore

extension S3Store: VersionedStore {
    public var versioned: (any VersionedStore)? { self }

    public var lock: ObjectLock? { options.lock }

    /// What a put says of the lock that the object gets.
    func lockHeaders(_ key: ObjectKey) -> [(name: String, value: String)] {
        guard let lock = options.lock, options.isLocked(key) else { return [] }
        return [
            ("x-amz-object-lock-mode", lock.mode.text), ("x-amz-object-lock-retain-until-date", HTTPDate.iso(lock.end())),
        ]
    }

    public func retention(of key: ObjectKey, version: String?) async throws(StoreError) -> Retention? {
        var request = S3Request("look at the lock of", .GET, bucket.wholeKey(key.text))
        request.query = [("retention", "")] + Self.versionQuery(version)
        do throws(S3Failure) {
            let answer = try await client.send(request)
            guard let document = XMLElement(document: answer.body), document.name == "Retention" else { return nil }
            guard let mode = document.value("Mode").flatMap({ ObjectLock.Mode(rawValue: $0.lowercased()) }),
                let until = document.value("RetainUntilDate").flatMap(HTTPDate.readISO)
            else { return nil }
            return Retention(mode, until: until)
        } catch {
            guard error.code == "NoSuchObjectLockConfiguration" || error.code == "ObjectLockConfigurationNotFoundError" else {
                throw explained(error, request)
            }
            return nil
        }
    }

    public func retain(
        _ key: ObjectKey, version: String?, _ retention: Retention, bypassing: Bool
    ) async throws(StoreError) {
        var request = S3Request("lock", .PUT, bucket.wholeKey(key.text))
        request.query = [("retention", "")] + Self.versionQuery(version)
        let document =
            "<Retention xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Mode>\(retention.mode.text)</Mode>"
            + "<RetainUntilDate>\(HTTPDate.iso(retention.until))</RetainUntilDate></Retention>"
        request.body = await S3Body.of(Array(document.utf8))
        // Here no store takes another checksum for it.
        request.headers = [("content-md5", Base64.text(of: await request.body.md5()))] + Self.bypassHeaders(bypassing)
        _ = try await send(request)
    }

    public func eachVersion(
        _ prefix: String, visit: (ObjectVersion) throws(StoreError) -> Void
    ) async throws(StoreError) {
        var marker: PageMarker?
        while true {
            var request = S3Request("list the versions of", .GET)
            request.query = [
                ("versions", ""), ("prefix", bucket.wholeKey(prefix)), ("max-keys", "1000"), ("encoding-type", "url"),
            ]
            if let marker {
                request.query.append(("key-marker", marker.key))
                if !marker.id.isEmpty { request.query.append(("version-id-marker", marker.id)) }
            }
            let answer = try await send(request)
            guard let page = VersionPage(answer.body), page.next == nil || page.next != marker else {
                throw StoreError(.failed, "What \(bucket.host) answers is no list of the versions in \(bucket.location).")
            }
            for item in page.items {
                guard let key = bucket.ownKey(item.key).flatMap({ ObjectKey($0) }) else { continue }
                try visit(
                    ObjectVersion(
                        key: key, id: item.version, isNewest: item.isNewest, isMarker: item.isMarker, size: item.size))
            }
            guard let next = page.next else { return }
            marker = next
        }
    }

    public func get(_ key: ObjectKey, version: String) async throws(StoreError) -> [UInt8] {
        var request = S3Request("read", .GET, bucket.wholeKey(key.text))
        request.query = Self.versionQuery(version)
        request.longestAnswer = Self.longestObject
        return try await send(request).body
    }

    public func delete(_ key: ObjectKey, version: String, bypassing: Bool) async throws(StoreError) {
        var request = S3Request("delete", .DELETE, bucket.wholeKey(key.text))
        request.query = Self.versionQuery(version)
        request.headers = Self.bypassHeaders(bypassing)
        do throws(S3Failure) {
            _ = try await client.send(request)
        } catch {
            guard error.status == 404, error.code != "NoSuchBucket" else { throw explained(error, request) }
        }
    }

    public func putVersion(_ key: ObjectKey, _ bytes: [UInt8]) async throws(StoreError) -> String? {
        let answer = try await putWhole(key, S3Body.of(bytes), ifAbsent: true)
        return answer?.headers.first(name: "x-amz-version-id").flatMap { $0 == "null" || $0.isEmpty ? nil : $0 }
    }

    private static func versionQuery(_ version: String?) -> [(name: String, value: String)] {
        version.map { [("versionId", $0)] } ?? []
    }

    private static func bypassHeaders(_ isBypassing: Bool) -> [(name: String, value: String)] {
        isBypassing ? [("x-amz-bypass-governance-retention", "true")] : []
    }
}

extension ObjectLock.Mode {
    /// As S3 writes it.
    var text: String { rawValue.uppercased() }
}
