public import ObjectStore

/// Which of a vault's objects are locked where its store locks: everything that is put once and needed later. What comes and goes
/// with every piece of work (sessions, condemnations and what they wait for, probes) is not.
public enum LockedObjects {
    private static let folders: Set<Substring> = ["packs", "index", "snapshots", "records", "parity", "keys", "grants"]

    public static func contain(_ key: ObjectKey) -> Bool { contain(name: key.text) }

    static func contain(name: String) -> Bool {
        name == VaultConfig.objectName || name.contains("/") && folders.contains(name.prefix { $0 != "/" })
    }

    /// The families of them, as prefixes of names.
    static let prefixes = folders.sorted().map { String($0) + "/" }
}
