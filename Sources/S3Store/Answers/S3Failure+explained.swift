import Foundation
import Language
import NIOHTTP1
import ObjectStore

extension S3Failure {
    /// The failure for people: what could not be done, where, why, and what to do next.
    ///
    /// - Parameter credentials: where the credentials come from, for hints.
    func explained(_ request: S3Request, in bucket: S3Bucket, credentials: String) -> StoreError {
        let subject = request.subject(in: bucket)
        switch reason {
        case .cancelled: return StoreError(.failed, "The work on \(bucket.location) was given up.")
        case .unanswered(let why, let hint): return unanswered(why, hint, request.verb, subject, bucket)
        case .refused(let problem): return refused(problem, request, subject, bucket, credentials)
        }
    }

    private func unanswered(
        _ why: Phrase, _ hint: Phrase?, _ verb: Phrase, _ subject: String, _ bucket: S3Bucket
    ) -> StoreError {
        StoreError(
            .unreachable,
            "Cannot \(verb) \(subject): \(why) (\(bucket.scheme)://\(bucket.host), \(count: Int64(tries)) {try|tries} in \(seconds) s).",
            hint: hint
                ?? "Is the network up, and are bucket and endpoint in the vault's url right? What is stored is not touched.")
    }

    private var seconds: Int64 { elapsed.components.seconds }

    private func refused(
        _ problem: S3Problem, _ request: S3Request, _ subject: String, _ bucket: S3Bucket, _ credentials: String
    ) -> StoreError {
        switch problem.code {
        case "NoSuchBucket": return Self.noBucket(bucket)
        case "PreconditionFailed": return StoreError(.exists, "\(subject) is already there.")
        case "InvalidRange": return StoreError(.short, "\(subject) ends before the wanted bytes do.")
        case "ObjectLocked", "ObjectLockedByBucketPolicy", "RetentionPeriodActive", "FileImmutable":
            return Self.locked(problem, subject)
        case "AccessDenied", "AccessForbidden", "MethodNotAllowed", "InvalidRequest":
            if problem.isAboutLocks {
                return problem.status == 400 && !problem.message.contains("WORM")
                    ? Self.lockless(bucket, problem) : Self.locked(problem, subject)
            }
        case "RequestTimeTooSkewed", "RequestExpired", "RequestInTheFuture": return skewed(bucket)
        case "ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired":
            return StoreError(
                .denied, "The credentials for \(bucket.location) have expired (\(problem.shown)).",
                hint: "Get new ones into \(credentials), then run the same command again: what was uploaded is kept.")
        case "InvalidAccessKeyId", "SignatureDoesNotMatch", "InvalidToken", "AuthFailure", "InvalidSecurity", "NotSignedUp",
            "UnrecognizedClientException", "InvalidClientTokenId":
            return StoreError(
                .denied, "\(bucket.host) does not accept the credentials for \(bucket.location) (\(problem.shown)).",
                hint: "Check the access key and the secret key in \(credentials), and that they are this store's.")
        case "QuotaExceeded", "InsufficientStorage", "XMinioStorageFull", "StorageCapExceeded", "storage_cap_exceeded",
            "XMinioAdminBucketQuotaExceeded", "InsufficientCapacity":
            return StoreError(
                .full, "There is no room to \(request.verb) \(subject) (\(problem.shown)).",
                hint: "Nothing that was stored before is touched. Make room or raise the limit, then run the same command again.")
        case "AuthorizationHeaderMalformed", "PermanentRedirect", "TemporaryRedirect", "IllegalLocationConstraintException",
            "AuthorizationQueryParametersError":
            return elsewhere(problem, bucket)
        default: break
        }
        switch problem.status {
        case 301, 302, 307, 308: return elsewhere(problem, bucket)
        case 404: return StoreError(.missing, "There is no \(subject).")
        case 412: return StoreError(.exists, "\(subject) is already there.")
        case 416: return StoreError(.short, "\(subject) ends before the wanted bytes do.")
        case 507: return StoreError(.full, "There is no room to \(request.verb) \(subject) (\(problem.shown)).")
        case 401, 403: return denied(problem, request, subject, credentials)
        default: break
        }
        if problem.isThrottling {
            return StoreError(
                .unreachable,
                "\(bucket.host) lets too few requests through to \(request.verb) \(subject): \(problem.shown) (\(count: Int64(tries)) {try|tries} in \(seconds) s).",
                hint:
                    "Run the same command again later: what was uploaded is kept. Is something else using up this account's share?"
            )
        }
        if problem.isPassing {
            return StoreError(
                .unreachable,
                "Cannot \(request.verb) \(subject): \(problem.shown) (\(count: Int64(tries)) {try|tries} in \(seconds) s).",
                hint: "The store itself has trouble. Run the same command again later: what was uploaded is kept.")
        }
        return StoreError(.failed, "Cannot \(request.verb) \(subject): \(problem.shown).")
    }

