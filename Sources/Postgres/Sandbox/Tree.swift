internal import Foundation

enum Tree {
    /// Removes `path` and all below it, as far as that is allowed; symbolic links are removed, never followed. Blocks.
    ///
    /// Not through `FileManager`, which takes many seconds for the thousands of files of a database cluster.
    static func delete(_ path: String) { delete(path, in: AT_FDCWD) }

    private static func delete(_ name: String, in parent: Int32) {
        let folder = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard folder >= 0, let entries = fdopendir(folder) else {
            if folder >= 0 { close(folder) }
            unlinkat(parent, name, 0)
            return
        }
        while let entry = readdir(entries) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { delete(name, in: folder) }
        }
        closedir(entries)
        unlinkat(parent, name, AT_REMOVEDIR)
    }
}
