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
        var children: [(key: String, isFolder: Bool)] = []
        for (name, kind) in try names(in: relative.isEmpty ? folder : folder + "/" + relative) {
            let key = relative.isEmpty ? name : relative + "/" + name
            if key == "tmp" { continue }
            guard key.hasPrefix(prefix) || prefix.hasPrefix(key + "/"), ObjectKey(key) != nil else { continue }
            let isFolder = kind == .unknown ? try self.isFolder(key) : kind == .folder
            guard isFolder || key.hasPrefix(prefix) else { continue }
            children.append((isFolder ? key + "/" : key, isFolder))
        }
        children.sort { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
        for child in children {
            guard found.count < limit else { return }
            if child.isFolder {
                let isPassed = child.key.utf8.lexicographicallyPrecedes(after.utf8) && !after.hasPrefix(child.key)
                if isPassed { continue }
                try walk(String(child.key.dropLast()), prefix: prefix, after: after, limit: limit, into: &found)
            } else if after.utf8.lexicographicallyPrecedes(child.key.utf8), let key = ObjectKey(child.key),
                let size = try size(of: key)  // nil: deleted since the folder was read
            {
                found.append(ObjectFacts(key: key, size: size))
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

    private func isFolder(_ key: String) throws(StoreError) -> Bool {
        var facts = stat()
        guard stat(folder + "/" + key, &facts) == 0 else {
            if errno == ENOENT { return false }
            throw failure("look at", key)
        }
        return facts.st_mode & S_IFMT == S_IFDIR
    }
}