    static func noBucket(_ bucket: S3Bucket) -> StoreError {
        StoreError(
            .unreachable, "There is no bucket \(bucket.name) at \(bucket.endpoint.host).",
            hint: "Make the bucket with your provider, or correct the vault's url. Reprise makes no buckets.")
    }

    private static func locked(_ problem: S3Problem, _ subject: String) -> StoreError {
        StoreError(.locked, "\(subject) is locked, and stays as it is until its lock ends (\(problem.shown)).")
    }

    /// What locks need of a bucket.
    private static func lockless(_ bucket: S3Bucket, _ problem: S3Problem) -> StoreError {
        StoreError(
            .denied, "The bucket \(bucket.name) cannot lock objects (\(problem.shown)).",
            hint:
                "Make a bucket with object lock and name it in the plan, or take `lock` out of the plan. docs/s3.md says how.")
    }

    /// The right of the bucket's policy that the refused request needs.
    private static func right(_ request: S3Request) -> String {
        let asks = { (name: String) in request.query.contains { $0.name == name } }
        let isLocking = request.headers.contains { $0.name == "x-amz-object-lock-mode" }
        switch request.method {
        case .GET where asks("retention"): return "s3:GetObjectRetention"
        case .PUT where asks("retention"): return "s3:PutObjectRetention"
        case .GET where asks("versions"): return "s3:ListBucketVersions"
        case .GET where asks("versionId"), .HEAD where asks("versionId"): return "s3:GetObjectVersion"
        case .DELETE where asks("versionId"): return "s3:DeleteObjectVersion"
        case .PUT where isLocking, .POST where isLocking: return "s3:PutObject + s3:PutObjectRetention"
        default: return plainRight(request)
        }
    }

    private static func plainRight(_ request: S3Request) -> String {
        switch request.method {
        case .GET where request.key != nil, .HEAD: "s3:GetObject + s3:ListBucket"
        case .GET where request.query.contains { $0.name == "uploads" }: "s3:ListBucketMultipartUploads"
        case .GET: "s3:ListBucket"
        case .DELETE where request.query.contains { $0.name == "uploadId" }: "s3:AbortMultipartUpload"
        case .DELETE: "s3:DeleteObject"
        default: "s3:PutObject"
        }
    }

    private func denied(
        _ problem: S3Problem, _ request: S3Request, _ subject: String, _ credentials: String
    ) -> StoreError {
        StoreError(
            .denied, "May not \(request.verb) \(subject): \(problem.shown).",
            hint:
                "The credentials in \(credentials) need the right \(Self.right(request)) there; docs/s3.md has policies to copy.")
    }

    private func elsewhere(_ problem: S3Problem, _ bucket: S3Bucket) -> StoreError {
        guard let region = problem.region, !region.isEmpty, region != bucket.region else {
            return StoreError(
                .denied, "\(bucket.host) is not where the bucket \(bucket.name) is asked for (\(problem.shown)).",
                hint: "Correct endpoint=… and region=… in the vault's url.")
        }
        return StoreError(
            .denied, "The bucket \(bucket.name) is in the region \(region), not in \(bucket.region).",
            hint: "Write region=\(region) into the vault's url.")
    }

    private func skewed(_ bucket: S3Bucket) -> StoreError {
        let hint: Phrase =
            "Set this machine's clock (a time service such as chrony keeps it right), then run the same command again."
        guard let skew else {
            return StoreError(
                .denied, "\(bucket.host) refuses requests because its clock and this machine's are too far apart.", hint: hint)
        }
        let now = Date()
        let difference = Int64((Double(skew.components.seconds)).magnitude)
        return StoreError(
            .denied,
            "\(bucket.host) refuses requests because its clock and this machine's are \(count: difference) s apart: there it is \(HTTPDate.shown(now.addingTimeInterval(TimeInterval(skew.components.seconds)))), here \(HTTPDate.shown(now)).",
            hint: hint)
    }
}
