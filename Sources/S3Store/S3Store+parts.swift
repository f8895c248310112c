import Language
import NIOHTTP1
import ObjectStore

extension S3Store {
    /// Sends a large object in parts, a few at once, each verified. Nothing is seen of it before the last step; where one fails
    /// the upload is ended, so that its parts take no room.
    func putInParts(_ key: ObjectKey, _ bytes: [UInt8], ifAbsent: Bool) async throws(StoreError) {
        // Not every store that honours the condition for a whole object does for one in parts.
        if ifAbsent, try await head(key) != nil {
            throw StoreError(.exists, "\(bucket.location)/\(key) is already there.")
        }
        let name = bucket.wholeKey(key.text)
        let upload = try await begin(key)
        do throws(StoreError) {
            let tags = try await sendParts(bytes, name, upload)
            try await complete(key, bytes, upload, tags, ifAbsent: ifAbsent)
        } catch {
            try? await abort(name, upload)
            throw error
        }
    }

    private func begin(_ key: ObjectKey) async throws(StoreError) -> String {
        var request = S3Request("write", .POST, bucket.wholeKey(key.text))
        request.query = [("uploads", "")]
        request.headers = lockHeaders(key)
        let answer = try await send(request)
        guard let upload = XMLElement(document: answer.body)?.value("UploadId"), !upload.isEmpty else {
            throw StoreError(.failed, "\(bucket.host) begins no upload of \(request.subject(in: bucket)) in parts.")
        }
        return upload
    }

    private static let partsAtOnce = 4

    /// The parts' ETags, in order.
    private func sendParts(_ bytes: [UInt8], _ name: String, _ upload: String) async throws(StoreError) -> [String] {
        let starts = Array(stride(from: 0, to: bytes.count, by: options.partBytes))
        let result: Result<[String], StoreError> = await withTaskGroup(of: (Int, Result<String, StoreError>).self) { group in
            var tags = [String](repeating: "", count: starts.count)
            var next = 0
            var problem: StoreError?
            func add() {
                guard next < starts.count, problem == nil else { return }
                let number = next
                next += 1
                group.addTask { [self] in
                    let end = min(bytes.count, starts[number] + options.partBytes)
                    do throws(StoreError) {
                        return (
                            number, .success(try await sendPart(Array(bytes[starts[number]..<end]), number + 1, name, upload))
                        )
                    } catch {
                        return (number, .failure(error))
                    }
                }
            }
            for _ in 0..<Self.partsAtOnce { add() }
            while let (number, outcome) = await group.next() {
                switch outcome {
                case .success(let tag): tags[number] = tag
                case .failure(let error):
                    if problem == nil { problem = error }
                    group.cancelAll()
                }
                add()
            }
            return problem.map { .failure($0) } ?? .success(tags)
        }
        return try result.get()
    }

    private func sendPart(_ bytes: [UInt8], _ number: Int, _ name: String, _ upload: String) async throws(StoreError) -> String {
        var request = S3Request("write", .PUT, name)
        request.query = [("partNumber", "\(number)"), ("uploadId", upload)]
        request.body = await S3Body.of(bytes)
        do throws(S3Failure) {
            let answer = try await sendChecked(request)
            guard let tag = answer.headers.first(name: "etag") else { throw S3Failure.unproven("it does not hold what was sent") }
            // Without a checksum the whole is read back at the end.
            _ = try await hasArrived(answer, request.body)
            return tag
        } catch { throw explained(error, request) }
    }

    private func complete(
        _ key: ObjectKey, _ bytes: [UInt8], _ upload: String, _ tags: [String], ifAbsent: Bool
    ) async throws(StoreError) {
        let parts = tags.enumerated().map { number, tag in
            "<Part><PartNumber>\(number + 1)</PartNumber><ETag>\(Self.escaped(tag))</ETag></Part>"
        }
        let document = "<CompleteMultipartUpload>" + parts.joined() + "</CompleteMultipartUpload>"
        var request = S3Request("write", .POST, bucket.wholeKey(key.text))
        request.query = [("uploadId", upload)]
        request.body = await S3Body.of(Array(document.utf8))
        if ifAbsent { request.headers.append(("if-none-match", "*")) }
        do throws(S3Failure) {
            let answer = try await client.send(request)
            // This one may fail after it has said 200.
            guard XMLElement(document: answer.body)?.name == "CompleteMultipartUploadResult" else {
                throw S3Failure(
                    reason: .refused(S3Problem(status: 500, body: answer.body, region: nil, hiding: client.credentials)),
                    tries: 1, elapsed: .zero, mayBeDone: true, skew: nil)
            }
        } catch {
            // After a lost answer the upload is not known any more, or the name is taken: by ours?
            guard error.mayBeDone || error.code == "NoSuchUpload", try await holds(key, await S3Body.of(bytes)) else {
                throw explained(error, request)
            }
            return
        }
        guard try await holds(key, await S3Body.of(bytes)) else {
            throw StoreError(.failed, "\(bucket.location)/\(key) does not hold what was sent.")
        }
    }

    func abort(_ name: String, _ upload: String) async throws(StoreError) {
        var request = S3Request("delete", .DELETE, name)
        request.query = [("uploadId", upload)]
        do throws(S3Failure) {
            _ = try await client.send(request)
        } catch {
            guard error.status == 404 else { throw explained(error, request) }
        }
    }

    private static func escaped(_ text: String) -> String {
        text.split(separator: "&", omittingEmptySubsequences: false).joined(separator: "&amp;")
            .split(separator: "<", omittingEmptySubsequences: false).joined(separator: "&lt;")
    }
}
