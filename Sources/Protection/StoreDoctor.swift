import Language
import ObjectStore

/// Looks at how a store is set up: what helps or hinders besides what a vault must have.
struct StoreDoctor {
    private let store: any ObjectStore

    /// A clock that is further off than this will be refused before long: stores allow 15 minutes.
    private static let skewLimit = Duration.seconds(120)

    init(_ store: any ObjectStore) { self.store = store }

    func examine() async -> [Finding] {
        let features: StoreFeatures
        do throws(StoreError) {
            features = try await store.features()
        } catch {
            return [Finding("store.features", failure: error)]
        }
        var findings: [Finding] = []
        if let skew = features.clockSkew {
            let seconds = skew.components.seconds.magnitude
            findings.append(
                skew > Self.skewLimit || skew < .zero - Self.skewLimit
                    ? Finding(
                        "store.clock", .warning, "The store's clock and this machine's are \(count: seconds) s apart.",
                        remedy: "Set this machine's clock: past 15 minutes the store refuses every request.")
                    : Finding("store.clock", .good, "The store's clock and this machine's agree."))
        }
        if let lock = lock(features) { findings.append(lock) }
        if features.versioning == true {
            findings.append(
                Finding(
                    "store.versions", .good,
                    "The bucket keeps versions: what is deleted stays, and is paid for, until a prune or a lifecycle rule of the bucket removes it."
                ))
        }
        return findings
    }

    private func lock(_ features: StoreFeatures) -> Finding? {
        guard let lock = store.versioned?.lock else {
            guard features.objectLock == true else { return nil }
            return Finding(
                "store.lock", .good,
                "The bucket can lock objects, and the plan does not ask for it: with `lock: { mode: compliance, for: 30d }` nobody could delete what backups need."
            )
        }
        let days = lock.period.components.seconds / 86_400
        return switch features.objectLock {
        case true?:
            Finding(
                "store.lock", .good,
                "What backups write and rely on is locked for \(count: days) {day|days} (\(lock.mode.rawValue)). «reprise tamper-test» tries whether that holds."
            )
        case false?:
            Finding(
                "store.lock", .bad, "The plan asks for locks, and the bucket cannot lock objects.",
                remedy:
                    "Make a bucket with object lock and name it in the plan, or take `lock` out of the plan. docs/s3.md says how."
            )
        case nil:
            Finding(
                "store.lock", .warning,
                "The plan asks for locks of \(count: days) {day|days}; whether the bucket can lock objects these credentials may not see.",
                remedy: "«reprise tamper-test» tries it out.")
        }
    }
}
