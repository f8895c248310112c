import Glibc
import Language

extension DirectoryStore {
    /// Depth first in bytewise order of whole keys; skips what lies at or before `after` without looking into it.
    ///
    /// Files whose names are no keys are none of ours and are passed over; a folder or file that cannot be looked at is an error,
    /// never an object that is not there.
    func walk(
        _ relative: String, prefix: String, after: String, limit: Int, into found: inout [ObjectFacts]
    ) throws(StoreError) {
        var children: [(name: String, key: ObjectKey, isFolder: Bool)] = []
        for (name, kind) in try names(in: relative.isEmpty ? folder : folder + "/" + relative) {
            let text = relative.isEmpty ? name : relative + "/" + name
            if text == "tmp" { continue }
            let isWanted = text.hasPrefix(prefix)
            guard isWanted || prefix.hasPrefix(text + "/"), let key = ObjectKey(text) else { continue }
            let isFolder = kind == .unknown ? try self.isFolder(text) : kind == .folder
            guard isFolder || isWanted else { continue }
            children.append((isFolder ? name + "/" : name, key, isFolder))
        }
        // Swift compares strings of ASCII, as all keys are, by their bytes.
        children.sort { $0.name < $1.name }
        for child in children {
            guard found.count < limit else { return }
            if child.isFolder {
                let inside = child.key.text + "/"
                let isPassed = inside < after && !after.hasPrefix(inside)
                if isPassed { continue }
                try walk(child.key.text, prefix: prefix, after: after, limit: limit, into: &found)
            } else if after < child.key.text, let size = try size(of: child.key) {  // nil: deleted since the folder was read
                found.append(ObjectFacts(key: child.key, size: size))
            }
        }
    }

    enum NameKind {
        case folder, file
        /// The file system does not say, or it is a link.
        case unknown
    }

    /// What stands in a folder; nothing where a folder below the vault's is not there.
    func names(in path: String) throws(StoreError) -> [(name: String, kind: NameKind)] {
        guard let listing = opendir(path) else {
            if errno == ENOENT, path != folder { return [] }
            if errno == ENOENT { throw missingFolder }
            throw failure("list", path)
        }
        defer { closedir(listing) }
        var found: [(String, NameKind)] = []
        while true {
            errno = 0
            guard let entry = readdir(listing) else {
                guard errno == 0 else { throw failure("list", path) }
                return found
            }
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name == "." || name == ".." { continue }
            let kind: NameKind =
                switch Int(entry.pointee.d_type) {
                case Int(DT_DIR): .folder
                case Int(DT_REG): .file
                default: .unknown
                }
            found.append((name, kind))
        }
    }

    /// Removes the files under `tmp/` that puts have left which were killed: nobody has written to them for a day. What cannot be
    /// removed is in nobody's way.
    public func removeLeftovers() async throws(StoreError) -> Int {
        try await blocking { () throws(StoreError) in
            var removed = 0
            // Other names are not ours.
            for (name, _) in try names(in: folder + "/tmp") where UInt64(name, radix: 16) != nil {
                let path = folder + "/tmp/" + name
                var facts = stat()
                guard lstat(path, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG,
                    time(nil) - facts.st_mtim.tv_sec > Self.leftoverAge, unlink(path) == 0
                else { continue }
                removed += 1
            }
            return removed
        }
    }

    /// Seconds; no put takes so long over one file. One that slept through it fails, and its object is not there.
    private static let leftoverAge = 86_400

    private func isFolder(_ key: String) throws(StoreError) -> Bool {
        var facts = stat()
        guard stat(folder + "/" + key, &facts) == 0 else {
            if errno == ENOENT { return false }
            throw failure("look at", key)
        }
        return facts.st_mode & S_IFMT == S_IFDIR
    }
}
