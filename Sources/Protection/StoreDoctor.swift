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
        if features.objectLock == true {
            findings.append(Finding("store.lock", .good, "The bucket can lock objects."))
        }
        if features.versioning == true {
            findings.append(
                Finding(
                    "store.versions", .good,
                    "The bucket keeps versions: what is deleted stays, and is paid for, until a lifecycle rule of the bucket removes it."
                ))
        }
        return findings
    }
}
