import Synchronization

/// The credentials in use, and where newer ones come from when they expire while work is under way.
final class CredentialSupply: Sendable {
    private let known: Mutex<S3Credentials>
    private let renew: @Sendable () -> S3Credentials?

    init(_ first: S3Credentials, renew: @escaping @Sendable () -> S3Credentials?) {
        known = Mutex(first)
        self.renew = renew
    }

    var current: S3Credentials { known.withLock { $0 } }

    /// Other credentials than `old`, which have expired; nil where there are none.
    func renewed(after old: S3Credentials) -> S3Credentials? {
        let now = current
        if now != old { return now }
        guard let fresh = renew(), fresh != old else { return nil }
        known.withLock { $0 = fresh }
        return fresh
    }
}
