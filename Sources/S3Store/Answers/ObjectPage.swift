/// One page of ListObjectsV2.
struct ObjectPage: Sendable, Equatable {
    struct Item: Sendable, Equatable {
        /// The whole key, as the bucket has it.
        let key: String
        /// Bytes.
        let size: Int
    }

    let items: [Item]
    /// Where the next page begins; nil: this is the last.
    let continuation: String?

    /// Nil where the bytes are no such answer.
    init?(_ bytes: [UInt8]) {
        guard let root = XMLElement(document: bytes), root.name == "ListBucketResult" else { return nil }
        let isEncoded = root.value("EncodingType") == "url"
        var items: [Item] = []
        for contents in root.all("Contents") {
            // Keys may begin and end with blanks: their text is taken as it is.
            guard let raw = contents["Key"]?.text, let size = contents.value("Size").flatMap({ Int($0) }), size >= 0 else {
                return nil
            }
            guard let key = isEncoded ? Self.decoded(raw) : raw else { return nil }
            items.append(Item(key: key, size: size))
        }
        self.items = items
        guard root.value("IsTruncated") == "true" else {
            continuation = nil
            return
        }
        guard let next = root.value("NextContinuationToken"), !next.isEmpty else { return nil }
        continuation = next
    }

    /// Stores write a blank as `+` here, or as `%20`.
    static func decoded(_ text: String) -> String? {
        PercentEncoding.decode(text.split(separator: "+", omittingEmptySubsequences: false).joined(separator: "%20"))
    }
}

/// Behind which key, and which of what bears it, the next page begins.
struct PageMarker: Sendable, Equatable {
    let key: String
    /// A version or an upload.
    let id: String
}

/// One page of ListObjectVersions.
struct VersionPage: Sendable, Equatable {
    struct Item: Sendable, Equatable {
        /// The whole key, as the bucket has it.
        let key: String
        let version: String
        let isNewest: Bool
        let isMarker: Bool
        /// Bytes; of a marker 0.
        let size: Int
    }

    /// By key, the newest first.
    let items: [Item]
    /// Nil: this is the last.
    let next: PageMarker?

    init?(_ bytes: [UInt8]) {
        guard let root = XMLElement(document: bytes), root.name == "ListVersionsResult" else { return nil }
        let isEncoded = root.value("EncodingType") == "url"
        func key(_ text: String) -> String? { isEncoded ? ObjectPage.decoded(text) : text }
        var items: [Item] = []
        for element in root.children where element.name == "Version" || element.name == "DeleteMarker" {
            let isMarker = element.name == "DeleteMarker"
            guard let key = element["Key"].flatMap({ key($0.text) }), let version = element.value("VersionId"),
                let size = isMarker ? 0 : element.value("Size").flatMap({ Int($0) }), size >= 0
            else { return nil }
            items.append(
                Item(
                    key: key, version: version, isNewest: element.value("IsLatest") == "true", isMarker: isMarker, size: size))
        }
        self.items = Self.inOrder(items)
        guard root.value("IsTruncated") == "true" else {
            next = nil
            return
        }
        guard let marker = root["NextKeyMarker"].flatMap({ key($0.text) }), !marker.isEmpty else { return nil }
        next = PageMarker(key: marker, id: root.value("NextVersionIdMarker") ?? "")
    }

    /// Some stores, SeaweedFS among them, cut pages by key and then write all versions of a page before all of its markers: what
    /// bears one key stands together again, and the newest of it before the others.
    private static func inOrder(_ items: [Item]) -> [Item] {
        let sorted = items.enumerated().sorted { left, right in
            let (one, other) = (left.element, right.element)
            if one.key != other.key { return one.key < other.key }
            if one.isNewest != other.isNewest { return one.isNewest }
            return left.offset < right.offset
        }
        return sorted.map(\.element)
    }
}

/// One page of ListMultipartUploads.
struct UploadPage: Sendable, Equatable {
    struct Item: Sendable, Equatable {
        let key: String
        let upload: String
        /// As the store writes it: `2013-05-24T00:00:00.000Z`.
        let initiated: String
    }

    let items: [Item]
    /// Nil: this is the last.
    let next: PageMarker?

    init?(_ bytes: [UInt8]) {
        guard let root = XMLElement(document: bytes), root.name == "ListMultipartUploadsResult" else { return nil }
        var items: [Item] = []
        for upload in root.all("Upload") {
            guard let key = upload["Key"]?.text, let id = upload.value("UploadId"), let initiated = upload.value("Initiated")
            else { return nil }
            items.append(Item(key: key, upload: id, initiated: initiated))
        }
        self.items = items
        guard root.value("IsTruncated") == "true" else {
            next = nil
            return
        }
        guard let key = root.value("NextKeyMarker"), let upload = root.value("NextUploadIdMarker") else { return nil }
        next = PageMarker(key: key, id: upload)
    }
}
