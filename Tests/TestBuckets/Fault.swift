/// What the double is to do wrong, for its option `faults`.
///
/// - Parameters:
///   - kind: as strict_s3.py names it: `error`, `slowdown`, `reset`, `truncate`, `lost_answer` …
///   - times: how many requests it befalls.
///   - at: the number of the first request that it can befall, from 0; nil: the next one.
///   - retryAfter: seconds that the store asks to wait.
///   - operation: of which kind of requests: `Put`, `UploadPart`; nil: of any.
///   - key: a pattern that the key must have.
public func fault(
    _ kind: String, times: Int = 1, at: Int? = nil, retryAfter: Int? = nil, operation: String? = nil, key: String? = nil
) -> [String: any Sendable] {
    var fault: [String: any Sendable] = ["kind": kind, "times": times]
    if let at { fault["at"] = at }
    if let retryAfter { fault["retry_after"] = retryAfter }
    if let operation { fault["operation"] = operation }
    if let key { fault["key"] = key }
    return fault
}
